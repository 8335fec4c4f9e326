//! Events of releases by the minute, for a day, in memory: rules look at shorter times than the hours that are kept.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use event::ProjectId;
use rusqlite::{Connection, params};

use super::HOUR_MS;
use crate::{Issues, ReadError};

const MINUTE_MS: i64 = 60_000;
/// Minutes are remembered for so long.
const KEPT_MS: i64 = 25 * HOUR_MS;
/// More releases are not told apart: somebody makes versions up.
const RELEASES_MAX: usize = 1000;

/// Events of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Whose.
    pub project: ProjectId,
    /// The release.
    pub version: String,
    /// Where they happened; empty: not told.
    pub environment: String,
    /// How many.
    pub events: u64,
}

/// Project, version, environment.
type Key = (ProjectId, String, String);

/// What came since the start.
#[derive(Debug)]
pub(crate) struct Recent {
    began_ms: i64,
    minutes: Mutex<BTreeMap<Key, BTreeMap<i64, u64>>>,
}

impl Recent {
    pub(crate) fn new(now_ms: i64) -> Self {
        Self { began_ms: now_ms, minutes: Mutex::default() }
    }

    fn get(&self) -> MutexGuard<'_, BTreeMap<Key, BTreeMap<i64, u64>>> {
        self.minutes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts events by the minute in which they were received.
    pub(crate) fn add(&self, key: Key, received: &BTreeMap<i64, u64>, now_ms: i64) {
        let mut minutes = self.get();
        let oldest = (now_ms - KEPT_MS).div_euclid(MINUTE_MS);
        if minutes.len() >= RELEASES_MAX && !minutes.contains_key(&key) {
            minutes.retain(|_, counts| counts.last_key_value().is_some_and(|(minute, _)| *minute >= oldest));
            if minutes.len() >= RELEASES_MAX {
                return;
            }
        }
        let counts = minutes.entry(key).or_default();
        *counts = counts.split_off(&oldest);
        for (minute, events) in received {
            *counts.entry(*minute).or_default() += events;
        }
    }

    /// From when on everything is here.
    fn whole_from(&self, now_ms: i64) -> i64 {
        self.began_ms.max(now_ms - KEPT_MS)
    }

    /// Adds what came within a time, to the minute.
    fn within(&self, from_ms: i64, until_ms: i64, found: &mut BTreeMap<Key, f64>) {
        let range = from_ms.div_euclid(MINUTE_MS)..until_ms.max(from_ms).div_euclid(MINUTE_MS) + 1;
        for (key, counts) in self.get().iter() {
            let events: u64 = counts.range(range.clone()).map(|(_, events)| events).sum();
            if events > 0 {
                *found.entry(key.clone()).or_default() += events as f64;
            }
        }
    }
}

/// The minute of an instant, as [`Recent::add`] counts.
pub(super) fn minute(at_ms: i64) -> i64 {
    at_ms.div_euclid(MINUTE_MS)
}

impl Issues {
    /// Events of each release from `from_ms` until `until_ms`, those without any left out. To the minute since the start;
    /// of the time before it the events of an hour are taken to be spread evenly.
    pub fn release_rates(&self, from_ms: i64, until_ms: i64) -> Result<Vec<Rate>, ReadError> {
        let recent = &self.shared.recent;
        let whole_from = recent.whole_from(self.shared.now_ms());
        let mut found = BTreeMap::new();
        recent.within(from_ms.max(whole_from), until_ms, &mut found);
        if from_ms < whole_from {
            self.read(|reader| {
                before(reader, recent, from_ms, until_ms.min(whole_from), whole_from, &mut found)
            })?;
        }
        let rate = |((project, version, environment), events): (Key, f64)| {
            let events = events.round() as u64;
            (events > 0).then_some(Rate { project, version, environment, events })
        };
        Ok(found.into_iter().filter_map(rate).collect())
    }
}

/// What came from `from_ms` to `until_ms`, before everything was remembered.
fn before(
    reader: &Connection,
    recent: &Recent,
    from_ms: i64,
    until_ms: i64,
    whole_from: i64,
    found: &mut BTreeMap<Key, f64>,
) -> rusqlite::Result<()> {
    let mut select = reader.prepare_cached(
        "SELECT project, version, environment, hour, events FROM release_hour
         JOIN release ON release.id = release_hour.release WHERE hour BETWEEN ?1 AND ?2",
    )?;
    let mut rows = select.query(params![from_ms.div_euclid(HOUR_MS), until_ms.div_euclid(HOUR_MS)])?;
    while let Some(row) = rows.next()? {
        let key: Key = (ProjectId(row.get::<_, i64>(0)?.unsigned_abs()), row.get(1)?, row.get(2)?);
        let (begin, events) = (row.get::<_, i64>(3)? * HOUR_MS, row.get::<_, i64>(4)? as f64);
        let mut known = BTreeMap::new();
        let end = (begin + HOUR_MS).min(whole_from);
        if end < begin + HOUR_MS {
            recent.within(whole_from, begin + HOUR_MS - 1, &mut known);
        }
        let unknown = (events - known.get(&key).copied().unwrap_or_default()).max(0.0);
        let overlap = end.min(until_ms) - begin.max(from_ms);
        if overlap > 0 && end > begin {
            *found.entry(key).or_default() += unknown * overlap as f64 / (end - begin) as f64;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_356_000_000;

    fn key(version: &str) -> Key {
        (ProjectId(3), version.to_owned(), "production".to_owned())
    }

    #[test]
    fn minutes_are_counted_and_forgotten() {
        let recent = Recent::new(NOW_MS);
        let at = |minutes: i64| NOW_MS + minutes * MINUTE_MS;
        recent.add(key("a"), &BTreeMap::from([(minute(at(0)), 3), (minute(at(5)), 4)]), at(5));
        let within = |from: i64, until: i64| {
            let mut found = BTreeMap::new();
            recent.within(at(from), at(until), &mut found);
            found.get(&key("a")).copied().unwrap_or_default()
        };
        assert_eq!([within(0, 5), within(1, 5), within(0, 4), within(6, 9)], [7.0, 4.0, 3.0, 0.0]);
        recent.add(key("a"), &BTreeMap::from([(minute(at(1600)), 1)]), at(1600));
        assert_eq!(within(0, 1600), 1.0);
    }

    #[test]
    fn made_up_versions_do_not_grow_it() {
        let recent = Recent::new(NOW_MS);
        for version in 0..RELEASES_MAX + 5 {
            recent.add(key(&version.to_string()), &BTreeMap::from([(minute(NOW_MS), 1)]), NOW_MS);
        }
        assert_eq!(recent.get().len(), RELEASES_MAX);
    }
}
