//! Start: what the files say, and the samples of the tail back in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Weak};

use model::{Timestamp, UtcDay};
use store::Horizon;

use super::expire::is_rolled_alone;
use super::{AHEAD_MAX, OpenError, Steps, Storage};
use crate::file;
use crate::place::{Month, Place, day_of};
use crate::shared::Shared;
use crate::source::subject;
use crate::status::Tally;
use crate::tail::{FILE, Tail};
use crate::window::{WINDOW_MS, window_of};

impl Storage {
    /// Opens the tail and brings its samples back into memory.
    pub(crate) fn open(shared: Arc<Shared>) -> Result<Self, OpenError> {
        let directory = &shared.directory;
        let told = |error| OpenError::Directory { path: directory.clone(), error };
        std::fs::create_dir_all(directory).map_err(told)?;
        let mut tail = Tail::open(directory)?;
        for place in Place::all(directory).map_err(told)? {
            if is_unfinished(directory, place) {
                store::remove(&place.path(directory)).map_err(told)?;
                continue;
            }
            match place {
                Place::Day(day) => {
                    shared.stored_mut().days.insert(day);
                }
                Place::Rollup(month) => {
                    let days = rolled(&shared, month);
                    shared.stored_mut().months.insert(month, days);
                }
            }
        }
        let path = directory.join(FILE);
        let believed = tail.believed();
        let told = |reason: String| OpenError::Tail { path: path.clone(), reason };
        // It is 0 where nothing was believed yet.
        let believed = Some(believed.map_err(|error| told(error.to_string()))?);
        let believed = believed.filter(|believed| *believed != Timestamp::from_nanos(0));
        let horizon = Horizon::new(shared.limits.clock, believed);
        let damaged = read_back(&shared, &mut tail).map_err(|error| told(error.to_string()))?;
        if damaged > 0 {
            let message = format!("{damaged} scrapes are damaged and were left out; check the disk's health");
            shared.faults.set("metrics/tail.db", message);
        }
        // Which of them are merged already is known when they are looked at.
        let unmerged: BTreeMap<UtcDay, Timestamp> =
            shared.stored().days.iter().map(|day| (*day, Timestamp::MIN)).collect();
        let rolls = shared.config().rolls();
        Ok(Self { shared, tail, horizon, unmerged, rolls, lease: Weak::new(), steps: Steps::default() })
    }
}

/// Whether the process ended while it made the file, which holds nothing then. What was to be written into it is still
/// where it came from.
fn is_unfinished(directory: &Path, place: Place) -> bool {
    matches!(file::open_reader(directory, place), Err(store::OpenError::Missing { .. }))
}

/// The days that a month has; none where it cannot be read, which is told when it is asked for.
fn rolled(shared: &Shared, month: Month) -> BTreeSet<UtcDay> {
    let read = || -> Result<BTreeSet<UtcDay>, String> {
        let told = |error: rusqlite::Error| error.to_string();
        let file = file::open_reader(&shared.directory, Place::Rollup(month)).map_err(|e| e.to_string())?;
        let mut days = file.prepare("SELECT day FROM rolled").map_err(told)?;
        let days = days.query_map([], |row| Ok(UtcDay::from_days(row.get(0)?))).map_err(told)?;
        days.collect::<rusqlite::Result<_>>().map_err(told)
    };
    read().unwrap_or_else(|error| {
        let message = format!("{error}; its samples are missing in all answers");
        shared.faults.set(&subject(Place::Rollup(month)), message);
        BTreeSet::new()
    })
}

/// Gives how many rows of the tail are damaged.
fn read_back(shared: &Shared, tail: &mut Tail) -> Result<u64, crate::tail::ReadError> {
    let now = shared.clock.now();
    let mut sealed: HashMap<i64, i64> = HashMap::new();
    let mut left_over: BTreeMap<i64, i64> = BTreeMap::new();
    let mut stored = shared.stored_mut();
    let days = stored.days.clone();
    let damaged = tail.read(&shared.catalogue, |id, came, scrape| {
        let window = window_of(scrape.at_ms);
        let sealed_to = *sealed.entry(window).or_insert_with(|| sealed_to(shared, &days, window));
        if id <= sealed_to || is_rolled_alone(&stored, day_of(window)) {
            left_over.insert(window, id);
        } else {
            // What was taken then is taken now, and nothing else.
            stored.head.push(&scrape, now, came.plus(AHEAD_MAX).millis(), &mut Tally::default());
        }
    })?;
    drop(stored);
    // The process ended after they were sealed and before they were deleted.
    for (window, id) in left_over {
        tail.forget(window, window + WINDOW_MS, id)?;
    }
    Ok(damaged)
}

/// What cannot be read is taken as not sealed: samples twice in a window that nobody can read do no harm.
fn sealed_to(shared: &Shared, days: &BTreeSet<UtcDay>, window: i64) -> i64 {
    let day = day_of(window);
    if !days.contains(&day) {
        return 0;
    }
    let file = file::open_reader(&shared.directory, Place::Day(day));
    file.ok().and_then(|file| file::sealed_to(&file, window).ok()).unwrap_or(0)
}
