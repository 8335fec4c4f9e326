//! At the start: how busy each service was within the last hour, from the sidecars of what is stored.

use std::sync::Arc;

use logql::Chunk as _;
use model::{Selector, TimeRange, Timestamp};

use crate::picture::{Day, Selection};
use crate::reader;
use crate::shared::Shared;
use crate::sidecar::{MINUTE, minute_of};

/// Counts the lines of the last hour, as if they had just arrived.
pub(super) fn count(shared: &Arc<Shared>) {
    let now = shared.clock.now();
    let start = Timestamp::from_nanos((minute_of(now) - 60) * MINUTE);
    let range = TimeRange { start, end: Timestamp::MAX };
    let days = shared.picture.days();
    // A day ahead of the clock has nothing of the last hour.
    for day in days.iter().filter(|day| day.key.overlaps(range) && day.key.day.start() <= now) {
        count_day(shared, day, range, now);
    }
}

fn count_day(shared: &Arc<Shared>, day: &Day, range: TimeRange, now: Timestamp) {
    let everything = Selector::default();
    let chunks = reader::chunks_of_day(shared, day, &mut Selection::new(&everything, range));
    let counts = reader::counts(shared, &chunks);
    let mut activity = shared.activity();
    for (chunk, counts) in chunks.iter().zip(counts) {
        // Derived data: where it cannot be read, the activity begins with what arrives from now on.
        if let Some(counts) = counts {
            activity.add(&chunk.stream.service, &counts, now);
        }
        shared.counters.seen(chunk.span().1);
    }
}
