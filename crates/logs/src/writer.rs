//! The writer: one thread of the operating system that owns all files. It gathers what arrives, commits it in
//! groups, seals what has become a block, and tries again what failed; meanwhile the queue fills, collectors
//! wait and pushes are refused, so nothing is lost.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{Batch, TimeRange};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::arrival::Arrival;
use crate::deletion::DeleteError;
use crate::follow::Committed;
use crate::intake::{Command, Event, Inbox, Push, PushError, Waiter, Wanted};
use crate::pending::{Origin, Pending};
use crate::shared::Shared;
use crate::storage::{Packed, Storage, StorageError};
use crate::tail::Survive;

/// The subject of faults that keep lines from being written.
pub(crate) const WRITING: &str = "writing logs";

/// The subject of faults that keep blocks from being made.
const SEALING: &str = "sealing logs";

/// How often streams that nothing refers to are forgotten.
const PRUNE_EVERY: Duration = Duration::from_secs(3600);

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
    followed: Vec<(Origin, Committed)>,
}

struct Work {
    shared: Arc<Shared>,
    storage: Storage,
    inbox: Inbox,
    arrival: Arrival,
    pending: Pending,
    waiters: Vec<Waiter>,
    /// Since when the oldest waits.
    since: Option<Instant>,
    /// A group whose commit failed.
    group: Option<Group>,
    commits: Attempts,
    seals: Attempts,
    /// When more of the lines that are to be deleted are.
    delete_at: Option<Instant>,
    upkeep_at: Instant,
    prune_at: Instant,
}

impl Work {
    fn new(writer: Writer) -> Self {
        let Writer { shared, mut storage, inbox } = writer;
        let now = Instant::now();
        let retry_max = shared.limits.retry_max;
        Self {
            arrival: Arrival::new(&shared, storage.take_held(), now),
            delete_at: storage.has_deletions().then_some(now),
            storage,
            inbox,
            pending: Pending::default(),
            waiters: Vec::new(),
            since: None,
            group: None,
            commits: Attempts::new(WRITING, retry_max),
            seals: Attempts::new(SEALING, retry_max),
            upkeep_at: now + shared.limits.upkeep_every,
            prune_at: now + PRUNE_EVERY,
            shared,
        }
    }

    fn run(mut self, stop: &CancellationToken) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("a runtime without I/O needs nothing of the system");
        loop {
            let (deadline, wanted) = (self.deadline().into(), self.wanted());
            match runtime.block_on(self.inbox.next(deadline, wanted, stop)) {
                Event::Stop => break,
                event => self.take(event),
            }
            while let Some(event) = self.inbox.ready(self.wanted()) {
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
        self.arrival.release_all(&self.shared, &mut self.pending);
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

    /// While nothing can be written, commands are still taken: pushes are refused, so that nobody waits in vain.
    fn wanted(&self) -> Wanted {
        let batches = self.takes_in();
        Wanted { batches, commands: batches || self.refusal().is_some() }
    }

    /// Why nothing that is pushed now would be written soon, if so.
    fn refusal(&self) -> Option<PushError> {
        let is_full = || self.storage.tail_weight() >= self.shared.limits.tail_weight_max;
        let problem = self.commits.problem.as_ref().or(self.seals.problem.as_ref().filter(|_| is_full()));
        problem.cloned().map(PushError::Stuck)
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Batch(batch) => self.arrive(batch, Origin::Collected),
            Event::Command(Command::Push(Push { batches, done })) => {
                if let Some(refusal) = self.refusal() {
                    return done.answer(Err(refusal));
                }
                if !self.pending.has_room_for(&self.shared, &batches) {
                    let streams_max = self.shared.limits.streams_max;
                    return done.answer(Err(PushError::TooManyStreams(streams_max)));
                }
                for batch in batches {
                    self.arrive(batch, Origin::Pushed);
                }
                self.waiters.push(done);
            }
            // Whoever asked may have gone; what was asked is done all the same.
            Event::Command(Command::Delete(query, range, answer)) => {
                let _ = answer.send(self.delete(query, range));
            }
            Event::Command(Command::CancelDeletion(id, force, answer)) => {
                let done = self.storage.cancel_deletion(id, force);
                let _ = answer.send(done.unwrap_or_else(|error| Err(stuck(&error).into())));
            }
            Event::Command(Command::Lease(answer)) => {
                // Whoever asked may have gone; then the lease ends at once.
                let _ = answer.send(self.storage.lease());
            }
            Event::Due | Event::Stop => return,
        }
        self.since.get_or_insert_with(Instant::now);
    }

    /// Keeps a request for deletion. What has arrived is committed first: it is meant too.
    fn delete(&mut self, query: String, range: TimeRange) -> Result<u64, DeleteError> {
        let now = Instant::now();
        if let Some(refusal) = self.refusal() {
            return Err(refusal.into());
        }
        if self.since.is_some() && !self.commit(now) {
            return Err(PushError::Stuck(self.commits.problem.clone().unwrap_or_default()).into());
        }
        let id = self.storage.begin_deletion(query, range).map_err(|error| stuck(&error))??;
        self.delete_at = Some(now);
        Ok(id)
    }

    /// Deletes some of the lines that are to be deleted; the rest at once, or after an error with the next upkeep.
    fn delete_some(&mut self, now: Instant) {
        let done = self.storage.delete_some(now);
        self.delete_at = matches!(done, Ok(true)).then_some(now);
        if self.storage.has_obsolete() {
            self.since.get_or_insert(now);
        }
        self.told("deletion of logs", done.map(|_| ()));
    }

    fn arrive(&mut self, batch: Batch, origin: Origin) {
        self.arrival.take(&self.shared, batch, origin, Instant::now(), &mut self.pending);
    }

    /// When there is something to do, if nothing arrives.
    fn deadline(&self) -> Instant {
        let mut deadline = self.upkeep_at;
        let mut sooner = |at: Option<Instant>| deadline = at.map_or(deadline, |at| at.min(deadline));
        sooner(self.commit_at());
        if self.since.is_none() {
            sooner(self.arrival.due());
        }
        sooner(self.seals.retry_at);
        sooner(self.delete_at);
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
        if self.since.is_none() && is_due(self.arrival.due()) {
            // What was held back has waited long enough.
            self.since = Some(now - self.shared.limits.commit_after);
        }
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
        if is_due(self.delete_at) && !self.commits.are_failing() {
            self.delete_some(now);
        }
    }

    fn upkeep(&mut self, now: Instant) {
        self.delete_at = self.storage.has_deletions().then_some(now);
        self.upkeep_at = now + self.shared.limits.upkeep_every;
        let closed = self.storage.close_idle(now);
        self.told("closing of logs", closed);
        self.shared.bitmaps.forget_idle(now);
        self.storage.forget_columns();
        let mut expired = self.storage.expire(now);
        if self.prune_at <= now {
            self.prune_at = now + PRUNE_EVERY;
            self.pending.forget_streams();
            expired = expired.and_then(|()| self.storage.prune());
        }
        self.told("expiry of logs", expired);
        let merged = self.storage.compact(now);
        self.told("merging of logs", merged);
    }

    /// Work that is not tried again before its next turn.
    fn told(&self, subject: &str, done: Result<(), StorageError>) {
        match done {
            Ok(()) => self.shared.faults.clear(subject),
            Err(error) => self.shared.faults.set(subject, error.to_string()),
        }
    }

    /// Commits what waits. Tells whether it is on disk; if not, it waits for the next attempt.
    fn commit(&mut self, now: Instant) -> bool {
        self.arrival.release(&self.shared, now, &mut self.pending);
        let committed = self.pack().and_then(|mut group| {
            let done = self.storage.commit(&mut group.packed);
            if done.is_ok() {
                group.waiters.into_iter().for_each(|waiter| waiter.answer(Ok(())));
                group.followed.into_iter().for_each(|(_, batch)| self.shared.broadcast.send(batch));
            } else {
                self.group = Some(group);
            }
            done
        });
        let is_done = committed.is_ok();
        self.commits.note(&self.shared, now, committed);
        if is_done {
            self.since = None;
        } else {
            self.withdraw_pushed();
        }
        is_done
    }

    /// Nothing can be written: what was pushed is given up, and its senders are told so. What was collected
    /// waits.
    fn withdraw_pushed(&mut self) {
        self.pending.withdraw_pushed();
        let mut waiters = std::mem::take(&mut self.waiters);
        if let Some(group) = &mut self.group {
            group.packed.withdraw_pushed();
            group.followed.retain(|(origin, _)| *origin == Origin::Collected);
            waiters.append(&mut group.waiters);
        }
        self.group.take_if(|group| group.packed.is_empty());
        let problem = self.commits.problem.clone().unwrap_or_default();
        waiters.into_iter().for_each(|waiter| waiter.answer(Err(PushError::Stuck(problem.clone()))));
    }

    /// The group that is stuck, or a new one of all that waits.
    fn pack(&mut self) -> Result<Group, StorageError> {
        if let Some(group) = self.group.take() {
            return Ok(group);
        }
        if self.pending.is_empty() && self.waiters.is_empty() {
            if self.commits.are_failing() {
                self.storage.probe()?;
            }
            return Ok(Group { packed: Packed::nothing(), waiters: Vec::new(), followed: Vec::new() });
        }
        let survive = if self.waiters.is_empty() { Survive::Crash } else { Survive::PowerLoss };
        let mut packed = self.storage.pack(&mut self.pending, survive)?;
        packed.hold(self.arrival.held_changes());
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

/// The answer to whoever asked for what cannot be written now.
fn stuck(error: &StorageError) -> PushError {
    PushError::Stuck(error.to_string())
}

/// How often something failed in a row, and when it is tried again.
struct Attempts {
    subject: &'static str,
    failures: u32,
    /// What was wrong the last time.
    problem: Option<String>,
    retry_at: Option<Instant>,
    retry_max: Duration,
}

impl Attempts {
    fn new(subject: &'static str, retry_max: Duration) -> Self {
        Self { subject, failures: 0, problem: None, retry_at: None, retry_max }
    }

    fn are_failing(&self) -> bool {
        self.failures > 0
    }

    fn note(&mut self, shared: &Shared, now: Instant, done: Result<(), StorageError>) {
        match done {
            Ok(()) => {
                shared.faults.clear(self.subject);
                (self.failures, self.problem, self.retry_at) = (0, None, None);
            }
            Err(error) => {
                shared.faults.set(self.subject, error.to_string());
                self.problem = Some(error.to_string());
                let wait = RETRY_FIRST.saturating_mul(1 << self.failures.min(10)).min(self.retry_max);
                self.failures += 1;
                self.retry_at = Some(now + wait);
            }
        }
    }
}
