//! Alerts become parts of incidents, and leave them.

use std::collections::BTreeMap;

use crate::machine::{Alert, DRILL, Machine};

use super::Incident;

impl Machine {
    /// Puts every alert that is on into the incident of its group, and takes those that are over out.
    pub(crate) fn group(&mut self, now_ms: i64) {
        let placed = |alert: &Alert, key: &u64| {
            let incident = alert.incident.as_ref().and_then(|id| self.incidents.get(id));
            incident.is_some_and(|incident| incident.is_open() && incident.open.contains(key))
        };
        let homeless: Vec<u64> = self
            .alerts
            .iter()
            .filter(|(key, alert)| alert.is_on() && !placed(alert, key))
            .map(|(key, _)| *key)
            .collect();
        for key in homeless {
            self.join(key, now_ms);
        }
        self.leave();
    }

    fn join(&mut self, key: u64, now_ms: i64) {
        let Some(alert) = self.alerts.get(&key) else { return };
        let group = self.group_of(alert);
        let same = |one: &&Incident| one.is_open() && one.group == group && !one.is_storm();
        let known = self.incidents.values().find(same).map(|incident| incident.id.clone());
        let id = match known {
            Some(id) => id,
            None => {
                let mut incident = self.open(group, alert, now_ms);
                // It may have been over and begun again at the very same instant.
                while self.incidents.contains_key(&incident.id) {
                    incident.id = next_id(&incident.id);
                }
                let id = incident.id.clone();
                self.incidents.insert(id.clone(), incident);
                id
            }
        };
        let both = (self.incidents.get_mut(&id), self.alerts.get_mut(&key));
        let (Some(incident), Some(alert)) = both else { return };
        incident.open.insert(key);
        incident.alerts += 1;
        incident.tier = incident.tier.max(alert.tier_now());
        incident.tells_recovery |= alert.tells_recovery;
        alert.incident = Some(id.clone());
        self.changes.alerts.insert(key);
        self.changes.incidents.insert(id);
    }

    fn open(&self, group: BTreeMap<String, String>, alert: &Alert, now_ms: i64) -> Incident {
        let mut incident = Incident::new(group, &alert.rule, alert.tier_now(), now_ms);
        incident.is_drill = alert.is_drill;
        incident.tells_recovery = alert.tells_recovery;
        let wait = match alert.is_drill {
            true => 0,
            false => alert.group_wait_ms.unwrap_or(self.policy.tier(alert.tier_now()).group_wait_ms),
        };
        incident.told.next_ms = Some(now_ms + wait);
        incident
    }

    fn leave(&mut self) {
        let open = self.incidents.values_mut().filter(|one| one.is_open() && !one.is_storm());
        for incident in open {
            let before = incident.open.len();
            let id = &incident.id;
            let stays = |alert: &Alert| alert.is_on() && alert.incident.as_ref() == Some(id);
            incident.open.retain(|key| self.alerts.get(key).is_some_and(stays));
            if incident.open.len() != before {
                self.changes.incidents.insert(incident.id.clone());
            }
        }
    }

    fn group_of(&self, alert: &Alert) -> BTreeMap<String, String> {
        let drill = alert.is_drill.then_some(DRILL);
        let names = self.policy.group_by.iter().map(String::as_str).chain(drill);
        let pair = |name: &str| Some((name.to_owned(), alert.labels.get(name)?.to_owned()));
        names.filter_map(pair).collect()
    }
}

fn next_id(id: &str) -> String {
    let (time, group) = id.split_once('-').unwrap_or((id, ""));
    let time = u64::from_str_radix(time, 16).unwrap_or_default();
    format!("{:011x}-{group}", time + 1)
}
