//! `GET alerts`

use std::collections::BTreeMap;
use std::time::Duration;

use ::alerts::shown::{Alert, State as Doing};
use axum::Json;
use axum::extract::State;
use model::Ordered as _;
use model::Timestamp;
use serde_json::{Value, json};

use super::Alertmanager;
use super::answer::{AmFault, instant};
use super::filter::{Asked, Wanted, is_suppressed, receivers};
use crate::prometheus::LabelMap;

/// An alert of ours counts for so long, unless it is told again: four times Prometheus' resend delay.
const COUNTS_FOR: Duration = Duration::from_secs(240);

/// The handler.
pub(super) async fn list(State(here): State<Alertmanager>, asked: Asked) -> Result<Json<Value>, AmFault> {
    let wanted = Wanted::read(&asked)?;
    let (alerts, now) = (here.clone(), here.clock.now());
    let firing = here.queries.run(move |_| alerts.firing()).await?;
    let is_told = |alert: &Alert| receivers(alert).into_iter().any(|name| wanted.admits_receiver(name));
    let mut found: Vec<&Alert> =
        firing.iter().filter(|alert| wanted.admits(alert) && is_told(alert)).collect();
    found.order_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
    Ok(Json(found.into_iter().map(|alert| object(alert, &here.base_url, now)).collect()))
}

/// An alert as Alertmanager tells it.
pub(super) fn object(alert: &Alert, base_url: &str, now: Timestamp) -> Value {
    let receivers: Vec<Value> = receivers(alert).into_iter().map(|name| json!({ "name": name })).collect();
    // Whoever sends an alert says since when it fires.
    let (source, starts_ms) = match &alert.sent_from {
        Some(url) => (url.clone(), alert.active_ms),
        None => {
            (format!("{base_url}/alerts/{}", alert.fingerprint), alert.fired_ms.unwrap_or(alert.active_ms))
        }
    };
    json!({
        "annotations": annotations(alert),
        "endsAt": instant(alert.ends_ms.unwrap_or_else(|| now.plus(COUNTS_FOR).millis())),
        "fingerprint": alert.fingerprint,
        "receivers": receivers,
        "startsAt": instant(starts_ms),
        "status": {
            "inhibitedBy": alert.inhibited_by,
            "mutedBy": [],
            "silencedBy": alert.silenced_by,
            "state": if is_suppressed(alert) { "suppressed" } else { "active" },
        },
        "updatedAt": instant(alert.updated_ms),
        "generatorURL": source,
        "labels": LabelMap(alert.labels.clone()),
    })
}

/// The three answers under the names that other programs look for, and whatever else an alert says. What says these
/// things already (rules of Prometheus do) says them once.
pub(crate) fn annotations(alert: &Alert) -> BTreeMap<&str, String> {
    let mut all: BTreeMap<&str, String> =
        alert.annotations.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let card = &alert.card;
    let answers = [
        ("summary", card.what.as_str()),
        ("description", card.how_bad.as_str()),
        ("do_now", card.do_now.as_str()),
        ("runbook_url", card.runbook.as_deref().unwrap_or_default()),
    ];
    if !all.contains_key("summary") && !all.contains_key("description") {
        let answers = answers.into_iter().filter(|(_, text)| !text.is_empty());
        all.extend(answers.map(|(name, text)| (name, text.to_owned())));
    }
    if let (Doing::Acknowledged, Some((owner, _))) = (alert.state, &alert.acknowledged) {
        all.insert("acknowledged_by", owner.clone());
    }
    all
}
