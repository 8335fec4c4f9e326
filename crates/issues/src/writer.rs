//! The writing half of the store: two tasks, one for each file. What cannot be written is tried again; meanwhile events
//! wait in the spool.

use std::fmt;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::limits::Limits;
use crate::search::Indexer;
use crate::spooler::Spooler;
use crate::work::{Storage, WorkError};

/// The subject of faults that keep events from being worked in.
const WORKING: &str = "writing events";

/// The subject of faults that keep events from being deleted.
const KEEPING: &str = "keeping events";

/// How often the last batch is tried when the process ends.
const LAST_TRIES: u32 = 5;

/// What the writer is asked to do between two batches.
pub(crate) type Request = Box<dyn FnOnce(&mut Storage) + Send>;

/// The store is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store of issues is shutting down")]
pub struct Closed;

/// The writing half of the store. It does nothing until it runs.
pub struct Writer {
    spooler: Spooler,
    storage: Storage,
    indexer: Indexer,
    inbox: mpsc::Receiver<Request>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("directory", &self.storage.directory()).finish_non_exhaustive()
    }
}

impl Writer {
    pub(crate) fn new(
        spooler: Spooler,
        storage: Storage,
        indexer: Indexer,
        inbox: mpsc::Receiver<Request>,
    ) -> Self {
        Self { spooler, storage, indexer, inbox }
    }

    /// Writes until `shutdown`, then what has been accepted by then, and returns.
    pub async fn run(self, shutdown: CancellationToken) {
        let Self { spooler, storage, indexer, inbox } = self;
        let indexing = indexer.run(shutdown.clone());
        let spooled = CancellationToken::new();
        let spooling = async {
            spooler.run(shutdown).await;
            spooled.cancel();
        };
        let working = work(storage, inbox, spooled.clone());
        tokio::join!(Box::pin(spooling), Box::pin(working), Box::pin(indexing));
    }
}

async fn work(storage: Storage, mut inbox: mpsc::Receiver<Request>, shutdown: CancellationToken) {
    let shared = storage.shared.clone();
    let limits = shared.limits;
    let mut work = Work::new(storage);
    loop {
        let mut requests = Vec::new();
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            received = inbox.recv_many(&mut requests, 64) => {
                if received == 0 { break }
            }
            () = shared.work.notified(), if !work.failed => {
                // Whatever comes within this time is worked in with it.
                work.gather(limits).await;
                work.has_more = true;
            }
            () = tokio::time::sleep(work.pause()) => {}
        }
        work = work.on_a_thread(requests).await;
    }
    inbox.close();
    while let Some(request) = inbox.recv().await {
        work = work.on_a_thread(vec![request]).await;
    }
    finish(work, limits.retry).await;
}

/// Works in what the spool still has. What cannot be worked in now is there at the next start.
async fn finish(mut work: Work, retry: Duration) {
    work.is_ending = true;
    for _ in 0..LAST_TRIES {
        work.has_more = true;
        while work.has_more {
            work = work.on_a_thread(Vec::new()).await;
        }
        if !work.failed {
            return;
        }
        tokio::time::sleep(retry).await;
    }
}

struct Work {
    storage: Storage,
    upkept: Option<Instant>,
    /// There may be more to do at once.
    has_more: bool,
    /// The last batch could not be worked in.
    failed: bool,
    /// What can be done at the next start is left for it.
    is_ending: bool,
    /// The last item that was in the spool when something was last gathered.
    gathered: i64,
}

/// With so many items at once much comes.
const MUCH: i64 = 8;

impl Work {
    fn new(storage: Storage) -> Self {
        let gathered = storage.shared.spooled.load(Ordering::Acquire);
        Self { storage, upkept: None, has_more: true, failed: false, is_ending: false, gathered }
    }

    /// Waits for more, and longer while much comes.
    async fn gather(&mut self, limits: Limits) {
        let shared = self.storage.shared.clone();
        tokio::time::sleep(limits.gather).await;
        let spooled = shared.spooled.load(Ordering::Acquire);
        if spooled - self.gathered >= MUCH {
            tokio::time::sleep(limits.gather_much).await;
        }
        self.gathered = shared.spooled.load(Ordering::Acquire);
    }

    /// How long to wait when nothing comes.
    fn pause(&self) -> Duration {
        let limits = &self.storage.shared.limits;
        match (self.failed, self.has_more) {
            (true, _) => limits.retry,
            (false, true) => Duration::ZERO,
            (false, false) => limits.upkeep_every,
        }
    }

    /// SQLite waits for the disk; the runtime's threads do not.
    async fn on_a_thread(mut self, requests: Vec<Request>) -> Self {
        let done = tokio::task::spawn_blocking(move || {
            self.once(requests);
            self
        });
        match done.await {
            Ok(work) => work,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    fn once(&mut self, requests: Vec<Request>) {
        for request in requests {
            request(&mut self.storage);
        }
        let worked = self.storage.work();
        self.tell(WORKING, worked.as_ref().err());
        self.failed = worked.is_err();
        self.has_more = worked.unwrap_or(false);
        if self.is_ending {
            let written = self.storage.write_counters(0);
            return self.tell(KEEPING, written.as_ref().err());
        }
        let every = self.storage.shared.limits.upkeep_every;
        if self.upkept.is_none_or(|last| last.elapsed() >= every) {
            let now = Instant::now();
            let upkept = self.storage.upkeep(now);
            self.tell(KEEPING, upkept.as_ref().err());
            // What is left is done in the next slice.
            let is_done = !upkept.unwrap_or(false);
            self.upkept = is_done.then_some(now);
            self.has_more |= !is_done;
        }
    }

    fn tell(&self, subject: &str, error: Option<&WorkError>) {
        match error {
            Some(error) => self.storage.shared.faults.set(subject, error.to_string()),
            None => self.storage.shared.faults.clear(subject),
        }
    }
}
