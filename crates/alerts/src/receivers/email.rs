//! E-mail: one mail for all recipients, as text and as HTML, in one thread for each incident.
//!
//! Which recipients the server took is remembered, so that one who is refused, or has to be tried again, costs the others
//! neither their mail nor a second one.

mod compose;
mod html;
mod plain;
mod smtp;

use lettre::Address;
use lettre::message::Mailbox;
use outbound::Tls;
use settings::{Secret, Section};

use super::attempt::{Attempt, Failure, Sent};
use super::{need, text::one_line};
use smtp::{Outcome, Server};

const RECIPIENTS_MAX: usize = 50;

/// `[alerts.receivers.email]`
#[derive(Clone, Debug)]
pub(crate) struct Email {
    server: Server,
    from: Mailbox,
    to: Vec<Address>,
}

impl Email {
    /// Reads the section.
    pub(crate) fn read(section: &Section<'_>, tls: Tls) -> Option<Self> {
        let server = Server::read(section, tls);
        let from = section.with("from", |text| {
            text.parse::<Mailbox>().map_err(|_| {
                format!(
                    "`{}` is no address; write one such as \"Porthole <porthole@example.com>\"",
                    one_line(text, 80)
                )
            })
        });
        if !section.is_set("from") {
            need::<Mailbox>(section, "from", &None, "from = \"Porthole <porthole@example.com>\"");
        }
        let to = to(section);
        Some(Self { server: server?, from: from?, to: to? })
    }

    /// What must never be seen.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        self.server.password().into_iter().collect()
    }

    /// Tells it.
    pub(crate) async fn send(&self, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let message = attempt.message;
        let key = format!("mail {}", message.sequence);
        let mut done = Done::read(attempt.memory.recall(&key).await?.as_deref());
        let open: Vec<Address> = self.to.iter().filter(|address| !done.knows(address)).cloned().collect();
        if open.is_empty() {
            return done.end(self.to.len());
        }
        let thread = compose::Thread::of(attempt, &self.from).await?;
        let mail = compose::mail(message, &self.from, &self.to, &thread)
            .map_err(|error| Failure::refused(format!("the mail cannot be written: {error}")))?;
        let outcome = self.server.send(&self.from.email, &open, &mail).await?;
        let later = done.take(outcome);
        attempt.memory.remember(&key, &done.write()).await?;
        if !done.has.is_empty() {
            thread.keep(attempt).await?;
        }
        match later {
            Some(failure) => Err(failure),
            None => done.end(self.to.len()),
        }
    }
}

fn to(section: &Section<'_>) -> Option<Vec<Address>> {
    let mut addresses = Vec::new();
    for text in section.words("to").unwrap_or_default() {
        match text.parse::<Address>() {
            Ok(address) => addresses.push(address),
            Err(_) => section.fault(
                "to",
                format!("`{}` is no address", one_line(&text, 80)),
                "write one such as \"oncall@example.com\"",
            ),
        }
    }
    if !section.is_set("to") {
        section.fault("to", "it is missing", "write who gets the mail: to = [\"oncall@example.com\"]");
    }
    if addresses.len() > RECIPIENTS_MAX {
        section.fault(
            "to",
            "too many recipients",
            format!("write at most {RECIPIENTS_MAX}, or a mailing list"),
        );
        return None;
    }
    (!addresses.is_empty()).then_some(addresses)
}

/// Who has the mail, and whom the server refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Done {
    has: Vec<String>,
    refused: Vec<(String, String)>,
}

impl Done {
    fn knows(&self, address: &Address) -> bool {
        let text: &str = address.as_ref();
        self.has.iter().any(|has| has == text) || self.refused.iter().any(|(refused, _)| refused == text)
    }

    /// Takes in how it went; what is to be tried again comes back.
    fn take(&mut self, outcome: Outcome) -> Option<Failure> {
        self.has.extend(outcome.has.iter().map(ToString::to_string));
        self.refused.extend(outcome.refused.into_iter().map(|(address, why)| (address.to_string(), why)));
        let whys: Vec<String> =
            outcome.later.iter().map(|(address, why)| format!("{address}: {why}")).collect();
        (!whys.is_empty()).then(|| Failure::later(whys.join("; ")))
    }

    /// How it ends when nobody is left.
    fn end(&self, all: usize) -> Result<Sent, Failure> {
        let whys: Vec<String> =
            self.refused.iter().map(|(address, why)| format!("{address}: {why}")).collect();
        match (self.refused.len(), self.has.is_empty()) {
            (0, _) => Ok(Sent::well()),
            (_, true) => Err(Failure::refused(whys.join("; "))),
            (count, false) => Ok(Sent { note: format!("{count} of {all} refused: {}", whys.join("; ")) }),
        }
    }

    fn read(text: Option<&str>) -> Self {
        let kept: serde_json::Value =
            text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let texts = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let has = kept["has"].as_array().into_iter().flatten().map(texts).collect();
        let refused = kept["refused"].as_array().into_iter().flatten();
        Self { has, refused: refused.map(|pair| (texts(&pair[0]), texts(&pair[1]))).collect() }
    }

    fn write(&self) -> String {
        serde_json::json!({ "has": self.has, "refused": self.refused }).to_string()
    }
}

#[cfg(test)]
pub(super) use html::body as html_body;
#[cfg(test)]
pub(super) use plain::body as plain_body;
