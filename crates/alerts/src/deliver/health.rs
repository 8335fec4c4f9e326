//! How each receiver does: what came of it last, how often it failed in a row, and what was delivered since the start.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Failures in a row after which the others are told.
pub(super) const FAILING: u32 = 3;

/// What came of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// It was delivered.
    Well,
    /// It is tried again.
    Failed,
    /// It was given up.
    Dead,
}

/// How one receiver does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Result {
    /// When something last came of it, milliseconds since 1970.
    pub at_ms: i64,
    /// Whether that went well.
    pub is_well: bool,
    /// What was said, without secrets; empty if nothing is worth it.
    pub text: String,
    /// Failures since it last went well.
    pub failures_in_a_row: u32,
    /// Delivered since the start.
    pub sent: u64,
    /// Attempts that failed since the start.
    pub failed: u64,
    /// Messages that were given up since the start.
    pub dead: u64,
    /// The incident under which the others were told that it fails.
    pub(super) told_as: Option<(String, i64)>,
}

/// How all of them do. Receivers that are gone are forgotten at the next start.
#[derive(Debug, Default)]
pub struct Health(Mutex<BTreeMap<String, Result>>);

impl Health {
    /// How a receiver does; `None` if nothing was sent to it yet.
    pub fn of(&self, receiver: &str) -> Option<Result> {
        self.lock().get(receiver).cloned()
    }

    /// Whether a receiver is failing now.
    pub(super) fn is_failing(&self, receiver: &str) -> bool {
        self.lock().get(receiver).is_some_and(|result| result.failures_in_a_row >= FAILING)
    }

    /// Notes what came of an attempt, and gives how it does now.
    pub(super) fn note(&self, receiver: &str, came: Came, text: &str, at_ms: i64) -> Result {
        let mut all = self.lock();
        let result = all.entry(receiver.to_owned()).or_default();
        (result.at_ms, result.is_well, result.text) = (at_ms, came == Came::Well, text.to_owned());
        match came {
            Came::Well => {
                result.sent += 1;
                result.failures_in_a_row = 0;
            }
            Came::Failed => {
                result.failed += 1;
                result.failures_in_a_row = result.failures_in_a_row.saturating_add(1);
            }
            Came::Dead => {
                result.failed += 1;
                result.dead += 1;
                result.failures_in_a_row = result.failures_in_a_row.saturating_add(1);
            }
        }
        result.clone()
    }

    /// Remembers under which incident, and since when, the others were told that a receiver fails.
    pub(super) fn told_as(&self, receiver: &str, told: Option<(String, i64)>) {
        self.lock().entry(receiver.to_owned()).or_default().told_as = told;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Result>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
