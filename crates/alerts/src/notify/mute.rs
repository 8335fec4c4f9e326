//! Who keeps quiet: what is silenced, and what something else explains.

use std::collections::BTreeSet;

use crate::machine::{Alert, Machine, explains};

use super::{Incident, Muted};

impl Machine {
    /// Finds the alerts that may explain others: what is known to be down.
    pub(crate) fn find_sources(&mut self) {
        let is_source =
            |alert: &Alert| alert.layer.is_some() && alert.is_on() && !alert.is_blind() && !alert.is_drill;
        let sources = self.alerts.iter().filter(|(_, alert)| is_source(alert));
        self.sources = sources.map(|(key, _)| *key).collect();
    }

    /// The alerts that explain one.
    pub(crate) fn inhibited_by<'a>(&'a self, key: u64, alert: &'a Alert) -> impl Iterator<Item = u64> + 'a {
        let layer = alert.layer.filter(|_| !alert.is_drill);
        let sources = layer.map(|_| self.sources.as_slice()).unwrap_or_default();
        sources.iter().copied().filter(move |source| {
            let Some((own, other)) = layer.zip(self.alerts.get(source)) else { return false };
            // What is told less loudly, or not at all, does not speak for what is more urgent.
            let source_layer = other.layer.filter(|_| *source != key && other.tier_now() >= alert.tier_now());
            source_layer.is_some_and(|layer| explains((layer, &other.labels), (own, &alert.labels)))
        })
    }

    /// The alerts of an incident that are on; of a storm, those of its parts.
    pub(crate) fn keys_of(&self, incident: &Incident) -> BTreeSet<u64> {
        let parts = incident.parts.iter().filter_map(|part| self.incidents.get(part));
        parts.flat_map(|part| part.open.iter()).chain(&incident.open).copied().collect()
    }

    /// Those of them that nothing keeps quiet.
    pub(crate) fn audible(&self, incident: &Incident, now_ms: i64) -> BTreeSet<u64> {
        let mut keys = self.keys_of(incident);
        keys.retain(|key| {
            let alert = self.alerts.get(key);
            alert.is_some_and(|alert| {
                !self.is_silenced(alert, now_ms) && self.inhibited_by(*key, alert).next().is_none()
            })
        });
        keys
    }

    /// Finds out which incidents keep quiet.
    pub(crate) fn mute(&mut self, now_ms: i64) {
        let found: Vec<(String, Option<Muted>)> = self
            .incidents
            .values()
            .filter(|incident| incident.is_open())
            .map(|incident| (incident.id.clone(), self.muted(incident, now_ms)))
            .collect();
        let interval = self.policy.group_interval_ms;
        for (id, muted) in found {
            let Some(incident) = self.incidents.get_mut(&id).filter(|one| one.muted != muted) else {
                continue;
            };
            if incident.muted == Some(Muted::Inhibited) && muted.is_none() {
                // What explained it is over: it gets the time to be over too.
                let next = incident.told.next_ms.unwrap_or(now_ms);
                incident.told.next_ms = Some(next.max(now_ms + interval));
            }
            incident.was_silenced |= muted == Some(Muted::Silenced);
            incident.muted = muted;
            self.changes.incidents.insert(id);
        }
    }

    fn muted(&self, incident: &Incident, now_ms: i64) -> Option<Muted> {
        let keys = self.keys_of(incident);
        if keys.is_empty() || !self.audible(incident, now_ms).is_empty() {
            return None;
        }
        let silenced = |key: &u64| self.alerts.get(key).is_some_and(|alert| self.is_silenced(alert, now_ms));
        Some(if keys.iter().all(silenced) { Muted::Silenced } else { Muted::Inhibited })
    }
}
