//! Spans: the pieces of work that a transaction consists of, and the containers that newer SDKs send in its
//! place.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{SpanId, TraceId};
use crate::normalise::{self, Arrival, Clock, Intake, Place, tree};
use crate::prepare::Unreadable;
use crate::scrub::Scrubber;
use crate::value::{Pair, Value};

/// A piece of work.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Its id.
    pub id: SpanId,
    /// The span that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<SpanId>,
    /// What kind of work: `db.query`, `http.client`, `queue.process`, … Empty if the SDK does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub op: String,
    /// What exactly: the statement, the address. Masked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// When it began.
    #[serde(with = "crate::time::nanos")]
    pub start: Timestamp,
    /// When it ended; never before `start`.
    #[serde(with = "crate::time::nanos")]
    pub end: Timestamp,
    /// `ok`, `internal_error`, … as the SDK says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Facts about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Pair<Value>>,
}

impl Span {
    /// How long it took.
    pub fn duration(&self) -> std::time::Duration {
        self.end.since(self.start)
    }
}

/// Spans that came outside of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpanContainer {
    /// In the order in which they were sent.
    pub spans: Vec<ContainedSpan>,
    /// How many could not be read.
    #[serde(default)]
    pub faulty: u32,
}

/// A span that stands for itself, with what a transaction would say about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContainedSpan {
    /// The span.
    pub span: Span,
    /// Its trace.
    pub trace: TraceId,
    /// Whether it is the root of its service's part of the trace: what else would be a transaction.
    #[serde(default)]
    pub is_segment: bool,
    /// The root's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<SpanId>,
    /// The root's name: what would be the transaction's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// The version of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// `production`, `staging`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The program's host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// The method of the request, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
}

/// Whether a status means that the work failed: every word but those for success, for an end that was wished, and
/// for a client's mistake.
pub fn is_failure(status: &str) -> bool {
    !matches!(
        status,
        "" | "ok" | "cancelled" | "not_found" | "invalid_argument" | "already_exists" | "unset" | "unknown"
    )
}

/// How much is kept of a span's facts.
const DATA: tree::Limits = tree::Limits { depth: 3, breadth: 60, text_bytes: 2 << 10 };

/// Of more spans of one container the rest is cut off.
const CONTAINED_MAX: usize = 1_000;

/// Reads a container of spans, or the single span that older SDKs send.
pub fn read(payload: &[u8], arrival: &Arrival, scrubber: &Scrubber) -> Result<SpanContainer, Unreadable> {
    let mut fields = normalise::fields(payload)?;
    let mut intake = Intake::new(scrubber);
    let items = match fields.iter().position(|(name, _)| name == "items") {
        Some(place) => intake.list(fields.swap_remove(place).1, &Place::top("items")),
        None => vec![Value::Object(fields)],
    };
    let count = items.len();
    let clock = Clock::new(arrival);
    let mut spans = Vec::with_capacity(count.min(CONTAINED_MAX));
    for (index, value) in items.into_iter().take(CONTAINED_MAX).enumerate() {
        spans.extend(contained(&mut intake, value, &Place::top("items").index(index), clock));
    }
    let faulty = u32::try_from(count - spans.len()).unwrap_or(u32::MAX);
    Ok(SpanContainer { spans, faulty })
}

fn contained(intake: &mut Intake<'_>, value: Value, at: &Place<'_>, clock: Clock) -> Option<ContainedSpan> {
    let trace = value.text_of("trace_id").and_then(|id| id.parse().ok()).unwrap_or_default();
    let says_segment = matches!(value.get("is_segment"), Some(Value::Bool(true)));
    let segment = value.text_of("segment_id").and_then(|id| id.parse().ok());
    let mut span = of_value(intake, value, at)?;
    (span.start, span.end) = clock.stretch(span.start, span.end);
    let mut contained =
        ContainedSpan { span, trace, is_segment: says_segment, segment, ..ContainedSpan::default() };
    lift_facts(&mut contained);
    Some(contained)
}

/// Takes what has a field of its own out of the span's facts.
fn lift_facts(contained: &mut ContainedSpan) {
    let ContainedSpan { span, .. } = contained;
    let mut take = |names: &[&str]| {
        let place = span.data.iter().position(|(name, _)| names.contains(&name.as_str()))?;
        Some(span.data.swap_remove(place).1.to_string()).filter(|text| !text.is_empty())
    };
    contained.release = take(&["sentry.release", "release"]);
    contained.environment = take(&["sentry.environment", "environment"]);
    contained.server_name = take(&["sentry.server_name", "server_name", "host.name"]);
    contained.transaction = take(&["sentry.segment.name", "sentry.transaction", "transaction"]);
    contained.segment = take(&["sentry.segment.id"]).and_then(|id| id.parse().ok()).or(contained.segment);
    let method = crate::value::find(&span.data, "http.request.method").and_then(Value::as_text);
    contained.method = method.map(str::to_uppercase);
    if contained.is_segment {
        contained.segment = Some(span.id);
        contained.transaction = contained.transaction.take().or_else(|| Some(span.description.clone()));
    }
}

/// A span in the form of either version.
pub(crate) fn of_value(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<Span> {
    let mut span = Span::default();
    let (mut start, mut end) = (None, None);
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "span_id" => span.id = intake.parsed(value, at).unwrap_or_default(),
            "parent_span_id" => span.parent = intake.parsed(value, at),
            "op" => span.op = intake.word(value, at).unwrap_or_default(),
            "description" | "name" => span.description = intake.text(value, at).unwrap_or_default(),
            "status" => span.status = intake.word(value, at),
            "start_timestamp" => start = intake.time(value, at),
            "timestamp" | "end_timestamp" => end = intake.time(value, at),
            "data" | "tags" => span.data.extend(tree::pairs(intake, value, at, DATA)),
            "attributes" => span.data.extend(attributes(intake, value, at)),
            _ => {}
        }
    }
    if let Some(place) = span.data.iter().position(|(name, _)| name == "sentry.op") {
        let (_, op) = span.data.swap_remove(place);
        if span.op.is_empty() {
            span.op = op.to_string();
        }
    }
    let end = end.or(start)?;
    (span.start, span.end) = (start.unwrap_or(end).min(end), end);
    Some(span)
}

/// `{"http.route": {"type": "string", "value": "/orders"}}`, or as OpenTelemetry writes it.
pub(super) fn attributes(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Pair<Value>> {
    let pairs = intake.pairs(value, at);
    intake.within(pairs, at, DATA.breadth, |intake, name, value, at| {
        Some(tree::value_of(intake, name, unwrapped(value), at, DATA))
    })
}

/// The value within its wrapping: `{"type": …, "value": …}`, `{"stringValue": …}`.
pub(super) fn unwrapped(value: Value) -> Value {
    let Value::Object(mut fields) = value else { return value };
    let is_wrapped = |name: &str| name == "value" || fields.len() == 1 && name.ends_with("Value");
    match fields.iter().position(|(name, _)| is_wrapped(name)) {
        Some(place) => fields.swap_remove(place).1,
        None => Value::Object(fields),
    }
}

#[cfg(test)]
mod tests;
