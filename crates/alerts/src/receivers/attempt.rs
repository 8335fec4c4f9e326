//! One attempt to tell a receiver something, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use crate::deliver::{Outbox, OutboxError};
use crate::message::Message;

/// One attempt.
pub(crate) struct Attempt<'a> {
    /// What is told, fit to be shown.
    pub message: &'a Message,
    /// An earlier attempt may have arrived.
    pub in_doubt: bool,
    /// Behind it waits word that somebody has the incident, or that it is over: nobody more needs to be woken.
    pub is_overtaken: bool,
    /// When the message was put in, milliseconds since 1970.
    pub created_ms: i64,
    /// What time it is, milliseconds since 1970.
    pub now_ms: i64,
    /// What the receiver knows of the incident.
    pub memory: Memory,
}

/// The other side has the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// What is worth knowing about it, for the page; empty if nothing is.
    pub note: String,
}

impl Sent {
    /// All is well.
    pub(crate) fn well() -> Self {
        Self { note: String::new() }
    }
}

/// The other side does not have it, or may not have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It is worth another try.
    Later {
        /// What went wrong.
        why: String,
        /// Not before this has passed.
        after: Option<Duration>,
        /// The other side may have it all the same.
        in_doubt: bool,
    },
    /// Nothing went wrong, but it is not known yet how it ends: a telephone rings. Does not count as a try.
    Underway {
        /// What is waited for.
        what: String,
        /// When to look again.
        after: Duration,
    },
    /// The other side does not want it, and will not.
    Refused {
        /// Why not.
        why: String,
    },
}

impl Failure {
    /// Worth another try; nothing has arrived.
    pub(crate) fn later(why: impl Into<String>) -> Self {
        Self::Later { why: why.into(), after: None, in_doubt: false }
    }

    /// No further try.
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Refused { why: why.into() }
    }

    /// The same with other words.
    pub(crate) fn map(self, words: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Later { why, after, in_doubt } => Self::Later { why: words(&why), after, in_doubt },
            Self::Underway { what, after } => Self::Underway { what: words(&what), after },
            Self::Refused { why } => Self::Refused { why: words(&why) },
        }
    }
}

impl From<OutboxError> for Failure {
    fn from(error: OutboxError) -> Self {
        Self::later(error.to_string())
    }
}

/// What a receiver keeps about an incident: durable, by key.
#[derive(Clone)]
pub(crate) struct Memory {
    outbox: Arc<dyn Outbox>,
    receiver: Arc<str>,
    incident: Arc<str>,
}

impl Memory {
    /// The memory of a receiver about an incident.
    pub(crate) fn new(outbox: Arc<dyn Outbox>, receiver: &str, incident: &str) -> Self {
        Self { outbox, receiver: receiver.into(), incident: incident.into() }
    }

    /// The receiver's name.
    pub(crate) fn receiver(&self) -> &str {
        &self.receiver
    }

    /// The memory of the same receiver about something else.
    pub(crate) fn about(&self, incident: &str) -> Self {
        Self { incident: incident.into(), ..self.clone() }
    }

    /// What was kept under `key`.
    pub(crate) async fn recall(&self, key: &str) -> Result<Option<String>, OutboxError> {
        let (own, key) = (self.clone(), key.to_owned());
        blocking(move || own.outbox.recall(&own.receiver, &own.incident, &key)).await
    }

    /// Keeps `value` under `key`.
    pub(crate) async fn remember(&self, key: &str, value: &str) -> Result<(), OutboxError> {
        let (own, key, value) = (self.clone(), key.to_owned(), value.to_owned());
        blocking(move || own.outbox.remember(&own.receiver, &own.incident, &key, &value)).await
    }
}

/// Runs what waits for the disk where waiting hurts nobody.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OutboxError> + Send + 'static,
) -> Result<T, OutboxError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(OutboxError(format!("the work on it ended: {error}"))))
}
