//! How alerting does, in numbers.

use super::Alerts;
use crate::evaluate::Evaluations;
use crate::keep::KeepStatus;

/// How alerting does, in numbers.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// What is kept: alerts by state, messages, receivers.
    pub kept: KeepStatus,
    /// Looks of rules since the start.
    pub evaluations: Evaluations,
    /// Rules that make alerts.
    pub rules: u64,
    /// Of these, those that could not be evaluated the last time.
    pub rules_failing: u64,
    /// Lines about alerts for which the logs had no room.
    pub lines_dropped: u64,
    /// When a heartbeat was last taken.
    pub heartbeat_ms: Option<i64>,
}

impl Alerts {
    /// How alerting does. What cannot be read is zero; the fault says why.
    pub fn status(&self) -> Status {
        let kept = self
            .0
            .keep
            .status()
            .unwrap_or_else(|error| KeepStatus { fault: Some(error.to_string()), ..KeepStatus::default() });
        let rules = self.0.rules();
        let names = rules.all().map(|rule| rule.name.as_str());
        let failing = names.filter(|name| self.0.book.rule(name).fault.is_some()).count();
        Status {
            kept,
            evaluations: self.0.book.counted(),
            rules: rules.all().count() as u64,
            rules_failing: failing as u64,
            lines_dropped: self.0.book.counted_lines_dropped(),
            heartbeat_ms: self.heartbeat_ms(),
        }
    }
}
