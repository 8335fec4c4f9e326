//! What the writer and the handles share: the picture, and what is kept beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use model::Timestamp;
use store::{Clock, Faults};

use crate::activity::ActivityBook;
use crate::bitmaps::Bitmaps;
use crate::config::Config;
use crate::day;
use crate::deletion::DeletionBook;
use crate::follow::Broadcast;
use crate::limits::Limits;
use crate::masking::MaskBook;
use crate::picture::{Day, Index, Picture, Selection, Unit};
use crate::pipeline::DropBook;
use crate::place::DayKey;
use crate::readers::{Part, ReadError, Readers};
use crate::status::Counters;
use crate::stream::Streams;

/// One per open store.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) root: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    config: RwLock<Arc<Config>>,
    /// See [`Shared::kept_as_of`].
    horizon: AtomicI64,
    pub(crate) streams: Streams,
    pub(crate) picture: Picture,
    pub(crate) readers: Readers,
    pub(crate) bitmaps: Bitmaps,
    positions: Mutex<BTreeMap<String, Vec<u8>>>,
    activity: Mutex<ActivityBook>,
    pub(crate) counters: Counters,
    pub(crate) masked: MaskBook,
    pub(crate) filtered: DropBook,
    pub(crate) deletions: DeletionBook,
    pub(crate) faults: Faults,
    pub(crate) broadcast: Broadcast,
}

impl Shared {
    pub(crate) fn new(root: &Path, config: Config, limits: Limits, clock: Clock) -> Self {
        Self {
            root: root.into(),
            limits,
            clock,
            config: RwLock::new(Arc::new(config)),
            horizon: AtomicI64::new(i64::MAX),
            streams: Streams::default(),
            picture: Picture::default(),
            readers: Readers::new(root.into()),
            bitmaps: Bitmaps::default(),
            positions: Mutex::default(),
            activity: Mutex::default(),
            counters: Counters::default(),
            masked: MaskBook::default(),
            filtered: DropBook::default(),
            deletions: DeletionBook::default(),
            faults: Faults::default(),
            broadcast: Broadcast::default(),
        }
    }

    pub(crate) fn config(&self) -> Arc<Config> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_config(&self, config: Config) {
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
    }

    /// The instant that retention is counted back from: now, unless the clock is ahead of what can be believed.
    pub(crate) fn kept_as_of(&self, now: Timestamp) -> Timestamp {
        now.min(Timestamp::from_nanos(self.horizon.load(Ordering::Relaxed)))
    }

    /// Nothing later is believed of the clock.
    pub(crate) fn set_horizon(&self, horizon: Timestamp) {
        self.horizon.store(horizon.nanos(), Ordering::Relaxed);
    }

    /// Closes what is open of the day, whose files are about to go.
    pub(crate) fn forget_files(&self, key: DayKey) {
        self.readers.forget(key);
        self.bitmaps.forget(key);
    }

    pub(crate) fn positions(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn activity(&self) -> MutexGuard<'_, ActivityBook> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees to it that the day's index is in memory. What is wrong with it becomes a fault, so that it is
    /// known even where nobody asked.
    pub(crate) fn load(&self, day: &Day) -> Result<(), ReadError> {
        self.picture.used(day);
        if day.is_loaded() {
            return Ok(());
        }
        let subject = format!("logs of {}", day.key);
        loop {
            let version = day.version();
            let index = self.read_index(day.key).inspect_err(|error| {
                self.faults.set(&subject, format!("its lines cannot be found: {error}"));
            })?;
            if index.is_empty() || store::exists(&day.key.data(&self.root)) {
                self.faults.clear(&subject);
            } else {
                self.faults.set(&subject, "the file of its lines is missing; restore it from a backup");
            }
            if day.load(index, version) {
                self.picture.make_room(day);
                return Ok(());
            }
        }
    }

    /// What the day has of the selection. If its index cannot be read, that is what the tail has, and why.
    pub(crate) fn select(&self, day: &Day, selection: &mut Selection<'_>) -> (Vec<Unit>, Option<ReadError>) {
        loop {
            let problem = self.load(day).err();
            let (units, is_whole) = day.select(selection);
            // Another query may have made room by letting go of this very day; then it is loaded once more.
            if is_whole || problem.is_some() {
                return (units, problem);
            }
        }
    }

    /// What the day's index lists: nothing, where no file was made yet.
    fn read_index(&self, key: DayKey) -> Result<Index, ReadError> {
        let has_data = store::exists(&key.data(&self.root));
        match self.readers.with(key, Part::Index, |index| day::read_index(index, &self.streams)) {
            Err(error) if error.is_missing() && !has_data => Ok(Index::new()),
            read => read,
        }
    }
}
