//! `GET metrics/numbers`, `GET metrics/table` and `GET metrics/check`.

use std::time::Duration;

use api::{InstantRequest, MetricsRequest, NumberSeries, Numbers, QueryCheck, QueryKind};
use axum::Json;
use axum::extract::State;
use model::{Labels, Timestamp};
use promql::ast::Kind;
use promql::{Answer, Notes, Query, Value};
use serde::Deserialize;
use series::{Points, Series};

use crate::app::logs::bounded;
use crate::app::refusal::QueryRefusal;
use crate::app::{App, extract};

const POINTS_USUAL: u32 = 120;
const POINTS_MAX: u32 = 2000;
/// Series that a chart or a table shows.
const SERIES_MAX: usize = 500;
/// Steps that people can read off an axis, in milliseconds; beyond the last come whole days.
const STEPS_MS: [i64; 21] = [
    100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
    1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
];

/// `GET metrics/numbers`
pub(in crate::app) async fn numbers(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<MetricsRequest>,
) -> Result<Json<Numbers>, QueryRefusal> {
    let query = Query::parse(&request.query)?;
    must_give_numbers(&query)?;
    if request.end < request.start {
        return Err(QueryRefusal::new("the time range ends before it starts"));
    }
    let points = bounded("buckets", request.buckets, POINTS_USUAL, POINTS_MAX)?;
    let grid = Grid::new(request.start, request.end, points);
    let (metrics, step) = (app.metrics.clone(), Duration::from_millis(grid.step_ms.unsigned_abs()));
    let (start, end) = (Timestamp::from_millis(grid.start_ms), Timestamp::from_millis(request.end));
    let work = move |budget: &promql::Budget<'_>| query.range(&metrics, start, end, step, budget);
    let Answer { value, notes, .. } = app.queries.run(|a| a.spend_on_samples(work)).await??;
    let vector = match value {
        Value::Vector(mut vector) => {
            series::sort_by_labels(&mut vector);
            vector
        }
        Value::Scalar(points) => vec![Series { labels: Labels::default(), points }],
        Value::Matrix(_) | Value::Text(_) => Vec::new(),
    };
    Ok(Json(shown(vector, grid, told(&notes))))
}

/// `GET metrics/table`
pub(in crate::app) async fn table(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<InstantRequest>,
) -> Result<Json<Numbers>, QueryRefusal> {
    let query = Query::parse(&request.query)?;
    must_give_numbers(&query)?;
    let at = if request.at == 0 { app.clock.now() } else { Timestamp::from_millis(request.at) };
    let metrics = app.metrics.clone();
    let work = move |budget: &promql::Budget<'_>| query.instant(&metrics, at, budget);
    let Answer { value, notes, .. } = app.queries.run(|a| a.spend_on_samples(work)).await??;
    let vector = match value {
        Value::Vector(vector) => vector,
        Value::Scalar(points) => vec![Series { labels: Labels::default(), points }],
        Value::Matrix(_) | Value::Text(_) => Vec::new(),
    };
    Ok(Json(shown(vector, Grid { start_ms: at.millis(), step_ms: 0 }, told(&notes))))
}

/// The query as far as it is typed.
#[derive(Deserialize)]
pub(in crate::app) struct CheckRequest {
    #[serde(default)]
    query: String,
}

/// `GET metrics/check`
pub(in crate::app) async fn check(
    extract::Asked(request): extract::Asked<CheckRequest>,
) -> Result<Json<QueryCheck>, QueryRefusal> {
    let query = Query::parse(&request.query).map_err(QueryRefusal::from);
    match query.and_then(|query| must_give_numbers(&query).map(|()| query)) {
        Ok(query) => {
            let formatted = query.expr().node.pretty();
            Ok(Json(QueryCheck { fault: None, kind: Some(QueryKind::Numbers), formatted }))
        }
        Err(QueryRefusal::Query(fault)) => {
            Ok(Json(QueryCheck { fault: Some(fault), kind: None, formatted: String::new() }))
        }
        Err(other) => Err(other),
    }
}

fn must_give_numbers(query: &Query) -> Result<(), QueryRefusal> {
    match query.expr().node.kind() {
        Kind::Scalar | Kind::Vector => Ok(()),
        Kind::Matrix => Err(QueryRefusal::new(
            "this query gives the samples of a window; put a function around it that makes one number of them, such \
             as rate() or avg_over_time()",
        )),
        Kind::Text => Err(QueryRefusal::new("this query gives a text; here it has to give numbers")),
    }
}

/// The instants of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Grid {
    start_ms: i64,
    step_ms: i64,
}

impl Grid {
    /// About so many instants, at multiples of their step, so that they stay where they are while the range moves on.
    fn new(start_ms: i64, end_ms: i64, points: u32) -> Self {
        let wanted_ms = end_ms.saturating_sub(start_ms) / i64::from(points);
        let step_ms = STEPS_MS.into_iter().find(|step| *step >= wanted_ms);
        let day_ms = STEPS_MS[STEPS_MS.len() - 1];
        let step_ms = step_ms.unwrap_or_else(|| (wanted_ms / day_ms + 1).saturating_mul(day_ms));
        let behind = start_ms.rem_euclid(step_ms);
        // The first multiple inside of the range; an instant of its own where there is none.
        let first_ms = if behind == 0 { start_ms } else { start_ms.saturating_add(step_ms - behind) };
        Self { start_ms: if first_ms > end_ms { start_ms } else { first_ms }, step_ms }
    }
}

fn shown(mut vector: Vec<Series>, grid: Grid, mut warnings: Vec<String>) -> Numbers {
    if vector.len() > SERIES_MAX {
        warnings.push(format!(
            "the query gives {} series and the first {SERIES_MAX} of them are shown; narrow it, or aggregate it with \
             sum by (…) or topk()",
            vector.len()
        ));
        vector.truncate(SERIES_MAX);
    }
    let series = vector.into_iter().map(|Series { labels, points }| NumberSeries {
        labels: labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        points: finite(&points, grid),
    });
    Numbers {
        series: series.filter(|series| !series.points.is_empty()).collect(),
        step: grid.step_ms,
        warnings,
    }
}

fn finite(points: &Points, Grid { start_ms, step_ms }: Grid) -> Vec<(i64, f64)> {
    let numbers = points.iter().enumerate();
    let numbers = numbers.filter_map(|(index, number)| Some((start_ms + step_ms * index as i64, number?)));
    numbers.filter(|(_, number)| number.is_finite()).collect()
}

fn told(notes: &Notes) -> Vec<String> {
    notes.warnings.iter().chain(&notes.infos).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_lie_on_multiples_of_a_readable_step() {
        let check = |start, end, points, start_ms, step_ms| {
            assert_eq!(Grid::new(start, end, points), Grid { start_ms, step_ms });
        };
        check(0, 3_600_000, 120, 0, 30_000);
        check(1, 3_600_001, 120, 30_000, 30_000);
        check(1, 3_600_001, 100, 60_000, 60_000);
        check(-1, 5_000, 120, 0, 100);
        check(7, 8, 120, 7, 100);
        check(0, 400 * 86_400_000, 100, 0, 5 * 86_400_000);
        assert!(Grid::new(i64::MIN, i64::MAX, 1).step_ms > 0);
    }
}
