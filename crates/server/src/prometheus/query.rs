//! `query` and `query_range`: numbers at one instant, and over time.

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use model::Timestamp;
use promql::{Answer, Budget, EvalError, Query, Value};

use super::answer::{Answered, Kind, PromFault, Remarks, Stats, written_already};
use super::params::Params;
use super::{LOOKBACK, Prometheus};

/// Points of one answer: written, some 120 MB.
const POINTS_MAX: usize = 4_000_000;

/// `query`: numbers at one instant.
pub(super) async fn instant(State(prometheus): State<Prometheus>, params: Params) -> Response {
    let (question, under_way) = (format!("instant {params:?}"), prometheus.under_way.clone());
    let answer = async move { at_instant(&prometheus, &params).await.into_response() };
    under_way.share(question, answer).await
}

/// `query_range`: numbers over time.
pub(super) async fn range(State(prometheus): State<Prometheus>, params: Params) -> Response {
    let (question, under_way) = (format!("range {params:?}"), prometheus.under_way.clone());
    let answer = async move { over_time(&prometheus, &params).await.into_response() };
    under_way.share(question, answer).await
}

/// When a query is asked.
#[derive(Clone, Copy)]
struct When {
    first: Timestamp,
    /// The last instant and the step; `None`: a query at one instant.
    grid: Option<(Timestamp, Duration)>,
}

async fn at_instant(prometheus: &Prometheus, params: &Params) -> Result<Response, PromFault> {
    let first = params.time("time")?.unwrap_or_else(|| prometheus.clock.now());
    answer(prometheus, params, When { first, grid: None }).await
}

async fn over_time(prometheus: &Prometheus, params: &Params) -> Result<Response, PromFault> {
    let grid = params.grid()?;
    answer(prometheus, params, When { first: grid.start, grid: Some((grid.end, grid.step)) }).await
}

async fn answer(prometheus: &Prometheus, params: &Params, when: When) -> Result<Response, PromFault> {
    let limit = params.limit("limit")?;
    let lookback = params.duration("lookback_delta")?.filter(|length| !length.is_zero()).unwrap_or(LOOKBACK);
    let timeout = params.duration("timeout")?.unwrap_or(Duration::MAX);
    let query = params.query()?;
    let with_stats = params.get("stats").is_some();
    let (metrics, began) = (prometheus.metrics.clone(), Instant::now());
    let work = move |budget: &Budget<'_>| -> Result<_, PromFault> {
        let began_computing = Instant::now();
        let found = evaluate(&query, &metrics, when, &Budget { lookback, ..*budget })?;
        must_fit(points_in(&found.value))?;
        let computing = began_computing.elapsed().as_secs_f64();
        let stats = with_stats.then(|| Stats::new(found.samples, computing, began.elapsed().as_secs_f64()));
        let mut remarks = Remarks::of(&found.notes);
        let step_ms = when.grid.map(|(_, step)| i64::try_from(step.as_millis()).unwrap_or(i64::MAX));
        let answered = Answered { value: found.value, first_ms: when.first.millis(), step_ms };
        Ok((answered.data(limit, &mut remarks, stats.as_ref()), remarks))
    };
    let (data, remarks) = prometheus.queries.run_within(timeout, |a| a.spend_on_samples(work)).await??;
    Ok(written_already(&data, &remarks))
}

fn evaluate(
    query: &Query,
    metrics: &metrics::Metrics,
    when: When,
    budget: &Budget<'_>,
) -> Result<Answer, EvalError> {
    match when.grid {
        None => query.instant(metrics, when.first, budget),
        Some((end, step)) => query.range(metrics, when.first, end, step, budget),
    }
}

fn points_in(value: &Value) -> usize {
    match value {
        Value::Scalar(_) | Value::Text(_) => 1,
        Value::Vector(vector) => series::numbers_in(vector),
        Value::Matrix(matrix) => matrix.iter().map(|samples| samples.values.len()).sum(),
    }
}

fn must_fit(points: usize) -> Result<(), PromFault> {
    if points <= POINTS_MAX {
        return Ok(());
    }
    let message = format!(
        "the answer would have {points} points, and the limit for one answer is {POINTS_MAX}; ask for fewer series, a \
         shorter time or a longer step"
    );
    Err(PromFault::new(Kind::Execution, message))
}

#[cfg(test)]
mod tests {
    use series::{Points, Series};

    use super::*;

    #[test]
    fn answers_have_an_end() {
        let series = |points| Series { labels: Default::default(), points: Points::constant(1.0, points) };
        let check = |vector: Vec<Series>, fits: bool| {
            assert_eq!(must_fit(points_in(&Value::Vector(vector))).is_ok(), fits);
        };
        check(vec![series(2_000_000), series(2_000_000)], true);
        check(vec![series(2_000_000), series(2_000_001)], false);
    }
}
