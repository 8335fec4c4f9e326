//! `GET logs/numbers`: numbers over time, for the page's chart.

use api::{LogRequest, NumberSeries, Numbers};
use axum::Json;
use axum::extract::State;
use logql::{Expr, MetricQuery, Series};

use super::histogram::{BUCKETS_MAX, width};
use super::request::{bounded, range};
use super::rows::stream_labels;
use crate::app::refusal::QueryRefusal;
use crate::app::{App, extract};
use crate::queries::whole;

const POINTS_USUAL: u32 = 120;

/// The handler.
pub(in crate::app) async fn numbers(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<LogRequest>,
) -> Result<Json<Numbers>, QueryRefusal> {
    let range = range(&request)?;
    let Expr::Metric(metric) = logql::parse(&request.query)? else {
        return Err(QueryRefusal::new("this query gives lines; here it has to give numbers"));
    };
    let (query, logs) = (MetricQuery::new(&metric)?, app.logs.clone());
    let step = width(range, bounded("buckets", request.buckets, POINTS_USUAL, BUCKETS_MAX)?);
    let found = app
        .queries
        .run(move |a| a.spend(|budget| query.range(&logs, range.start, range.end, step, budget)))
        .await??;
    whole(&found.warnings)?;
    Ok(Json(Numbers {
        series: found.series.into_iter().map(series).collect(),
        step: step.as_millis() as i64,
        warnings: found.warnings.iter().map(ToString::to_string).collect(),
    }))
}

fn series(series: Series) -> NumberSeries {
    let finite = series.points.into_iter().filter(|(_, value)| value.is_finite());
    NumberSeries {
        labels: stream_labels(&series.labels),
        points: finite.map(|(at, value)| (at.millis(), value)).collect(),
    }
}
