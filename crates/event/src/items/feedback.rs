//! What users say about an error, or about the program.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::EventId;
use crate::normalise::{self, Arrival, Clock, Intake, Place};
use crate::prepare::Unreadable;
use crate::scrub::Scrubber;
use crate::value::{Pair, Value};

/// What a user wrote.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Feedback {
    /// Its own id; nil if the SDK gave it none.
    pub id: EventId,
    /// The event that it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// When it was written.
    #[serde(with = "crate::time::nanos")]
    pub timestamp: Timestamp,
    /// The user's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The user's e-mail address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// What the user wrote. Masked.
    pub message: String,
    /// The page that it was written on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The version of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// `production`, `staging`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// Reads an item `user_report`, or what the dialogue of an error page sends.
pub fn read_report(payload: &[u8], arrival: &Arrival, scrubber: &Scrubber) -> Result<Feedback, Unreadable> {
    let intake = &mut Intake::new(scrubber);
    let mut feedback = Feedback { timestamp: arrival.received, id: arrival.spare_id, ..Feedback::default() };
    for (name, value) in normalise::fields(payload)? {
        let at = &Place::top(&name);
        match name.as_str() {
            "event_id" => feedback.event = intake.parsed(value, at),
            "name" => feedback.name = intake.text(value, at).unwrap_or_default(),
            "email" => feedback.email = intake.text(value, at).unwrap_or_default(),
            "comments" => feedback.message = intake.text(value, at).unwrap_or_default(),
            _ => {}
        }
    }
    said(feedback)
}

/// Reads an item `feedback`: an event whose context `feedback` holds what was written.
pub fn read(payload: &[u8], arrival: &Arrival, scrubber: &Scrubber) -> Result<Feedback, Unreadable> {
    let intake = &mut Intake::new(scrubber);
    let clock = Clock::new(arrival);
    let mut feedback = Feedback { timestamp: arrival.received, ..Feedback::default() };
    let mut own_id = None;
    for (name, value) in normalise::fields(payload)? {
        let at = &Place::top(&name);
        match name.as_str() {
            "event_id" => own_id = intake.parsed(value, at),
            "timestamp" => {
                feedback.timestamp =
                    intake.time(value, at).map_or(feedback.timestamp, |at| clock.corrected(at));
            }
            "release" => feedback.release = intake.word(value, at),
            "environment" => feedback.environment = intake.word(value, at),
            "contexts" => contexts(&mut feedback, intake, value, at),
            _ => {}
        }
    }
    feedback.id = arrival.event_id.or(own_id).filter(|id| !id.is_nil()).unwrap_or(arrival.spare_id);
    said(feedback)
}

fn said(feedback: Feedback) -> Result<Feedback, Unreadable> {
    if feedback.message.is_empty() { Err(Unreadable::Missing("what the user wrote")) } else { Ok(feedback) }
}

fn contexts(feedback: &mut Feedback, intake: &mut Intake<'_>, value: Value, at: &Place<'_>) {
    let groups: Vec<Pair<Value>> = intake.object(value, at).unwrap_or_default();
    let Some((name, group)) = groups.into_iter().find(|(name, _)| name == "feedback") else { return };
    let at = &at.name(&name);
    for (name, value) in intake.object(group, at).unwrap_or_default() {
        let at = &at.name(&name);
        match name.as_str() {
            "message" => feedback.message = intake.text(value, at).unwrap_or_default(),
            "contact_email" => feedback.email = intake.text(value, at).unwrap_or_default(),
            "name" => feedback.name = intake.text(value, at).unwrap_or_default(),
            "url" => feedback.url = intake.text(value, at),
            "associated_event_id" => feedback.event = intake.parsed(value, at),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let arrival = Arrival { received: Timestamp::from_seconds(1_795_428_000), ..Arrival::default() };
        let scrubber = Scrubber::new(Default::default());
        let event = "11".repeat(16);
        let report = format!(
            r#"{{"event_id":"{event}","name":"Ann","email":"a@b.c","comments":"password=hunter2 fails"}}"#
        );
        let report = read_report(report.as_bytes(), &arrival, &scrubber).expect("a report");
        assert_eq!(report.message, "password=[masked:password] fails");
        assert_eq!(
            (report.event.map(|id| id.to_string()), report.email.as_str()),
            (Some(event.clone()), "a@b.c")
        );
        let raw = format!(
            r#"{{"event_id":"{}","contexts":{{"feedback":{{"message":"slow","contact_email":"a@b.c","associated_event_id":"{event}","url":"https://h/?token=abcdefgh1"}}}},"release":"1"}}"#,
            "22".repeat(16)
        );
        let feedback = read(raw.as_bytes(), &arrival, &scrubber).expect("feedback");
        assert_eq!((feedback.message.as_str(), feedback.release.as_deref()), ("slow", Some("1")));
        assert_eq!(feedback.url.as_deref(), Some("https://h/?token=[masked:token]"));
        assert_eq!(feedback.event.map(|id| id.to_string()), Some(event));
        let empty = read(b"{}", &arrival, &scrubber).expect_err("nothing was written");
        assert_eq!(empty.to_string(), "what the user wrote is missing");
    }
}
