//! Storms: when much breaks at once, one message stands for all that was not told yet.

use std::collections::BTreeMap;

use crate::Tier;
use crate::machine::Machine;

use super::Incident;

/// A storm gathers so long before it is told.
const GATHER_MS: i64 = 5_000;

impl Machine {
    /// Makes what is not told yet a part of a storm, where too much broke lately.
    pub(crate) fn gather_storms(&mut self, now_ms: i64) {
        let within = self.policy.storm.within_ms;
        let counts = |one: &&Incident| {
            !one.is_storm()
                && !one.is_drill
                && one.tier > Tier::Low
                && one.muted.is_none()
                && (now_ms - one.opened_ms).abs() < within
        };
        let recent = self.incidents.values().filter(counts);
        if recent.clone().count() <= self.policy.storm.incidents {
            return;
        }
        let joins = |one: &&Incident| {
            one.is_open() && !one.was_told() && !one.is_held && one.storm.is_none() && one.owner.is_none()
        };
        let joining: Vec<String> = recent.filter(joins).map(|one| one.id.clone()).collect();
        if joining.is_empty() {
            return;
        }
        let id = self.storm(now_ms);
        for part in joining {
            if let Some(incident) = self.incidents.get_mut(&part) {
                incident.storm = Some(id.clone());
                self.changes.incidents.insert(part.clone());
            }
            if let Some(storm) = self.incidents.get_mut(&id) {
                storm.parts.insert(part);
            }
        }
        self.changes.incidents.insert(id);
    }

    /// The storm that goes on, or a new one.
    fn storm(&mut self, now_ms: i64) -> String {
        let known = self.incidents.values().find(|one| one.is_open() && one.is_storm());
        if let Some(known) = known {
            return known.id.clone();
        }
        let mut storm = Incident::new(BTreeMap::new(), "", Tier::Medium, now_ms);
        storm.told.next_ms = Some(now_ms + GATHER_MS);
        let id = storm.id.clone();
        self.incidents.insert(id.clone(), storm);
        id
    }
}
