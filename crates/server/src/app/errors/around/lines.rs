//! The lines themselves.

use std::time::Duration;

use api::LogPage;
use logql::{Direction, LogQuery, Page, Row};
use model::Ordered as _;
use model::{TimeRange, Timestamp};

use super::{Look, REACH, Sought};
use crate::app::logs::{self, log_query};
use crate::app::refusal::QueryRefusal;

/// Lines on each side.
const LINES_MAX: usize = 50;
/// Ids that are marked in a line.
const MARKS_MAX: usize = 20;

/// The time in which lines are looked for.
pub(super) fn reach(at: Timestamp) -> TimeRange {
    TimeRange { start: at.minus(REACH), end: at.plus(REACH) }
}

/// The lines before and after the event, oldest first. Its ids are marked in them.
pub(super) fn around(look: &Look<'_>, query: &str, sought: &Sought) -> Result<LogPage, QueryRefusal> {
    let query = log_query(query, "")?;
    let (before, after) = sides(sought.at);
    let mut rows = page(look, &query, before, Direction::Backward, LINES_MAX)?;
    rows.reverse();
    rows.extend(page(look, &query, after, Direction::Forward, LINES_MAX)?);
    let mut page = logs::page(rows, None);
    let ids: Vec<&str> =
        [&sought.trace_id, &sought.request_id].into_iter().flatten().map(String::as_str).collect();
    for row in &mut page.rows {
        row.marks = marks(&row.line, &ids);
    }
    Ok(page)
}

/// The line of a query that stands nearest to the event.
pub(super) fn nearest(look: &Look<'_>, query: &str, at: Timestamp) -> Result<Option<Row>, QueryRefusal> {
    let query = log_query(query, "")?;
    let (before, after) = sides(at);
    let mut found = page(look, &query, before, Direction::Backward, 1)?;
    found.extend(page(look, &query, after, Direction::Forward, 1)?);
    let distance = |row: &Row| row.timestamp.nanos().abs_diff(at.nanos());
    Ok(found.into_iter().min_by_key(distance))
}

/// Up to the event's own instant, and after it.
fn sides(at: Timestamp) -> (TimeRange, TimeRange) {
    let middle = at.plus(Duration::from_nanos(1));
    let TimeRange { start, end } = reach(at);
    (TimeRange { start, end: middle }, TimeRange { start: middle, end })
}

fn page(
    look: &Look<'_>,
    query: &LogQuery,
    range: TimeRange,
    direction: Direction,
    limit: usize,
) -> Result<Vec<Row>, QueryRefusal> {
    let page = Page { range, direction, limit, after: None };
    Ok(look.allowance.spend(|budget| query.rows(look.logs, &page, budget))?.rows)
}

/// Where the ids stand, in order and not overlapping.
fn marks(line: &str, ids: &[&str]) -> Vec<(u32, u32)> {
    let places = ids.iter().flat_map(|id| line.match_indices(id));
    let mut marks: Vec<(u32, u32)> =
        places.map(|(at, text)| (at as u32, (at + text.len()) as u32)).take(MARKS_MAX).collect();
    marks.order();
    marks.dedup_by(|later, first| later.0 < first.1);
    marks
}
