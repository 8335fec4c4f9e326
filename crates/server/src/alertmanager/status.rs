//! `status` and `receivers`.

use std::fmt::Write as _;

use ::alerts::Tier;
use ::alerts::shown::ReceiverStatus;
use axum::Json;
use axum::extract::State;
use model::{Labels, Selector};
use serde_json::{Value, json};

use super::Alertmanager;
use super::answer::{AmFault, instant};
use super::filter::Asked;

/// The version whose API is answered.
const VERSION: &str = "0.28.1";
/// Who is told of alerts that nobody is told of: they stand in the logs.
pub(super) const NOBODY: &str = "logs";

/// `GET status`
pub(super) async fn show(State(here): State<Alertmanager>) -> Result<Json<Value>, AmFault> {
    let alerts = here.alerts.clone();
    let receivers = here.queries.run(move |_| alerts.receivers()).await?;
    Ok(Json(json!({
        "cluster": { "status": "disabled", "peers": [] },
        "config": { "original": config(&receivers) },
        "uptime": instant(here.started.millis()),
        "versionInfo": {
            "branch": "HEAD",
            "buildDate": "",
            "buildUser": "",
            "goVersion": "",
            "revision": format!("porthole {}", here.build),
            "version": VERSION,
        },
    })))
}

/// `GET receivers`
pub(super) async fn receivers(
    State(here): State<Alertmanager>,
    asked: Asked,
) -> Result<Json<Value>, AmFault> {
    let wanted = Selector(asked.matchers("receiver_matchers")?);
    let alerts = here.alerts.clone();
    let known = here.queries.run(move |_| alerts.receivers()).await?;
    let names = [NOBODY].into_iter().chain(known.iter().map(|receiver| receiver.name.as_str()));
    let all: Vec<&str> = if wanted.matches(&Labels::default()) { names.collect() } else { Vec::new() };
    Ok(Json(all.into_iter().map(|name| json!({ "name": name })).collect()))
}

/// Who is told of what, in Alertmanager's own YAML, for programs that read that. No address and no secret is in it.
fn config(receivers: &[ReceiverStatus]) -> String {
    let mut text = format!("route:\n  receiver: {NOBODY}\n  group_by: [alertname, service]\n");
    if receivers.iter().any(|receiver| !receiver.tiers.is_empty()) {
        text.push_str("  routes:\n");
    }
    for receiver in receivers.iter().filter(|receiver| !receiver.tiers.is_empty()) {
        let tiers: Vec<&str> = receiver.tiers.iter().map(|tier: &Tier| tier.word()).collect();
        let _ = write!(
            text,
            "  - receiver: {:?}\n    matchers: ['severity=~\"{}\"']\n    continue: true\n",
            receiver.name,
            tiers.join("|")
        );
    }
    let _ = writeln!(text, "receivers:\n- name: {NOBODY}");
    for receiver in receivers {
        let _ = writeln!(text, "- name: {:?}", receiver.name);
    }
    text
}
