//! Loki's HTTP API, as its clients use it: logcli, Grafana, Promtail, Alloy, Fluent Bit, Vector, the Docker
//! driver.
//!
//! Reads take GET and POST forms alike. Faults are plain text, as Loki's.

mod answer;
mod delete;
mod detected;
mod index;
mod labels;
pub(crate) mod otlp;
mod params;
mod patterns;
pub(crate) mod push;
mod query;
mod spaced;
mod status;
mod tail;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::Clock;
use crate::exposition::Tallies;
use crate::intake::Intake;
use crate::queries::Queries;
use crate::under_way::UnderWay;

/// Tails at once.
const TAILS_MAX: usize = 10;

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Loki {
    logs: logs::Logs,
    queries: Queries,
    under_way: UnderWay,
    intake: Intake,
    tails: Arc<Semaphore>,
    tallies: Tallies,
    closing: CancellationToken,
    clock: Clock,
    build: &'static str,
}

impl Loki {
    pub(crate) fn new(
        logs: logs::Logs,
        queries: Queries,
        intake: Intake,
        tallies: Tallies,
        closing: CancellationToken,
        clock: Clock,
        build: &'static str,
    ) -> Self {
        let tails = Arc::new(Semaphore::new(TAILS_MAX));
        Self { logs, queries, under_way: UnderWay::default(), intake, tails, tallies, closing, clock, build }
    }

    /// The routes; each stands in the table of `access` too.
    pub(crate) fn router(self) -> Router {
        let labels = get(labels::names).post(labels::names);
        Router::new()
            .route("/loki/api/v1/push", post(push::push))
            .route("/api/prom/push", post(push::push))
            .route("/loki/api/v1/query", get(query::instant).post(query::instant))
            .route("/loki/api/v1/query_range", get(query::range).post(query::range))
            .route("/loki/api/v1/labels", labels.clone())
            .route("/loki/api/v1/label", labels)
            .route("/loki/api/v1/label/{name}/values", get(labels::values).post(labels::values))
            .route("/loki/api/v1/series", get(labels::series).post(labels::series))
            .route("/loki/api/v1/format_query", get(query::format).post(query::format))
            .route("/loki/api/v1/tail", get(tail::tail))
            .route("/loki/api/v1/patterns", get(patterns::patterns).post(patterns::patterns))
            .merge(detected_routes())
            .merge(index_routes())
            .merge(status_routes())
            .route("/otlp/v1/logs", post(otlp::logs))
            .with_state(self)
    }
}

/// What Grafana offers to filter by.
fn detected_routes() -> Router<Loki> {
    Router::new()
        .route("/loki/api/v1/detected_labels", get(detected::labels).post(detected::labels))
        .route("/loki/api/v1/detected_fields", get(detected::fields).post(detected::fields))
        .route("/loki/api/v1/detected_field/{name}/values", get(detected::values).post(detected::values))
}

/// How much there is.
fn index_routes() -> Router<Loki> {
    Router::new()
        .route("/loki/api/v1/index/stats", get(index::stats).post(index::stats))
        .route("/loki/api/v1/index/volume", get(index::volume).post(index::volume))
        .route("/loki/api/v1/index/volume_range", get(index::volume_range).post(index::volume_range))
}

/// What is here and what is not.
fn status_routes() -> Router<Loki> {
    let deletion = get(delete::list).post(delete::ask).put(delete::ask).delete(delete::cancel);
    Router::new()
        .route("/loki/api/v1/status/buildinfo", get(status::buildinfo))
        .route("/loki/api/v1/drilldown-limits", get(status::drilldown_limits))
        .route("/config/tenant/v1/limits", get(status::tenant_limits))
        .route("/loki/api/v1/rules", get(status::rules))
        .route("/prometheus/api/v1/rules", get(status::rule_groups))
        .route("/prometheus/api/v1/alerts", get(status::alerts))
        .route("/loki/api/v1/delete", deletion)
        .route("/flush", post(status::flush))
}

#[cfg(test)]
mod clients;
#[cfg(test)]
mod tests;
