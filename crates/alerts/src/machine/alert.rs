//! One alert: a rule that holds for one set of labels. Pure: what is observed and what time it is come in, the turn that
//! it takes comes out.
//!
//! ```text
//!            holds          for so long                 no longer, for keep_firing_for
//! (quiet) ──────► pending ─────────────► firing ───────────────────────────────────────► ended
//!    │               │ no longer           ▲  │                                            │
//!    │               ▼                     │  └─ four turns in half an hour: *flapping*, until it held still ─┘
//!    └── nothing is known of it for three intervals: *blind*, whatever it was before
//! ```

use std::collections::BTreeMap;

use model::Labels;
use serde::{Deserialize, Serialize};

use super::Layer;
use super::phase::{Conditions, Phase, Sent, Unseen};
use crate::config::policy::Flapping;
use crate::shown::State;
use crate::{Card, Observed, Tier};

/// Observations further apart than this many intervals were not made in between: the process was down.
const INTERVALS_MISSED: i64 = 3;
/// At the least: an interval may be a second.
const MISSED_MIN_MS: i64 = 10_000;
/// What was pending before a longer gap begins anew.
const GAP_MAX_MS: i64 = 3_600_000;
/// Turns that are remembered.
const TURNS_MAX: usize = 16;
/// What is observed so many intervals long without anything being known is blind.
const INTERVALS_BLIND: i64 = 3;

/// One alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The rule's name.
    pub rule: String,
    /// Its labels, `alertname` among them.
    #[serde(with = "super::labels")]
    pub labels: Labels,
    /// How urgent the rule is.
    pub tier: Tier,
    /// What it says is down.
    pub layer: Option<Layer>,
    /// The first message waits so long; `None`: as its tier does.
    pub group_wait_ms: Option<i64>,
    /// Whether its end is told.
    pub tells_recovery: bool,
    /// A fire drill.
    pub is_drill: bool,
    /// The three answers.
    pub card: Card,
    /// Other annotations.
    pub annotations: BTreeMap<String, String>,
    /// Where it is.
    pub phase: Phase,
    /// The last value.
    pub value: Option<f64>,
    /// Since when its condition holds.
    pub active_ms: i64,
    /// Since when it fires.
    pub fired_ms: Option<i64>,
    /// Since when it is over.
    pub ended_ms: Option<i64>,
    /// Since when it fires although its condition no longer holds.
    pub over_ms: Option<i64>,
    /// When it was last observed.
    pub seen_ms: i64,
    /// When something about it last changed.
    pub updated_ms: i64,
    /// Nothing is known of it.
    pub unseen: Option<Unseen>,
    /// When it began or ended, lately.
    pub turns: Vec<i64>,
    /// It comes and goes.
    pub is_flapping: bool,
    /// The incident that it is part of.
    pub incident: Option<String>,
    /// It was sent by another program.
    pub sent: Option<Sent>,
}

/// A turn that an alert took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What it was.
    pub from: Option<State>,
    /// What it is now; `None`: nothing worth remembering.
    pub to: Option<State>,
    /// Why, where that is not plain.
    pub why: String,
}

impl Alert {
    /// One of which nothing is known yet.
    pub fn new(rule: &str, labels: Labels, tier: Tier, now_ms: i64) -> Self {
        Self {
            rule: rule.to_owned(),
            labels,
            tier,
            layer: None,
            group_wait_ms: None,
            tells_recovery: true,
            is_drill: false,
            card: Card::default(),
            annotations: BTreeMap::new(),
            phase: Phase::Quiet,
            value: None,
            active_ms: now_ms,
            fired_ms: None,
            ended_ms: None,
            over_ms: None,
            seen_ms: now_ms,
            updated_ms: now_ms,
            unseen: None,
            turns: Vec::new(),
            is_flapping: false,
            incident: None,
            sent: None,
        }
    }

    /// What it is, apart from whether somebody has it; `None`: nothing.
    pub fn state(&self) -> Option<State> {
        if self.is_flapping {
            return Some(State::Flapping);
        }
        if self.is_blind() {
            return Some(State::Blind);
        }
        match self.phase {
            Phase::Quiet => None,
            Phase::Pending => Some(State::Pending),
            Phase::Firing => Some(State::Firing),
            Phase::Ended => Some(State::Resolved),
        }
    }

    /// Whether it belongs into an incident.
    pub fn is_on(&self) -> bool {
        self.state().is_some_and(State::is_on)
    }

    /// Whether nothing is known of it for so long that it counts.
    pub fn is_blind(&self) -> bool {
        self.unseen.as_ref().is_some_and(|unseen| unseen.counts)
    }

    /// How urgent it is now: what nobody can see is less so than what is known to be broken.
    pub fn tier_now(&self) -> Tier {
        match self.is_blind() {
            true => self.tier.below().unwrap_or(self.tier),
            false => self.tier,
        }
    }

    /// Since when it is on, for people.
    pub fn since_ms(&self) -> i64 {
        let unseen = self.unseen.as_ref().map(|unseen| unseen.since_ms);
        self.fired_ms.or(unseen).unwrap_or(self.active_ms)
    }

    /// Whether nothing of it is worth keeping.
    pub fn is_done(&self, now_ms: i64, flapping: &Flapping) -> bool {
        match self.phase {
            Phase::Quiet => self.unseen.is_none(),
            Phase::Ended => {
                let ended = self.ended_ms.unwrap_or(self.updated_ms);
                !self.is_on() && now_ms - ended >= flapping.within_ms.max(super::SHOWN_MS)
            }
            Phase::Pending | Phase::Firing => false,
        }
    }

    /// Takes in what was observed; `None`: its condition does not hold.
    pub fn observe(
        &mut self,
        rule: &Conditions,
        flapping: &Flapping,
        seen: Option<&Observed>,
        now_ms: i64,
    ) -> Option<Turn> {
        let before = self.state();
        self.heed_clock(now_ms);
        let earlier = self.seen_ms;
        self.seen_ms = now_ms;
        let why = match seen {
            Some(Observed::Value(value)) => self.holds(rule, flapping, *value, (earlier, now_ms)),
            Some(Observed::Held(value)) => self.lingers(flapping, *value, now_ms),
            Some(Observed::Blind(why)) => self.goes_blind(rule, flapping, why, now_ms),
            None => self.no_longer(rule, flapping, now_ms),
        };
        self.turned(before, why, now_ms)
    }

    /// Where the clock went back, nothing waits for it to come there again.
    fn heed_clock(&mut self, now_ms: i64) {
        if now_ms >= self.seen_ms {
            return;
        }
        self.active_ms = self.active_ms.min(now_ms);
        self.over_ms = self.over_ms.map(|over| over.min(now_ms));
        self.turns.iter_mut().for_each(|turn| *turn = (*turn).min(now_ms));
        if let Some(unseen) = &mut self.unseen {
            unseen.since_ms = unseen.since_ms.min(now_ms);
        }
        self.seen_ms = now_ms;
    }

    /// What time alone changes: coming and going is over when it held still.
    pub fn settle(&mut self, flapping: &Flapping, now_ms: i64) -> Option<Turn> {
        let last = self.turns.last().copied().unwrap_or(now_ms);
        if !self.is_flapping || now_ms - last < flapping.stable_ms {
            return None;
        }
        let before = self.state();
        self.is_flapping = false;
        self.turns.clear();
        self.turned(before, "it held still".to_owned(), now_ms)
    }

    /// Its rule is gone: it is over at once, whatever it was.
    pub fn end(&mut self, why: &str, now_ms: i64) -> Option<Turn> {
        let before = self.state();
        let was_on = self.is_on();
        self.is_flapping = false;
        self.unseen = None;
        self.phase = if was_on || self.phase == Phase::Ended { Phase::Ended } else { Phase::Quiet };
        self.ended_ms = self.ended_ms.or(Some(now_ms));
        self.turned(before, why.to_owned(), now_ms)
    }

    fn turned(&mut self, from: Option<State>, why: String, now_ms: i64) -> Option<Turn> {
        let to = self.state();
        if from == to {
            return None;
        }
        self.updated_ms = now_ms;
        Some(Turn { from, to, why })
    }

    fn holds(
        &mut self,
        rule: &Conditions,
        flapping: &Flapping,
        value: f64,
        (earlier, now): (i64, i64),
    ) -> String {
        let was_blind = self.is_blind();
        (self.value, self.over_ms, self.unseen) = (Some(value), None, None);
        match self.phase {
            Phase::Quiet | Phase::Ended => {
                self.phase = if self.is_flapping { self.phase } else { Phase::Pending };
                self.active_ms = now;
            }
            Phase::Pending => self.skip_gap(rule, (earlier, now)),
            Phase::Firing => return String::new(),
        }
        // What is on already does not wait a second time: its incident would end for it.
        if was_blind || self.is_flapping || now - self.active_ms >= rule.for_ms {
            self.phase = Phase::Firing;
            self.fired_ms = Some(now);
            self.ended_ms = None;
            if !was_blind {
                self.turn(flapping, now);
            }
        }
        String::new()
    }

    /// Only what was looked at counts as time that it held.
    fn skip_gap(&mut self, rule: &Conditions, (earlier, now): (i64, i64)) {
        let gap = now - earlier;
        if gap <= (INTERVALS_MISSED * rule.interval_ms).max(MISSED_MIN_MS) {
            return;
        }
        self.active_ms = match gap > GAP_MAX_MS {
            true => now,
            false => self.active_ms + gap - rule.interval_ms,
        };
    }

    fn lingers(&mut self, flapping: &Flapping, value: f64, now_ms: i64) -> String {
        if self.phase == Phase::Firing {
            (self.value, self.over_ms, self.unseen) = (Some(value), None, None);
            return String::new();
        }
        self.see_nothing(flapping, now_ms)
    }

    fn no_longer(&mut self, rule: &Conditions, flapping: &Flapping, now_ms: i64) -> String {
        if self.phase != Phase::Firing {
            return self.see_nothing(flapping, now_ms);
        }
        self.unseen = None;
        let over = *self.over_ms.get_or_insert(now_ms);
        if now_ms - over >= rule.keep_firing_for_ms {
            self.phase = Phase::Ended;
            self.ended_ms = Some(now_ms);
            self.over_ms = None;
            self.turn(flapping, now_ms);
        }
        String::new()
    }

    /// It does not hold, and did not fire: what was pending or blind is not any more.
    fn see_nothing(&mut self, flapping: &Flapping, now_ms: i64) -> String {
        let was_blind = self.is_blind();
        self.unseen = None;
        match self.phase {
            Phase::Quiet | Phase::Pending if was_blind => {
                self.phase = Phase::Ended;
                self.ended_ms = Some(now_ms);
                self.turn(flapping, now_ms);
                "it is seen again".to_owned()
            }
            Phase::Quiet | Phase::Pending => {
                self.phase = if self.ended_ms.is_some() { Phase::Ended } else { Phase::Quiet };
                String::new()
            }
            Phase::Firing | Phase::Ended => String::new(),
        }
    }

    fn goes_blind(&mut self, rule: &Conditions, flapping: &Flapping, why: &str, now_ms: i64) -> String {
        let unseen =
            self.unseen.get_or_insert_with(|| Unseen { since_ms: now_ms, why: String::new(), counts: false });
        why.clone_into(&mut unseen.why);
        // The first of these observations is already one interval after the last that knew something.
        if unseen.counts || now_ms - unseen.since_ms < (INTERVALS_BLIND - 1) * rule.interval_ms {
            return why.to_owned();
        }
        unseen.counts = true;
        if self.phase != Phase::Firing {
            self.phase = Phase::Quiet;
            self.fired_ms = None;
            self.turn(flapping, now_ms);
        }
        why.to_owned()
    }

    /// It began or ended; too often, and it comes and goes.
    fn turn(&mut self, flapping: &Flapping, now_ms: i64) {
        self.turns.retain(|at| now_ms - at < flapping.within_ms);
        self.turns.push(now_ms);
        if self.turns.len() > TURNS_MAX {
            self.turns.remove(0);
        }
        self.is_flapping |= self.turns.len() >= flapping.transitions;
    }
}
