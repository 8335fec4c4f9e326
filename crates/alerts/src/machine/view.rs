//! The machine as it is shown.

use std::sync::Arc;

use model::Ordered as _;

use super::{Alert, Machine, SHOWN_MS};
use crate::notify::Incident;
use crate::shown::{self, State};
use crate::{Card, Tier};

impl Machine {
    /// All alerts that are pending, on, or over for a few minutes; the most urgent first, then the newest.
    pub fn shown(&self, now_ms: i64) -> Vec<shown::Alert> {
        self.shown_if(|_| true, now_ms)
    }

    /// Those of one rule of ours, drills left out.
    pub(crate) fn shown_of_rule(&self, rule: &str, now_ms: i64) -> Vec<shown::Alert> {
        self.shown_if(|alert| alert.rule == rule && alert.sent.is_none() && !alert.is_drill, now_ms)
    }

    fn shown_if(&self, is_meant: impl Fn(&Alert) -> bool, now_ms: i64) -> Vec<shown::Alert> {
        let recent = |alert: &&Alert| match alert.state() {
            None => false,
            Some(State::Resolved) => now_ms - alert.ended_ms.unwrap_or(0) < SHOWN_MS,
            Some(_) => true,
        };
        let alerts = self.alerts.iter().filter(|(_, alert)| is_meant(alert) && recent(alert));
        let mut shown: Vec<shown::Alert> =
            alerts.filter_map(|(key, alert)| self.shown_one(*key, alert, now_ms)).collect();
        shown.order_by_key(|alert| {
            let is_over = alert.state == State::Resolved;
            (is_over, std::cmp::Reverse(alert.tier), std::cmp::Reverse(alert.active_ms))
        });
        shown
    }

    /// The alerts of an incident, those that go on first.
    pub fn shown_of(&self, incident: &str, now_ms: i64) -> Vec<shown::Alert> {
        let parts = self.incidents.get(incident).map(|incident| &incident.parts);
        let belongs = |of: &String| of == incident || parts.is_some_and(|parts| parts.contains(of));
        let mut shown = self.shown(now_ms);
        shown.retain(|alert| belongs(&alert.incident));
        shown
    }

    /// Whether something critical is on that nobody silenced.
    pub fn is_critical(&self, now_ms: i64) -> bool {
        let critical = |alert: &Alert| alert.is_on() && alert.tier_now() == Tier::Critical && !alert.is_drill;
        self.alerts.values().any(|alert| critical(alert) && !self.is_silenced(alert, now_ms))
    }

    fn shown_one(&self, key: u64, alert: &Alert, now_ms: i64) -> Option<shown::Alert> {
        let incident = alert
            .incident
            .as_ref()
            .and_then(|id| self.incidents.get(id))
            .filter(|_| alert.state() != Some(State::Pending));
        let owner =
            incident.and_then(|incident| incident.owner.as_ref()).filter(|owner| owner.until_ms > now_ms);
        let tier = tier(alert, incident);
        let state = match alert.state()? {
            State::Firing if owner.is_some() => State::Acknowledged,
            state => state,
        };
        let card = match (&alert.unseen, alert.card.what.is_empty()) {
            (Some(unseen), true) => Card { how_bad: unseen.why.clone(), ..alert.card.clone() },
            _ => alert.card.clone(),
        };
        Some(shown::Alert {
            fingerprint: format!("{key:016x}"),
            incident: incident.map(|incident| incident.id.clone()).unwrap_or_default(),
            rule: alert.rule.clone(),
            tier,
            state,
            labels: alert.labels.clone(),
            card,
            annotations: alert.annotations.clone(),
            value: alert.value,
            active_ms: alert.active_ms,
            fired_ms: alert.fired_ms,
            updated_ms: alert.updated_ms,
            ends_ms: alert.ended_ms.or_else(|| alert.sent.as_ref().map(|sent| sent.ends_ms)),
            acknowledged: owner.map(|owner| (owner.name.clone(), owner.until_ms)),
            silenced_by: self.silenced_by(alert, now_ms),
            inhibited_by: self.inhibited_by(key, alert).map(|key| format!("{key:016x}")).collect(),
            receivers: self.receivers_of(tier, incident),
            evidence: Arc::new(incident.map(|incident| incident.evidence.clone()).unwrap_or_default()),
            is_drill: alert.is_drill,
            sent_from: alert.sent.as_ref().map(|sent| sent.generator_url.clone()),
        })
    }

    fn receivers_of(&self, tier: Tier, incident: Option<&Incident>) -> Vec<String> {
        match incident.filter(|incident| incident.was_told()) {
            Some(incident) => incident.told.receivers.iter().cloned().collect(),
            None => self.policy.receivers(tier).to_vec(),
        }
    }
}

fn tier(alert: &Alert, incident: Option<&Incident>) -> Tier {
    let raised = incident.filter(|_| alert.is_on()).and_then(|incident| incident.raised);
    raised.map_or(alert.tier_now(), |raised| raised.max(alert.tier_now()))
}
