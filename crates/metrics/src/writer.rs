//! The writer: takes what waits, commits it, seals and expires, one thing after the other.

use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant, SystemTime};

use model::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::index::Indexes;
use crate::recent::{Metrics, Shared, Stored, Waiting, WriteError};
use crate::series::Catalogue;
use crate::status::Counters;
use crate::storage::{OpenError, Storage};

/// Scrapes on their way to the disk. A scraper waits when there are more; a remote sender is told to come back.
const WAITING_MAX: usize = 256;

/// Scrapes are gathered for so long, unless somebody waits for their commit.
const GATHER: Duration = Duration::from_millis(200);

/// How often windows and days are looked at.
const UPKEEP: Duration = Duration::from_secs(30);

/// Opens the storage in a directory of its own.
pub fn open(config: Config, directory: &Path) -> Result<(Metrics, Writer), OpenError> {
    let (sender, receiver) = mpsc::channel(WAITING_MAX);
    let shared = Arc::new(Shared {
        directory: directory.to_owned(),
        catalogue: Catalogue::default(),
        counters: Counters::default(),
        stored: RwLock::new(Stored::default()),
        indexes: Indexes::default(),
        fault: Mutex::new(None),
    });
    let storage = Storage::open(config, shared.clone())?;
    Ok((Metrics { shared, waiting: sender }, Writer { storage, receiver }))
}

/// Writes while it runs.
pub struct Writer {
    storage: Storage,
    receiver: mpsc::Receiver<Waiting>,
}

impl Writer {
    /// Runs until `shutdown`, then writes what still waits.
    pub async fn run(self, shutdown: CancellationToken) {
        let Self { storage, mut receiver } = self;
        let mut work = Work { storage, upkept: None };
        loop {
            let mut batch = Vec::new();
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                received = receiver.recv_many(&mut batch, WAITING_MAX) => if received == 0 { break },
                () = tokio::time::sleep(UPKEEP) => {}
            }
            if !batch.is_empty() && batch.iter().all(|waiting| waiting.answer.is_none()) {
                tokio::time::sleep(GATHER).await;
                while let Ok(waiting) = receiver.try_recv() {
                    batch.push(waiting);
                }
            }
            work = work.on_a_thread(batch).await;
        }
        receiver.close();
        let mut batch = Vec::new();
        while let Some(waiting) = receiver.recv().await {
            batch.push(waiting);
        }
        work.on_a_thread(batch).await;
    }
}

struct Work {
    storage: Storage,
    upkept: Option<Instant>,
}

impl Work {
    /// SQLite waits for the disk; the runtime's threads do not.
    async fn on_a_thread(mut self, batch: Vec<Waiting>) -> Self {
        let done = tokio::task::spawn_blocking(move || {
            self.once(batch, Timestamp::from(SystemTime::now()));
            self
        });
        match done.await {
            Ok(work) => work,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    fn once(&mut self, batch: Vec<Waiting>, now: Timestamp) {
        let (mut scrapes, mut answers) = (Vec::new(), Vec::new());
        for waiting in batch {
            scrapes.extend(waiting.scrapes);
            answers.extend(waiting.answer);
        }
        let committed = self.storage.commit(scrapes, now);
        let mut fault = committed.as_ref().err().map(ToString::to_string);
        for answer in answers {
            let result =
                committed.as_ref().map(|_| ()).map_err(|error| WriteError::Failed(error.to_string()));
            // Whoever asked may have left.
            let _ = answer.send(result);
        }
        if self.upkept.is_none_or(|last| last.elapsed() >= UPKEEP) {
            self.upkept = Some(Instant::now());
            let kept = self.storage.seal(now).and_then(|()| self.storage.expire(now));
            fault = fault.or(kept.err().map(|error| error.to_string()));
            if fault.is_none() {
                self.storage.shared.set_fault(None);
            }
        }
        if let Some(fault) = fault {
            tracing::warn!("metrics: {fault}");
            self.storage.shared.set_fault(Some(fault));
        }
    }
}
