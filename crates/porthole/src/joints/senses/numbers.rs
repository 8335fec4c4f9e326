//! PromQL for rules, and samples that rules make.

use std::sync::Arc;
use std::time::Duration;

use alerts::{Grid, Instant, Range, Series};
use metrics::{Metrics, Scrape};
use model::{Labels, Timestamp};
use promql::{Answer, Budget, EvalError, Query, Value};

use super::run::{Limit, too_long};

/// Samples that one question reads and makes on the way.
const SAMPLES_MAX: usize = 25_000_000;
/// Whose the samples of rules are.
const TARGET: &str = "porthole/alerts";

/// The numbers at one instant.
pub(super) fn instant(metrics: &Metrics, expr: &str, at: Timestamp, limit: &Limit) -> Instant {
    let query = Query::parse(expr).map_err(|error| error.to_string())?;
    let answer = spend(limit, |budget| query.instant(metrics, at, budget))?;
    match answer.value {
        Value::Vector(series) => {
            let number = |one: series::Series| one.points.get(0).map(|number| (one.labels, number));
            Ok(series.into_iter().filter_map(number).collect())
        }
        Value::Scalar(points) => {
            Ok(points.get(0).map(|number| (Labels::default(), number)).into_iter().collect())
        }
        Value::Matrix(_) | Value::Text(_) => Err(NO_NUMBERS.to_owned()),
    }
}

/// The numbers over a grid.
pub(super) fn range(metrics: &Metrics, expr: &str, grid: Grid, limit: &Limit) -> Range {
    let query = Query::parse(expr).map_err(|error| error.to_string())?;
    let step = Duration::from_millis(grid.step_ms.unsigned_abs());
    let answer = spend(limit, |budget| query.range(metrics, grid.first, grid.last, step, budget))?;
    let points = |points: &series::Points| {
        let at = |index: usize| grid.first.millis() + index as i64 * grid.step_ms;
        points.iter().enumerate().filter_map(|(index, number)| Some((at(index), number?))).collect()
    };
    match answer.value {
        Value::Vector(series) => Ok(series
            .into_iter()
            .map(|one| Series { points: points(&one.points), labels: one.labels })
            .collect()),
        Value::Scalar(all) => Ok(vec![Series { labels: Labels::default(), points: points(&all) }]),
        Value::Matrix(_) | Value::Text(_) => Err(NO_NUMBERS.to_owned()),
    }
}

const NO_NUMBERS: &str =
    "the expression gives no numbers at one instant; write one that gives series, as `up == 0`";

fn spend(
    limit: &Limit,
    evaluate: impl FnOnce(&Budget<'_>) -> Result<Answer, EvalError>,
) -> Result<Answer, String> {
    let stop = || limit.is_over();
    match evaluate(&Budget { samples: SAMPLES_MAX, stop: &stop, ..Budget::generous() }) {
        Err(EvalError::Stopped) => Err(too_long()),
        answer => answer.map_err(|error| error.to_string()),
    }
}

/// Stores samples; from then on queries find them.
pub(super) async fn record(
    metrics: &Metrics,
    at: Timestamp,
    samples: Vec<(Labels, f64)>,
) -> Result<(), String> {
    if samples.is_empty() {
        return Ok(());
    }
    let wanted = samples.len();
    let of_series = |(labels, number): (Labels, f64)| Some((metrics.series_of_sender(&labels)?, number));
    let samples: Vec<_> = samples.into_iter().filter_map(of_series).collect();
    let no_room = wanted - samples.len();
    let scrape = Scrape { target: Arc::from(TARGET), at_ms: at.millis(), samples };
    let written = metrics.write(vec![scrape]).await.map_err(|error| error.to_string())?;
    if no_room > 0 {
        return Err(format!("{no_room} samples were not stored: there are too many series"));
    }
    match written.refused.first() {
        None => Ok(()),
        Some((why, count)) => Err(format!("{count} samples were not stored: {}", why.text())),
    }
}
