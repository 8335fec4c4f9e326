//! What the writer and the queries share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use model::{Timestamp, UtcDay};
use store::{Clock, Faults};

use crate::about::Descriptions;
use crate::config::Config;
use crate::exemplars::Exemplars;
use crate::head::Head;
use crate::index::Indexes;
use crate::limits::Limits;
use crate::place::{Month, Place, day_of};
use crate::series::Catalogue;
use crate::status::Counters;

/// What the writer and the queries share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) directory: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) catalogue: Catalogue,
    pub(crate) counters: Counters,
    pub(crate) indexes: Indexes,
    pub(crate) faults: Faults,
    pub(crate) descriptions: Descriptions,
    pub(crate) exemplars: Exemplars,
    config: RwLock<Arc<Config>>,
    /// Windows and days change together: nobody sees a window in neither or both.
    stored: RwLock<Stored>,
}

/// What there is to read.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    pub(crate) head: Head,
    pub(crate) days: BTreeSet<UtcDay>,
    /// The days that each month has rolled up.
    pub(crate) months: BTreeMap<Month, BTreeSet<UtcDay>>,
}

impl Shared {
    pub(crate) fn new(directory: &Path, config: Config, limits: Limits, clock: Clock) -> Self {
        Self {
            directory: directory.to_owned(),
            limits,
            clock,
            catalogue: Catalogue::default(),
            counters: Counters::default(),
            indexes: Indexes::default(),
            faults: Faults::default(),
            descriptions: Descriptions::default(),
            exemplars: Exemplars::default(),
            config: RwLock::new(Arc::new(config)),
            stored: RwLock::default(),
        }
    }

    pub(crate) fn config(&self) -> Arc<Config> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_config(&self, config: Config) {
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
    }

    pub(crate) fn stored(&self) -> RwLockReadGuard<'_, Stored> {
        self.stored.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stored_mut(&self) -> RwLockWriteGuard<'_, Stored> {
        self.stored.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stored {
    /// The files that may have samples of the range, the older first.
    pub(crate) fn places(&self, first_ms: i64, last_ms: i64) -> Vec<Place> {
        if first_ms > last_ms {
            return Vec::new();
        }
        let (first, last) = (day_of(first_ms), day_of(last_ms));
        let months = self.months.iter().filter(|(month, rolled)| {
            month.start().millis() <= last_ms
                && month.end().millis() > first_ms
                && rolled.iter().any(|day| !self.days.contains(day))
        });
        let days = self.days.range(first..=last).map(|day| Place::Day(*day));
        months.map(|(month, _)| Place::Rollup(*month)).chain(days).collect()
    }

    /// Whether a file is there.
    pub(crate) fn has(&self, place: Place) -> bool {
        match place {
            Place::Day(day) => self.days.contains(&day),
            Place::Rollup(month) => self.months.contains_key(&month),
        }
    }

    /// The beginning of the oldest day that there is anything of.
    pub(crate) fn oldest(&self) -> Option<Timestamp> {
        let rolled = self.months.values().flat_map(|rolled| rolled.first()).min();
        let day = rolled.into_iter().chain(self.days.first()).min().map(|day| day.start());
        let head = self.head.oldest().map(Timestamp::from_millis);
        day.into_iter().chain(head).min()
    }

    /// Every file.
    pub(crate) fn all(&self) -> Vec<Place> {
        let months = self.months.keys().map(|month| Place::Rollup(*month));
        self.days.iter().map(|day| Place::Day(*day)).chain(months).collect()
    }
}
