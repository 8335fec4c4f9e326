//! Quiet hours: what is not urgent waits for the morning, and comes as one message.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::machine::Machine;
use crate::message::{Evidence, News, Note};
use crate::{Message, Tier};

/// More are counted, not listed.
const HELD_MAX: usize = 200;
const LISTED_MAX: usize = 30;

/// Something that waits for the morning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The incident.
    pub incident: String,
    /// What broke.
    pub what: String,
    /// Since when.
    pub since_ms: i64,
    /// When it was over.
    pub ended_ms: Option<i64>,
    /// It waits until then.
    pub until_ms: i64,
}

/// What is told later.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Later {
    /// What waits for the morning.
    pub held: Vec<Held>,
    /// When the weekly report is next sent.
    pub report_ms: Option<i64>,
}

impl Machine {
    /// When the weekly report is due it is told from when on it reports; the next is due a week later.
    pub fn report_due(&mut self, now_ms: i64) -> Option<i64> {
        let policy = self.policy.clone();
        let report = policy.report.as_ref()?;
        let due = self.later.report_ms.is_some_and(|at| at <= now_ms);
        if due || self.later.report_ms.is_none() {
            self.later.report_ms = report.next(now_ms);
            self.changes.held = true;
        }
        due.then(|| crate::report::week_before(now_ms))
    }

    /// The end of the quiet hours, if incidents of this tier keep quiet now.
    pub(crate) fn quiet_until(&self, tier: Tier, now_ms: i64) -> Option<i64> {
        let hours = self.policy.quiet_hours.as_ref().filter(|_| tier <= Tier::Medium)?;
        hours.end(now_ms)
    }

    /// Keeps the first message of an incident back; says whether it does.
    pub(crate) fn holds(&mut self, id: &str, tier: Tier, now_ms: i64) -> bool {
        let end = self.quiet_until(tier, now_ms);
        let Some(incident) = self.incidents.get_mut(id) else { return false };
        let is_held = std::mem::take(&mut incident.is_held);
        let Some(until_ms) = end.filter(|_| !incident.is_drill && tier == Tier::Medium) else {
            // It became urgent, or the morning has come and the digest tells it.
            if is_held && tier > Tier::Medium {
                self.later.held.retain(|held| held.incident != id);
                self.changes.held = true;
                self.changes.incidents.insert(id.to_owned());
                return false;
            }
            incident.is_held = is_held;
            return is_held;
        };
        incident.is_held = true;
        if !is_held {
            let since_ms = incident.opened_ms;
            self.hold(id, since_ms, None, until_ms, now_ms);
        }
        true
    }

    /// Keeps the message that an incident is over back; says whether it does.
    pub(crate) fn holds_end(&mut self, id: &str, now_ms: i64) -> bool {
        let Some(incident) = self.incidents.get(id) else { return false };
        let tier = incident.told.tier.unwrap_or(incident.tier);
        let until = self.quiet_until(tier, now_ms).filter(|_| !incident.is_drill && tier == Tier::Medium);
        let Some(until_ms) = until else { return false };
        let since_ms = incident.opened_ms;
        self.hold(id, since_ms, Some(now_ms), until_ms, now_ms);
        true
    }

    fn hold(&mut self, id: &str, since_ms: i64, ended_ms: Option<i64>, until_ms: i64, now_ms: i64) {
        let what = self.compose(id, News::Firing, now_ms).map(|message| message.what).unwrap_or_default();
        if let Some(incident) = self.incidents.get_mut(id) {
            incident.what.clone_from(&what);
        }
        self.later.held.push(Held { incident: id.to_owned(), what, since_ms, ended_ms, until_ms });
        let excess = self.later.held.len().saturating_sub(HELD_MAX);
        self.later.held.drain(..excess);
        self.changes.held = true;
        self.changes.incidents.insert(id.to_owned());
    }

    /// What waits is over.
    pub(crate) fn end_held(&mut self, id: &str, now_ms: i64) {
        for held in self.later.held.iter_mut().filter(|held| held.incident == id) {
            held.ended_ms.get_or_insert(now_ms);
            self.changes.held = true;
        }
        if let Some(incident) = self.incidents.get_mut(id) {
            incident.is_held = false;
        }
    }

    /// In the morning all that waited is told in one message.
    pub(crate) fn tell_held(&mut self, now_ms: i64) {
        if !self.later.held.iter().any(|held| held.until_ms <= now_ms) {
            return;
        }
        let held = std::mem::take(&mut self.later.held);
        self.changes.held = true;
        let receivers = self.policy.receivers(Tier::Medium).to_vec();
        let message = digest(&held, now_ms);
        for receiver in &receivers {
            self.put(&message, receiver, false, now_ms);
        }
        let waiting = self.incidents.values().filter(|incident| incident.is_held);
        let waiting: Vec<String> = waiting.map(|incident| incident.id.clone()).collect();
        for id in waiting {
            self.was_told(&id, &receivers, now_ms);
        }
    }

    /// The digest told of an incident that goes on.
    fn was_told(&mut self, id: &str, receivers: &[String], now_ms: i64) {
        let Some(incident) = self.incidents.get(id).filter(|one| one.is_open() && !one.was_told()) else {
            return;
        };
        let audible = self.audible(incident, now_ms);
        let policy = self.policy.tier(Tier::Medium).clone();
        let Some(incident) = self.incidents.get_mut(id) else { return };
        incident.is_held = false;
        let told = &mut incident.told;
        (told.tier, told.alerts, told.next_ms, told.calls) = (Some(Tier::Medium), audible, None, 1);
        told.receivers.extend(receivers.iter().cloned());
        told.remind_ms = policy.remind_ms.map(|remind| now_ms + remind);
        told.escalate_ms = policy.escalate_ms.map(|escalate| now_ms + escalate);
        self.changes.incidents.insert(id.to_owned());
    }
}

fn digest(held: &[Held], now_ms: i64) -> Message {
    let open = held.iter().filter(|held| held.ended_ms.is_none()).count();
    let since_ms = held.iter().map(|held| held.since_ms).min().unwrap_or(now_ms);
    let listed = |is_open: bool| {
        let of_kind = held.iter().filter(|held| held.ended_ms.is_none() == is_open);
        let lines: Vec<String> = of_kind.take(LISTED_MAX).map(|held| line(held, now_ms)).collect();
        lines
    };
    let notes = [("Still going on", true), ("Over", false)]
        .map(|(title, is_open)| Note { title: title.to_owned(), lines: listed(is_open) });
    let things = if held.len() == 1 { "1 thing".to_owned() } else { format!("{} things", held.len()) };
    Message {
        incident: format!("digest-{now_ms:011x}"),
        sequence: 1,
        news: News::Digest,
        tier: Tier::Medium,
        is_drill: false,
        at_ms: now_ms,
        since_ms,
        what: format!("{things} happened in the quiet hours"),
        how_bad: match open {
            0 => "All of it is over.".to_owned(),
            1 => "1 still goes on.".to_owned(),
            open => format!("{open} still go on."),
        },
        do_now: String::new(),
        runbook: None,
        number: None,
        group: BTreeMap::new(),
        alerts: Vec::new(),
        alerts_left_off: 0,
        evidence: Evidence::default(),
        notes: notes.into_iter().filter(|note| !note.lines.is_empty()).collect(),
        links: Vec::new(),
        acknowledge: None,
    }
}

fn line(held: &Held, now_ms: i64) -> String {
    let lasted = super::compose::span(held.ended_ms.unwrap_or(now_ms) - held.since_ms);
    match held.ended_ms {
        None => format!("{} (for {lasted})", held.what),
        Some(_) => format!("{} (it took {lasted})", held.what),
    }
}
