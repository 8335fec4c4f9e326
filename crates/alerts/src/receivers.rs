//! Receivers: Slack, e-mail, the telephone and others. One file says how one kind is set up and what it is sent.
//!
//! ```ignore
//! let receivers = config.receivers;              // of `[alerts.receivers.*]`
//! ```
//!
//! Each kind turns a [`crate::Message`] into what its service takes: escaped as that service reads it, within its limits, and without
//! anything by which a text of an alert could mention people or draw a link of its own. Whether and when something is
//! tried again is none of their business: that is [`crate::deliver`].

pub(crate) mod attempt;
mod discord;
mod email;
mod http;
mod neat;
mod ntfy;
mod pagerduty;
mod slack;
mod teams;
mod telegram;
mod text;
mod twilio;
mod verify;
mod webhook;
mod words;

use std::sync::Arc;
use std::time::Duration;

use outbound::{Client, Options, Tls};
use settings::{Secret, Section};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::deliver::Heard;
use attempt::{Attempt, Failure, Sent};

pub(crate) use http::{Ask, Endpoint};
pub(crate) use neat::neat;

/// From the first step to the last of one attempt.
pub(crate) const ATTEMPT_MAX: Duration = Duration::from_secs(10);

/// One receiver.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Its name in the settings.
    pub name: String,
    /// Where it is written: the file's line.
    pub line: Option<u32>,
    kind: Kind,
    client: Client,
}

/// All receivers, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Receivers(pub(crate) Vec<Arc<Receiver>>);

#[derive(Clone, Debug)]
enum Kind {
    Slack(slack::Slack),
    Email(email::Email),
    PagerDuty(pagerduty::PagerDuty),
    Twilio(twilio::Twilio),
    Webhook(webhook::Webhook),
    Discord(discord::Discord),
    Telegram(telegram::Telegram),
    Teams(teams::Teams),
    Ntfy(ntfy::Ntfy),
}

/// The kinds, by the words of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Slack,
    Email,
    PagerDuty,
    Twilio,
    Webhook,
    Discord,
    Telegram,
    Teams,
    Ntfy,
}

impl Word {
    /// All of them.
    pub(crate) const ALL: [(&str, Self); 9] = [
        ("slack", Self::Slack),
        ("email", Self::Email),
        ("pagerduty", Self::PagerDuty),
        ("twilio", Self::Twilio),
        ("webhook", Self::Webhook),
        ("discord", Self::Discord),
        ("telegram", Self::Telegram),
        ("teams", Self::Teams),
        ("ntfy", Self::Ntfy),
    ];

    /// The kind that a word means.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(own, _)| *own == word).map(|(_, kind)| kind)
    }
}

impl Receiver {
    /// Reads `[alerts.receivers.<name>]` as one of a kind. What is faulty is recorded there.
    pub(crate) fn read(name: &str, word: Word, section: &Section<'_>) -> Option<Self> {
        let tls = tls(section);
        let options = Options { tls: tls.clone(), ..Options::default() };
        let client = Client::new(&options).map_err(|error| {
            section.fault("ca_file", error.to_string(), "name a file in PEM that Porthole may read");
        });
        let kind = match word {
            Word::Slack => slack::Slack::read(section).map(Kind::Slack),
            Word::Email => email::Email::read(section, tls).map(Kind::Email),
            Word::PagerDuty => pagerduty::PagerDuty::read(section).map(Kind::PagerDuty),
            Word::Twilio => twilio::Twilio::read(section).map(Kind::Twilio),
            Word::Webhook => webhook::Webhook::read(section).map(Kind::Webhook),
            Word::Discord => discord::Discord::read(section).map(Kind::Discord),
            Word::Telegram => telegram::Telegram::read(section).map(Kind::Telegram),
            Word::Teams => teams::Teams::read(section).map(Kind::Teams),
            Word::Ntfy => ntfy::Ntfy::read(section).map(Kind::Ntfy),
        };
        Some(Self { name: name.to_owned(), line: line(section), kind: kind?, client: client.ok()? })
    }

    /// `slack`, `email`, …
    pub fn kind(&self) -> &'static str {
        match &self.kind {
            Kind::Slack(_) => "slack",
            Kind::Email(_) => "email",
            Kind::PagerDuty(_) => "pagerduty",
            Kind::Twilio(_) => "twilio",
            Kind::Webhook(_) => "webhook",
            Kind::Discord(_) => "discord",
            Kind::Telegram(_) => "telegram",
            Kind::Teams(_) => "teams",
            Kind::Ntfy(_) => "ntfy",
        }
    }

    /// Not more often than once in this time is anything sent to it.
    pub(crate) fn pace(&self) -> Duration {
        match &self.kind {
            Kind::Slack(_) | Kind::Telegram(_) => Duration::from_secs(1),
            Kind::Discord(_) | Kind::Teams(_) => Duration::from_millis(500),
            _ => Duration::ZERO,
        }
    }

    /// Tells it, once. No secret of ours is in what went wrong.
    pub(crate) async fn send(&self, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let sent = tokio::time::timeout(ATTEMPT_MAX, self.tell(attempt)).await;
        let sent = sent.unwrap_or_else(|_| {
            let why = format!("no answer within {} s", ATTEMPT_MAX.as_secs());
            Err(Failure::Later { why, after: None, in_doubt: true })
        });
        match sent {
            Ok(sent) => Ok(Sent { note: self.without_secrets(&sent.note) }),
            Err(failure) => Err(failure.map(|why| self.without_secrets(why))),
        }
    }

    async fn tell(&self, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let client = &self.client;
        // Boxed: some of them are large, and at most one is under way for a receiver.
        match &self.kind {
            Kind::Slack(slack) => Box::pin(slack.send(client, attempt)).await,
            Kind::Email(email) => Box::pin(email.send(attempt)).await,
            Kind::PagerDuty(pagerduty) => Box::pin(pagerduty.send(client, attempt)).await,
            Kind::Twilio(twilio) => Box::pin(twilio.send(client, attempt)).await,
            Kind::Webhook(webhook) => Box::pin(webhook.send(client, attempt)).await,
            Kind::Discord(discord) => Box::pin(discord.send(client, attempt)).await,
            Kind::Telegram(telegram) => Box::pin(telegram.send(client, attempt)).await,
            Kind::Teams(teams) => Box::pin(teams.send(client, attempt)).await,
            Kind::Ntfy(ntfy) => Box::pin(ntfy.send(client, attempt)).await,
        }
    }

    /// Hears what people answer there, until `shutdown`; returns at once where nothing can be heard.
    pub(crate) async fn listen(&self, told: mpsc::Sender<Heard>, shutdown: &CancellationToken) {
        if let Kind::Telegram(telegram) = &self.kind
            && telegram.listens
        {
            telegram::listen(telegram, &self.client, &told, shutdown).await;
        }
    }

    /// A text in which no secret of this receiver stands any more.
    fn without_secrets(&self, text: &str) -> String {
        let secrets: Vec<&Secret> = match &self.kind {
            Kind::Slack(slack) => slack.secrets(),
            Kind::Email(email) => email.secrets(),
            Kind::PagerDuty(pagerduty) => pagerduty.secrets(),
            Kind::Twilio(twilio) => twilio.secrets(),
            Kind::Webhook(webhook) => webhook.secrets(),
            Kind::Discord(discord) => discord.secrets(),
            Kind::Telegram(telegram) => telegram.secrets(),
            Kind::Teams(teams) => teams.secrets(),
            Kind::Ntfy(ntfy) => ntfy.secrets(),
        };
        secrets.into_iter().fold(text.to_owned(), |text, secret| without(&text, secret))
    }
}

/// A text without a secret; where that is an address, also without what stands behind its host.
pub(crate) fn without(text: &str, secret: &Secret) -> String {
    let secret = secret.expose();
    let behind = secret.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
    let parts = std::iter::once(secret).chain(behind).filter(|part| part.len() >= 4);
    parts.fold(text.to_owned(), |text, part| text.replace(part, "…"))
}

impl Receivers {
    /// The receiver of a name.
    pub fn get(&self, name: &str) -> Option<&Arc<Receiver>> {
        self.0.iter().find(|receiver| receiver.name == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Receiver>> {
        self.0.iter()
    }
}

fn line(section: &Section<'_>) -> Option<u32> {
    section
        .keys()
        .iter()
        .filter_map(|key| section.line(key))
        .min()
        .map(|first| first.saturating_sub(1).max(1))
}

fn tls(section: &Section<'_>) -> Tls {
    Tls {
        ca_file: section.path("ca_file"),
        insecure_skip_verify: section.boolean("insecure_skip_verify").unwrap_or(false),
        ..Tls::default()
    }
}

/// Records a fault if `key` is not written; what is written badly has had its own.
fn need<T>(section: &Section<'_>, key: &str, value: &Option<T>, example: &str) {
    if value.is_none() && !section.is_set(key) {
        section.fault(key, "it is missing", format!("write {example}"));
    }
}

/// The secret `key`, or `key_file`; a fault if neither is written.
fn need_secret(section: &Section<'_>, key: &str, what: &str) -> Option<Secret> {
    let secret = section.secret(key);
    if secret.is_none() && !section.is_set(key) && !section.is_set(&format!("{key}_file")) {
        section.fault(key, "it is missing", format!("write {key} or {key}_file: {what}"));
    }
    secret
}

/// The secret address `key`, or `key_file`; a fault if neither is written.
fn need_address(section: &Section<'_>, key: &str, what: &str) -> Option<(Endpoint, Secret)> {
    let found = Endpoint::secret(section, key);
    if found.is_none() && !section.is_set(key) && !section.is_set(&format!("{key}_file")) {
        section.fault(key, "it is missing", format!("write {key} or {key}_file: {what}"));
    }
    found
}

#[cfg(test)]
pub(crate) mod tests;
