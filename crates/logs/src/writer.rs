//! The writer: one thread of the operating system that owns all files. It gathers what arrives, commits it in
//! groups, seals what has become a block, and tries again what failed; meanwhile the queue fills, collectors
//! wait and pushes are refused, so nothing is lost.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::follow::Committed;
use crate::intake::{Command, Event, Inbox, Push, Waiter};
use crate::pending::Pending;
use crate::shared::Shared;
use crate::storage::{Packed, Storage, StorageError};
use crate::tail::Survive;

/// The subject of faults that keep lines from being written.
pub(crate) const WRITING: &str = "writing logs";

/// How often it is looked for what is due by age.
const UPKEEP_EVERY: Duration = Duration::from_secs(30);

/// How often days are looked through for expired ones.
const EXPIRE_EVERY: Duration = Duration::from_secs(3600);

/// The first wait after a failure; each further one is twice as long.
const RETRY_FIRST: Duration = Duration::from_millis(100);

/// Once something arrived, more is mostly on its way; waking for each batch would cost more than the batch.
const NAP: Duration = Duration::from_millis(1);

/// How often the last commit is tried when the process ends.
const LAST_TRIES: u32 = 10;

/// The writing half of the store. It does nothing until it runs.
pub struct Writer {
    shared: Arc<Shared>,
    storage: Storage,
    inbox: Inbox,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("root", &self.shared.root).finish_non_exhaustive()
    }
}

/// The writer ended without being told to.
#[derive(Debug, thiserror::Error)]
#[error("the writer of logs broke down; the message before this one says where")]
pub struct WriterError(());

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>, storage: Storage, inbox: Inbox) -> Self {
        Self { shared, storage, inbox }
    }

    /// Locks are not waited for from now on.
    #[cfg(test)]
    pub(crate) fn fail_at_once(&self) {
        self.storage.fail_at_once();
    }

    /// Writes until `shutdown`, then what has been accepted by then, and returns.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), WriterError> {
        let (ended, end) = oneshot::channel();
        let thread = std::thread::Builder::new().name("logs".into()).spawn(move || {
            Work::new(self).run(&shutdown);
            // Nobody waits for the end of a writer whose task was dropped.
            let _ = ended.send(());
        });
        if let Err(error) = thread {
            tracing::error!("no thread for the writer of logs: {error}");
            return Err(WriterError(()));
        }
        end.await.map_err(|_| WriterError(()))
    }
}

/// Lines between packing and commit, and who waits for them.
struct Group {
    packed: Packed,
    waiters: Vec<Waiter>,
    followed: Vec<Committed>,
}

struct Work {
    shared: Arc<Shared>,
    storage: Storage,
    inbox: Inbox,
    pending: Pending,
    waiters: Vec<Waiter>,
    /// Since when the oldest waits.
    since: Option<Instant>,
    /// A group whose commit failed.
    group: Option<Group>,
    commits: Attempts,
    seals: Attempts,
    upkeep_at: Instant,
    expire_at: Instant,
}

impl Work {
    fn new(writer: Writer) -> Self {
        let Writer { shared, storage, inbox } = writer;
        let now = Instant::now();
        let retry_max = shared.limits.retry_max;
        Self {
            shared,
            storage,
            inbox,
            pending: Pending::default(),
            waiters: Vec::new(),
            since: None,
            group: None,
            commits: Attempts::new(WRITING, retry_max),
            seals: Attempts::new("sealing logs", retry_max),
            upkeep_at: now + UPKEEP_EVERY,
            expire_at: now + EXPIRE_EVERY,
        }
    }

    fn run(mut self, stop: &CancellationToken) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("a runtime without I/O needs nothing of the system");
        loop {
            let (deadline, takes_in) = (self.deadline().into(), self.takes_in());
            match runtime.block_on(self.inbox.next(deadline, takes_in, stop)) {
                Event::Stop => break,
                event => self.take(event),
            }
            while self.takes_in()
                && let Some(event) = self.inbox.ready()
            {
                self.take(event);
            }
            self.work(Instant::now());
            if self.since.is_some() && !self.commits.are_failing() {
                std::thread::sleep(NAP);
            }
        }
        self.inbox.close();
        while let Some(event) = runtime.block_on(self.inbox.rest()) {
            self.take(event);
            if self.pending.bytes() >= self.shared.limits.commit_bytes {
                self.commit_at_last();
            }
        }
        self.commit_at_last();
    }

    /// Whether there is room for more: nothing is stuck, and neither are blocks.
    fn takes_in(&self) -> bool {
        let limits = &self.shared.limits;
        self.group.is_none()
            && !self.commits.are_failing()
            && self.pending.bytes() < limits.commit_bytes
            && self.storage.tail_weight() < limits.tail_weight_max
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Batch(batch) => self.pending.add(&self.shared, batch),
            Event::Command(Command::Push(Push { batches, done })) => {
                batches.into_iter().for_each(|batch| self.pending.add(&self.shared, batch));
                self.waiters.push(done);
            }
            Event::Command(Command::Lease(answer)) => {
                // Whoever asked may have gone; then the lease ends at once.
                let _ = answer.send(self.storage.lease());
            }
            Event::Due | Event::Stop => return,
        }
        self.since.get_or_insert_with(Instant::now);
    }

    /// When there is something to do, if nothing arrives.
    fn deadline(&self) -> Instant {
        let mut deadline = self.upkeep_at;
        let mut sooner = |at: Option<Instant>| deadline = at.map_or(deadline, |at| at.min(deadline));
        sooner(self.commit_at());
        sooner(self.seals.retry_at);
        deadline
    }

    fn commit_at(&self) -> Option<Instant> {
        if self.commits.are_failing() {
            return self.commits.retry_at;
        }
        let limits = &self.shared.limits;
        let wait = if self.waiters.is_empty() { limits.commit_after } else { limits.push_commit_after };
        let is_full = self.pending.bytes() >= limits.commit_bytes;
        self.since.map(|since| if is_full { since } else { since + wait })
    }

    fn work(&mut self, now: Instant) {
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        let mut seals = is_due(self.seals.retry_at);
        if is_due(self.commit_at()) {
            seals |= self.commit(now) && !self.seals.are_failing();
        }
        if self.upkeep_at <= now {
            self.upkeep(now);
            seals = true;
        }
        if seals {
            let sealed = self.storage.seal(now).and_then(|()| self.storage.merge());
            self.seals.note(&self.shared, now, sealed);
            if self.storage.has_obsolete() {
                self.since.get_or_insert(now);
            }
        }
    }

    fn upkeep(&mut self, now: Instant) {
        self.upkeep_at = now + UPKEEP_EVERY;
        self.storage.close_idle(now);
        if self.expire_at <= now {
            self.expire_at = now + EXPIRE_EVERY;
            self.pending.forget_streams();
            let done = self.storage.expire().and_then(|()| self.storage.prune());
            if let Err(error) = done {
                self.shared.faults.set("expiry of logs", error.to_string());
            } else {
                self.shared.faults.clear("expiry of logs");
            }
        }
    }

    /// Commits what waits. Tells whether it is on disk; if not, it waits for the next attempt.
    fn commit(&mut self, now: Instant) -> bool {
        let committed = self.pack().and_then(|group| {
            let done = self.storage.commit(&group.packed);
            if done.is_ok() {
                group.waiters.into_iter().for_each(Waiter::answer);
                group.followed.into_iter().for_each(|batch| self.shared.broadcast.send(batch));
            } else {
                self.group = Some(group);
            }
            done
        });
        let is_done = committed.is_ok();
        self.commits.note(&self.shared, now, committed);
        if is_done {
            self.since = None;
        }
        is_done
    }

    /// The group that is stuck, or a new one of all that waits.
    fn pack(&mut self) -> Result<Group, StorageError> {
        if let Some(group) = self.group.take() {
            return Ok(group);
        }
        if self.pending.is_empty() && self.waiters.is_empty() {
            return Ok(Group { packed: Packed::nothing(), waiters: Vec::new(), followed: Vec::new() });
        }
        let survive = if self.waiters.is_empty() { Survive::Crash } else { Survive::PowerLoss };
        let packed = self.storage.pack(&mut self.pending, survive)?;
        self.pending.clear();
        let waiters = std::mem::take(&mut self.waiters);
        Ok(Group { packed, waiters, followed: self.pending.take_followed() })
    }

    /// The process ends: what is here now has no later chance. Collectors read it again at the next start, and
    /// whoever pushed it got no answer.
    fn commit_at_last(&mut self) {
        for wait in 1..=LAST_TRIES {
            if self.commit(Instant::now()) && self.pending.is_empty() {
                return;
            }
            std::thread::sleep(RETRY_FIRST * wait);
        }
        tracing::error!("the last lines could not be written");
    }
}

/// How often something failed in a row, and when it is tried again.
struct Attempts {
    subject: &'static str,
    failures: u32,
    retry_at: Option<Instant>,
    retry_max: Duration,
}

impl Attempts {
    fn new(subject: &'static str, retry_max: Duration) -> Self {
        Self { subject, failures: 0, retry_at: None, retry_max }
    }

    fn are_failing(&self) -> bool {
        self.failures > 0
    }

    fn note(&mut self, shared: &Shared, now: Instant, done: Result<(), StorageError>) {
        match done {
            Ok(()) => {
                shared.faults.clear(self.subject);
                (self.failures, self.retry_at) = (0, None);
            }
            Err(error) => {
                shared.faults.set(self.subject, error.to_string());
                let wait = RETRY_FIRST.saturating_mul(1 << self.failures.min(10)).min(self.retry_max);
                self.failures += 1;
                self.retry_at = Some(now + wait);
            }
        }
    }
}
