//! `query_range`, `query` and `format_query`.

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use logql::{Direction, Expr, LogQuery, Matrix, MetricQuery, Page, Rows, Warning};
use model::{TimeRange, Timestamp};

use super::Loki;
use super::answer::{Encoding, LokiFault, Spent, matrix, streams, success, vector};
use super::params::Params;
use crate::queries::timed_out;

/// Without a start: so far back.
const DEFAULT_RANGE: Duration = Duration::from_secs(3600);
const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 5000;
/// Without a step the range is cut into about so many.
const STEPS_DEFAULT: i64 = 250;

/// `query_range`: lines, or numbers over time.
pub(super) async fn range(
    State(loki): State<Loki>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, LokiFault> {
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    match logql::parse(params.query()?)? {
        Expr::Log(log) => {
            let query = LogQuery::new(&log)?;
            loki.lines(query, &params, range, Encoding::of(&headers)).await
        }
        Expr::Metric(metric) => {
            let query = MetricQuery::new(&metric)?;
            loki.numbers(query, range, step(&params, range)?).await
        }
    }
}

/// `query`: numbers at one instant.
pub(super) async fn instant(State(loki): State<Loki>, params: Params) -> Result<Response, LokiFault> {
    let at = params.time("time")?.unwrap_or_else(|| loki.clock.now());
    let Expr::Metric(metric) = logql::parse(params.query()?)? else {
        return Err(LokiFault::bad_request(
            "log queries are not supported as an instant query type, please change your query to a range query type",
        ));
    };
    let query = MetricQuery::new(&metric)?;
    let (logs, began) = (loki.logs.clone(), Instant::now());
    let answer = loki.queries.run(move |a| a.spend(|budget| query.instant(&logs, at, budget))).await??;
    whole(&answer.warnings)?;
    let returned = match &answer.value {
        logql::InstantValue::Scalar(_) => 1,
        logql::InstantValue::Vector(samples) => samples.len(),
    };
    let spent = Spent { stats: answer.stats, time: began.elapsed(), returned };
    Ok(success(vector(answer.value, at, spent.into()), told(&answer.warnings)))
}

/// `format_query`: the query in its normal form.
pub(super) async fn format(params: Params) -> Result<Response, LokiFault> {
    Ok(success(logql::parse(params.query()?)?.to_string(), Vec::new()))
}

impl Loki {
    async fn lines(
        &self,
        query: LogQuery,
        params: &Params,
        range: TimeRange,
        encoding: Encoding,
    ) -> Result<Response, LokiFault> {
        let limit = params.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
        let page = Page { range, direction: direction(params)?, limit, after: None };
        if params.duration("interval")?.is_some_and(|interval| !interval.is_zero()) {
            return Err(LokiFault::bad_request(
                "the parameter `interval` is not evaluated yet; leave it out",
            ));
        }
        let (logs, began) = (self.logs.clone(), Instant::now());
        let Rows { rows, stats, warnings, .. } =
            self.queries.run(move |a| a.spend(|budget| query.rows(&logs, &page, budget))).await??;
        let spent = Spent { stats, time: began.elapsed(), returned: rows.len() };
        Ok(success(streams(rows, encoding, spent.into()), told(&warnings)))
    }

    async fn numbers(
        &self,
        query: MetricQuery,
        range: TimeRange,
        step: Duration,
    ) -> Result<Response, LokiFault> {
        let (logs, began) = (self.logs.clone(), Instant::now());
        let answer: Matrix = self
            .queries
            .run(move |a| a.spend(|budget| query.range(&logs, range.start, range.end, step, budget)))
            .await??;
        whole(&answer.warnings)?;
        let returned = answer.series.iter().map(|series| series.points.len()).sum();
        let spent = Spent { stats: answer.stats, time: began.elapsed(), returned };
        let warnings = told(&answer.warnings);
        Ok(success(matrix(answer, spent.into()), warnings))
    }
}

/// Lines in part are better than none, but a count in part is a wrong count.
fn whole(warnings: &[Warning]) -> Result<(), LokiFault> {
    if warnings.contains(&Warning::Stopped) { Err(timed_out().into()) } else { Ok(()) }
}

fn told(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(ToString::to_string).collect()
}

fn direction(params: &Params) -> Result<Direction, LokiFault> {
    match params.get("direction").map(str::to_ascii_lowercase).as_deref() {
        None | Some("backward") => Ok(Direction::Backward),
        Some("forward") => Ok(Direction::Forward),
        Some(other) => {
            Err(LokiFault::bad_request(format!("direction: `{other}` is unknown; write forward or backward")))
        }
    }
}

/// As written, else about 250 steps of whole seconds.
fn step(params: &Params, TimeRange { start, end }: TimeRange) -> Result<Duration, LokiFault> {
    if let Some(step) = params.duration("step")? {
        if step.is_zero() {
            return Err(LokiFault::bad_request(
                "zero or negative query resolution step widths are not accepted. Try a positive integer",
            ));
        }
        return Ok(step);
    }
    let seconds = Timestamp::from_nanos(end.nanos().saturating_sub(start.nanos())).seconds();
    Ok(Duration::from_secs((seconds / STEPS_DEFAULT).max(1) as u64))
}
