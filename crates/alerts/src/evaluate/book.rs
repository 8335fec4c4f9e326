//! How rules do: when each was last looked at, how long that took, and what went wrong.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Labels;

use super::Seen;
use crate::group::Recording;

/// How one rule does.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Entry {
    pub(crate) evaluated_ms: Option<i64>,
    pub(crate) took: Duration,
    /// Why it could not be evaluated the last time.
    pub(crate) fault: Option<String>,
    /// Why a text of it could not be rendered the last time.
    pub(crate) text_fault: Option<String>,
}

/// What is counted since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evaluations {
    /// Looks of rules.
    pub done: u64,
    /// Of these, those that failed.
    pub failed: u64,
    /// All of them together took so long.
    pub took: Duration,
    /// Looks left out because the one before took longer than the interval.
    pub overruns: u64,
}

/// The entries of all rules. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book(Arc<Mutex<Pages>>);

#[derive(Debug, Default)]
struct Pages {
    rules: BTreeMap<String, Entry>,
    /// By file line and name: names of series need not be told apart.
    recordings: BTreeMap<(u32, String), Entry>,
    counted: Evaluations,
    lines_dropped: u64,
    last_look_ms: Option<i64>,
}

impl Book {
    pub(crate) fn rule(&self, name: &str) -> Entry {
        self.lock().rules.get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn recording(&self, recording: &Recording) -> Entry {
        self.lock().recordings.get(&key(recording)).cloned().unwrap_or_default()
    }

    pub(crate) fn counted(&self) -> Evaluations {
        self.lock().counted
    }

    pub(crate) fn counted_lines_dropped(&self) -> u64 {
        self.lock().lines_dropped
    }

    /// When any rule was last looked at.
    pub(crate) fn last_look_ms(&self) -> Option<i64> {
        self.lock().last_look_ms
    }

    /// So many lines found no room.
    pub(crate) fn lines_dropped(&self, lines: u64) {
        self.lock().lines_dropped += lines;
    }

    pub(super) fn looked(&self, rule: &str, at_ms: i64, took: Duration, fault: Option<String>) {
        let mut pages = self.lock();
        pages.count(took, fault.is_some());
        pages.last_look_ms = Some(at_ms);
        let entry = pages.rules.entry(rule.to_owned()).or_default();
        if fault.is_some() && entry.fault.is_none() {
            tracing::warn!(rule, fault = fault.as_deref(), "a rule could not be evaluated");
        }
        (entry.evaluated_ms, entry.took, entry.fault) = (Some(at_ms), took, fault);
    }

    pub(super) fn text_fault(&self, rule: &str, fault: Option<String>) {
        let mut pages = self.lock();
        let entry = pages.rules.entry(rule.to_owned()).or_default();
        if fault.is_some() && entry.text_fault.is_none() {
            tracing::warn!(rule, fault = fault.as_deref(), "a text of a rule could not be rendered");
        }
        entry.text_fault = fault;
    }

    pub(super) fn recorded(&self, recording: &Recording, at_ms: i64, took: Duration, fault: Option<String>) {
        let mut pages = self.lock();
        pages.count(took, fault.is_some());
        let entry = Entry { evaluated_ms: Some(at_ms), took, fault, text_fault: None };
        pages.recordings.insert(key(recording), entry);
    }

    pub(super) fn overran(&self, looks: u64) {
        self.lock().counted.overruns += looks;
    }

    /// Forgets the rules that are gone.
    pub(crate) fn rules_are(&self, names: &[&str]) {
        self.lock().rules.retain(|name, _| names.contains(&name.as_str()));
    }

    /// The rules that cannot be evaluated, as something that holds; the rule that asks is left out, since it could never
    /// be well again by itself.
    pub(super) fn failing(&self, but: &str) -> Vec<Seen> {
        let pages = self.lock();
        let seen = |name: &str, fault: &str| Seen {
            labels: Labels::from_pairs([("rule", name)]),
            value: 1.0,
            facts: vec![("reason", fault.to_owned())],
        };
        let rules = pages.rules.iter().filter(|(name, _)| *name != but);
        let rules = rules.filter_map(|(name, entry)| Some(seen(name, entry.fault.as_deref()?)));
        let mut failing: Vec<Seen> = rules.collect();
        for ((_, name), entry) in &pages.recordings {
            let is_new = failing.iter().all(|seen| seen.labels.get("rule") != Some(name));
            if let Some(fault) = entry.fault.as_deref().filter(|_| is_new) {
                failing.push(seen(name, fault));
            }
        }
        failing
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    fn count(&mut self, took: Duration, failed: bool) {
        self.counted.done += 1;
        self.counted.failed += u64::from(failed);
        self.counted.took += took;
    }
}

fn key(recording: &Recording) -> (u32, String) {
    (recording.line, recording.name.clone())
}
