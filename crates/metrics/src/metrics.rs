//! The handle of the store, and its opening.

use std::path::Path;
use std::sync::Arc;

use model::metric::{About, Exemplar};
use model::{Labels, Matcher};
use store::Fault;
use tokio::sync::{mpsc, oneshot};

use crate::backup::{self, BackupError};
use crate::config::Config;
use crate::disk::DiskUse;
use crate::limits::Limits;
use crate::series::{Scrape, Series};
use crate::shared::Shared;
use crate::status::{Room, Status, Written};
use crate::storage::{Lease, OpenError, Storage, StorageError};
use crate::writer::Writer;
use store::Clock;

/// Requests on their way to the writer. A scraper waits when there are more; a remote sender is told to come back.
const WAITING_MAX: usize = 128;

/// Why samples were not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// More wait than can be kept.
    #[error("more samples wait than can be stored soon; try again in a moment")]
    Full,
    /// The disk does not take them.
    #[error("samples cannot be stored: {0}")]
    Failed(String),
    /// The appliance is ending.
    #[error("the storage is closing")]
    Closing,
}

/// What the writer is asked for.
#[derive(Debug)]
pub(crate) enum Request {
    /// To keep what a target gave.
    Append(Scrape),
    /// To keep samples, and to say what became of them.
    Write(Vec<Scrape>, oneshot::Sender<Result<Written, WriteError>>),
    /// To hold the files still.
    Lease(oneshot::Sender<Result<Lease, StorageError>>),
}

/// The store: cheap to clone, for any number of tasks. Queries read files: call them where blocking is allowed.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub(crate) shared: Arc<Shared>,
    pub(crate) requests: mpsc::Sender<Request>,
    disk: Arc<DiskUse>,
}

/// Opens the store in the directory, which is made if it is not there. Nothing is written until the [`Writer`] runs.
pub fn open(config: Config, directory: &Path) -> Result<(Metrics, Writer), OpenError> {
    open_with(config, directory, Limits::default(), Clock::system())
}

pub(crate) fn open_with(
    config: Config,
    directory: &Path,
    limits: Limits,
    clock: Clock,
) -> Result<(Metrics, Writer), OpenError> {
    let shared = Arc::new(Shared::new(directory, config, limits, clock));
    let storage = Storage::open(shared.clone())?;
    let (requests, inbox) = mpsc::channel(WAITING_MAX);
    Ok((Metrics::of(shared, requests), Writer::new(storage, inbox)))
}

impl Metrics {
    pub(crate) fn of(shared: Arc<Shared>, requests: mpsc::Sender<Request>) -> Self {
        Self { shared, requests, disk: Arc::default() }
    }

    /// The series of these labels, to append samples to.
    pub fn series(&self, labels: &Labels) -> Arc<Series> {
        self.shared.catalogue.get(labels)
    }

    /// The same for a sender that nobody bounds: `None` for a new series where there are too many already. Whoever refuses
    /// its samples counts them as [`Refused::TooManySeries`](crate::Refused).
    pub fn series_of_sender(&self, labels: &Labels) -> Option<Arc<Series>> {
        self.shared.catalogue.get_within(labels, self.shared.limits.series_max)
    }

    /// Appends what a target gave. Waits while too much is on its way; returns before it is on disk.
    pub async fn append(&self, scrape: Scrape) -> Result<(), WriteError> {
        self.requests.send(Request::Append(scrape)).await.map_err(|_| WriteError::Closing)
    }

    /// Stores samples and answers after a commit that survives loss of power. What does not fit is refused, the rest is
    /// stored. Samples may be as old as the days that are kept raw, and up to [`AHEAD_MAX`](crate::AHEAD_MAX) ahead of
    /// the clock; those of one series come in the order of their time. One that is there already counts as stored, but
    /// not with another value.
    pub async fn write(&self, scrapes: Vec<Scrape>) -> Result<Written, WriteError> {
        let (answer, answered) = oneshot::channel();
        self.requests.try_send(Request::Write(scrapes, answer)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => WriteError::Full,
            mpsc::error::TrySendError::Closed(_) => WriteError::Closing,
        })?;
        answered.await.unwrap_or(Err(WriteError::Closing))
    }

    /// Remembers what a target says of a metric family; the newest word counts. In memory only.
    pub fn describe(&self, target: &Arc<str>, family: &str, about: &About) {
        self.shared.descriptions.tell(target, family, about);
    }

    /// What targets said of their metric families: target, family, and what was said; sorted.
    pub fn metadata(&self) -> Vec<(Arc<str>, String, About)> {
        self.shared.descriptions.all()
    }

    /// Keeps an example of what a series counted. Only the newest 10,000 of all are kept, in memory.
    pub fn exemplar(&self, series: &Arc<Series>, exemplar: Exemplar) {
        self.shared.exemplars.keep(series, exemplar, self.shared.clock.now());
    }

    /// The examples of the series that match one of the selectors, oldest first; each has its time.
    pub fn exemplars(
        &self,
        selectors: &[Vec<Matcher>],
        first_ms: i64,
        last_ms: i64,
    ) -> Vec<(Labels, Vec<Exemplar>)> {
        self.shared.exemplars.find(selectors, first_ms, last_ms)
    }

    /// How the store does.
    pub fn status(&self) -> Status {
        Status {
            series: self.shared.catalogue.len(),
            disk_bytes: self.disk.bytes(&self.shared),
            room: Room::of(&self.shared.directory),
            oldest: self.shared.stored().oldest(),
            faults: self.faults(),
            ..self.shared.counters.status()
        }
    }

    /// What is wrong now, and what to do. Unlike [`Metrics::status`] it looks at no file.
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.faults.list()
    }

    /// Puts other retentions into effect, for what arrives from now on and for the next expiry.
    pub fn apply(&self, config: Config) {
        self.shared.set_config(config);
    }

    /// Copies the store, as of this moment, into the directory `to`, which must not hold one already. Samples are
    /// taken in meanwhile.
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        let (answer, lease) = oneshot::channel();
        self.requests.send(Request::Lease(answer)).await.map_err(|_| BackupError::Closed)?;
        let lease = lease.await.map_err(|_| BackupError::Closed)?;
        let lease = lease.map_err(|error| BackupError::Store(error.to_string()))?;
        let (shared, to) = (self.shared.clone(), to.to_path_buf());
        let copied = tokio::task::spawn_blocking(move || backup::copy(&shared, lease, &to));
        copied.await.map_err(|_| BackupError::Closed)?
    }
}
