//! An alert as a row, and one by itself.

use ::alerts::rule::Source;
use ::alerts::shown::{Alert, Change, State as Doing};
use ::alerts::{Alerts, Tier};
use api::{AlertChange, AlertPage, AlertRow, AlertState, Severity, StreamLabels};
use model::{Labels, label};

use super::broken;
use crate::fault::Fault;

/// Changes that one alert's page lists.
const CHANGES_MAX: usize = 100;
/// How far back they go.
const CHANGES_MS: i64 = 30 * 24 * 3600 * 1000;

/// In which order alerts are listed: what wants somebody first.
pub(super) fn order(alert: &Alert) -> (u8, std::cmp::Reverse<Tier>, i64) {
    let is_quiet = !alert.silenced_by.is_empty() || !alert.inhibited_by.is_empty();
    let rank = match alert.state {
        Doing::Firing | Doing::Flapping | Doing::Blind if !is_quiet => 0,
        Doing::Acknowledged => 1,
        Doing::Pending => 3,
        Doing::Resolved => 4,
        Doing::Firing | Doing::Flapping | Doing::Blind => 2,
    };
    (rank, std::cmp::Reverse(alert.tier), alert.active_ms)
}

pub(super) fn row(alert: &Alert) -> AlertRow {
    let (owner, owned_until) = match &alert.acknowledged {
        Some((owner, until)) => (owner.clone(), Some(*until)),
        None => Default::default(),
    };
    AlertRow {
        id: alert.fingerprint.clone(),
        rule: alert.rule.clone(),
        tier: severity(alert.tier),
        state: state(alert.state),
        service: alert.labels.get(label::SERVICE).unwrap_or_default().to_owned(),
        labels: labels(&alert.labels),
        what: alert.card.what.clone(),
        how_bad: alert.card.how_bad.clone(),
        do_now: alert.card.do_now.clone(),
        runbook: alert.card.runbook.clone().unwrap_or_default(),
        value: alert.value,
        since: alert.fired_ms.unwrap_or(alert.active_ms),
        changed: alert.updated_ms,
        owner,
        owned_until,
        silenced_by: alert.silenced_by.clone(),
        inhibited_by: alert.inhibited_by.clone(),
        receivers: alert.receivers.clone(),
        drill: alert.is_drill,
        external: alert.sent_from.is_some(),
    }
}

/// The page of one; `None`: it is not known any more.
pub(super) fn page(alerts: &Alerts, id: &str, now_ms: i64) -> Result<Option<AlertPage>, Fault> {
    let Some(alert) = alerts.alert(id) else { return Ok(None) };
    let changes = alerts.history(now_ms - CHANGES_MS, now_ms, None, Some(id), CHANGES_MAX).map_err(broken)?;
    let rules = alerts.rules();
    let source = rules.iter().find(|status| status.rule.name == alert.rule).map(|status| &status.rule.source);
    let (query, language) = match source {
        Some(Source::Promql(query)) => (query.clone(), "promql"),
        Some(Source::Logql(query)) => (query.clone(), "logql"),
        _ => (String::new(), ""),
    };
    Ok(Some(AlertPage {
        row: row(&alert),
        query,
        language: language.to_owned(),
        evidence: (*alert.evidence).clone(),
        changes: changes.into_iter().map(change).collect(),
    }))
}

pub(super) fn change(change: Change) -> AlertChange {
    AlertChange {
        at: change.at_ms,
        id: change.fingerprint,
        rule: change.rule,
        tier: severity(change.tier),
        state: state(change.state),
        labels: labels(&change.labels),
        what: change.what,
        value: change.value,
        by: change.by,
        lasted_ms: change.lasted_ms,
    }
}

pub(super) fn severity(tier: Tier) -> Severity {
    match tier {
        Tier::Low => Severity::Low,
        Tier::Medium => Severity::Medium,
        Tier::High => Severity::High,
        Tier::Critical => Severity::Critical,
    }
}

pub(super) fn state(state: Doing) -> AlertState {
    match state {
        Doing::Pending => AlertState::Pending,
        Doing::Firing => AlertState::Firing,
        Doing::Flapping => AlertState::Flapping,
        Doing::Acknowledged => AlertState::Acknowledged,
        Doing::Blind => AlertState::Blind,
        Doing::Resolved => AlertState::Resolved,
    }
}

pub(super) fn labels(labels: &Labels) -> StreamLabels {
    labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
