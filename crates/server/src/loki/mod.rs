//! Loki's HTTP API, as its clients use it: logcli, Grafana, Promtail, Alloy, Fluent Bit, Vector, the Docker
//! driver.
//!
//! Reads take GET and POST forms alike. Faults are plain text, as Loki's.

mod answer;
mod labels;
mod params;
mod push;
mod query;
mod status;
mod tail;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::Clock;
use crate::intake::Intake;
use crate::queries::Queries;

/// Tails at once.
const TAILS_MAX: usize = 10;

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Loki {
    logs: logs::Logs,
    queries: Queries,
    intake: Intake,
    tails: Arc<Semaphore>,
    closing: CancellationToken,
    clock: Clock,
    build: &'static str,
}

impl Loki {
    pub(crate) fn new(
        logs: logs::Logs,
        queries: Queries,
        intake: Intake,
        closing: CancellationToken,
        clock: Clock,
        build: &'static str,
    ) -> Self {
        let tails = Arc::new(Semaphore::new(TAILS_MAX));
        Self { logs, queries, intake, tails, closing, clock, build }
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
            .route("/loki/api/v1/status/buildinfo", get(status::buildinfo))
            .with_state(self)
    }
}

#[cfg(test)]
mod tests;
