//! Slack. By a webhook's address each message stands for itself; by a bot's token the first message of an incident is
//! kept true in its place, and what happens is told in its thread.

mod blocks;

use std::time::Duration;

use http::Method;
use outbound::Client;
use serde_json::{Value, json};
use settings::{Secret, Section};

use super::attempt::{Attempt, Failure, Sent};
use super::http::{Ask, Endpoint, json as body_of};
use super::text::{Unit, fit, one_line, slack};
use super::{need, words};
use crate::message::{Message, News};
use blocks::Buttons;

/// Where the message is that is kept true.
const ROOT: &str = "slack message";
const API: &str = "https://slack.com/api";

/// `[alerts.receivers.slack]`
#[derive(Clone, Debug)]
pub(crate) struct Slack {
    way: Way,
    /// With it, buttons act at once: Slack calls us, and we can check that it is Slack.
    pub(crate) signing_secret: Option<Secret>,
}

#[derive(Clone, Debug)]
enum Way {
    Webhook(Endpoint, Secret),
    Bot { token: Secret, channel: String, api: Endpoint },
}

impl Slack {
    /// Reads the section.
    pub(crate) fn read(section: &Section<'_>) -> Option<Self> {
        let webhook = Endpoint::secret(section, "webhook_url");
        let (token, channel) = (section.secret("bot_token"), section.string("channel"));
        let api = Endpoint::open(section, "api_url", API);
        let signing_secret = section.secret("signing_secret");
        let is_set = |key: &str| section.is_set(key) || section.is_set(&format!("{key}_file"));
        let way = match (is_set("webhook_url"), is_set("bot_token")) {
            (true, true) => {
                section.fault("bot_token", "is set beside webhook_url", "keep one of the two");
                None
            }
            (true, false) => webhook.map(|(url, secret)| Way::Webhook(url, secret)),
            (false, true) => {
                need(section, "channel", &channel, "channel = \"#alerts\", or the channel's id");
                Some(Way::Bot { token: token?, channel: channel?, api: api? })
            }
            (false, false) => {
                let instead = "write webhook_url, or bot_token and channel, of an app that you made in Slack";
                section.fault("", "it says nowhere where to write", instead);
                None
            }
        };
        Some(Self { way: way?, signing_secret })
    }

    /// What must never be seen.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        let own = match &self.way {
            Way::Webhook(_, secret) => secret,
            Way::Bot { token, .. } => token,
        };
        std::iter::once(own).chain(&self.signing_secret).collect()
    }

    /// Tells it.
    pub(crate) async fn send(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        match &self.way {
            Way::Webhook(url, _) => {
                let body = self.body(attempt.message);
                let answer = Ask::json(Method::POST, url.uri(), &body).send(client).await;
                answer.map(|_| Sent::well())
            }
            Way::Bot { token, channel, api } => {
                let bot = Bot { client, token, channel, api };
                self.by_bot(&bot, attempt).await
            }
        }
    }

    async fn by_bot(&self, bot: &Bot<'_>, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let message = attempt.message;
        let root = attempt.memory.recall(ROOT).await?.and_then(|text| serde_json::from_str(&text).ok());
        let Some(root) = root.filter(|_| message.is_incident()) else {
            return self.post_root(bot, attempt).await;
        };
        let root: Value = root;
        let mut body = self.body(message);
        body["channel"] = root["channel"].clone();
        body["ts"] = root["ts"].clone();
        match bot.call("chat.update", &body).await {
            Ok(_) => {}
            // Somebody deleted it, or it is too old to be changed.
            Err(Failure::Refused { why }) if is_gone(&why) => return self.post_root(bot, attempt).await,
            Err(failure) => return Err(failure),
        }
        bot.call("chat.postMessage", &reply(message, &root)).await.map(|_| Sent::well())
    }

    async fn post_root(&self, bot: &Bot<'_>, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let mut body = self.body(attempt.message);
        body["channel"] = bot.channel.into();
        let answer = bot.call("chat.postMessage", &body).await?;
        let root = json!({ "channel": answer["channel"], "ts": answer["ts"] });
        attempt.memory.remember(ROOT, &root.to_string()).await?;
        Ok(Sent::well())
    }

    pub(super) fn body(&self, message: &Message) -> Value {
        let buttons = if self.signing_secret.is_some() { Buttons::Act } else { Buttons::Link };
        json!({
            "text": fit(&words::headline(message), 500, Unit::Chars, slack),
            "blocks": blocks::blocks(message, buttons),
            "unfurl_links": false,
            "unfurl_media": false,
        })
    }
}

/// What is told in the thread. What wakes people is shown in the channel too.
fn reply(message: &Message, root: &Value) -> Value {
    let is_loud = matches!(message.news, News::Reminder | News::Escalated);
    let text = format!("{} {}: {}", words::mark(message), words::kind(message), words::status(message));
    json!({
        "channel": root["channel"],
        "thread_ts": root["ts"],
        "reply_broadcast": is_loud,
        "text": fit(&text, 1000, Unit::Chars, slack),
    })
}

fn is_gone(why: &str) -> bool {
    ["message_not_found", "cant_update_message", "edit_window_closed"].iter().any(|code| why.contains(code))
}

struct Bot<'a> {
    client: &'a Client,
    token: &'a Secret,
    channel: &'a str,
    api: &'a Endpoint,
}

impl Bot<'_> {
    /// Slack answers 200 to what it refuses, so the body is what counts.
    async fn call(&self, method: &str, body: &Value) -> Result<Value, Failure> {
        let ask = Ask::json(Method::POST, self.api.below(method)?, body);
        let answer = ask.authorized("Bearer", self.token.expose()).send(self.client).await?;
        let answer = body_of(&answer);
        if answer["ok"] == true {
            return Ok(answer);
        }
        let code = one_line(answer["error"].as_str().unwrap_or("an answer that is not understood"), 100);
        let why = format!("Slack's {method}: {code}");
        let passes = [
            "ratelimited",
            "rate_limited",
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout",
        ];
        match passes.contains(&code.as_str()) {
            true => Err(Failure::Later { why, after: Some(Duration::from_secs(1)), in_doubt: true }),
            false => Err(Failure::Refused { why }),
        }
    }
}

#[cfg(test)]
impl Slack {
    /// One that writes to a webhook.
    pub(super) fn webhook(url: &str) -> Self {
        let url = (Endpoint::parse(url).expect("an address"), Secret::new(url));
        Self { way: Way::Webhook(url.0, url.1), signing_secret: None }
    }

    /// Whose buttons act.
    pub(super) fn signed(self, secret: &str) -> Self {
        Self { signing_secret: Some(Secret::new(secret)), ..self }
    }
}
