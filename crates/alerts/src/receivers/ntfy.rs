//! ntfy, its own server or any other: a notification on the telephone, with a button to acknowledge.

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

const SERVER: &str = "https://ntfy.sh";
/// A longer message would become a file that is attached.
const MESSAGE_MAX: usize = 3800;
const ACTIONS_MAX: usize = 3;

/// `[alerts.receivers.ntfy]`
#[derive(Clone, Debug)]
pub(crate) struct Ntfy {
    server: Endpoint,
    topic: Secret,
    token: Option<Secret>,
}

impl Ntfy {
    /// Reads the section. Who knows a topic's name can read it, so it is a secret.
    pub(crate) fn read(section: &Section<'_>) -> Option<Self> {
        let server = Endpoint::open(section, "api_url", SERVER);
        let topic = super::need_secret(section, "topic", "a topic's name that nobody guesses");
        let token = section.secret("token");
        let is_topic = |topic: &Secret| {
            let text = topic.expose();
            text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if topic.as_ref().is_some_and(|topic| !is_topic(topic)) {
            section.fault("topic", "no topic has this name", "write up to 64 letters, digits, - and _");
            return None;
        }
        Some(Self { server: server?, topic: topic?, token })
    }

    /// What must never be seen.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        std::iter::once(&self.topic).chain(&self.token).collect()
    }

    /// Tells it.
    pub(crate) async fn send(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let mut body = body(attempt.message);
        body["topic"] = self.topic.expose().into();
        let mut ask = Ask::json(Method::POST, self.server.uri(), &body);
        if let Some(token) = &self.token {
            ask = ask.authorized("Bearer", token.expose());
        }
        ask.send(client).await.map(|_| Sent::well())
    }
}

/// The notification, without its topic.
pub(crate) fn body(message: &Message) -> Value {
    let title = format!("{}: {}", words::kind(message), message.what);
    let mut body = json!({
        "title": fit(&title, 250, Unit::Bytes, plain),
        "message": text(message),
        "priority": priority(message),
        "tags": [tag(message), message.tier.word()],
        "actions": actions(message),
    });
    if let Some(link) = message.links.first() {
        body["click"] = link.url.clone().into();
    }
    body
}

fn text(message: &Message) -> String {
    let mut pieces = vec![(words::status(message), 600)];
    pieces.push((message.how_bad.clone(), 800));
    pieces.push((message.do_now.clone(), 1000));
    pieces.push((words::number(message).unwrap_or_default(), 300));
    pieces
        .push((words::deploy(message).map(|text| format!("Deploy before: {text}")).unwrap_or_default(), 300));
    pieces.push((words::issue(message).map(|text| format!("Newest issue: {text}")).unwrap_or_default(), 300));
    pieces.push((words::lines(message).join("\n"), 800));
    pieces.push((words::alerts(message).join("\n"), 600));
    pieces
        .extend(message.notes.iter().map(|note| (format!("{}\n{}", note.title, note.lines.join("\n")), 800)));
    let mut out = String::new();
    for (text, max) in pieces {
        let room = MESSAGE_MAX.saturating_sub(out.len() + 2);
        if text.is_empty() || room < 40 {
            continue;
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&fit(&text, max.min(room), Unit::Bytes, plain));
    }
    out
}

fn priority(message: &Message) -> u8 {
    match (&message.news, message.tier) {
        (News::Resolved { .. } | News::Acknowledged { .. }, _) => 3,
        (News::Digest | News::Report, _) | (_, Tier::Low) => 2,
        _ if message.is_drill => 3,
        (_, Tier::Critical) => 5,
        (_, Tier::High) => 4,
        (_, Tier::Medium) => 3,
    }
}

/// ntfy shows some words as signs.
fn tag(message: &Message) -> &'static str {
    match (&message.news, message.tier) {
        (News::Resolved { .. }, _) => "white_check_mark",
        (News::Acknowledged { .. }, _) => "eyes",
        (News::Digest | News::Report, _) => "clipboard",
        (_, Tier::Critical) => "rotating_light",
        _ => "warning",
    }
}

fn actions(message: &Message) -> Vec<Value> {
    let acknowledge = message.acknowledge.as_ref().filter(|_| !message.is_resolved()).map(|found| {
        json!({ "action": "http", "label": "I am on it", "url": found.page_url, "method": "POST", "clear": true })
    });
    let runbook = message.runbook.iter().map(|url| ("Runbook", url));
    let links = message.links.iter().map(|link| (link.text.as_str(), &link.url));
    let view = |(label, url): (&str, &String)| json!({ "action": "view", "label": label, "url": url });
    acknowledge.into_iter().chain(runbook.chain(links).map(view)).take(ACTIONS_MAX).collect()
}
