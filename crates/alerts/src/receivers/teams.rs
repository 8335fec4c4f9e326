//! Microsoft Teams, by the address of a workflow ("post to a channel when a webhook request is received"). It takes an
//! adaptive card of at most 28 KB.

use http::Method;
use outbound::Client;
use serde_json::{Value, json};
use settings::{Secret, Section};

use super::attempt::{Attempt, Failure, Sent};
use super::http::{Ask, Endpoint};
use super::text::{Unit, fit, teams};
use super::words;
use crate::message::{Message, News};

/// Teams refuses above 28 KB.
const BODY_MAX: usize = 27_000;
const ACTIONS_MAX: usize = 5;

/// `[alerts.receivers.teams]`
#[derive(Clone, Debug)]
pub(crate) struct Teams {
    url: (Endpoint, Secret),
}

impl Teams {
    /// Reads the section.
    pub(crate) fn read(section: &Section<'_>) -> Option<Self> {
        Some(Self { url: super::need_address(section, "webhook_url", "the address of a workflow of Teams")? })
    }

    /// What must never be seen.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        vec![&self.url.1]
    }

    /// Tells it.
    pub(crate) async fn send(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let ask = Ask::json(Method::POST, self.url.0.uri(), &body(attempt.message));
        ask.send(client).await.map(|_| Sent::well())
    }
}

/// The message with its card.
pub(crate) fn body(message: &Message) -> Value {
    let envelope = |card: Value| {
        json!({
            "type": "message",
            "attachments": [{ "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card }],
        })
    };
    let mut elements = vec![json!({
        "type": "TextBlock", "size": "large", "weight": "bolder", "wrap": true, "color": colour(message),
        "text": escaped(&words::headline(message), 300),
    })];
    let mut left = BODY_MAX - envelope(card(message, &elements)).to_string().len();
    for element in body_elements(message) {
        // Room for the comma.
        if let Some(rest) = left.checked_sub(element.to_string().len() + 1) {
            left = rest;
            elements.push(element);
        }
    }
    envelope(card(message, &elements))
}

fn card(message: &Message, elements: &[Value]) -> Value {
    json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": { "width": "Full" },
        "body": elements,
        "actions": actions(message),
    })
}

fn body_elements(message: &Message) -> Vec<Value> {
    let mut elements = vec![block(&escaped(&words::status(message), 600))];
    let mut titled = |title: &str, text: &str, max: usize| {
        if !text.is_empty() {
            elements.push(json!({ "type": "TextBlock", "weight": "bolder", "spacing": "medium", "text": escaped(title, 100) }));
            elements.push(block(&escaped(text, max)));
        }
    };
    titled("How bad is it", &message.how_bad, 1500);
    titled("What to do now", &message.do_now, 2000);
    titled("Alerts", &words::alerts(message).join("\n"), 2000);
    for note in &message.notes {
        titled(&note.title, &note.lines.join("\n"), 2500);
    }
    let lines = words::lines(message).join("\n");
    if !lines.is_empty() {
        let text = escaped(&lines, 2000);
        elements.push(
            json!({ "type": "TextBlock", "weight": "bolder", "spacing": "medium", "text": "Last lines" }),
        );
        elements.push(json!({ "type": "TextBlock", "fontType": "monospace", "wrap": true, "spacing": "small", "text": breaks(&text) }));
    }
    elements.extend(facts(message));
    elements
}

fn facts(message: &Message) -> Option<Value> {
    let rows = [
        ("Number", words::number(message)),
        ("Deploy before", words::deploy(message)),
        ("Newest issue", words::issue(message)),
        ("About", Some(words::about(message)).filter(|about| !about.is_empty())),
    ];
    let fact = |(title, text): (&str, Option<String>)| {
        Some(json!({ "title": title, "value": escaped(&text?, 500) }))
    };
    let facts: Vec<Value> = rows.into_iter().filter_map(fact).collect();
    (!facts.is_empty()).then(|| json!({ "type": "FactSet", "facts": facts }))
}

fn actions(message: &Message) -> Vec<Value> {
    let acknowledge = message.acknowledge.iter().map(|found| ("I am on it", &found.page_url));
    let acknowledge = acknowledge.filter(|_| !message.is_resolved());
    let runbook = message.runbook.iter().map(|url| ("Runbook", url));
    let links = message.links.iter().map(|link| (link.text.as_str(), &link.url));
    let action =
        |(title, url): (&str, &String)| json!({ "type": "Action.OpenUrl", "title": title, "url": url });
    acknowledge.chain(runbook).chain(links).take(ACTIONS_MAX).map(action).collect()
}

fn block(text: &str) -> Value {
    json!({ "type": "TextBlock", "wrap": true, "spacing": "small", "text": breaks(text) })
}

/// A single line break is none in Markdown.
fn breaks(text: &str) -> String {
    text.replace('\n', "\n\n")
}

fn escaped(text: &str, max: usize) -> String {
    fit(text, max, Unit::Chars, teams)
}

fn colour(message: &Message) -> &'static str {
    match (&message.news, message.tier) {
        (News::Resolved { .. }, _) => "good",
        (News::Acknowledged { .. }, _) => "accent",
        (_, crate::Tier::Critical) => "attention",
        (_, crate::Tier::High | crate::Tier::Medium) => "warning",
        _ => "default",
    }
}
