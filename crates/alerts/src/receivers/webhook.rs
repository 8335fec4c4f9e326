//! Any program that takes what Prometheus's Alertmanager sends (version 4 of its webhook). With a `secret` each message
//! is signed, and each has a key by which doubles are known.
//!
//! The signature is `X-Porthole-Signature: sha256=` and the HMAC-SHA256, in hexadecimal digits, of the value of
//! `X-Porthole-Timestamp`, a full stop and the body. `Idempotency-Key` is the same each time a message is tried.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use http::Method;
use http::header::HeaderName;
use outbound::Client;
use serde_json::{Value, json};
use settings::{Secret, Section};

use super::attempt::{Attempt, Failure, Sent};
use super::http::{Ask, Endpoint};
use super::words;
use crate::message::{Alert, LabelMap, Message, News};

/// `[alerts.receivers.webhook]`
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    url: (Endpoint, Secret),
    bearer: Option<Secret>,
    key: Option<Secret>,
}

impl Webhook {
    /// Reads the section.
    pub(crate) fn read(section: &Section<'_>) -> Option<Self> {
        let url = Endpoint::secret(section, "url");
        if !section.is_set("url") && !section.is_set("url_file") {
            section.fault(
                "url",
                "it is missing",
                "write where to post, such as url = \"https://example.com/alerts\"",
            );
        }
        let (bearer, key) = (section.secret("bearer_token"), section.secret("secret"));
        Some(Self { url: url?, bearer, key })
    }

    /// What must never be seen.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        std::iter::once(&self.url.1).chain(&self.bearer).chain(&self.key).collect()
    }

    /// Tells it.
    pub(crate) async fn send(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let (message, receiver) = (attempt.message, attempt.memory.receiver());
        let body = body(message, receiver).to_string();
        let key = format!("{}-{}-{receiver}", message.incident, message.sequence);
        let mut ask = Ask::body(Method::POST, self.url.0.uri(), "application/json", body.clone().into())
            .header(HeaderName::from_static("idempotency-key"), &key);
        if let Some(token) = &self.bearer {
            ask = ask.authorized("Bearer", token.expose());
        }
        if let Some(key) = &self.key {
            for (name, value) in signature(key, attempt.now_ms / 1000, &body) {
                ask = ask.header(HeaderName::from_static(name), &value);
            }
        }
        ask.send(client).await.map(|_| Sent::well())
    }
}

/// The headers that sign a body.
fn signature(key: &Secret, now_s: i64, body: &str) -> [(&'static str, String); 2] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose().as_bytes());
    let tag = hmac::sign(&key, format!("{now_s}.{body}").as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    [("x-porthole-timestamp", now_s.to_string()), ("x-porthole-signature", format!("sha256={hex}"))]
}

/// The body, as Alertmanager's documentation has it.
pub(crate) fn body(message: &Message, receiver: &str) -> Value {
    let alerts: Vec<Value> = message.alerts.iter().map(|found| alert(message, found)).collect();
    let alerts = if alerts.is_empty() { vec![alert(message, &stand_in(message))] } else { alerts };
    let all: Vec<LabelMap> = message.alerts.iter().map(|alert| alert.labels.clone()).collect();
    json!({
        "version": "4",
        "groupKey": format!("porthole:{}", message.incident),
        "truncatedAlerts": message.alerts_left_off,
        "status": if message.is_resolved() { "resolved" } else { "firing" },
        "receiver": receiver,
        "notification_reason": reason(&message.news),
        "groupLabels": message.group,
        "commonLabels": common(&all),
        "commonAnnotations": annotations(message, None),
        "routeLabels": {},
        "externalURL": message.links.first().map_or("", |link| link.url.as_str()),
        "alerts": alerts,
    })
}

/// Why it is sent, in Alertmanager's words where it has one.
fn reason(news: &News) -> &'static str {
    match news {
        News::Firing | News::Storm => "first notification",
        News::Changed => "new alerts in group",
        News::Reminder => "repeat interval elapsed",
        News::Escalated => "escalated",
        News::Acknowledged { .. } => "acknowledged",
        News::Flapping => "flapping",
        News::Blind { .. } => "no data",
        News::Resolved { .. } => "all alerts resolved",
        News::Digest => "digest",
        News::Report => "report",
        News::Notice => "notice",
    }
}

/// A digest or a notice as an alert, for those who know nothing else.
fn stand_in(message: &Message) -> Alert {
    let labels = [("alertname", "Porthole"), ("severity", message.tier.word())];
    let labels = labels.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Alert {
        fingerprint: message.incident.clone(),
        labels,
        what: message.what.clone(),
        value: None,
        starts_ms: message.since_ms,
        ends_ms: None,
        source_url: None,
    }
}

fn alert(message: &Message, alert: &Alert) -> Value {
    let ended = alert.ends_ms.or(match message.news {
        News::Resolved { ended_ms } => Some(ended_ms),
        _ => None,
    });
    json!({
        "status": if ended.is_some() { "resolved" } else { "firing" },
        "labels": alert.labels,
        "annotations": annotations(message, Some(alert)),
        "startsAt": words::rfc3339(alert.starts_ms),
        "endsAt": ended.map_or("0001-01-01T00:00:00Z".to_owned(), words::rfc3339),
        "generatorURL": alert.source_url.as_deref().unwrap_or_default(),
        "fingerprint": alert.fingerprint,
    })
}

fn annotations(message: &Message, alert: Option<&Alert>) -> BTreeMap<&'static str, String> {
    let lines = words::lines(message).join("\n");
    let what = alert.map_or(&message.what, |alert| &alert.what);
    // Of several alerts each has its own.
    let what = match alert.is_none() && message.alerts.len() > 1 {
        true => String::new(),
        false if message.is_drill => format!("TEST, nothing is wrong: {what}"),
        false => what.clone(),
    };
    let all = [
        ("summary", what),
        ("description", message.how_bad.clone()),
        ("do_now", message.do_now.clone()),
        ("runbook_url", message.runbook.clone().unwrap_or_default()),
        ("number", words::number(message).unwrap_or_default()),
        ("deploy_before", words::deploy(message).unwrap_or_default()),
        ("newest_issue", words::issue(message).unwrap_or_default()),
        ("last_lines", lines),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// The labels that all alerts have.
fn common(all: &[LabelMap]) -> LabelMap {
    let Some((first, others)) = all.split_first() else { return LabelMap::new() };
    let is_common =
        |(name, value): &(&String, &String)| others.iter().all(|labels| labels.get(*name) == Some(*value));
    first.iter().filter(is_common).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether a body is signed with `key`: what the other side has to check.
#[cfg(test)]
pub(crate) fn is_signed(key: &str, headers: &http::HeaderMap, body: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Ok(now_s) = text("x-porthole-timestamp").parse() else { return false };
    signature(&Secret::new(key), now_s, body)[1].1 == text("x-porthole-signature")
}
