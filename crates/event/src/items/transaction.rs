//! Transactions: one request or task with the spans that it consists of.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::span::{self, Span, is_failure};
use crate::event::{FieldFault, Request, Sdk, User};
use crate::id::{EventId, SpanId, TraceId};
use crate::normalise::{self, Arrival, Clock, Intake, Place, request, surroundings, tree};
use crate::prepare::Unreadable;
use crate::scrub::Scrubber;
use crate::value::{Pair, Value};

/// One request or task of a program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transaction {
    /// Unique within the project.
    pub id: EventId,
    /// Its name: `/orders/{id}/`, `shop.tasks.send_mail`.
    pub name: String,
    /// `http.server`, `queue.task.celery`, `pageload`, … Empty if the SDK does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub op: String,
    /// The method of the request, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// `ok`, `internal_error`, … as the SDK says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When it reached us.
    #[serde(with = "crate::time::nanos")]
    pub received: Timestamp,
    /// When it began.
    #[serde(with = "crate::time::nanos")]
    pub start: Timestamp,
    /// When it ended; never before `start`, never after it reached us.
    #[serde(with = "crate::time::nanos")]
    pub end: Timestamp,
    /// Its trace.
    pub trace: TraceId,
    /// Its own span.
    pub span: SpanId,
    /// The span of the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<SpanId>,
    /// The share of transactions that the SDK sends, above 0 and at most 1, if the envelope says it: this one
    /// stands for `1 / sample_rate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_rate: Option<f64>,
    /// The language.
    pub platform: String,
    /// The version of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// `production`, `staging`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The program's host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Who sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdk: Option<Sdk>,
    /// Whom it was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// The request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// Names and values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Pair<String>>,
    /// Facts of its own span.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Pair<Value>>,
    /// Numbers that it measured, such as `lcp` in milliseconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measurements: Vec<Pair<f64>>,
    /// Its parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// How many spans were cut off, because there are too many or they could not be read.
    #[serde(default)]
    pub spans_cut: u32,
    /// Fields that were sent in a wrong shape.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FieldFault>,
    /// The places in which something was masked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masked: Vec<String>,
}

impl Transaction {
    /// How long it took.
    pub fn duration(&self) -> std::time::Duration {
        self.end.since(self.start)
    }

    /// Whether it failed.
    pub fn is_failed(&self) -> bool {
        self.status.as_deref().is_some_and(is_failure)
    }
}

/// Of more spans the rest is cut off.
const SPANS_MAX: usize = 1_000;

/// More tags and measurements are not kept.
const PAIRS_MAX: usize = 100;

/// Reads a transaction.
pub fn read(payload: &[u8], arrival: &Arrival, scrubber: &Scrubber) -> Result<Transaction, Unreadable> {
    let mut intake = Intake::new(scrubber);
    let mut transaction = Transaction { received: arrival.received, ..Transaction::default() };
    let mut times = (None, None);
    let mut own_id = None;
    for (name, value) in normalise::fields(payload)? {
        let at = &Place::top(&name);
        let intake = &mut intake;
        match name.as_str() {
            "event_id" => own_id = intake.parsed(value, at),
            "transaction" => transaction.name = intake.text(value, at).unwrap_or_default(),
            "start_timestamp" => times.0 = intake.time(value, at),
            "timestamp" => times.1 = intake.time(value, at),
            "platform" => transaction.platform = intake.word(value, at).unwrap_or_default(),
            "release" => transaction.release = intake.word(value, at),
            "environment" => transaction.environment = intake.word(value, at),
            "server_name" => transaction.server_name = intake.word(value, at),
            "sdk" => transaction.sdk = surroundings::sdk(intake, value, at).0,
            "user" => transaction.user = surroundings::user(intake, value, at),
            "request" => transaction.request = request::request(intake, value, at),
            "tags" => transaction.tags = surroundings::tags(intake, value, at),
            "contexts" => contexts(&mut transaction, intake, value, at),
            "measurements" => transaction.measurements = measurements(intake, value, at),
            "spans" => (transaction.spans, transaction.spans_cut) = spans(intake, value, at),
            _ => {}
        }
    }
    transaction.id = arrival.event_id.or(own_id).filter(|id| !id.is_nil()).unwrap_or(arrival.spare_id);
    transaction.sample_rate = arrival.sample_rate;
    let clock = Clock::new(arrival);
    let end = times.1.ok_or(Unreadable::Missing("timestamp"))?;
    (transaction.start, transaction.end) = clock.stretch(times.0.unwrap_or(end), end);
    for span in &mut transaction.spans {
        (span.start, span.end) = clock.stretch(span.start, span.end);
    }
    settle(&mut transaction, &mut intake, arrival);
    (transaction.faults, transaction.masked) = intake.done();
    Ok(transaction)
}

fn settle(transaction: &mut Transaction, intake: &mut Intake<'_>, arrival: &Arrival) {
    if transaction.name.is_empty() {
        transaction.name = "<unnamed>".to_owned();
    }
    if transaction.platform.is_empty() {
        transaction.platform = "other".to_owned();
    }
    let said = crate::value::find(&transaction.data, "http.request.method").and_then(Value::as_text);
    let sent = transaction.request.as_ref().and_then(|request| request.method.as_deref());
    transaction.method = sent.or(said).map(str::to_uppercase);
    surroundings::settle_address(&mut transaction.user, false, intake, arrival.remote);
}

/// Only the context of the trace is kept: the others are for events.
fn contexts(transaction: &mut Transaction, intake: &mut Intake<'_>, value: Value, at: &Place<'_>) {
    let groups = intake.object(value, at).unwrap_or_default();
    let Some((name, trace)) = groups.into_iter().find(|(name, _)| name == "trace") else { return };
    let at = &at.name(&name);
    for (name, value) in intake.object(trace, at).unwrap_or_default() {
        let at = &at.name(&name);
        match name.as_str() {
            "trace_id" => transaction.trace = intake.parsed(value, at).unwrap_or_default(),
            "span_id" => transaction.span = intake.parsed(value, at).unwrap_or_default(),
            "parent_span_id" => transaction.parent = intake.parsed(value, at),
            "op" => transaction.op = intake.word(value, at).unwrap_or_default(),
            "status" => transaction.status = intake.word(value, at),
            "data" => transaction.data = tree::pairs(intake, value, at, tree::VARS),
            _ => {}
        }
    }
}

/// `{"lcp": {"value": 2500, "unit": "millisecond"}}`
fn measurements(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Pair<f64>> {
    let pairs = intake.pairs(value, at);
    intake.within(pairs, at, PAIRS_MAX, |_, _, value, _| value.get("value").unwrap_or(&value).as_f64())
}

fn spans(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> (Vec<Span>, u32) {
    let sent = intake.list(value, at);
    let count = sent.len();
    let each = sent.into_iter().take(SPANS_MAX).enumerate();
    let spans: Vec<Span> =
        each.filter_map(|(index, value)| span::of_value(intake, value, &at.index(index))).collect();
    let cut = u32::try_from(count - spans.len()).unwrap_or(u32::MAX);
    (spans, cut)
}
