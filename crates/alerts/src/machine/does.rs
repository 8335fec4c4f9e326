//! What people do: silence, acknowledge, and take either back.

use std::sync::Arc;

use super::Machine;
use crate::acknowledge::AcknowledgeError;
use crate::message::News;
use crate::notify::Owner;
use crate::shown::{NewSilence, State};
use crate::silence::{self, SilenceError};

impl Machine {
    /// Makes or changes a silence; gives its id. `fresh_id` is the id of a new one.
    pub fn silence(
        &mut self,
        new: NewSilence,
        fresh_id: String,
        now_ms: i64,
    ) -> Result<String, SilenceError> {
        let replaced = new.id.clone();
        let id = silence::put(&mut self.silences, new, fresh_id, now_ms)?;
        self.changes.silences.insert(id.clone());
        self.changes.silences.extend(replaced.filter(|id| self.silences.contains_key(id)));
        self.settle(now_ms);
        Ok(id)
    }

    /// Ends a silence.
    pub fn expire(&mut self, id: &str, now_ms: i64) -> Result<(), SilenceError> {
        silence::expire(&mut self.silences, id, now_ms)?;
        self.changes.silences.insert(id.to_owned());
        self.settle(now_ms);
        Ok(())
    }

    /// The open incident of an id or of an alert's fingerprint.
    pub fn incident_of(&self, target: &str) -> Result<String, AcknowledgeError> {
        let of_alert = || {
            let key = u64::from_str_radix(target, 16).ok().filter(|_| target.len() == 16)?;
            self.alerts.get(&key)?.incident.clone()
        };
        let id = match self.incidents.contains_key(target) {
            true => Some(target.to_owned()),
            false => of_alert(),
        };
        let incident = id.and_then(|id| self.incidents.get(&id));
        let incident = incident.ok_or_else(|| AcknowledgeError::NotFound(target.to_owned()))?;
        match incident.is_open() {
            true => Ok(incident.id.clone()),
            false => Err(AcknowledgeError::Over(incident.id.clone())),
        }
    }

    /// Somebody has an incident: it is not told again until then, nor does it become more urgent. Doing it once more
    /// changes who and until when.
    pub fn acknowledge(
        &mut self,
        target: &str,
        owner: &str,
        until_ms: Option<i64>,
        now_ms: i64,
    ) -> Result<String, AcknowledgeError> {
        let id = self.incident_of(target)?;
        let owner = owner.trim();
        if owner.is_empty() {
            return Err(AcknowledgeError::Nobody);
        }
        let until_ms = until_ms.unwrap_or(now_ms + self.policy.acknowledge_ms);
        if until_ms <= now_ms {
            return Err(AcknowledgeError::Past);
        }
        let owner = Owner { name: super::cut(owner), at_ms: now_ms, until_ms };
        if self.is_owned_so(&id, &owner) {
            return Ok(id);
        }
        for part in self.with_parts(&id) {
            self.give(&part, &owner, now_ms);
        }
        self.give_storm(&id, &owner, now_ms);
        self.tell_owner(&id, &owner, now_ms);
        self.settle(now_ms);
        Ok(id)
    }

    /// Whoever has the last part of a storm has the storm.
    fn give_storm(&mut self, part: &str, owner: &Owner, now_ms: i64) {
        let storm = self.incidents.get(part).and_then(|incident| incident.storm.clone());
        let Some(storm) = storm.and_then(|id| self.incidents.get(&id)).filter(|storm| storm.is_open()) else {
            return;
        };
        let mut open =
            storm.parts.iter().filter_map(|id| self.incidents.get(id)).filter(|part| part.is_open());
        if open.all(|part| part.owner.is_some()) {
            let id = storm.id.clone();
            self.give(&id, owner, now_ms);
            self.tell_owner(&id, owner, now_ms);
        }
    }

    /// Nobody has it any more: it is told again at once, as if the time were over.
    pub fn unacknowledge(&mut self, target: &str, by: &str, now_ms: i64) -> Result<(), AcknowledgeError> {
        let id = self.incident_of(target)?;
        for part in self.with_parts(&id) {
            let Some(incident) = self.incidents.get_mut(&part) else { continue };
            if let Some(owner) = &mut incident.owner {
                owner.until_ms = owner.until_ms.min(now_ms);
                self.changes.incidents.insert(part.clone());
                self.note_alerts(&part, None, by, now_ms);
            }
        }
        self.settle(now_ms);
        Ok(())
    }

    /// The same link is often followed twice.
    fn is_owned_so(&self, id: &str, new: &Owner) -> bool {
        let owner = self.incidents.get(id).and_then(|incident| incident.owner.as_ref());
        owner.is_some_and(|owner| owner.name == new.name && (owner.until_ms - new.until_ms).abs() < 60_000)
    }

    fn with_parts(&self, id: &str) -> Vec<String> {
        let parts = self.incidents.get(id).into_iter().flat_map(|incident| incident.parts.iter().cloned());
        let mut all: Vec<String> = parts.collect();
        all.push(id.to_owned());
        all
    }

    fn give(&mut self, id: &str, owner: &Owner, now_ms: i64) {
        let Some(incident) = self.incidents.get_mut(id).filter(|incident| incident.is_open()) else { return };
        incident.owner = Some(owner.clone());
        incident.first_owned_ms.get_or_insert(now_ms);
        incident.told.remind_ms = None;
        incident.told.escalate_ms = None;
        self.changes.incidents.insert(id.to_owned());
        self.note_alerts(id, Some(State::Acknowledged), &owner.name, now_ms);
    }

    fn note_alerts(&mut self, id: &str, to: Option<State>, by: &str, now_ms: i64) {
        let Some(incident) = self.incidents.get(id) else { return };
        for key in &incident.open {
            if let Some(alert) = self.alerts.get(key) {
                let to = to.or(alert.state()).unwrap_or(State::Firing);
                self.changes.done(*key, alert, now_ms, to, by);
            }
        }
    }

    /// Whoever heard of it hears who has it.
    fn tell_owner(&mut self, id: &str, owner: &Owner, now_ms: i64) {
        let Some(incident) = self.incidents.get(id).filter(|incident| incident.was_told()) else { return };
        let receivers: Vec<String> = incident.told.receivers.iter().cloned().collect();
        let news = News::Acknowledged { by: owner.name.clone(), until_ms: owner.until_ms };
        self.tell(id, news, &receivers, now_ms);
    }

    /// The policy in force.
    pub fn policy(&self) -> Arc<crate::config::policy::Policy> {
        Arc::clone(&self.policy)
    }
}
