//! Log lines that SDKs send.

use model::Ordered as _;
use model::{Entry, Timestamp};
use serde::{Deserialize, Serialize};

use super::span;
use crate::id::{SpanId, TraceId};
use crate::normalise::{self, Arrival, Clock, Intake, Place};
use crate::prepare::Unreadable;
use crate::scrub::Scrubber;
use crate::value::{Pair, Value};

/// A line that a program logged through its SDK.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogRecord {
    /// When it was logged.
    #[serde(with = "crate::time::nanos")]
    pub timestamp: Timestamp,
    /// `trace`, `debug`, `info`, `warn`, `error`, `fatal`.
    pub level: String,
    /// The line. Masked.
    pub body: String,
    /// Its trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceId>,
    /// Its span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<SpanId>,
    /// Facts about it, as texts. Masked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Pair<String>>,
}

impl LogRecord {
    /// An attribute's value.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        crate::value::find(&self.attributes, name).map(String::as_str)
    }

    /// The entry for the log store: the line with everything else as its metadata.
    pub fn into_entry(self) -> Entry {
        let named = |(name, value): Pair<String>| (name.into_boxed_str(), value.into_boxed_str());
        let mut metadata: Vec<(Box<str>, Box<str>)> = self.attributes.into_iter().map(named).collect();
        metadata.push((model::label::DETECTED_LEVEL.into(), self.level.into()));
        metadata.extend(self.trace.map(|id| ("trace_id".into(), id.to_string().into())));
        metadata.extend(self.span.map(|id| ("span_id".into(), id.to_string().into())));
        metadata.order();
        metadata.dedup_by(|later, first| later.0 == first.0);
        Entry { timestamp: self.timestamp, line: self.body, metadata }
    }
}

/// Attributes that say what was put into the line begin so.
const PARAMETER: &str = "sentry.message.parameter";

/// More lines of one container are not taken.
const RECORDS_MAX: usize = 10_000;

/// Reads a container of lines, `{"items": […]}`, or a single line.
pub fn read(payload: &[u8], arrival: &Arrival, scrubber: &Scrubber) -> Result<Vec<LogRecord>, Unreadable> {
    let mut fields = normalise::fields(payload)?;
    let intake = &mut Intake::new(scrubber);
    let items = match fields.iter().position(|(name, _)| name == "items") {
        Some(place) => intake.list(fields.swap_remove(place).1, &Place::top("items")),
        None => vec![Value::Object(fields)],
    };
    let clock = Clock::new(arrival);
    let mut records = Vec::with_capacity(items.len().min(RECORDS_MAX));
    for (index, value) in items.into_iter().take(RECORDS_MAX).enumerate() {
        records.extend(record(intake, value, &Place::top("items").index(index), clock, arrival));
    }
    Ok(records)
}

/// A line in the SDKs' form or in OpenTelemetry's.
fn record(
    intake: &mut Intake<'_>,
    value: Value,
    at: &Place<'_>,
    clock: Clock,
    arrival: &Arrival,
) -> Option<LogRecord> {
    let mut record = LogRecord {
        timestamp: arrival.received,
        level: String::new(),
        body: String::new(),
        trace: None,
        span: None,
        attributes: Vec::new(),
    };
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "timestamp" => {
                record.timestamp = intake.time(value, at).map_or(record.timestamp, |at| clock.corrected(at));
            }
            "timeUnixNano" => {
                record.timestamp = nanos(&value).map_or(record.timestamp, |at| clock.corrected(at));
            }
            "level" | "severityText" | "severity_text" => {
                record.level = intake.word(value, at).map(|word| level(&word)).unwrap_or_default();
            }
            "severity_number" | "severityNumber" if record.level.is_empty() => {
                record.level = intake.count(value, at).map(by_number).unwrap_or_default().to_owned();
            }
            "body" => record.body = body(intake, value, at),
            "trace_id" | "traceId" => record.trace = intake.parsed(value, at),
            "span_id" | "spanId" => record.span = intake.parsed(value, at),
            "attributes" => record.attributes = attributes(intake, value, at),
            _ => {}
        }
    }
    if record.level.is_empty() {
        record.level = "info".to_owned();
    }
    for (name, value) in &mut record.attributes {
        if name.starts_with(PARAMETER) && normalise::is_masked_in(&record.body, value) {
            *value = intake.scrubber.marker("secret");
        }
    }
    (!record.body.is_empty()).then_some(record)
}

fn nanos(value: &Value) -> Option<Timestamp> {
    let nanos = match value {
        Value::Number(number) => number.as_i64(),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    };
    nanos.map(Timestamp::from_nanos)
}

fn level(word: &str) -> String {
    model::Level::from_word(word).map_or("info", model::Level::name).to_owned()
}

/// OpenTelemetry's numbers: four for each level, from `trace` on.
fn by_number(number: u32) -> &'static str {
    match number {
        0..=4 => "trace",
        5..=8 => "debug",
        9..=12 => "info",
        13..=16 => "warn",
        17..=20 => "error",
        _ => "fatal",
    }
}

fn body(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> String {
    let text = match span::unwrapped(value) {
        tree @ (Value::Object(_) | Value::List(_)) => Value::Text(tree.to_string()),
        other => other,
    };
    intake.text(text, at).unwrap_or_default()
}

fn attributes(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Pair<String>> {
    let pairs = span::attributes(intake, value, at);
    pairs.into_iter().map(|(name, value)| (name, value.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: &str) {
        let arrival = Arrival { received: Timestamp::from_seconds(1_795_428_000), ..Arrival::default() };
        let scrubber = Scrubber::new(Default::default());
        let short = match read(raw.as_bytes(), &arrival, &scrubber) {
            Ok(records) => serde_json::to_string(&records).expect("JSON"),
            Err(error) => error.to_string(),
        };
        assert_eq!(short, expected, "{raw}");
    }

    #[test]
    fn lines_of_both_forms_are_read() {
        check(
            r#"{"items":[{"timestamp":1795427999.5,"level":"warning","body":"token=abcdefgh12 is late","trace_id":"11111111111111111111111111111111",
            "attributes":{"order":{"type":"integer","value":7},"password":{"type":"string","value":"hunter2"},"list":{"type":"array","value":[1]}}},{"body":""},7]}"#,
            r#"[{"timestamp":1795427999500000000,"level":"warn","body":"token=[masked:token] is late","trace":"11111111111111111111111111111111","attributes":[["order","7"],["password","[masked:secret]"],["list","[1]"]]}]"#,
        );
        check(
            r#"{"timeUnixNano":"1795427999000000000","severityNumber":17,"body":{"stringValue":"lost"},
            "attributes":[{"key":"a","value":{"stringValue":"b"}}]}"#,
            r#"[{"timestamp":1795427999000000000,"level":"error","body":"lost","attributes":[["a","b"]]}]"#,
        );
        check(
            r#"{"items":[{"timestamp":1795427999,"body":"ann: password=hunter2","attributes":{
            "sentry.message.parameter.0":{"type":"string","value":"ann"},"sentry.message.parameter.1":{"type":"string","value":"hunter2"}}}]}"#,
            r#"[{"timestamp":1795427999000000000,"level":"info","body":"ann: password=[masked:password]","attributes":[["sentry.message.parameter.0","ann"],["sentry.message.parameter.1","[masked:secret]"]]}]"#,
        );
        check(r#"{"items":[]}"#, "[]");
        check("7", "an event is an object of JSON, this is a number");
    }

    #[test]
    fn a_record_becomes_an_entry() {
        let record = LogRecord {
            timestamp: Timestamp::from_seconds(1),
            level: "error".into(),
            body: "lost".into(),
            trace: Some(TraceId([0x11; 16])),
            span: None,
            attributes: vec![("z".into(), "1".into()), ("a".into(), "2".into())],
        };
        let entry = record.into_entry();
        let metadata: Vec<_> = entry.metadata.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(metadata.join(" "), format!("a=2 detected_level=error trace_id={} z=1", "11".repeat(16)));
    }
}
