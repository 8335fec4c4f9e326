//! `GET requests`: the requests worth a look, by LogQL over their access entries.

use api::{RequestRow, Requests, RequestsRequest};
use axum::Json;
use axum::extract::State;
use logql::{Direction, Expr, InstantValue, MetricQuery, Page, Row};
use logs::Logs;
use model::Ordered as _;
use model::label::{ENVIRONMENT, SERVICE};
use model::{TimeRange, Timestamp};

use super::HOUR;
use crate::app::App;
use crate::app::errors::range;
use crate::app::evaluator::quoted;
use crate::app::extract::Asked;
use crate::app::logs::log_query;
use crate::app::refusal::QueryRefusal;
use crate::queries::{Allowance, whole};

/// Rows of each list.
const ROWS_MAX: usize = 100;
/// Entries that are read to find the slowest of them.
const READ_MAX: usize = 2_000;

/// Which access entries are looked through.
#[derive(Clone, Debug, Default)]
pub(super) struct Which {
    /// LogQL: a selector, then perhaps filters.
    pub(super) query: String,
    pub(super) range: Option<TimeRange>,
}

impl Which {
    /// Of some services and one environment, or of all; of one router, or of all.
    pub(super) fn of(services: &str, environment: &str, router: &str, range: TimeRange) -> Self {
        let mut matchers = vec!["stream=\"access\"".to_owned()];
        let services: Vec<String> =
            services.split(',').filter(|name| !name.is_empty()).map(regex_escaped).collect();
        if !services.is_empty() {
            matchers.push(format!("{SERVICE}=~{}", quoted(&services.join("|"))));
        }
        if !environment.is_empty() {
            matchers.push(format!("{ENVIRONMENT}={}", quoted(environment)));
        }
        let mut query = format!("{{{}}}", matchers.join(","));
        if !router.is_empty() {
            query.push_str(&format!(" |= {}", quoted(&format!("\"router\":{}", json(router)))));
        }
        Self { query, range: Some(range) }
    }
}

/// As it stands in a line of JSON.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn regex_escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, letter| {
        if !letter.is_alphanumeric() && !matches!(letter, '-' | '_' | ' ') {
            escaped.push('\\');
        }
        escaped.push(letter);
        escaped
    })
}

/// The handler.
pub(super) async fn list(
    State(app): State<App>,
    Asked(request): Asked<RequestsRequest>,
) -> Result<Json<Requests>, QueryRefusal> {
    let range = range(request.start, request.end, HOUR, app.clock.now())?;
    let which = Which::of(&request.services, &request.environment, &request.router, range);
    let logs = app.logs.clone();
    let found = app.queries.run(move |allowance| Look { logs: &logs, allowance, which: &which }.all());
    Ok(Json(found.await??))
}

/// Looks through access entries.
pub(super) struct Look<'a> {
    pub(super) logs: &'a Logs,
    pub(super) allowance: &'a Allowance,
    pub(super) which: &'a Which,
}

/// What the proxy writes first of an entry whose status is that of an error.
const FAILED: &str = "|= `{\"level\":\"error\"`";
const REFUSED: &str = "|= `{\"level\":\"warn\"`";

impl Look<'_> {
    fn all(&self) -> Result<Requests, QueryRefusal> {
        let (total, failed) = (self.count("")?, self.count(FAILED)?);
        Ok(Requests {
            total,
            failed,
            failing: self.rows(FAILED, ROWS_MAX)?,
            refused: self.rows(REFUSED, ROWS_MAX)?,
            slowest: self.slowest(total)?,
            warnings: Vec::new(),
        })
    }

    /// The latest that failed.
    pub(super) fn failing(&self) -> Result<Vec<RequestRow>, QueryRefusal> {
        self.rows(FAILED, ROWS_MAX)
    }

    /// How many there were.
    pub(super) fn total(&self) -> Result<u64, QueryRefusal> {
        self.count("")
    }

    /// The slowest. Where there are many entries, only those are read of which about as many as are wanted are slower
    /// than the rest.
    pub(super) fn slowest(&self, total: u64) -> Result<Vec<RequestRow>, QueryRefusal> {
        let filter = match total <= READ_MAX as u64 {
            true => String::new(),
            false => self.slower(1.0 - ROWS_MAX as f64 / total as f64)?,
        };
        let mut rows = self.rows(&filter, READ_MAX)?;
        rows.order_by(|a, b| b.duration_ms.total_cmp(&a.duration_ms));
        rows.truncate(ROWS_MAX);
        Ok(rows)
    }

    /// A filter for entries of requests that took longer than this share of all.
    fn slower(&self, share: f64) -> Result<String, QueryRefusal> {
        let Some(range) = self.which.range else { return Ok(String::new()) };
        let seconds = range.end.since(range.start).as_secs().max(1);
        let duration = "| json duration_ms=\"duration_ms\"";
        let query = format!(
            "quantile_over_time({share}, {} {duration} | unwrap duration_ms [{seconds}s]) by ()",
            self.which.query
        );
        let limit = self.number(&query)?.unwrap_or_default();
        Ok(format!("{duration} | duration_ms >= {limit}"))
    }

    fn count(&self, filter: &str) -> Result<u64, QueryRefusal> {
        let Some(range) = self.which.range else { return Ok(0) };
        let seconds = range.end.since(range.start).as_secs().max(1);
        let query = format!("sum(count_over_time({} {filter} [{seconds}s]))", self.which.query);
        Ok(self.number(&query)?.unwrap_or_default() as u64)
    }

    /// What a query of numbers gives at the end of the time.
    fn number(&self, query: &str) -> Result<Option<f64>, QueryRefusal> {
        let Expr::Metric(metric) = logql::parse(query)? else {
            return Err(QueryRefusal::new("a query of Porthole's own gives lines"));
        };
        let end = self.which.range.map_or(Timestamp::MAX, |range| range.end);
        let query = MetricQuery::new(&metric)?;
        let found = self.allowance.spend(|budget| query.instant(self.logs, end, budget))?;
        whole(&found.warnings)?;
        Ok(match found.value {
            InstantValue::Scalar(number) => Some(number),
            InstantValue::Vector(samples) => samples.first().map(|sample| sample.value),
        })
    }

    fn rows(&self, filter: &str, limit: usize) -> Result<Vec<RequestRow>, QueryRefusal> {
        let query = log_query(&format!("{} {filter}", self.which.query), "")?;
        let range = self.which.range.unwrap_or(TimeRange::ALL);
        let page = Page { range, direction: Direction::Backward, limit, after: None };
        let found = self.allowance.spend(|budget| query.rows(self.logs, &page, budget))?;
        let row = |row: &Row| answers::row(&row.labels, row.timestamp, &row.line);
        Ok(found.rows.iter().filter_map(row).collect())
    }
}
