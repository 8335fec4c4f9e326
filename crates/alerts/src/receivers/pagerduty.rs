//! PagerDuty, by its Events API v2. The incident's id is the key by which it knows messages of one incident: however
//! often one arrives, it wakes nobody twice.

use http::Method;
use outbound::Client;
use serde_json::{Value, json};
use settings::{Secret, Section};

use super::attempt::{Attempt, Failure, Sent};
use super::http::{Ask, Endpoint};
use super::text::{Unit, fit, plain};
use super::words;
use crate::Tier;
use crate::message::{Message, News};

const EVENTS: &str = "https://events.pagerduty.com/v2/enqueue";
/// PagerDuty takes 512 KB.
const BODY_MAX: usize = 500_000;

/// `[alerts.receivers.pagerduty]`
#[derive(Clone, Debug)]
pub(crate) struct PagerDuty {
    routing_key: Secret,
    endpoint: Endpoint,
}

impl PagerDuty {
    /// Reads the section.
    pub(crate) fn read(section: &Section<'_>) -> Option<Self> {
        let routing_key =
            super::need_secret(section, "routing_key", "the integration key of a service of PagerDuty");
        let endpoint = Endpoint::open(section, "endpoint", EVENTS);
        Some(Self { routing_key: routing_key?, endpoint: endpoint? })
    }

    /// What must never be seen.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        vec![&self.routing_key]
    }

    /// Tells it.
    pub(crate) async fn send(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let Some(mut body) = event(attempt.message) else {
            return Ok(Sent { note: "nothing of it is for PagerDuty".to_owned() });
        };
        body["routing_key"] = self.routing_key.expose().into();
        if body.to_string().len() > BODY_MAX {
            body["payload"]["custom_details"] = json!({});
        }
        Ask::json(Method::POST, self.endpoint.uri(), &body).send(client).await.map(|_| Sent::well())
    }
}

/// The event, without its key; `None` for what is no incident.
pub(crate) fn event(message: &Message) -> Option<Value> {
    // A notice that is loud wakes as well; word that it is over comes under the same key.
    let is_loud_notice = message.news == News::Notice && message.tier >= Tier::High;
    if !message.is_incident() && !is_loud_notice {
        return None;
    }
    let action = match message.news {
        News::Resolved { .. } => "resolve",
        News::Acknowledged { .. } => "acknowledge",
        _ => "trigger",
    };
    let mut event = json!({
        "event_action": action,
        "dedup_key": fit(&format!("porthole-{}", message.incident), 255, Unit::Chars, plain),
        "client": "Porthole",
        "links": links(message),
        "images": [],
    });
    if let Some(link) = message.links.first() {
        event["client_url"] = link.url.clone().into();
    }
    if action == "trigger" {
        event["payload"] = payload(message);
    }
    Some(event)
}

fn payload(message: &Message) -> Value {
    let label = |name: &str| {
        let own = message.alerts.first().and_then(|alert| alert.labels.get(name));
        message.group.get(name).or(own).cloned()
    };
    let source = label("service").or_else(|| label("instance")).or_else(|| label("host"));
    let summary = format!("{}: {}", words::kind(message), message.what);
    let mut payload = json!({
        "summary": fit(&summary, 1024, Unit::Chars, plain),
        "source": source.unwrap_or_else(|| "porthole".to_owned()),
        "severity": severity(message),
        "timestamp": words::rfc3339(message.since_ms),
        "custom_details": details(message),
    });
    let named = [("component", label("service")), ("group", label("project")), ("class", label("alertname"))];
    for (key, value) in named {
        if let Some(value) = value {
            payload[key] = value.into();
        }
    }
    payload
}

fn severity(message: &Message) -> &'static str {
    match message.tier {
        // A drill shall be seen to work, but look like what it is.
        _ if message.is_drill => "info",
        Tier::Critical => "critical",
        Tier::High => "error",
        Tier::Medium => "warning",
        Tier::Low => "info",
    }
}

fn details(message: &Message) -> Value {
    let mut details = serde_json::Map::new();
    let mut add = |key: &str, text: String| {
        if !text.is_empty() {
            details.insert(key.to_owned(), text.into());
        }
    };
    add("status", words::status(message));
    add("how bad is it", message.how_bad.clone());
    add("what to do now", message.do_now.clone());
    add("number", words::number(message).unwrap_or_default());
    add("deploy before", words::deploy(message).unwrap_or_default());
    add("newest issue", words::issue(message).unwrap_or_default());
    add("last lines", words::lines(message).join("\n"));
    add("alerts", words::alerts(message).join("\n"));
    add("labels", words::about(message));
    for note in &message.notes {
        add(&note.title, note.lines.join("\n"));
    }
    Value::Object(details)
}

fn links(message: &Message) -> Vec<Value> {
    let runbook = message.runbook.iter().map(|url| json!({ "href": url, "text": "Runbook" }));
    let links = message.links.iter().map(|link| json!({ "href": link.url, "text": link.text }));
    runbook.chain(links).collect()
}
