//! Expiry: what is past its retention goes, by whole files.

use std::time::Instant;

use model::{Timestamp, UtcDay};

use super::{Step, Storage, StorageError};
use crate::config::Config;
use crate::disk;
use crate::place::{Month, Place};
use crate::shared::Stored;
use crate::source::subject;

impl Storage {
    /// Deletes what is past its retention, then what there is no room for.
    pub(crate) fn expire(&mut self, now: Instant) -> Result<(), StorageError> {
        let as_of = self.look_at_clock(now);
        if self.is_leased() {
            return Ok(());
        }
        let config = self.shared.config();
        let expired = expired(&self.shared.stored(), &config, as_of);
        expired.into_iter().try_for_each(|place| self.remove(place))?;
        self.make_room(as_of, config.max_size)
    }

    /// Deletes a file and what was put aside of it.
    pub(super) fn remove(&mut self, place: Place) -> Result<(), StorageError> {
        match place {
            Place::Day(day) => {
                self.shared.stored_mut().days.remove(&day);
                self.unmerged.remove(&day);
            }
            Place::Rollup(month) => drop(self.shared.stored_mut().months.remove(&month)),
        }
        self.shared.indexes.forget(place);
        let directory = &self.shared.directory;
        let told = |reason| StorageError::Remove { place, reason };
        store::remove(&place.path(directory)).map_err(told)?;
        let aside = format!("{place}{}", disk::ASIDE);
        for entry in std::fs::read_dir(directory).map_err(told)? {
            let entry = entry.map_err(told)?;
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(&aside)) {
                std::fs::remove_file(entry.path()).map_err(told)?;
            }
        }
        self.shared.faults.forget(&subject(place));
        tracing::info!(%place, "deleted samples that expired");
        self.reached(Step::Removed)
    }
}

/// Whether a day has been rolled up.
pub(super) fn is_rolled(stored: &Stored, day: UtcDay) -> bool {
    stored.months.get(&Month::of(day)).is_some_and(|days| days.contains(&day))
}

/// Whether a day has been rolled up and its samples are gone: nothing can be added to it any more.
pub(super) fn is_rolled_alone(stored: &Stored, day: UtcDay) -> bool {
    !stored.days.contains(&day) && is_rolled(stored, day)
}

/// Days stay until they are rolled up, but no longer than anything is kept.
fn expired(stored: &Stored, config: &Config, as_of: Timestamp) -> Vec<Place> {
    let is_past = |end: Timestamp, retention| end.plus(retention) <= as_of;
    let days = stored.days.iter().filter(|day| {
        is_past(day.end(), config.retention) || is_past(day.end(), config.raw()) && is_rolled(stored, **day)
    });
    let months = stored.months.keys().filter(|month| is_past(month.end(), config.retention));
    days.map(|day| Place::Day(*day)).chain(months.map(|month| Place::Rollup(*month))).collect()
}
