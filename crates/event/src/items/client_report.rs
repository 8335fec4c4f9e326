//! Client reports: what the SDK itself dropped, and why.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::normalise::{self, Intake, Place};
use crate::prepare::Unreadable;
use crate::scrub::Scrubber;
use crate::value::Value;

/// What an SDK dropped since its last report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientReport {
    /// When it counted.
    #[serde(default, with = "crate::time::maybe_nanos", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
    /// Counts by reason and category; at most [`ClientReport::DISCARDED_MAX`].
    pub discarded: Vec<Discarded>,
}

impl ClientReport {
    /// More lines are not taken.
    pub const DISCARDED_MAX: usize = 100;
}

/// So many things of one kind were dropped for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discarded {
    /// `queue_overflow`, `ratelimit_backoff`, `network_error`, `sample_rate`, `before_send`, …
    pub reason: String,
    /// `error`, `transaction`, `span`, `log_item`, …
    pub category: String,
    /// How many.
    pub quantity: u64,
}

/// Reads a report of the client's.
pub fn read(payload: &[u8], scrubber: &Scrubber) -> Result<ClientReport, Unreadable> {
    let intake = &mut Intake::new(scrubber);
    let mut report = ClientReport::default();
    for (name, value) in normalise::fields(payload)? {
        let at = &Place::top(&name);
        match name.as_str() {
            "timestamp" => report.timestamp = intake.time(value, at),
            "discarded_events" | "rate_limited_events" | "filtered_events" => {
                let left = ClientReport::DISCARDED_MAX - report.discarded.len();
                let lines = intake.list(value, at).into_iter().take(left);
                report.discarded.extend(lines.filter_map(|line| discarded(intake, line, at)));
            }
            _ => {}
        }
    }
    Ok(report)
}

fn discarded(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<Discarded> {
    let mut line = Discarded { reason: String::new(), category: String::new(), quantity: 0 };
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "reason" => line.reason = intake.word(value, at)?,
            "category" => line.category = intake.word(value, at)?,
            "quantity" => line.quantity = u64::from(intake.count(value, at)?),
            _ => {}
        }
    }
    (line.quantity > 0).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_read() {
        let raw = br#"{"timestamp":1795428000,"discarded_events":[{"reason":"queue_overflow","category":"error","quantity":23},
            {"reason":"x","category":"error","quantity":0},{"reason":[],"category":"error","quantity":1},7]}"#;
        let report = read(raw, &Scrubber::off()).expect("a report");
        let line = Discarded { reason: "queue_overflow".into(), category: "error".into(), quantity: 23 };
        assert_eq!(report.discarded, [line]);
        let many = format!(
            "{{\"discarded_events\":[{}0]}}",
            r#"{"reason":"a","category":"b","quantity":1},"#.repeat(500)
        );
        let report = read(many.as_bytes(), &Scrubber::off()).expect("a report");
        assert_eq!(report.discarded.len(), ClientReport::DISCARDED_MAX);
    }
}
