//! `GET logs/histogram`: lines per level over time.

use std::time::Duration;

use api::{Histogram, HistogramBucket, LogRequest};
use axum::Json;
use axum::extract::State;
use logql::Levels;
use model::{Level, TimeRange, Timestamp};

use super::request::{Asked, bounded};
use crate::app::App;
use crate::app::extract;
use crate::app::refusal::QueryRefusal;
use crate::queries::Allowance;

pub(super) const BUCKETS_USUAL: u32 = 60;
pub(super) const BUCKETS_MAX: u32 = 500;
/// Bucket widths that people can read off an axis, in seconds; beyond the last come whole days.
const WIDTHS_S: [u64; 17] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
const DAY_S: u64 = 86_400;

/// The handler.
pub(in crate::app) async fn histogram(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<LogRequest>,
) -> Result<Json<Histogram>, QueryRefusal> {
    let asked = Asked::read(&request)?;
    let width = width(asked.range, bounded("buckets", request.buckets, BUCKETS_USUAL, BUCKETS_MAX)?);
    let start = floor(asked.range.start, width);
    let logs = app.logs.clone();
    let counts = app.queries.run(move |allowance| aligned(&logs, &asked, start, width, allowance)).await??;
    Ok(Json(Histogram {
        start: start.nanos(),
        step: nanos(width),
        buckets: counts.buckets.into_iter().map(|counts| HistogramBucket { counts }).collect(),
        warnings: counts.warnings,
    }))
}

/// Buckets that begin at multiples of their width, so that they stay where they are while the range moves on.
/// What lies before the range does not count, so the first bucket is counted apart.
fn aligned(
    logs: &::logs::Logs,
    asked: &Asked,
    start: Timestamp,
    width: Duration,
    allowance: &Allowance,
) -> Result<Counts, QueryRefusal> {
    let second = start.plus(width);
    if start == asked.range.start || second >= asked.range.end {
        return counts(logs, asked, asked.range, width, allowance);
    }
    let mut all = counts(logs, asked, TimeRange { end: second, ..asked.range }, width, allowance)?;
    let more = counts(logs, asked, TimeRange { start: second, ..asked.range }, width, allowance)?;
    all.buckets.extend(more.buckets);
    all.warnings.extend(more.warnings);
    all.warnings.dedup();
    Ok(all)
}

/// Lines per level in each step.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) buckets: Vec<[u64; 8]>,
    pub(super) warnings: Vec<String>,
}

/// Counts what the query selects, of the wanted levels. A selector alone is answered from the counts that the
/// store keeps; with filters the lines have to be read.
pub(super) fn counts(
    logs: &::logs::Logs,
    asked: &Asked,
    range: TimeRange,
    step: Duration,
    allowance: &Allowance,
) -> Result<Counts, QueryRefusal> {
    if asked.log.stages.is_empty() {
        let buckets = logs.histogram(&asked.log.selector.node, range, step)?;
        return Ok(Counts { buckets: only(buckets, asked.levels), warnings: Vec::new() });
    }
    let query = asked.query()?;
    let counted = allowance.spend(|budget| query.histogram(logs, range, step, budget))?;
    let warnings = counted.warnings.iter().map(ToString::to_string).collect();
    Ok(Counts { buckets: counted.buckets, warnings })
}

fn only(mut buckets: Vec<[u64; 8]>, levels: Levels) -> Vec<[u64; 8]> {
    for counts in &mut buckets {
        for level in Level::ALL.into_iter().filter(|level| !levels.contains(*level)) {
            counts[usize::from(level.number())] = 0;
        }
    }
    buckets
}

/// The readable width that gives about so many buckets, and never more.
pub(super) fn width(range: TimeRange, buckets: u32) -> Duration {
    let wanted_s = range.end.since(range.start).as_secs_f64() / f64::from(buckets);
    let width_s = WIDTHS_S.into_iter().find(|width| *width as f64 >= wanted_s);
    Duration::from_secs(width_s.unwrap_or_else(|| (wanted_s / DAY_S as f64).ceil() as u64 * DAY_S))
}

/// The last multiple of `width` that is not after `at`.
pub(super) fn floor(at: Timestamp, width: Duration) -> Timestamp {
    let width = nanos(width);
    Timestamp::from_nanos(at.nanos().div_euclid(width).saturating_mul(width))
}

pub(super) fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
