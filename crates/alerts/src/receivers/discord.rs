//! Discord, by a channel's webhook. The first message of an incident is kept true in its place; what should be seen
//! again is a message of its own. Nothing in it can mention anybody.

use http::Method;
use outbound::Client;
use serde_json::{Value, json};
use settings::{Secret, Section};

use super::attempt::{Attempt, Failure, Sent};
use super::http::{Ask, Endpoint, TIME_MAX, json as body_of, judge, seconds};
use super::text::{Unit, discord, fenced, fit, plain};
use super::words;
use crate::message::{Message, News};

/// The message that is kept true.
const FIRST: &str = "discord message";

/// `[alerts.receivers.discord]`
#[derive(Clone, Debug)]
pub(crate) struct Discord {
    url: (Endpoint, Secret),
}

impl Discord {
    /// Reads the section.
    pub(crate) fn read(section: &Section<'_>) -> Option<Self> {
        let url =
            super::need_address(section, "webhook_url", "the webhook's address of a channel's settings");
        Some(Self { url: url? })
    }

    /// What must never be seen.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        vec![&self.url.1]
    }

    /// Tells it.
    pub(crate) async fn send(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let message = attempt.message;
        let first = attempt.memory.recall(FIRST).await?.filter(|_| message.is_incident());
        let Some(first) = first else {
            let id = self.post(client, &body(message)).await?;
            attempt.memory.remember(FIRST, &id).await?;
            return Ok(Sent::well());
        };
        let url = self.url.0.below(&format!("messages/{first}"))?;
        match call(client, Ask::json(Method::PATCH, url, &body(message))).await {
            // Somebody deleted it.
            Err(Failure::Refused { why }) if why.starts_with("404") => {
                let id = self.post(client, &body(message)).await?;
                attempt.memory.remember(FIRST, &id).await?;
                return Ok(Sent::well());
            }
            changed => changed?,
        };
        if is_seen_again(message) {
            self.post(client, &short(message)).await?;
        }
        Ok(Sent::well())
    }

    /// Posts a message and gives its id.
    async fn post(&self, client: &Client, body: &Value) -> Result<String, Failure> {
        let answer = call(client, Ask::json(Method::POST, self.url.0.with("wait=true")?, body)).await?;
        Ok(answer["id"].as_str().unwrap_or_default().to_owned())
    }
}

/// Discord says in the body how long to wait, with a fraction.
async fn call(client: &Client, ask: Ask) -> Result<Value, Failure> {
    let answer = ask.answer(client, TIME_MAX).await?;
    let said = body_of(&answer);
    judge(answer).map_err(|failure| match (failure, said["retry_after"].as_f64()) {
        (Failure::Later { why, in_doubt, .. }, Some(wait)) => {
            Failure::Later { why, after: seconds(&wait.to_string()), in_doubt }
        }
        (failure, _) => failure,
    })?;
    Ok(said)
}

/// A change in place makes no sound.
fn is_seen_again(message: &Message) -> bool {
    matches!(message.news, News::Reminder | News::Escalated | News::Resolved { .. })
}

fn short(message: &Message) -> Value {
    let text = format!("{}. {}", words::headline(message), words::status(message));
    json!({ "content": fit(&text, 2000, Unit::Utf16, discord), "allowed_mentions": { "parse": [] } })
}

/// All of it: the headline as content, so that a telephone shows it, and one embed. An embed's texts together may have
/// 6,000 characters.
pub(crate) fn body(message: &Message) -> Value {
    let escaped = |text: &str, max: usize| fit(text, max, Unit::Utf16, discord);
    let mut embed = json!({
        "title": fit(&message.what, 256, Unit::Utf16, plain),
        "description": description(message),
        "color": words::colour(message),
        "fields": fields(message),
        "footer": { "text": "Porthole" },
        "timestamp": words::rfc3339(message.at_ms),
    });
    if let Some(link) = message.links.first() {
        embed["url"] = link.url.clone().into();
    }
    json!({
        "content": escaped(&words::headline(message), 400),
        "embeds": [embed],
        "allowed_mentions": { "parse": [] },
    })
}

fn description(message: &Message) -> String {
    let escaped = |text: &str, max: usize| fit(text, max, Unit::Utf16, discord);
    let mut pieces = vec![escaped(&words::status(message), 400)];
    let mut titled = |title: &str, text: &str, max: usize| {
        if !text.is_empty() {
            pieces.push(format!("**{title}**\n{}", escaped(text, max)));
        }
    };
    titled("How bad is it", &message.how_bad, 800);
    titled("What to do now", &message.do_now, 1000);
    titled("Alerts", &words::alerts(message).join("\n"), 500);
    for note in message.notes.iter().take(3) {
        titled(&escaped(&note.title, 100), &note.lines.join("\n"), 600);
    }
    let lines = words::lines(message).join("\n");
    if !lines.is_empty() {
        pieces.push(format!("**Last lines**\n```\n{}\n```", fit(&fenced(&lines), 700, Unit::Utf16, plain)));
    }
    pieces.extend(links(message));
    within(pieces, 4096)
}

fn links(message: &Message) -> Option<String> {
    let acknowledge = message.acknowledge.iter().map(|found| ("I am on it", &found.page_url));
    let acknowledge = acknowledge.filter(|_| !message.is_resolved());
    let runbook = message.runbook.iter().map(|url| ("Runbook", url));
    let links = message.links.iter().map(|link| (link.text.as_str(), &link.url));
    let all = acknowledge.chain(runbook).chain(links).take(5);
    let all: Vec<String> =
        all.map(|(text, url)| format!("[{}](<{url}>)", fit(text, 60, Unit::Utf16, discord))).collect();
    (!all.is_empty()).then(|| all.join(" · "))
}

/// Puts together what fits, a piece as a whole or not at all.
fn within(pieces: Vec<String>, max: usize) -> String {
    let mut out = String::new();
    for piece in pieces {
        if Unit::Utf16.of(&out) + Unit::Utf16.of(&piece) + 2 > max {
            continue;
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&piece);
    }
    out
}

fn fields(message: &Message) -> Vec<Value> {
    let rows = [
        ("Number", words::number(message)),
        ("Deploy before", words::deploy(message)),
        ("Newest issue", words::issue(message)),
        ("About", Some(words::about(message)).filter(|about| !about.is_empty())),
    ];
    let field = |(name, text): (&str, Option<String>)| {
        Some(json!({ "name": name, "value": fit(&text?, 300, Unit::Utf16, discord), "inline": true }))
    };
    rows.into_iter().filter_map(field).collect()
}
