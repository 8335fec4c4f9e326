//! Writes the spool: takes what waits, commits it at once for all, answers. It waits for nobody but the disk.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::pack::Bundle;
use crate::refusal::{Reason, Refusal};
use crate::shared::Shared;
use crate::spool::{Item, Parcel, Spool};

/// The subject of faults that keep events from being accepted.
const ACCEPTING: &str = "accepting events";

/// So many envelopes share a commit.
const PARCELS_MAX: usize = 512;

/// What is worked in is deleted after so long, if no commit does it before.
const TIDY_AFTER: Duration = Duration::from_millis(500);

/// Senders are told to come back after so long when the disk does not take what they bring.
const DISK_RETRY_S: u32 = 30;

/// An envelope that waits for its commit.
pub(crate) struct Waiting {
    pub(crate) parcel: Parcel,
    /// What comes with it, to be kept or thrown away.
    pub(crate) bundle: Bundle,
    pub(crate) answer: oneshot::Sender<Result<(), Refusal>>,
    /// Its part of the memory that waiting envelopes may take.
    pub(crate) room: OwnedSemaphorePermit,
}

/// The task.
pub(crate) struct Spooler {
    spool: Spool,
    shared: Arc<Shared>,
    inbox: mpsc::Receiver<Waiting>,
}

impl Spooler {
    pub(crate) fn new(spool: Spool, shared: Arc<Shared>, inbox: mpsc::Receiver<Waiting>) -> Self {
        Self { spool, shared, inbox }
    }

    /// Writes until `shutdown`, then what has been handed over by then.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let Self { mut spool, shared, mut inbox } = self;
        loop {
            let mut waiting = Vec::new();
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                received = inbox.recv_many(&mut waiting, PARCELS_MAX) => {
                    if received == 0 { break }
                }
                () = tokio::time::sleep(TIDY_AFTER) => {}
            }
            spool = on_a_thread(spool, shared.clone(), waiting).await;
        }
        inbox.close();
        let mut rest = Vec::new();
        while let Some(waiting) = inbox.recv().await {
            rest.push(waiting);
        }
        spool = on_a_thread(spool, shared.clone(), rest).await;
        drop(spool);
    }
}

/// SQLite waits for the disk; the runtime's threads do not.
async fn on_a_thread(mut spool: Spool, shared: Arc<Shared>, waiting: Vec<Waiting>) -> Spool {
    let done = tokio::task::spawn_blocking(move || {
        match waiting.is_empty() {
            true => tidy(&mut spool, &shared),
            false => keep(&mut spool, &shared, waiting),
        }
        spool
    });
    match done.await {
        Ok(spool) => spool,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

fn tidy(spool: &mut Spool, shared: &Shared) {
    let done = spool.forget(shared.worked.load(Ordering::Acquire));
    if let Err(error) = done.and_then(|()| spool.shrink(&shared.directory)) {
        tracing::warn!("issues/spool.db cannot be tidied ({error}); tried again shortly");
    }
}

fn keep(spool: &mut Spool, shared: &Shared, waiting: Vec<Waiting>) {
    let (mut parcels, mut bundles) = (Vec::new(), Vec::new());
    let (mut answers, mut rooms) = (Vec::new(), Vec::new());
    for one in waiting {
        parcels.push(one.parcel);
        bundles.push(one.bundle);
        answers.push(one.answer);
        rooms.push(one.room);
    }
    // Counted first: they may be worked in before this goes on.
    let bytes: usize = parcels.iter().flat_map(|parcel| &parcel.items).map(Item::bytes).sum();
    shared.backlog.fetch_add(bytes as u64, Ordering::Relaxed);
    let written = spool.write(&parcels, shared.worked.load(Ordering::Acquire));
    let result = match written {
        Ok(last) => {
            bundles.into_iter().for_each(Bundle::keep);
            shared.spooled.store(last, Ordering::Release);
            shared.faults.clear(ACCEPTING);
            shared.work.notify_one();
            Ok(())
        }
        Err(error) => {
            shared.backlog.fetch_sub(bytes as u64, Ordering::Relaxed);
            shared.faults.set(
                ACCEPTING,
                format!(
                    "issues/spool.db cannot be written ({error}); senders are told to wait, and most SDKs drop what they cannot send: make room on the disk or check its health"
                ),
            );
            Err(Refusal::of_all(Reason::Disk, DISK_RETRY_S))
        }
    };
    for answer in answers {
        // Whoever asked may have left.
        let _ = answer.send(result.clone());
    }
}
