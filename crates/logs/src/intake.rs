//! The ways in: collectors' batches, which wait when the queue is full, and pushes, which are refused then.

use std::sync::Arc;

use model::{Batch, TimeRange};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::deletion::{CancelError, DeleteError};
use crate::limits::Limits;
use crate::storage::{Lease, StorageError};

/// Pushes and other commands that may wait, however small they are.
const COMMANDS: usize = 1024;

/// Room is handed out in units of this many bytes.
const ROOM_UNIT: usize = 1024;

/// Why pushed lines were not taken, or may not be on disk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// More lines wait than fit; send them again later.
    #[error("too many lines are waiting to be written; send them again in a second")]
    Full,
    /// Nothing can be written for now; the sentence says why. None of the lines is kept, so that a sender who
    /// tries again does not find them doubled.
    #[error("lines cannot be written for now: {0}")]
    Stuck(String),
    /// More streams than may bring lines within the hour. None of the lines is kept.
    #[error(
        "the push brings new streams beyond the {0} that may bring lines within an hour, and nothing of it was stored; put \
         what has many values into the line or into structured metadata instead of a label"
    )]
    TooManyStreams(usize),
    /// The store ends, or ended before the lines were on disk.
    #[error("the store of logs is shutting down")]
    Closed,
}

/// What the writer is asked besides batches of collectors.
pub(crate) enum Command {
    Push(Push),
    /// Deletes the lines of a query.
    Delete(String, TimeRange, oneshot::Sender<Result<u64, DeleteError>>),
    /// Forgets a deletion; with `true`, also one that has begun.
    CancelDeletion(u64, bool, oneshot::Sender<Result<(), CancelError>>),
    /// Holds the files still for a backup.
    Lease(oneshot::Sender<Result<Lease, StorageError>>),
}

/// Pushed lines whose sender waits for their commit.
pub(crate) struct Push {
    pub(crate) batches: Vec<Batch>,
    pub(crate) done: Waiter,
}

/// Who waits for a commit, and the room that the lines take until then.
pub(crate) struct Waiter {
    answer: oneshot::Sender<Result<(), PushError>>,
    _room: OwnedSemaphorePermit,
}

impl Waiter {
    /// The lines are on disk, or were given up. Whether their sender still waits makes no difference.
    pub(crate) fn answer(self, answer: Result<(), PushError>) {
        let _ = self.answer.send(answer);
    }
}

/// The senders' end.
#[derive(Clone, Debug)]
pub(crate) struct Intake {
    batches: mpsc::Sender<Batch>,
    commands: mpsc::Sender<Command>,
    room: Arc<Semaphore>,
    room_units: usize,
}

/// The writer's end.
pub(crate) struct Inbox {
    batches: mpsc::Receiver<Batch>,
    commands: mpsc::Receiver<Command>,
    batches_first: bool,
}

/// From which queues the writer takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) batches: bool,
    pub(crate) commands: bool,
}

/// What made the writer wake up.
pub(crate) enum Event {
    Batch(Batch),
    Command(Command),
    /// The time that it wanted to be woken at has come.
    Due,
    Stop,
}

/// Both ends.
pub(crate) fn channel(limits: &Limits) -> (Intake, Inbox) {
    let (batches, batches_in) = mpsc::channel(limits.intake_batches);
    let (commands, commands_in) = mpsc::channel(COMMANDS);
    let room_units = limits.push_bytes / ROOM_UNIT;
    let intake = Intake { batches, commands, room: Arc::new(Semaphore::new(room_units)), room_units };
    (intake, Inbox { batches: batches_in, commands: commands_in, batches_first: false })
}

impl Intake {
    pub(crate) fn batches(&self) -> mpsc::Sender<Batch> {
        self.batches.clone()
    }

    /// Hands the batches over and waits until they are on disk.
    pub(crate) async fn push(&self, batches: Vec<Batch>) -> Result<(), PushError> {
        let bytes: usize =
            batches.iter().flat_map(|batch| &batch.entries).map(|entry| entry.line.len() + 64).sum();
        // A push larger than all the room gets through while nothing else waits.
        let units = (bytes / ROOM_UNIT + 1).min(self.room_units) as u32;
        let room = self.room.clone().try_acquire_many_owned(units).map_err(|_| PushError::Full)?;
        let (answer, done) = oneshot::channel();
        let push = Push { batches, done: Waiter { answer, _room: room } };
        self.commands.try_send(Command::Push(push)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => PushError::Full,
            mpsc::error::TrySendError::Closed(_) => PushError::Closed,
        })?;
        done.await.unwrap_or(Err(PushError::Closed))
    }

    /// Asks the writer, and waits for its answer.
    pub(crate) async fn ask<T, E: From<PushError>>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, E>>) -> Command,
    ) -> Result<T, E> {
        let (answer, done) = oneshot::channel();
        let sent = self.commands.send(command(answer)).await;
        sent.map_err(|_| E::from(PushError::Closed))?;
        done.await.unwrap_or_else(|_| Err(PushError::Closed.into()))
    }

    /// `None` once the writer has ended.
    pub(crate) async fn lease(&self) -> Option<Result<Lease, StorageError>> {
        let (answer, lease) = oneshot::channel();
        self.commands.send(Command::Lease(answer)).await.ok()?;
        lease.await.ok()
    }
}

impl Inbox {
    /// Waits for the next event: of what is wanted, the deadline or the end.
    pub(crate) async fn next(
        &mut self,
        deadline: Instant,
        wanted: Wanted,
        stop: &CancellationToken,
    ) -> Event {
        tokio::select! {
            () = stop.cancelled() => Event::Stop,
            Some(command) = self.commands.recv(), if wanted.commands => Event::Command(command),
            Some(batch) = self.batches.recv(), if wanted.batches => Event::Batch(batch),
            () = tokio::time::sleep_until(deadline) => Event::Due,
        }
    }

    /// What has arrived already, from both queues in turn: a flood of pushes must not keep collectors waiting.
    pub(crate) fn ready(&mut self, wanted: Wanted) -> Option<Event> {
        self.batches_first = !self.batches_first;
        if self.batches_first {
            return self.ready_batch(wanted).or_else(|| self.ready_command(wanted));
        }
        self.ready_command(wanted).or_else(|| self.ready_batch(wanted))
    }

    fn ready_batch(&mut self, wanted: Wanted) -> Option<Event> {
        wanted.batches.then(|| self.batches.try_recv().ok().map(Event::Batch))?
    }

    fn ready_command(&mut self, wanted: Wanted) -> Option<Event> {
        wanted.commands.then(|| self.commands.try_recv().ok().map(Event::Command))?
    }

    /// Lets nothing more in; what was let in can still be taken.
    pub(crate) fn close(&mut self) {
        self.commands.close();
        self.batches.close();
    }

    /// After [`Inbox::close`]: what is left.
    pub(crate) async fn rest(&mut self) -> Option<Event> {
        match self.commands.recv().await {
            Some(command) => Some(Event::Command(command)),
            None => self.batches.recv().await.map(Event::Batch),
        }
    }
}
