//! What the machine changed: keys of what is to be written as it now is, and what is only ever added.

use std::collections::BTreeSet;

use model::Labels;

use super::{Alert, Turn};
use crate::Tier;
use crate::notify::Gone;
use crate::shown::State;

/// More that happened than this is not kept while nothing can be written.
const HISTORY_MAX: usize = 10_000;

/// A turn of an alert, or something that somebody did about one.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// When.
    pub at_ms: i64,
    /// The alert.
    pub fingerprint: u64,
    /// Its incident, if it has one.
    pub incident: Option<String>,
    /// The rule.
    pub rule: String,
    /// Its labels.
    pub labels: Labels,
    /// How urgent it was.
    pub tier: Tier,
    /// What it was.
    pub from: Option<State>,
    /// What it became; `None`: nothing, it was only pending.
    pub to: Option<State>,
    /// The value at that time.
    pub value: Option<f64>,
    /// What broke.
    pub what: String,
    /// Why, where that is not plain.
    pub why: String,
    /// Who did it; empty: nobody.
    pub by: String,
    /// How long it had fired, where it was over then.
    pub lasted_ms: Option<i64>,
    /// A fire drill.
    pub is_drill: bool,
}

/// What is to be written in one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Alerts that are other than they were, or are gone.
    pub alerts: BTreeSet<u64>,
    /// Incidents that are other than they were.
    pub incidents: BTreeSet<String>,
    /// Silences that are other than they were, or are gone.
    pub silences: BTreeSet<String>,
    /// Rows of the outbox that are new, or were tried.
    pub rows: BTreeSet<i64>,
    /// Rows that no longer wait.
    pub gone: Vec<Gone>,
    /// What waits for the morning is another.
    pub held: bool,
    /// What happened.
    pub history: Vec<Transition>,
}

impl Changes {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what came later.
    pub fn absorb(&mut self, later: Self) {
        self.alerts.extend(later.alerts);
        self.incidents.extend(later.incidents);
        self.silences.extend(later.silences);
        self.rows.extend(later.rows);
        self.gone.extend(later.gone);
        self.held |= later.held;
        self.history.extend(later.history);
        let excess = self.history.len().saturating_sub(HISTORY_MAX);
        self.history.drain(..excess);
        let excess = self.gone.len().saturating_sub(HISTORY_MAX);
        self.gone.drain(..excess);
    }

    pub(crate) fn turned(&mut self, key: u64, alert: &Alert, at_ms: i64, turn: &Turn) {
        let is_over = turn.to == Some(State::Resolved);
        self.history.push(Transition {
            at_ms,
            fingerprint: key,
            incident: alert.incident.clone().filter(|_| turn.to != Some(State::Pending)),
            rule: alert.rule.clone(),
            labels: alert.labels.clone(),
            tier: alert.tier_now(),
            from: turn.from,
            to: turn.to,
            value: alert.value,
            what: alert.card.what.clone(),
            why: turn.why.clone(),
            by: String::new(),
            lasted_ms: alert.fired_ms.filter(|_| is_over).map(|fired| (at_ms - fired).max(0)),
            is_drill: alert.is_drill,
        });
    }

    /// Somebody did something about an alert.
    pub(crate) fn done(&mut self, key: u64, alert: &Alert, at_ms: i64, to: State, by: &str) {
        let turn = Turn { from: alert.state(), to: Some(to), why: String::new() };
        self.turned(key, alert, at_ms, &turn);
        if let Some(last) = self.history.last_mut() {
            by.clone_into(&mut last.by);
        }
    }
}
