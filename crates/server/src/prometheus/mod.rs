//! Prometheus' HTTP API, as its clients use it: Grafana, promtool, senders of remote_write, federation.
//!
//! Reads take GET and POST forms alike. Faults are `{"status":"error","errorType":…,"error":…}`.

mod answer;
mod exemplars;
mod federate;
mod format;
mod labels;
mod metadata;
mod name;
mod params;
mod parse;
mod query;
pub(crate) mod read;
mod rules;
mod status;
mod targets;
pub(crate) mod write;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use model::Timestamp;

pub(crate) use answer::LabelMap;
pub(crate) use rules::query as written_query;

use crate::Clock;
use crate::exposition::Tallies;
use crate::intake::Intake;
use crate::queries::Queries;
use crate::under_way::UnderWay;

/// How far back a sample may lie and still count, where a query says nothing else.
const LOOKBACK: Duration = Duration::from_secs(300);

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Prometheus {
    metrics: metrics::Metrics,
    alerts: alerts::Alerts,
    collectors: collectors::Collectors,
    queries: Queries,
    under_way: UnderWay,
    intake: Intake,
    tallies: Tallies,
    clock: Clock,
    started: Timestamp,
    build: &'static str,
}

impl Prometheus {
    pub(crate) fn new(
        engines: &crate::Engines,
        queries: Queries,
        intake: Intake,
        tallies: Tallies,
        clock: Clock,
        build: &'static str,
    ) -> Self {
        let (metrics, collectors) = (engines.metrics.clone(), engines.collectors.clone());
        let alerts = engines.alerts.clone();
        let (under_way, started) = (UnderWay::default(), clock.now());
        Self { metrics, alerts, collectors, queries, under_way, intake, tallies, clock, started, build }
    }

    /// The routes; each stands in the table of `access` too.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/api/v1/query", get(query::instant).post(query::instant))
            .route("/api/v1/query_range", get(query::range).post(query::range))
            .route("/api/v1/query_exemplars", get(exemplars::query).post(exemplars::query))
            .route("/api/v1/format_query", get(format::format).post(format::format))
            .route("/api/v1/parse_query", get(parse::parse).post(parse::parse))
            .route("/api/v1/series", get(labels::series).post(labels::series))
            .route("/api/v1/labels", get(labels::names).post(labels::names))
            .route("/api/v1/label/{name}/values", get(labels::values))
            .route("/api/v1/metadata", get(metadata::families))
            .route("/api/v1/targets", get(targets::targets))
            .route("/api/v1/targets/metadata", get(metadata::of_targets))
            .route("/api/v1/scrape_pools", get(targets::pools))
            .route("/api/v1/write", post(write::write))
            .route("/api/v1/read", post(read::read))
            .route("/federate", get(federate::federate))
            .merge(status_routes())
            .with_state(self)
    }
}

/// What is here and what is not.
fn status_routes() -> Router<Prometheus> {
    Router::new()
        .route("/api/v1/rules", get(rules::rules))
        .route("/api/v1/alerts", get(rules::alerts))
        .route("/api/v1/features", get(status::features))
        .route("/api/v1/status/buildinfo", get(status::build))
        .route("/api/v1/status/runtimeinfo", get(status::runtime))
        .route("/api/v1/status/config", get(status::config))
        .route("/api/v1/status/flags", get(status::flags))
        .route("/api/v1/status/tsdb", get(status::storage))
        .route("/api/v1/status/walreplay", get(status::replay))
        .route("/api/v1/otlp/v1/metrics", post(status::otlp))
        .route("/otlp/v1/metrics", post(status::otlp))
}

/// Counts by what is counted.
fn tally<T: Ord>(things: impl IntoIterator<Item = T>) -> BTreeMap<T, u64> {
    let mut counts = BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_default() += 1;
    }
    counts
}

#[cfg(test)]
pub(crate) mod forms;
#[cfg(test)]
mod tests;
