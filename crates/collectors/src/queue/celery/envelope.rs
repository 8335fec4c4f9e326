//! What workers and clients publish about tasks: an envelope of JSON around a body of JSON, which is one event or a list
//! of them.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Timestamp;
use serde::Deserialize;

/// A name that is longer is cut: it becomes the value of a label.
const NAME_BYTES_MAX: usize = 200;

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    /// Something happened to a task.
    Task(TaskEvent),
    /// A worker tells that it is there, or that it goes.
    Worker(WorkerEvent),
}

/// Something happened to a task.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TaskEvent {
    /// What.
    pub(crate) step: Step,
    /// Which.
    pub(crate) uuid: String,
    /// The node that tells: `celery@host`, of clients `gen4711@host`.
    pub(crate) node: String,
    /// When, in seconds since 1970.
    pub(crate) at: f64,
    /// The task's name, where it is told: when sent and when received.
    pub(crate) name: Option<String>,
    /// The queue, where it is told: when sent.
    pub(crate) queue: Option<String>,
    /// Not to be run before, in seconds since 1970.
    pub(crate) eta: Option<f64>,
    /// How long it took, in seconds, where it succeeded.
    pub(crate) runtime: Option<f64>,
    /// The class of the exception that ended it.
    pub(crate) exception: Option<String>,
}

/// A worker tells that it is there, or that it goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WorkerEvent {
    /// It goes.
    pub(crate) is_leaving: bool,
    /// `celery@host`
    pub(crate) node: String,
    /// Seconds between two signs of life.
    pub(crate) pause_seconds: Option<f64>,
    /// Tasks that it works on.
    pub(crate) active: Option<u64>,
    /// Tasks that it has finished since its start.
    pub(crate) processed: Option<u64>,
}

/// What happens to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Step {
    /// Published.
    Sent,
    /// Taken by a worker.
    Received,
    /// Begun.
    Started,
    /// Done.
    Succeeded,
    /// Ended by an exception.
    Failed,
    /// Refused by the worker.
    Rejected,
    /// Called off.
    Revoked,
    /// To be tried again.
    Retried,
}

impl Step {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 8] = [
        Self::Sent,
        Self::Received,
        Self::Started,
        Self::Succeeded,
        Self::Failed,
        Self::Rejected,
        Self::Revoked,
        Self::Retried,
    ];

    /// The word that events and metrics have for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Started => "started",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
            Self::Retried => "retried",
        }
    }

    /// Whether nothing more happens to the task.
    pub(crate) const fn is_last(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Rejected | Self::Revoked)
    }

    fn of(kind: &str) -> Option<Self> {
        let word = kind.strip_prefix("task-")?;
        Self::ALL.into_iter().find(|step| step.word() == word)
    }
}

/// Why a message is no events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// No JSON, or not of this shape.
    #[error("it is no envelope of Celery's: {0}")]
    Shape(String),
    /// Written by another serializer.
    #[error("events are written as {0}; set event_serializer = \"json\" in the application")]
    Serializer(String),
    /// The body is packed.
    #[error("the events are compressed, which is not read")]
    Compressed,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    body: Cow<'a, str>,
    #[serde(rename = "content-type", borrow, default)]
    content_type: Option<Cow<'a, str>>,
    #[serde(default)]
    headers: Option<Headers>,
    #[serde(default)]
    properties: Option<Properties>,
}

#[derive(Deserialize)]
struct Headers {
    #[serde(default)]
    compression: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Properties {
    #[serde(default)]
    body_encoding: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Many(Vec<Item>),
    One(Box<Raw>),
}

/// What one worker writes wrongly must not cost the events around it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Event(Box<Raw>),
    Other(serde::de::IgnoredAny),
}

/// Every member that is read of any event.
#[derive(Deserialize)]
struct Raw {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    hostname: Option<String>,
    #[serde(default)]
    timestamp: Option<f64>,
    #[serde(default)]
    uuid: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    queue: Option<String>,
    #[serde(default)]
    eta: Option<String>,
    #[serde(default)]
    runtime: Option<f64>,
    #[serde(default)]
    exception: Option<String>,
    #[serde(default)]
    freq: Option<f64>,
    #[serde(default)]
    active: Option<u64>,
    #[serde(default)]
    processed: Option<u64>,
}

/// The events of a message. Kinds that are not known are left out.
pub(crate) fn read(message: &[u8]) -> Result<Vec<Event>, Unreadable> {
    let shape = |error: serde_json::Error| Unreadable::Shape(error.to_string());
    let envelope: Envelope<'_> = serde_json::from_slice(message).map_err(shape)?;
    let kind = envelope.content_type.as_deref().unwrap_or("application/json");
    if kind != "application/json" {
        return Err(Unreadable::Serializer(cut(kind)));
    }
    if envelope.headers.is_some_and(|headers| headers.compression.is_some()) {
        return Err(Unreadable::Compressed);
    }
    let encoding = envelope.properties.and_then(|properties| properties.body_encoding);
    let body = match encoding.as_deref() {
        Some("base64") => {
            let decoded = STANDARD.decode(envelope.body.as_bytes());
            Cow::Owned(decoded.map_err(|error| Unreadable::Shape(error.to_string()))?)
        }
        _ => Cow::Borrowed(envelope.body.as_bytes()),
    };
    Ok(match serde_json::from_slice(&body).map_err(shape)? {
        Body::Many(list) => list.into_iter().filter_map(item).collect(),
        Body::One(one) => event(*one).into_iter().collect(),
    })
}

fn item(item: Item) -> Option<Event> {
    match item {
        Item::Event(raw) => event(*raw),
        Item::Other(_) => None,
    }
}

fn event(raw: Raw) -> Option<Event> {
    let node = cut(raw.hostname.as_deref()?);
    if let Some(step) = Step::of(&raw.kind) {
        return Some(Event::Task(TaskEvent {
            step,
            uuid: cut(raw.uuid.as_deref()?),
            node,
            at: raw.timestamp.unwrap_or_default(),
            name: raw.name.as_deref().filter(|name| !name.is_empty()).map(cut),
            queue: raw.queue.as_deref().filter(|queue| !queue.is_empty()).map(cut),
            eta: raw.eta.as_deref().and_then(instant),
            runtime: raw.runtime.filter(|seconds| seconds.is_finite() && *seconds >= 0.0),
            exception: raw.exception.as_deref().map(class),
        }));
    }
    let is_leaving = match raw.kind.as_str() {
        "worker-online" | "worker-heartbeat" => false,
        "worker-offline" => true,
        _ => return None,
    };
    let (active, processed) = (raw.active, raw.processed);
    let pause_seconds = raw.freq.filter(|seconds| seconds.is_finite() && *seconds > 0.0);
    Some(Event::Worker(WorkerEvent { is_leaving, node, pause_seconds, active, processed }))
}

fn instant(text: &str) -> Option<f64> {
    let at = Timestamp::parse_rfc3339(text).ok()?;
    Some(at.millis() as f64 / 1000.0)
}

/// `KeyError('x')` → `KeyError`
fn class(exception: &str) -> String {
    let end =
        exception.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(exception.len());
    match &exception[..end] {
        "" => "UnknownException".to_owned(),
        class => cut(class),
    }
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(NAME_BYTES_MAX)].to_owned()
}

#[cfg(test)]
mod tests;
