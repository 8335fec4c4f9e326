//! Lines with at least some time between them: the parameter `interval`.

use std::time::Duration;

use logql::{Budget, Direction, EvalError, LogQuery, Page, Rows};
use logs::Logs;
use model::{TimeRange, Timestamp};

/// Lines that are found at a time where most of them are left out again.
const AT_ONCE: usize = 1000;

/// The lines of a page; of those that come within `interval` after one that is given, none. Zero gives all.
pub(super) fn rows(
    query: &LogQuery,
    logs: &Logs,
    page: Page,
    interval: Duration,
    budget: &Budget<'_>,
) -> Result<Rows, EvalError> {
    if interval.is_zero() {
        return query.rows(logs, &page, budget);
    }
    let mut kept = Rows::default();
    let mut left = Some(page.range);
    while let Some(range) = left.take_if(|_| kept.rows.len() < page.limit) {
        let found = query.rows(logs, &Page { range, limit: AT_ONCE, ..page }, budget)?;
        kept.stats.chunks += found.stats.chunks;
        kept.stats.entries += found.stats.entries;
        kept.stats.bytes += found.stats.bytes;
        kept.warnings.extend(found.warnings);
        let last_seen = found.rows.last().map(|row| row.timestamp);
        for row in found.rows {
            let is_due = kept.rows.last().is_none_or(|last| is_past(last.timestamp, row.timestamp, interval));
            if is_due && kept.rows.len() < page.limit {
                kept.rows.push(row);
            }
        }
        let is_more = found.next.is_some() && !(budget.stop)();
        if let (true, Some(seen), Some(last)) = (is_more, last_seen, kept.rows.last()) {
            left = rest(range, seen, last.timestamp, interval, page.direction);
        }
    }
    Ok(kept)
}

/// Whether two instants are at least `interval` apart.
fn is_past(one: Timestamp, other: Timestamp, interval: Duration) -> bool {
    one.max(other).since(one.min(other)) >= interval
}

/// Where the next line can be: behind what was seen and `interval` behind the last one given.
fn rest(
    range: TimeRange,
    seen: Timestamp,
    given: Timestamp,
    interval: Duration,
    direction: Direction,
) -> Option<TimeRange> {
    let rest = match direction {
        Direction::Forward => TimeRange { start: given.plus(interval).max(seen), ..range },
        Direction::Backward => {
            let before = given.minus(interval).min(seen);
            TimeRange { end: before.plus(Duration::from_nanos(1)).min(range.end), ..range }
        }
    };
    (rest.start < rest.end && rest != range).then_some(rest)
}
