//! What envelopes and items say about themselves. A field that is none of its kind counts as missing.

use model::Timestamp;

use crate::dsn::Dsn;
use crate::id::{EventId, TraceId};
use crate::time;
use crate::value::{Pair, Value};

/// The first line of an envelope.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// The id of the event in it; goes before what the event says itself.
    pub event_id: Option<EventId>,
    /// Whom it is for, if nothing else says it.
    pub dsn: Option<Dsn>,
    /// When it was sent, by the sender's clock.
    pub sent_at: Option<Timestamp>,
    /// Who sent it: `sentry.go/0.47.0`.
    pub sdk: Option<String>,
    /// What the head of the trace decided.
    pub trace: Trace,
}

/// What the head of a trace decided, which all its parts tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The trace.
    pub id: Option<TraceId>,
    /// The share of traces that are sent: above 0, at most 1.
    pub sample_rate: Option<f64>,
    /// The version of the program at the head.
    pub release: Option<String>,
    /// Its environment.
    pub environment: Option<String>,
}

/// The line before an item's payload.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemHeader {
    /// How many bytes the payload has. `None`: up to the end of its line.
    pub length: Option<u64>,
    /// What the payload is said to be.
    pub content_type: Option<String>,
    /// The file's name, of an attachment.
    pub filename: Option<String>,
    /// `event.attachment`, …
    pub attachment_type: Option<String>,
    /// How many entries a container has.
    pub item_count: Option<u64>,
    /// Whatever else it says.
    pub others: Vec<Pair<Value>>,
}

/// Longer names of kinds are cut.
const NAME_CHARS_MAX: usize = 40;

impl Header {
    pub(super) fn read(fields: Vec<Pair<Value>>) -> Self {
        let mut header = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "event_id" => header.event_id = parsed(&value),
                "dsn" => header.dsn = parsed(&value),
                "sent_at" => header.sent_at = time::read(&value),
                "sdk" => header.sdk = sdk(&value),
                "trace" => header.trace = Trace::read(&value),
                _ => {}
            }
        }
        header
    }
}

impl Trace {
    fn read(value: &Value) -> Self {
        let text = |name| value.text_of(name).map(str::to_owned);
        Self {
            id: value.get("trace_id").and_then(parsed),
            sample_rate: value.get("sample_rate").and_then(sample_rate),
            release: text("release"),
            environment: text("environment"),
        }
    }
}

impl ItemHeader {
    /// The header, and the name of the item's kind.
    pub(super) fn read(fields: Vec<Pair<Value>>) -> (String, Self) {
        let mut kind = String::new();
        let mut header = Self::default();
        for (name, value) in fields {
            match (name.as_str(), value) {
                ("type", Value::Text(text)) => kind = harmless(&text),
                // A length that is none can be no part of the payload.
                ("length", value) => header.length = (!value.is_null()).then(|| length(&value)),
                ("content_type", Value::Text(text)) => header.content_type = Some(text),
                ("filename", Value::Text(text)) => header.filename = Some(text),
                ("attachment_type", Value::Text(text)) => header.attachment_type = Some(text),
                ("item_count", value) => header.item_count = value.as_f64().map(|count| count as u64),
                (_, value) => header.others.push((name, value)),
            }
        }
        (kind, header)
    }
}

/// The length that a header says; one that is no length is longer than any payload.
fn length(value: &Value) -> u64 {
    match value {
        Value::Number(number) => number.as_u64().unwrap_or(u64::MAX),
        Value::Text(text) => text.parse().unwrap_or(u64::MAX),
        _ => u64::MAX,
    }
}

fn harmless(name: &str) -> String {
    let fits = |sign: &char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '.');
    name.chars().filter(fits).take(NAME_CHARS_MAX).collect()
}

fn parsed<T: std::str::FromStr>(value: &Value) -> Option<T> {
    value.as_text()?.parse().ok()
}

fn sdk(value: &Value) -> Option<String> {
    let (name, version) = (value.text_of("name")?, value.text_of("version").unwrap_or_default());
    let whole = format!("{name}/{version}");
    Some(whole.trim_end_matches('/').chars().take(crate::auth::CLIENT_CHARS_MAX).collect())
}

/// A share as a number or, as SDKs write it, as a text.
pub(crate) fn sample_rate(value: &Value) -> Option<f64> {
    let rate = value.as_f64().or_else(|| value.as_text()?.trim().parse().ok())?;
    (rate > 0.0 && rate <= 1.0).then_some(rate)
}
