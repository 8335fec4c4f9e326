//! `query_range`, `query` and `format_query`.

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use logql::{Direction, Expr, LogQuery, Matrix, MetricQuery, Page, Rows, Warning};
use model::TimeRange;

use super::answer::{Encoding, LokiFault, Spent, matrix, streams, success, vector};
use super::params::{Params, step_of};
use super::{Loki, spaced};
use crate::queries::whole;

/// Without a start: so far back.
const DEFAULT_RANGE: Duration = Duration::from_secs(3600);
const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 5000;

/// `query_range`: lines, or numbers over time.
pub(super) async fn range(State(loki): State<Loki>, headers: HeaderMap, params: Params) -> Response {
    let encoding = Encoding::of(&headers);
    let (question, under_way) = (format!("range {encoding:?} {params:?}"), loki.under_way.clone());
    let answer = async move { answer_range(&loki, encoding, &params).await.into_response() };
    under_way.share(question, answer).await
}

/// `query`: numbers at one instant.
pub(super) async fn instant(State(loki): State<Loki>, params: Params) -> Response {
    let (question, under_way) = (format!("instant {params:?}"), loki.under_way.clone());
    let answer = async move { answer_instant(&loki, &params).await.into_response() };
    under_way.share(question, answer).await
}

async fn answer_range(loki: &Loki, encoding: Encoding, params: &Params) -> Result<Response, LokiFault> {
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    match logql::parse(params.query()?)? {
        Expr::Log(log) => loki.lines(LogQuery::new(&log)?, params, range, encoding).await,
        Expr::Metric(metric) => {
            let query = MetricQuery::new(&metric)?;
            loki.numbers(query, range, step_of(params, range)?).await
        }
    }
}

async fn answer_instant(loki: &Loki, params: &Params) -> Result<Response, LokiFault> {
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
    Ok(success(logql::parse(params.query()?)?.pretty(), Vec::new()))
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
        let interval = params.duration("interval")?.unwrap_or_default();
        let (logs, began) = (self.logs.clone(), Instant::now());
        let Rows { rows, stats, warnings, .. } = self
            .queries
            .run(move |a| a.spend(|budget| spaced::rows(&query, &logs, page, interval, budget)))
            .await??;
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
