//! From an item of an envelope to what is stored of it: one door for all kinds.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::envelope::{Item, Kind};
use crate::event::Event;
use crate::items::{
    Attachment, CheckIn, ClientReport, Feedback, LogRecord, Sessions, SpanContainer, Transaction, check_in,
    client_report, csp, feedback, log, session, span, transaction,
};
use crate::normalise::{self, Arrival, NotAnEvent};
use crate::scrub::Scrubber;
use crate::unpack;
use crate::value::{Value, find};

/// What an item is: read, within limits, masked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Prepared {
    /// An error or message.
    Event(Box<Event>),
    /// A request or task.
    Transaction(Box<Transaction>),
    /// Spans outside of a transaction.
    Spans(SpanContainer),
    /// A job's run.
    CheckIn(CheckIn),
    /// Sessions of a release.
    Sessions(Sessions),
    /// What the SDK dropped.
    ClientReport(ClientReport),
    /// What a user wrote.
    Feedback(Feedback),
    /// Log lines.
    Logs(Vec<LogRecord>),
    /// A file.
    Attachment {
        /// Its name and type.
        header: Attachment,
        /// Its bytes, as they were sent.
        #[serde(skip)]
        payload: Bytes,
    },
}

/// Why an item was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no object of JSON.
    #[error(transparent)]
    NoObject(#[from] NotAnEvent),
    /// A field is missing without which it says nothing.
    #[error("{0} is missing")]
    Missing(&'static str),
}

/// An item that was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {error}", kind.name())]
pub struct Unprepared {
    /// What it was said to be.
    pub kind: Kind,
    /// What is wrong.
    #[source]
    pub error: Unreadable,
}

impl Unprepared {
    /// The word for counters.
    pub const fn reason(&self) -> &'static str {
        match self.error {
            Unreadable::NoObject(_) => "bad_json",
            Unreadable::Missing(_) => "field_missing",
        }
    }

    /// The SDKs' word for what it counts as.
    pub const fn category(&self) -> &'static str {
        self.kind.category()
    }
}

/// Reads an item.
pub fn prepare(item: &Item, arrival: &Arrival, scrubber: &Scrubber) -> Result<Prepared, Unprepared> {
    read(item, arrival, scrubber).map_err(|error| Unprepared { kind: item.kind, error })
}

fn read(item: &Item, arrival: &Arrival, scrubber: &Scrubber) -> Result<Prepared, Unreadable> {
    let payload = &item.payload;
    Ok(match item.kind {
        Kind::Event => Prepared::Event(Box::new(normalise::normalise(payload, arrival, scrubber)?)),
        Kind::Transaction => Prepared::Transaction(Box::new(transaction::read(payload, arrival, scrubber)?)),
        Kind::Spans => Prepared::Spans(span::read(payload, arrival, scrubber)?),
        Kind::CheckIn => Prepared::CheckIn(check_in::read(payload, scrubber)?),
        Kind::Session => Prepared::Sessions(session::read_one(payload, arrival, scrubber)?),
        Kind::Sessions => Prepared::Sessions(session::read(payload, arrival, scrubber)?),
        Kind::ClientReport => Prepared::ClientReport(client_report::read(payload, scrubber)?),
        Kind::UserReport => Prepared::Feedback(feedback::read_report(payload, arrival, scrubber)?),
        Kind::Feedback => Prepared::Feedback(feedback::read(payload, arrival, scrubber)?),
        Kind::Logs | Kind::OtelLog => Prepared::Logs(log::read(payload, arrival, scrubber)?),
        Kind::Attachment => {
            Prepared::Attachment { header: Attachment::of(&item.header), payload: payload.clone() }
        }
        Kind::Security => {
            let events = csp::read(payload, None, None, arrival, scrubber)?;
            let first = events.into_iter().next().ok_or(Unreadable::Missing("csp-report"))?;
            Prepared::Event(Box::new(first))
        }
    })
}

/// Reads the body of the old endpoint `store`, which is one event or one transaction.
pub fn prepare_store(body: &[u8], arrival: &Arrival, scrubber: &Scrubber) -> Result<Prepared, Unprepared> {
    let json = store_json(body);
    let kind = |kind| move |error: Unreadable| Unprepared { kind, error };
    let fields = normalise::fields(&json).map_err(Unreadable::from).map_err(kind(Kind::Event))?;
    if find(&fields, "type").and_then(Value::as_text) == Some("transaction") {
        let read = transaction::read(&json, arrival, scrubber).map_err(kind(Kind::Transaction))?;
        return Ok(Prepared::Transaction(Box::new(read)));
    }
    Ok(Prepared::Event(Box::new(normalise::of_fields(fields, arrival, scrubber))))
}

/// Very old clients send their JSON compressed with zlib, and that in base64.
fn store_json(body: &[u8]) -> Cow<'_, [u8]> {
    /// As much as an event in an envelope may have.
    const BYTES_MAX: usize = 1 << 20;
    let body = body.trim_ascii();
    if matches!(body, [] | [b'{' | b'[' | b'"', ..]) {
        return body.into();
    }
    let packed = STANDARD.decode(body).map_or_else(|_| Bytes::copy_from_slice(body), Bytes::from);
    match unpack::unpack(packed, Some("deflate"), BYTES_MAX) {
        Ok(json) => Vec::from(json).into(),
        Err(_) => body.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::envelope::{self, Limits};

    #[test]
    fn every_kind_of_item_goes_through_one_door() {
        let arrival = Arrival::default();
        let scrubber = Scrubber::new(Default::default());
        let check = |kind: Kind, payload: &str, expected: &str| {
            let text =
                format!("{{}}\n{{\"type\":\"{}\",\"length\":{}}}\n{payload}\n", kind.name(), payload.len());
            let envelope = envelope::read(&text.into(), &Limits::default()).expect("an envelope");
            let found = match prepare(&envelope.items[0], &arrival, &scrubber) {
                Ok(prepared) => serde_json::to_string(&prepared).expect("JSON"),
                Err(error) => format!("{} {} {error}", error.reason(), error.category()),
            };
            assert!(found.starts_with(expected), "{kind:?}: {found}");
        };
        check(Kind::Event, r#"{"message":"hi"}"#, r#"{"Event":{"id":"#);
        check(Kind::Event, "[", "bad_json error event: no JSON: EOF while parsing a list");
        check(Kind::Transaction, r#"{"timestamp":1}"#, r#"{"Transaction":{"#);
        check(Kind::Transaction, "{}", "field_missing transaction transaction: timestamp is missing");
        check(Kind::Spans, r#"{"items":[]}"#, r#"{"Spans":{"spans":[],"#);
        check(Kind::CheckIn, r#"{"monitor_slug":"a","status":"ok"}"#, r#"{"CheckIn":{"#);
        check(Kind::Session, r#"{"attrs":{"release":"1"}}"#, r#"{"Sessions":{"#);
        check(Kind::Sessions, r#"{"attrs":{"release":"1"}}"#, r#"{"Sessions":{"#);
        check(Kind::ClientReport, "{}", r#"{"ClientReport":{"discarded":[]}}"#);
        check(Kind::UserReport, r#"{"comments":"slow"}"#, r#"{"Feedback":{"#);
        check(Kind::Feedback, r#"{"contexts":{"feedback":{"message":"slow"}}}"#, r#"{"Feedback":{"#);
        check(Kind::Logs, r#"{"items":[{"body":"a"}]}"#, r#"{"Logs":[{"#);
        check(Kind::OtelLog, r#"{"body":{"stringValue":"a"}}"#, r#"{"Logs":[{"#);
        check(Kind::Attachment, "abc", r#"{"Attachment":{"header":{"filename":"attachment","#);
        check(Kind::Security, r#"{"csp-report":{"violated-directive":"img-src"}}"#, r#"{"Event":{"#);
        check(Kind::Security, "{}", "field_missing security raw_security: csp-report is missing");
    }

    #[test]
    fn the_old_endpoint_takes_its_three_forms() {
        let arrival = Arrival::default();
        let message = |body: &[u8]| match prepare_store(body, &arrival, &Scrubber::off()) {
            Ok(Prepared::Event(event)) => event.message.map(|message| message.formatted),
            other => panic!("{other:?}"),
        };
        let json = br#"{"message":"hi"}"#;
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(json).expect("memory takes it");
        let zlib = zlib.finish().expect("memory takes it");
        for body in [json.to_vec(), zlib.clone(), STANDARD.encode(zlib).into_bytes()] {
            assert_eq!(message(&body).as_deref(), Some("hi"));
        }
        let transaction =
            prepare_store(br#"{"type":"transaction","timestamp":1}"#, &arrival, &Scrubber::off());
        assert!(matches!(transaction, Ok(Prepared::Transaction(_))));
        assert!(prepare_store(b"hello", &arrival, &Scrubber::off()).is_err());
        assert!(prepare_store(b"", &arrival, &Scrubber::off()).is_err());
    }
}
