//! The handle of the store, and its opening.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use logql::SourceError;
use model::{Batch, Entry, Labels, Position, Selector, TimeRange};
use tokio::sync::mpsc;

use crate::activity::Activity;
use crate::backup::{self, BackupError};
use crate::config::Config;
use crate::deletion::{self, CancelError, DeleteError, Deletion};
use crate::disk::DiskUse;
use crate::follow::Follow;
use crate::histogram;
use crate::intake::{self, Command, Intake, PushError};
use crate::level;
use crate::limits::Limits;
use crate::pending::level_of;
use crate::reader;
use crate::shared::Shared;
use crate::status::{DropReason, Status};
use crate::storage::Storage;
use crate::writer::{WRITING, Writer};
use store::Clock;

/// Why the store could not be opened; one sentence for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(String);

/// The store: cheap to clone, for any number of tasks. Queries read files: call them where blocking is allowed.
#[derive(Clone, Debug)]
pub struct Logs {
    pub(crate) shared: Arc<Shared>,
    intake: Intake,
    disk: Arc<DiskUse>,
}

/// Opens the store in the directory, which is made if it is not there. Nothing is written until the [`Writer`]
/// runs.
pub fn open(config: Config, directory: &Path) -> Result<(Logs, Writer), OpenError> {
    open_with(config, directory, Limits::default(), Clock::system())
}

pub(crate) fn open_with(
    config: Config,
    directory: &Path,
    limits: Limits,
    clock: Clock,
) -> Result<(Logs, Writer), OpenError> {
    let shared = Arc::new(Shared::new(directory, config, limits, clock));
    let storage = Storage::open(shared.clone()).map_err(|error| OpenError(error.to_string()))?;
    let (intake, inbox) = intake::channel(&limits);
    let writer = Writer::new(shared.clone(), storage, inbox);
    Ok((Logs { shared, intake, disk: Arc::default() }, writer))
}

impl Logs {
    /// What collectors had committed last, of those whose keys begin with `prefix`.
    pub fn positions(&self, prefix: &str) -> Vec<Position> {
        let positions = self.shared.positions();
        let with_prefix = positions.iter().filter(|(key, _)| key.starts_with(prefix));
        with_prefix.map(|(key, value)| Position { key: key.clone(), value: Some(value.clone()) }).collect()
    }

    /// Where collectors send what they read; they wait when it is full. The queue is counted in batches, so one
    /// should hold no more than about 256 KiB of lines.
    pub fn intake(&self) -> mpsc::Sender<Batch> {
        self.intake.batches()
    }

    /// Stores the batches and answers once they would survive a loss of power. Entries that [`Logs::refuses`]
    /// are dropped and counted.
    pub async fn push(&self, batches: Vec<Batch>) -> Result<(), PushError> {
        match self.shared.faults.of(WRITING) {
            Some(problem) => Err(PushError::Stuck(problem)),
            None => self.intake.push(batches).await,
        }
    }

    /// Why an entry of these labels would be dropped for its time, if it would be.
    pub fn refuses(&self, labels: &Labels, entry: &Entry) -> Option<DropReason> {
        let now = self.shared.clock.now();
        if entry.timestamp > now.plus(self.shared.limits.ahead_max) {
            return Some(DropReason::TooFarAhead);
        }
        let (config, as_of) = (self.shared.config(), self.shared.kept_as_of(now));
        let day_end = entry.timestamp.day().end();
        // What even the shortest class keeps needs no look at its class.
        if as_of < day_end.plus(config.retention_min()) {
            return None;
        }
        let level = level_of(level::label(labels), entry);
        let class = config.rules().of(labels)[usize::from(level.number())];
        (day_end.plus(config.retention(class)) <= as_of).then_some(DropReason::TooOld)
    }

    /// How long lines are kept: those of the class that is kept longest.
    pub fn retention(&self) -> Duration {
        self.shared.config().retention_max()
    }

    /// The streams that have entries in the range, sorted.
    pub fn streams(&self, selector: &Selector, range: TimeRange) -> Result<Vec<Labels>, SourceError> {
        Ok(reader::streams(&self.shared, selector, range))
    }

    /// Lines per level (by its number) in each `step` of the range, the last one cut off at its end. Exact; it
    /// reads no lines where the bounds of the steps are whole minutes.
    pub fn histogram(
        &self,
        selector: &Selector,
        range: TimeRange,
        step: Duration,
    ) -> Result<Vec<[u64; 8]>, SourceError> {
        histogram::histogram(&self.shared, selector, range, step)
    }

    /// Lines per level (by its number) of each stream in the range. Exact.
    pub fn counts(
        &self,
        selector: &Selector,
        range: TimeRange,
    ) -> Result<Vec<(Labels, [u64; 8])>, SourceError> {
        Ok(histogram::counts(&self.shared, selector, range))
    }

    /// Deletes the lines of a query, and tells the number of the request. When this returns the request would survive
    /// a loss of power; [`Logs::deletions`] tells how far it is.
    pub async fn delete(&self, query: &str, range: TimeRange) -> Result<u64, DeleteError> {
        deletion::query(query)?;
        self.intake.ask(|answer| Command::Delete(query.to_owned(), range, answer)).await
    }

    /// Forgets a request for deletion that has not begun; with `force`, the rest of one that has.
    pub async fn cancel_deletion(&self, id: u64, force: bool) -> Result<(), CancelError> {
        self.intake.ask(|answer| Command::CancelDeletion(id, force, answer)).await
    }

    /// The requests for deletion, oldest first: all that are not done, and the latest that are.
    pub fn deletions(&self) -> Vec<Deletion> {
        self.shared.deletions.list()
    }

    /// Everything that is committed from now on.
    pub fn follow(&self) -> Follow {
        self.shared.broadcast.follow()
    }

    /// Lines and error lines per service in each of the last sixty minutes.
    pub fn activity(&self) -> Activity {
        let now = self.shared.clock.now();
        self.shared.activity().snapshot(now)
    }

    /// How the store does.
    pub fn status(&self) -> Status {
        let status = self.shared.counters.status(self.disk.bytes(&self.shared), self.shared.faults.list());
        Status { masked: self.shared.masked.list(), filtered: self.shared.filtered.list(), ..status }
    }

    /// The beginning of the oldest day that there are lines of.
    pub fn oldest(&self) -> Option<model::Timestamp> {
        self.shared.picture.days().iter().map(|day| day.key.day).min().map(model::UtcDay::start)
    }

    /// Puts other retention and classes into effect, for what arrives from now on and for the next expiry.
    pub fn apply(&self, config: Config) {
        self.shared.set_config(config);
    }

    /// Copies the store, as of this moment, into the directory `to`, which must not hold one already. Lines are
    /// taken in meanwhile.
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        let lease = self.intake.lease().await.ok_or(BackupError::Closed)?;
        let lease = lease.map_err(|error| BackupError::Store(error.to_string()))?;
        let (shared, to) = (self.shared.clone(), to.to_path_buf());
        let copied = tokio::task::spawn_blocking(move || backup::copy(&shared, lease, &to));
        copied.await.map_err(|_| BackupError::Closed)?
    }
}
