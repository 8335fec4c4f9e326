//! The rules: how they do, how they are written, and what they would have done.

use ::alerts::Alerts;
use ::alerts::rule::Place;
use ::alerts::shown::{Alert, Backtest, RuleStatus, State as Doing};
use api::{
    AlertRules, BacktestSpan, NewBacktest, RuleOrigin, RulePage, RuleRow, RuleSaved, RuleState, RuleText,
    Told,
};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::Ordered as _;

use super::rows::{self, severity};
use super::{broken, deeds};
use crate::access::Who;
use crate::app::App;
use crate::app::extract::{JsonBody, Named};
use crate::fault::Fault;
use crate::prometheus::written_query;

const CHANGES_MAX: usize = 100;
const CHANGES_MS: i64 = 14 * 24 * 3600 * 1000;
/// Days that a rule is tried on.
const DAYS: u32 = 7;
const DAYS_MAX: u32 = 30;

/// `GET rules`
pub(super) async fn list(State(app): State<App>) -> Result<Json<AlertRules>, Fault> {
    let alerts = app.alerts.clone();
    let read = move |_: &_| (alerts.rules(), alerts.alerts(), alerts.faults());
    let (rules, active, faults) = app.queries.run(read).await?;
    let mut rows: Vec<RuleRow> = rules.iter().map(|status| row(status, &active)).collect();
    rows.order_by(|a, b| a.name.cmp(&b.name));
    let mut faults: Vec<api::Fault> =
        faults.into_iter().map(|(subject, message)| api::Fault { subject, message }).collect();
    faults.extend(rules.iter().flat_map(warnings));
    Ok(Json(AlertRules { rows, faults }))
}

/// `GET rules/{name}`
pub(super) async fn show(
    State(app): State<App>,
    Named(name): Named<String>,
) -> Result<Json<RulePage>, Fault> {
    let (alerts, now_ms) = (app.alerts.clone(), app.clock.now().millis());
    let page = app.queries.run(move |_| page(&alerts, &name, now_ms)).await?;
    page?.map(Json).ok_or_else(absent)
}

fn absent() -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "there is no rule of this name")
}

fn page(alerts: &Alerts, name: &str, now_ms: i64) -> Result<Option<RulePage>, Fault> {
    let rules = alerts.rules();
    let Some(status) = rules.iter().find(|status| status.rule.name == name) else { return Ok(None) };
    let active: Vec<Alert> = alerts.alerts().into_iter().filter(|alert| alert.rule == name).collect();
    let changes =
        alerts.history(now_ms - CHANGES_MS, now_ms, Some(name), None, CHANGES_MAX).map_err(broken)?;
    Ok(Some(RulePage {
        row: row(status, &active),
        toml: status.toml.clone(),
        alerts: active.iter().map(rows::row).collect(),
        changes: changes.into_iter().map(rows::change).collect(),
    }))
}

fn row(status: &RuleStatus, active: &[Alert]) -> RuleRow {
    let rule = &status.rule;
    let count = |holds: fn(Doing) -> bool| {
        active.iter().filter(|alert| alert.rule == rule.name && holds(alert.state)).count() as u64
    };
    let (firing, pending) = (count(Doing::is_on), count(|state| state == Doing::Pending));
    RuleRow {
        name: rule.name.clone(),
        tier: severity(rule.tier),
        state: state(status, firing, pending),
        query: written_query(&rule.source),
        language: language(rule.source.key()).to_owned(),
        for_ms: rule.for_ms,
        interval_ms: rule.interval_ms,
        origin: origin(&rule.place),
        place: rule.place.to_string(),
        what: rule.card.what.clone(),
        do_now: rule.card.do_now.clone(),
        fault: status.fault.clone().unwrap_or_default(),
        evaluated: status.evaluated_ms,
        took_ms: status.evaluated_ms.map(|_| status.took_ms),
        firing,
        pending,
    }
}

fn state(status: &RuleStatus, firing: u64, pending: u64) -> RuleState {
    match () {
        () if status.is_off => RuleState::Off,
        () if status.fault.is_some() => RuleState::Failing,
        () if firing > 0 => RuleState::Firing,
        () if pending > 0 => RuleState::Pending,
        () if status.evaluated_ms.is_none() => RuleState::Waiting,
        () => RuleState::Quiet,
    }
}

/// The key that a rule is written with, as a language.
fn language(key: &'static str) -> &'static str {
    if key == "expr" { "promql" } else { key }
}

fn origin(place: &Place) -> RuleOrigin {
    match place {
        Place::Builtin => RuleOrigin::Builtin,
        Place::File { .. } => RuleOrigin::File,
        Place::Setting { .. } => RuleOrigin::Settings,
        Place::Page => RuleOrigin::Page,
    }
}

/// Why a rule cannot be evaluated.
pub(super) fn fault(status: &RuleStatus) -> Option<api::Fault> {
    let message = status.fault.clone().filter(|_| !status.is_off)?;
    Some(api::Fault { subject: format!("rule {}", status.rule.name), message })
}

fn warnings(status: &RuleStatus) -> impl Iterator<Item = api::Fault> {
    let warning = move |message: &String| api::Fault {
        subject: format!("rule {}", status.rule.name),
        message: message.clone(),
    };
    status.warnings.iter().map(warning)
}

/// `POST rules`
pub(super) async fn save(
    State(app): State<App>,
    who: Who,
    JsonBody(text): JsonBody<RuleText>,
) -> Result<Json<RuleSaved>, Fault> {
    let (alerts, by) = (app.alerts.clone(), deeds::name(&who));
    let saved = app.queries.run(move |_| alerts.save(&text.toml, &by)).await?;
    let (name, warnings) = saved.map_err(refused)?;
    Ok(Json(RuleSaved { name, warnings }))
}

fn refused(faults: Vec<String>) -> Fault {
    Fault::bad_request(faults.join("\n"))
}

/// `DELETE rules/{name}`
pub(super) async fn remove(
    State(app): State<App>,
    who: Who,
    Named(name): Named<String>,
) -> Result<StatusCode, Fault> {
    let (alerts, by) = (app.alerts.clone(), deeds::name(&who));
    let known = app.queries.run(move |_| alerts.remove(&name, &by)).await?.map_err(broken)?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(absent()) }
}

/// `POST rules/backtest`
pub(super) async fn backtest(
    State(app): State<App>,
    JsonBody(new): JsonBody<NewBacktest>,
) -> Result<Json<api::Backtest>, Fault> {
    let days = if new.days == 0 { DAYS } else { new.days };
    if days > DAYS_MAX {
        return Err(Fault::bad_request(format!("try it on at most {DAYS_MAX} days")));
    }
    let tried = app.alerts.backtest(&new.toml, days).await.map_err(refused)?;
    Ok(Json(told(tried)))
}

fn told(tried: Backtest) -> api::Backtest {
    let span = |fired: ::alerts::shown::Fired| BacktestSpan {
        from: fired.from_ms,
        to: fired.to_ms,
        labels: rows::labels(&fired.labels),
        peak: fired.peak,
    };
    api::Backtest {
        start: tried.first_ms,
        end: tried.last_ms,
        step: tried.step_ms,
        fired: tried.fired.into_iter().map(span).collect(),
        values: tried.values,
        threshold: tried.threshold,
        notes: tried.notes,
    }
}

/// `POST rules/{name}/drill`
pub(super) async fn drill(
    State(app): State<App>,
    who: Who,
    Named(name): Named<String>,
) -> Result<Json<Told>, Fault> {
    let (alerts, by) = (app.alerts.clone(), deeds::name(&who));
    Ok(Json(outcome(alerts.drill(&name, &by).await)))
}

/// How a test ended.
pub(super) fn outcome(told: Result<String, String>) -> Told {
    match told {
        Ok(message) => Told { ok: true, message },
        Err(message) => Told { ok: false, message },
    }
}
