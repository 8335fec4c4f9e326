//! The handle: what the writer and the queries share.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use model::{Labels, UtcDay};
use tokio::sync::{mpsc, oneshot};

use crate::head::Head;
use crate::index::Indexes;
use crate::series::{Catalogue, Scrape, Series};
use crate::status::{Counters, Status};

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

/// Scrapes on their way to the disk, and who waits for them.
pub(crate) struct Waiting {
    pub(crate) scrapes: Vec<Scrape>,
    pub(crate) answer: Option<oneshot::Sender<Result<(), WriteError>>>,
}

/// What writer and queries share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) directory: PathBuf,
    pub(crate) catalogue: Catalogue,
    pub(crate) counters: Counters,
    /// Windows and days change together: nobody sees a window in neither or both.
    pub(crate) stored: RwLock<Stored>,
    pub(crate) indexes: Indexes,
    pub(crate) fault: Mutex<Option<String>>,
}

/// What there is to read.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    pub(crate) head: Head,
    pub(crate) days: BTreeSet<UtcDay>,
}

impl Shared {
    pub(crate) fn stored(&self) -> RwLockReadGuard<'_, Stored> {
        self.stored.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stored_mut(&self) -> RwLockWriteGuard<'_, Stored> {
        self.stored.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_fault(&self, fault: Option<String>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

/// The handle. Clones are cheap and mean the same storage.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub(crate) shared: Arc<Shared>,
    pub(crate) waiting: mpsc::Sender<Waiting>,
}

impl Metrics {
    /// The series of these labels, to append samples to.
    pub fn series(&self, labels: &Labels) -> Arc<Series> {
        self.shared.catalogue.get(labels)
    }

    /// Appends what a target gave. Waits while too much is on its way; returns before it is on disk.
    pub async fn append(&self, scrape: Scrape) -> Result<(), WriteError> {
        let waiting = Waiting { scrapes: vec![scrape], answer: None };
        self.waiting.send(waiting).await.map_err(|_| WriteError::Closing)
    }

    /// Stores samples and answers after a commit that survives power loss.
    pub async fn write(&self, scrapes: Vec<Scrape>) -> Result<(), WriteError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { scrapes, answer: Some(answer) };
        self.waiting.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => WriteError::Full,
            mpsc::error::TrySendError::Closed(_) => WriteError::Closing,
        })?;
        answered.await.unwrap_or(Err(WriteError::Closing))
    }

    /// How the storage does.
    pub fn status(&self) -> Status {
        Status {
            samples: self.shared.counters.samples(),
            series: self.shared.catalogue.len(),
            refused: self.shared.counters.all_refused(),
            fault: self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
