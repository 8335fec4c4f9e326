//! What an alert's life is told by: where it is, what nobody can see, and what its rule demands.

use serde::{Deserialize, Serialize};

use crate::Rule;

/// Where an alert is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It never fired: all that is known is that nothing is known of it.
    Quiet,
    /// Its condition holds, not yet for long enough.
    Pending,
    /// It fires.
    Firing,
    /// It is over.
    Ended,
}

/// What nobody can see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unseen {
    /// Since when.
    pub since_ms: i64,
    /// Why.
    pub why: String,
    /// Whether it is so long that it counts.
    pub counts: bool,
}

/// What another program says of an alert that it sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Until when it counts.
    pub ends_ms: i64,
    /// Where its query is shown; may be empty.
    pub generator_url: String,
}

/// What a rule says of all its alerts, as far as their life depends on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// So long it must hold.
    pub for_ms: i64,
    /// So long it goes on after it no longer holds.
    pub keep_firing_for_ms: i64,
    /// How often it is looked at.
    pub interval_ms: i64,
}

impl Conditions {
    /// Those of a rule.
    pub fn of(rule: &Rule) -> Self {
        Self {
            for_ms: rule.for_ms,
            keep_firing_for_ms: rule.keep_firing_for_ms,
            interval_ms: rule.interval_ms.max(1),
        }
    }

    /// Those of alerts that are sent: whoever sends them has waited already.
    pub const SENT: Self = Self { for_ms: 0, keep_firing_for_ms: 0, interval_ms: 15_000 };
}
