//! Telegram, by a bot. The first message of an incident is kept true in its place, and carries a button to acknowledge:
//! who presses it is heard by asking Telegram (a long poll), so no public address of ours is needed.

mod listen;

use http::Method;
use outbound::Client;
use serde_json::{Value, json};
use settings::{Secret, Section};

use super::attempt::{Attempt, Failure, Sent};
use super::http::{Ask, Endpoint, TIME_MAX, json as body_of, judge, seconds};
use super::text::{Unit, fit, html};
use super::words;
use crate::message::{Message, News};

pub(crate) use listen::listen;

const API: &str = "https://api.telegram.org";
/// The message that is kept true.
const FIRST: &str = "telegram message";
/// What a text may have, as Telegram counts; we count its tags too.
const TEXT_MAX: usize = 4096;
/// Stands before the incident in what a pressed button sends.
const ACKNOWLEDGE: &str = "acknowledge:";

/// `[alerts.receivers.telegram]`
#[derive(Clone, Debug)]
pub(crate) struct Telegram {
    token: Secret,
    /// A number, or `@name` of a channel.
    chat: String,
    /// A topic of a forum.
    topic: Option<i64>,
    /// Whether to listen for who presses the button.
    pub(crate) listens: bool,
    api: Endpoint,
}

impl Telegram {
    /// Reads the section.
    pub(crate) fn read(section: &Section<'_>) -> Option<Self> {
        let token = super::need_secret(section, "bot_token", "the token that BotFather gave you");
        let chat = section.string("chat_id");
        super::need(
            section,
            "chat_id",
            &chat,
            "chat_id = \"-1001234567890\", the number of a chat in quotes",
        );
        let api = Endpoint::open(section, "api_url", API);
        let topic = section.integer("topic_id", 1..=i64::MAX);
        let listens = section.boolean("listen").unwrap_or(true);
        let is_token = |token: &Secret| {
            let text = token.expose();
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":-_".contains(&byte))
        };
        if token.as_ref().is_some_and(|token| !is_token(token)) {
            section.fault("bot_token", "no bot has this token", "write the one that BotFather gave you");
            return None;
        }
        Some(Self { token: token?, chat: chat?, topic, listens, api: api? })
    }

    /// What must never be seen.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        vec![&self.token]
    }

    /// Tells it.
    pub(crate) async fn send(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let message = attempt.message;
        let first = attempt.memory.recall(FIRST).await?.and_then(|text| text.parse::<i64>().ok());
        let Some(first) = first.filter(|_| message.is_incident()) else {
            return self.first(client, attempt).await;
        };
        let mut body = self.body(message);
        body["message_id"] = first.into();
        match self.call(client, "editMessageText", &body).await {
            Ok(_) => {}
            Err(Failure::Refused { why }) if why.contains("message is not modified") => {}
            // Somebody deleted it, or it is too old to be changed.
            Err(Failure::Refused { why }) if why.contains("message") && why.contains("400") => {
                return self.first(client, attempt).await;
            }
            Err(failure) => return Err(failure),
        }
        if is_seen_again(message) {
            self.call(client, "sendMessage", &self.reply(message, first)).await?;
        }
        Ok(Sent::well())
    }

    async fn first(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let answer = self.call(client, "sendMessage", &self.body(attempt.message)).await?;
        let id = answer["result"]["message_id"].as_i64().unwrap_or_default();
        attempt.memory.remember(FIRST, &id.to_string()).await?;
        Ok(Sent::well())
    }

    fn body(&self, message: &Message) -> Value {
        let mut body = self.addressed();
        body["text"] = text(message).into();
        body["parse_mode"] = "HTML".into();
        body["link_preview_options"] = json!({ "is_disabled": true });
        body["reply_markup"] = json!({ "inline_keyboard": keyboard(message, self.listens) });
        body
    }

    fn reply(&self, message: &Message, first: i64) -> Value {
        let text = format!("{}. {}", words::headline(message), words::status(message));
        let mut body = self.addressed();
        body["text"] = fit(&text, 1000, Unit::Utf16, html).into();
        body["parse_mode"] = "HTML".into();
        body["reply_parameters"] = json!({ "message_id": first, "allow_sending_without_reply": true });
        body
    }

    fn addressed(&self) -> Value {
        let mut body = json!({ "chat_id": self.chat });
        if let Some(topic) = self.topic {
            body["message_thread_id"] = topic.into();
        }
        body
    }

    /// Telegram says in the body how long to wait.
    async fn call(&self, client: &Client, method: &str, body: &Value) -> Result<Value, Failure> {
        let url = self.api.below(&format!("bot{}/{method}", self.token.expose()))?;
        let answer = Ask::json(Method::POST, url, body).answer(client, TIME_MAX).await?;
        let said = body_of(&answer);
        judge(answer).map_err(|failure| match (failure, said["parameters"]["retry_after"].as_f64()) {
            (Failure::Later { why, in_doubt, .. }, Some(wait)) => {
                Failure::Later { why, after: seconds(&wait.to_string()), in_doubt }
            }
            (failure, _) => failure,
        })?;
        Ok(said)
    }
}

/// A change in place makes no sound.
fn is_seen_again(message: &Message) -> bool {
    matches!(message.news, News::Reminder | News::Escalated | News::Resolved { .. })
}

/// The text, a part as a whole or not at all, so that no tag is cut.
pub(crate) fn text(message: &Message) -> String {
    let escaped = |text: &str, max: usize| fit(text, max, Unit::Utf16, html);
    let mut out = format!(
        "<b>{}</b>\n{}",
        escaped(&words::headline(message), 400),
        escaped(&words::status(message), 500)
    );
    let mut add = |piece: String| {
        if Unit::Utf16.of(&out) + Unit::Utf16.of(&piece) + 2 <= TEXT_MAX {
            out.push_str("\n\n");
            out.push_str(&piece);
        }
    };
    let titled = |title: &str, text: &str, max: usize| {
        (!text.is_empty()).then(|| format!("<b>{title}</b>\n{}", escaped(text, max)))
    };
    let linked = |title: &str, text: Option<String>, url: Option<&String>| {
        let text = escaped(&text?, 300);
        Some(match url {
            Some(url) => format!("<b>{title}</b>\n<a href=\"{}\">{text}</a>", escaped(url, 3000)),
            None => format!("<b>{title}</b>\n{text}"),
        })
    };
    let (issue, deploy) = (&message.evidence.issue, &message.evidence.deploy);
    let lines = words::lines(message).join("\n");
    let pieces = [
        titled("How bad is it", &message.how_bad, 700),
        titled("What to do now", &message.do_now, 1000),
        titled("Number", &words::number(message).unwrap_or_default(), 300),
        linked(
            "Deploy before",
            words::deploy(message),
            deploy.as_ref().and_then(|deploy| deploy.url.as_ref()),
        ),
        linked("Newest issue", words::issue(message), issue.as_ref().and_then(|issue| issue.url.as_ref())),
        (!lines.is_empty()).then(|| format!("<pre>{}</pre>", escaped(&lines, 900))),
        titled("Alerts", &words::alerts(message).join("\n"), 600),
    ];
    pieces.into_iter().flatten().for_each(&mut add);
    for note in &message.notes {
        titled(&escaped(&note.title, 200), &note.lines.join("\n"), 900).into_iter().for_each(&mut add);
    }
    titled("About", &words::about(message), 300).into_iter().for_each(&mut add);
    out
}

/// Buttons, one a row.
fn keyboard(message: &Message, listens: bool) -> Vec<Value> {
    let mut rows = Vec::new();
    let is_open = message.is_incident() && !message.is_resolved();
    if is_open && !matches!(message.news, News::Acknowledged { .. }) {
        let data = format!("{ACKNOWLEDGE}{}", message.incident);
        match (listens && data.len() <= 64, &message.acknowledge) {
            (true, _) => rows.push(json!([{ "text": "I am on it", "callback_data": data }])),
            (false, Some(found)) => rows.push(json!([{ "text": "I am on it", "url": found.page_url }])),
            (false, None) => {}
        }
    }
    let runbook = message.runbook.iter().map(|url| ("Runbook", url));
    let links = message.links.iter().map(|link| (link.text.as_str(), &link.url));
    // Telegram refuses the whole message if a link's host is one that only this network knows.
    let links = runbook.chain(links).filter(|(_, url)| has_public_name(url)).take(4);
    rows.extend(links.map(|(text, url)| json!([{ "text": text, "url": url }])));
    rows
}

fn has_public_name(url: &str) -> bool {
    let host = url.split('/').nth(2).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    host.contains('.') || host.starts_with('[')
}
