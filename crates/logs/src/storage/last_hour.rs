//! At the start: how busy each service was within the last hour, from the sidecars of what is stored.

use std::collections::HashMap;

use model::{Selector, TimeRange, Timestamp};

use crate::picture::{Day, Selection};
use crate::shared::Shared;
use crate::sidecar::{MINUTE, minute_of};

/// Counts the lines of the last hour, as if they had just arrived.
pub(super) fn count(shared: &Shared) {
    let now = shared.clock.now();
    let start = Timestamp::from_nanos((minute_of(now) - 60) * MINUTE);
    let range = TimeRange { start, end: Timestamp::MAX };
    let days = shared.picture.days();
    // A day ahead of the clock has nothing of the last hour.
    for day in days.iter().filter(|day| day.key.overlaps(range) && day.key.day.start() <= now) {
        count_day(shared, day, range, now);
    }
}

fn count_day(shared: &Shared, day: &Day, range: TimeRange, now: Timestamp) {
    let everything = Selector::default();
    let (units, _) = shared.select(day, &mut Selection::new(&everything), range);
    let blocks = || units.iter().flat_map(|unit| unit.blocks.iter().map(|block| (block, &unit.stream)));
    let streams: HashMap<i64, _> = blocks().map(|(block, stream)| (block.id, stream)).collect();
    // Derived data: where it cannot be read, the activity begins with what arrives from now on.
    let sidecars = shared.sidecars(day.key, streams.keys().copied()).unwrap_or_default();
    let mut activity = shared.activity();
    for (block, sidecar) in &sidecars {
        activity.add(&streams[block].service, sidecar, now);
    }
    for unit in &units {
        unit.rows.iter().for_each(|row| activity.add(&unit.stream.service, &row.sidecar, now));
    }
    blocks().for_each(|(block, _)| shared.counters.seen(block.last));
}
