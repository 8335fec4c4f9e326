//! The machine: every alert, incident, silence and waiting message, and how they follow from what is observed. Pure: it
//! does no I/O and reads no clock; what it changed it says ([`Machine::take_changes`]), so that all of it can be kept in
//! one transaction and read back as it was.
//!
//! ```ignore
//! machine.look(&look, now_ms);            // a rule was evaluated
//! machine.tick(now_ms);                   // time went by: waits, reminders, escalations, ends
//! let changes = machine.take_changes();   // what to write, history and turns included
//! ```

mod alert;
mod changes;
mod does;
pub(crate) mod labels;
mod layer;
mod phase;
mod sent;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::Labels;
use model::Ordered as _;

pub use alert::{Alert, Turn};
pub use changes::{Changes, Transition};
pub use layer::{Layer, explains};
pub use phase::{Conditions, Phase, Sent, Unseen};

use crate::config::policy::Policy;
use crate::notify::{Incident, Later, Outbox};
use crate::silence::{Silences, fitting, is_silenced};
use crate::{Found, Look, Observed, Tier};

/// What has ended is shown for so long.
pub(crate) const SHOWN_MS: i64 = 5 * 60_000;
/// A rule that finds more has the rest dropped and counted.
const ALERTS_PER_RULE_MAX: usize = 500;
/// All rules together, and what is sent.
const ALERTS_MAX: usize = 5_000;
/// What is sent leaves room for our own rules.
const SENT_MAX: usize = 4_000;
/// What has ended is remembered for so long: for links, and to see storms.
const CLOSED_KEPT_MS: i64 = 3_600_000;
/// And so many at most.
const CLOSED_MAX: usize = 500;
/// Texts of an alert are cut to this: a message must fit somewhere.
const TEXT_MAX: usize = 4_000;

/// The label that tells a fire drill from what it plays.
pub const DRILL: &str = "drill";

/// What is counted since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Alerts for which there was no room.
    pub alerts_dropped: u64,
    /// Sent alerts with the labels of one of our rules'.
    pub sent_ignored: u64,
    /// Messages for which there was no room.
    pub messages_dropped: u64,
}

/// Everything that alerts know.
#[derive(Debug)]
pub struct Machine {
    pub(crate) policy: Arc<Policy>,
    pub(crate) alerts: BTreeMap<u64, Alert>,
    pub(crate) incidents: BTreeMap<String, Incident>,
    pub(crate) silences: Silences,
    pub(crate) outbox: Outbox,
    pub(crate) later: Later,
    pub(crate) counted: Counted,
    pub(crate) changes: Changes,
    /// The alerts that may explain others, as of the last settling.
    pub(crate) sources: Vec<u64>,
    turned: Vec<(u64, i64, Turn)>,
}

impl Machine {
    /// One that knows nothing.
    pub fn new(policy: Arc<Policy>) -> Self {
        Self {
            policy,
            alerts: BTreeMap::new(),
            incidents: BTreeMap::new(),
            silences: Silences::new(),
            outbox: Outbox::default(),
            later: Later::default(),
            counted: Counted::default(),
            changes: Changes::default(),
            sources: Vec::new(),
            turned: Vec::new(),
        }
    }

    /// Goes by another policy from now on.
    pub fn set_policy(&mut self, policy: Arc<Policy>) {
        self.policy = policy;
    }

    /// Takes in what a rule found.
    pub fn look(&mut self, look: &Look, now_ms: i64) {
        let conditions = Conditions::of(&look.rule);
        let known = self.of_rule(&look.rule.name, look.is_drill);
        let (mut seen, mut count) = (BTreeSet::new(), known.len());
        match &look.found {
            Err(why) => {
                let blind = Observed::Blind(why.clone());
                for key in &known {
                    self.observe(*key, &conditions, Some(&blind), look.at_ms);
                    seen.insert(*key);
                }
            }
            Ok(found) => {
                for found in found {
                    if let Some(key) = self.found(look, &conditions, found, count)
                        && seen.insert(key)
                        && !known.contains(&key)
                    {
                        count += 1;
                    }
                }
            }
        }
        for key in known.difference(&seen) {
            self.observe(*key, &conditions, None, look.at_ms);
        }
        self.settle(now_ms);
    }

    /// Lets time go by. Gives when something happens next by itself, if nothing else does before.
    pub fn tick(&mut self, now_ms: i64) -> Option<i64> {
        self.end_sent(now_ms);
        self.settle(now_ms);
        self.next_ms(now_ms)
    }

    /// Ends the alerts of all rules but these.
    pub fn rules_are(&mut self, names: &[&str], now_ms: i64) {
        let gone =
            |alert: &Alert| alert.sent.is_none() && !alert.is_drill && !names.contains(&alert.rule.as_str());
        let keys: Vec<u64> =
            self.alerts.iter().filter(|(_, alert)| gone(alert)).map(|(key, _)| *key).collect();
        for key in keys {
            self.end(key, "its rule is gone", now_ms);
        }
        self.settle(now_ms);
    }

    /// What has changed since the last time, to be kept.
    pub fn take_changes(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
    }

    /// The silences that keep an alert quiet.
    pub fn silenced_by(&self, alert: &Alert, now_ms: i64) -> Vec<String> {
        if alert.is_drill { Vec::new() } else { fitting(&self.silences, &alert.labels, now_ms) }
    }

    /// Whether any does.
    pub(crate) fn is_silenced(&self, alert: &Alert, now_ms: i64) -> bool {
        !alert.is_drill && is_silenced(&self.silences, &alert.labels, now_ms)
    }

    fn of_rule(&self, name: &str, is_drill: bool) -> BTreeSet<u64> {
        let its = |alert: &Alert| alert.rule == name && alert.sent.is_none() && alert.is_drill == is_drill;
        self.alerts.iter().filter(|(_, alert)| its(alert)).map(|(key, _)| *key).collect()
    }

    fn found(&mut self, look: &Look, conditions: &Conditions, found: &Found, count: usize) -> Option<u64> {
        let labels = match look.is_drill {
            true => found.labels.with(DRILL, "true"),
            false => found.labels.clone(),
        };
        let key = labels.fingerprint();
        // Nothing becomes of what lingers and was not there.
        if !self.alerts.contains_key(&key) && matches!(found.is, Observed::Held(_)) {
            return None;
        }
        let tier = tier_of(&labels, look.rule.tier);
        let alert = self.entry(key, &look.rule.name, labels, tier, count, look.at_ms)?;
        alert.tier = tier;
        alert.is_drill = look.is_drill;
        alert.layer = look.rule.layer;
        alert.group_wait_ms = look.rule.group_wait_ms;
        alert.tells_recovery = look.rule.tells_recovery();
        if !matches!(found.is, Observed::Blind(_)) || alert.card.what.is_empty() {
            alert.card = crate::Card {
                what: cut(&found.card.what),
                how_bad: cut(&found.card.how_bad),
                do_now: cut(&found.card.do_now),
                runbook: found.card.runbook.as_deref().map(cut),
            };
            alert.annotations.clone_from(&found.annotations);
        }
        self.observe(key, conditions, Some(&found.is), look.at_ms);
        Some(key)
    }

    /// The alert of a key, made if there is room.
    pub(crate) fn entry(
        &mut self,
        key: u64,
        rule: &str,
        labels: Labels,
        tier: Tier,
        of_rule: usize,
        now_ms: i64,
    ) -> Option<&mut Alert> {
        if !self.alerts.contains_key(&key) {
            if of_rule >= ALERTS_PER_RULE_MAX || self.alerts.len() >= ALERTS_MAX {
                self.counted.alerts_dropped += 1;
                return None;
            }
            self.alerts.insert(key, Alert::new(rule, labels, tier, now_ms));
        }
        self.alerts.get_mut(&key)
    }

    /// Lets an alert observe; what is nothing afterwards is forgotten.
    pub(crate) fn observe(&mut self, key: u64, rule: &Conditions, seen: Option<&Observed>, at_ms: i64) {
        let policy = Arc::clone(&self.policy);
        let Some(alert) = self.alerts.get_mut(&key) else { return };
        let mut before = alert.clone();
        let turn = alert.observe(rule, &policy.flapping, seen, at_ms);
        // When it was last looked at matters only while time counts that it held.
        if alert.phase != Phase::Pending {
            before.seen_ms = alert.seen_ms;
        }
        if *alert != before {
            self.changes.alerts.insert(key);
        }
        if let Some(turn) = turn {
            self.turned.push((key, at_ms, turn));
        }
        self.forget_done(key, at_ms);
    }

    pub(crate) fn end(&mut self, key: u64, why: &str, now_ms: i64) {
        let Some(alert) = self.alerts.get_mut(&key) else { return };
        let turn = alert.end(why, now_ms);
        self.changes.alerts.insert(key);
        self.turned.extend(turn.map(|turn| (key, now_ms, turn)));
        self.forget_done(key, now_ms);
    }

    fn forget_done(&mut self, key: u64, now_ms: i64) {
        let flapping = self.policy.flapping;
        if self.alerts.get(&key).is_some_and(|alert| alert.is_done(now_ms, &flapping)) {
            self.alerts.remove(&key);
            self.changes.alerts.insert(key);
        }
    }

    /// What follows from the alerts as they are: incidents, storms, what is told.
    pub(crate) fn settle(&mut self, now_ms: i64) {
        self.settle_alerts(now_ms);
        self.group(now_ms);
        self.record_turns();
        self.find_sources();
        self.mute(now_ms);
        self.gather_storms(now_ms);
        self.review(now_ms);
        self.tell_held(now_ms);
        self.forget(now_ms);
    }

    fn settle_alerts(&mut self, now_ms: i64) {
        let policy = Arc::clone(&self.policy);
        for (key, alert) in &mut self.alerts {
            if let Some(turn) = alert.settle(&policy.flapping, now_ms) {
                self.changes.alerts.insert(*key);
                self.turned.push((*key, now_ms, turn));
            }
        }
    }

    /// Writes down the turns, now that it is known what incident they belong to.
    fn record_turns(&mut self) {
        for (key, at_ms, turn) in std::mem::take(&mut self.turned) {
            if let Some(alert) = self.alerts.get(&key) {
                self.changes.turned(key, alert, at_ms, &turn);
            }
        }
    }

    /// What is over for long is no longer needed here; `alerts.db` has it.
    fn forget(&mut self, now_ms: i64) {
        let flapping = self.policy.flapping;
        let done = self.alerts.iter().filter(|(_, alert)| alert.is_done(now_ms, &flapping));
        let done: Vec<u64> = done.map(|(key, _)| *key).collect();
        for key in done {
            self.alerts.remove(&key);
            self.changes.alerts.insert(key);
        }
        let mut closed: Vec<(i64, String)> =
            self.incidents.values().filter_map(|one| Some((one.closed_ms?, one.id.clone()))).collect();
        closed.order();
        let excess = closed.len().saturating_sub(CLOSED_MAX);
        for (index, (at_ms, id)) in closed.into_iter().enumerate() {
            // What was changed just now is written first.
            if (index < excess || now_ms - at_ms >= CLOSED_KEPT_MS) && !self.changes.incidents.contains(&id) {
                self.incidents.remove(&id);
            }
        }
        let expired = |ends_ms: i64| now_ms - ends_ms >= crate::silence::EXPIRED_KEPT_MS;
        let gone: Vec<String> =
            self.silences.values().filter(|one| expired(one.ends_ms)).map(|one| one.id.clone()).collect();
        for id in gone {
            self.silences.remove(&id);
            self.changes.silences.insert(id);
        }
    }

    /// When something changes by itself.
    fn next_ms(&self, now_ms: i64) -> Option<i64> {
        let stable = self.policy.flapping.stable_ms;
        let alerts = self.alerts.values().flat_map(|alert| {
            let settles = alert.turns.last().filter(|_| alert.is_flapping).map(|last| last + stable);
            let ends = alert.sent.as_ref().filter(|_| alert.is_on()).map(|sent| sent.ends_ms);
            settles.into_iter().chain(ends)
        });
        let incidents = self.incidents.values().filter(|incident| incident.is_open()).flat_map(|incident| {
            let told = &incident.told;
            let owned = incident.owner.as_ref().map(|owner| owner.until_ms);
            [told.next_ms, told.remind_ms, told.escalate_ms, owned].into_iter().flatten()
        });
        let silences = self.silences.values().flat_map(|silence| [silence.starts_ms, silence.ends_ms]);
        let later = &self.later;
        let held = later.held.iter().map(|held| held.until_ms).chain(later.report_ms);
        alerts.chain(incidents).chain(silences).chain(held).filter(|at| *at > now_ms).min()
    }
}

/// A rule may set the tier of one alert by a label, as `tier = "{{ … }}"`.
fn tier_of(labels: &Labels, usual: Tier) -> Tier {
    let word = labels.get("tier").unwrap_or_default();
    Tier::WORDS.into_iter().find(|(known, _)| *known == word).map_or(usual, |(_, tier)| tier)
}

pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests;
