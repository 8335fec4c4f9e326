//! The writer: takes what waits, commits it, seals, merges and expires, one thing after the other. What cannot be
//! written is tried again; meanwhile the queue fills, scrapers wait and remote senders are told to come back.

use std::fmt;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::metrics::{Request, WriteError};
use crate::series::Scrape;
use crate::status::Written;
use crate::storage::{Storage, StorageError};
use crate::tail::Survive;

/// The subject of faults that keep samples from being written.
const WRITING: &str = "writing samples";

/// The subject of faults that keep chunks from being made and days from being merged or deleted.
const KEEPING: &str = "keeping samples";

/// So many requests are taken at once.
const TAKEN_MAX: usize = 256;

/// How often the last commit is tried when the process ends.
const LAST_TRIES: u32 = 5;

/// The writing half of the store. It does nothing until it runs.
pub struct Writer {
    storage: Storage,
    inbox: mpsc::Receiver<Request>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("directory", &self.storage.shared.directory).finish_non_exhaustive()
    }
}

impl Writer {
    pub(crate) fn new(storage: Storage, inbox: mpsc::Receiver<Request>) -> Self {
        Self { storage, inbox }
    }

    /// Writes until `shutdown`, then what has been accepted by then, and returns.
    pub async fn run(self, shutdown: CancellationToken) {
        let Self { storage, mut inbox } = self;
        let limits = storage.shared.limits;
        let mut work = Work { storage, stuck: Vec::new(), upkept: None, has_more: false };
        loop {
            let mut requests = Vec::new();
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                // What could not be written goes before what came later.
                received = inbox.recv_many(&mut requests, TAKEN_MAX), if work.stuck.is_empty() => {
                    if received == 0 { break }
                }
                () = tokio::time::sleep(work.pause()) => {}
            }
            if requests.iter().any(|request| matches!(request, Request::Append(_)))
                && !requests.iter().any(|request| !matches!(request, Request::Append(_)))
            {
                tokio::time::sleep(limits.gather).await;
                while let Ok(request) = inbox.try_recv() {
                    requests.push(request);
                }
            }
            work = work.on_a_thread(requests).await;
        }
        inbox.close();
        let mut requests = Vec::new();
        while let Some(request) = inbox.recv().await {
            requests.push(request);
        }
        work = work.on_a_thread(requests).await;
        for _ in 1..LAST_TRIES {
            if work.stuck.is_empty() {
                return;
            }
            tokio::time::sleep(limits.retry).await;
            work = work.on_a_thread(Vec::new()).await;
        }
        if !work.stuck.is_empty() {
            tracing::error!("{} scrapes could not be written and are lost", work.stuck.len());
        }
    }
}

type Answer = oneshot::Sender<Result<Written, WriteError>>;

struct Work {
    storage: Storage,
    /// Scrapes whose commit failed.
    stuck: Vec<Scrape>,
    upkept: Option<Instant>,
    /// Days are still to be merged.
    has_more: bool,
}

impl Work {
    /// How long to wait when nothing comes.
    fn pause(&self) -> std::time::Duration {
        let limits = &self.storage.shared.limits;
        match (self.stuck.is_empty(), self.has_more) {
            (false, _) => limits.retry,
            (true, true) => limits.gather,
            (true, false) => limits.upkeep_every,
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
        let (mut appended, mut written, mut answers) =
            (std::mem::take(&mut self.stuck), Vec::new(), Vec::new());
        for request in requests {
            match request {
                Request::Append(scrape) => appended.push(scrape),
                Request::Write(scrapes, answer) => {
                    written.push(scrapes);
                    answers.push(answer);
                }
                // Whoever asked may have gone; then the lease ends at once.
                Request::Lease(answer) => drop(answer.send(self.storage.lease())),
            }
        }
        self.commit(appended, written, answers);
        if self.has_more
            || self.storage.is_full()
            || self.upkept.is_none_or(|last| last.elapsed() >= self.storage.shared.limits.upkeep_every)
        {
            let now = Instant::now();
            self.upkept = Some(now);
            let sealed = self.storage.seal();
            let merged = sealed.and_then(|()| self.storage.merge());
            self.has_more = matches!(merged, Ok(true));
            // Whatever became of those: on a full disk this is what makes room.
            let expired = self.storage.expire(now);
            self.tell(KEEPING, merged.err().or(expired.err()).as_ref());
        }
    }

    fn commit(&mut self, appended: Vec<Scrape>, mut groups: Vec<Vec<Scrape>>, answers: Vec<Answer>) {
        let survive = if groups.is_empty() { Survive::Crash } else { Survive::PowerLoss };
        groups.push(appended);
        let committed = self.storage.commit(&groups, survive);
        for (index, answer) in answers.into_iter().enumerate() {
            let result = match &committed {
                Ok(tallies) => Ok(tallies[index].written()),
                Err(error) => Err(WriteError::Failed(error.to_string())),
            };
            // Whoever asked may have left.
            let _ = answer.send(result);
        }
        self.tell(WRITING, committed.as_ref().err());
        if committed.is_err() {
            // Who waits for an answer has one and comes again; scrapes do not.
            self.stuck = groups.pop().unwrap_or_default();
        }
    }

    fn tell(&self, subject: &str, error: Option<&StorageError>) {
        match error {
            Some(error) => self.storage.shared.faults.set(subject, error.to_string()),
            None => self.storage.shared.faults.clear(subject),
        }
    }
}
