//! Alerts, as the page shows them.

mod deeds;
mod history;
mod receivers;
mod report;
mod rows;
mod rules;
mod silences;

use ::alerts::shown::{Alert, State as Doing};
use ::alerts::{Alerts, Tier};
use api::CriticalAlert;
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::{delete, get, post};
use http::StatusCode;
use model::Ordered as _;

use super::App;
use super::extract::Named;
use crate::fault::Fault;

/// The routes; each stands in the table of `access` too.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/app/v1/alerts", get(list))
        .route("/app/v1/alerts/{id}", get(show))
        .route("/app/v1/alerts/{id}/acknowledge", post(deeds::acknowledge).delete(deeds::give_back))
        .route("/app/v1/history", get(history::list))
        .route("/app/v1/silences", get(silences::list).post(silences::make))
        .route("/app/v1/silences/{id}", delete(silences::expire))
        .route("/app/v1/rules", get(rules::list).post(rules::save))
        .route("/app/v1/rules/backtest", post(rules::backtest))
        .route("/app/v1/rules/{name}", get(rules::show).delete(rules::remove))
        .route("/app/v1/rules/{name}/drill", post(rules::drill))
        .route("/app/v1/receivers", get(receivers::list))
        .route("/app/v1/receivers/{name}/test", post(receivers::test))
        .route("/app/v1/report", get(report::show))
}

/// `GET alerts`
async fn list(State(app): State<App>) -> Result<Json<api::Alerts>, Fault> {
    let alerts = app.alerts.clone();
    Ok(Json(app.queries.run(move |_| going_on(&alerts)).await?))
}

fn going_on(alerts: &Alerts) -> api::Alerts {
    let (rules, receivers) = (alerts.rules(), alerts.receivers());
    let mut rows: Vec<Alert> = alerts.alerts();
    rows.order_by(|a, b| rows::order(a).cmp(&rows::order(b)).then_with(|| a.labels.cmp(&b.labels)));
    let mut faults: Vec<api::Fault> = rules.iter().filter_map(rules::fault).collect();
    faults.extend(receivers.iter().filter_map(receivers::fault));
    api::Alerts {
        rows: rows.iter().map(rows::row).collect(),
        rules: rules.iter().filter(|rule| !rule.is_off).count() as u64,
        receivers: receivers.len() as u64,
        evaluated: rules.iter().filter_map(|rule| rule.evaluated_ms).max(),
        faults,
    }
}

/// `GET alerts/{id}`
async fn show(State(app): State<App>, Named(id): Named<String>) -> Result<Json<api::AlertPage>, Fault> {
    let (alerts, now_ms) = (app.alerts.clone(), app.clock.now().millis());
    let page = app.queries.run(move |_| rows::page(&alerts, &id, now_ms)).await?;
    page?.map(Json).ok_or_else(absent)
}

fn absent() -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "this alert is over for long, or never was; the history may know it")
}

/// What could not be read or kept, which is no fault of whoever asks.
fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

/// What every page tells of: what is critical and fires, unless somebody meant it to be quiet.
pub(super) fn critical(alerts: &Alerts) -> Vec<CriticalAlert> {
    let told = |alert: &Alert| {
        let fires =
            matches!(alert.state, Doing::Firing | Doing::Acknowledged | Doing::Flapping | Doing::Blind);
        alert.tier == Tier::Critical && fires && alert.silenced_by.is_empty() && alert.inhibited_by.is_empty()
    };
    let one = |alert: Alert| CriticalAlert {
        what: if alert.is_drill { format!("Drill: {}", alert.card.what) } else { alert.card.what },
        id: alert.fingerprint,
        since: alert.fired_ms.unwrap_or(alert.active_ms),
        owner: alert.acknowledged.map(|(owner, _)| owner).unwrap_or_default(),
    };
    let mut all: Vec<CriticalAlert> = alerts.alerts().into_iter().filter(told).map(one).collect();
    all.order_by_key(|alert| alert.since);
    all
}

#[cfg(test)]
mod tests;
