//! Alertmanager's API, version 2, as amtool, Karma, Grafana and Prometheus use it: what fires is told as it tells it, what
//! a Prometheus sends is taken in, silences are made and ended.
//!
//! What is wrong with a question is a JSON text with the status 400, as there.

mod alerts;
mod answer;
mod filter;
mod groups;
pub(crate) mod matchers;
mod receive;
mod silences;
mod status;

pub(crate) use self::alerts::annotations;

use std::sync::Arc;

use ::alerts::Alerts;
use ::alerts::shown::Alert;
use axum::Router;
use axum::routing::get;
use model::Timestamp;

use crate::Clock;
use crate::queries::Queries;

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Alertmanager {
    alerts: Alerts,
    queries: Queries,
    /// Where the page is.
    base_url: Arc<str>,
    clock: Clock,
    started: Timestamp,
    build: &'static str,
}

impl Alertmanager {
    pub(crate) fn new(
        alerts: Alerts,
        queries: Queries,
        base_url: String,
        clock: Clock,
        build: &'static str,
    ) -> Self {
        let started = clock.now();
        Self { alerts, queries, base_url: base_url.into(), clock, started, build }
    }

    /// The routes; each stands in the table of `access` too.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/api/v2/status", get(status::show))
            .route("/api/v2/receivers", get(status::receivers))
            .route("/api/v2/alerts", get(alerts::list).post(receive::post))
            .route("/api/v2/alerts/groups", get(groups::list))
            .route("/api/v2/silences", get(silences::list).post(silences::save))
            .route("/api/v2/silence/{id}", get(silences::show).delete(silences::expire))
            .with_state(self)
    }

    /// What fires: neither what is only pending nor what is over is told.
    fn firing(&self) -> Vec<Alert> {
        self.alerts.alerts().into_iter().filter(|alert| alert.state.is_on()).collect()
    }
}

#[cfg(test)]
mod tests;
