//! Telling: a message for each receiver goes into the outbox, and the incident remembers it.

use crate::machine::Machine;
use crate::message::News;
use crate::{Message, Tier};

use super::{Fate, OutboxRow};

impl Machine {
    /// Tells the receivers of a tier; what is due next counts from now.
    pub(crate) fn tell_tier(&mut self, id: &str, tier: Tier, news: News, now_ms: i64) {
        let receivers = self.policy.receivers(tier).to_vec();
        let Some(incident) = self.incidents.get(id) else { return };
        let audible = self.audible(incident, now_ms);
        let flaps = audible.iter().any(|key| self.alerts.get(key).is_some_and(|alert| alert.is_flapping));
        let policy = self.policy.tier(tier).clone();
        let Some(incident) = self.incidents.get_mut(id) else { return };
        let is_louder = Some(tier) > incident.told.tier;
        incident.tier = incident.tier.max(tier);
        let told = &mut incident.told;
        told.alerts = audible;
        told.flapping = flaps;
        told.next_ms = None;
        if is_louder {
            (told.tier, told.calls, told.next_called) = (Some(tier), 1, 0);
            if incident.owner.is_none() && !incident.is_drill {
                told.remind_ms = policy.remind_ms.map(|remind| now_ms + remind);
                told.escalate_ms = policy.escalate_ms.map(|escalate| now_ms + escalate);
            }
        }
        self.changes.incidents.insert(id.to_owned());
        self.tell(id, news, &receivers, now_ms);
    }

    /// Puts a message about an incident into the outbox, for each of the receivers.
    pub(crate) fn tell(&mut self, id: &str, news: News, receivers: &[String], now_ms: i64) {
        let Some(incident) = self.incidents.get_mut(id).filter(|_| !receivers.is_empty()) else { return };
        incident.told.sequence += 1;
        let heard = incident.told.receivers.clone();
        incident.told.receivers.extend(receivers.iter().cloned());
        let Some(message) = self.compose(id, news, now_ms) else { return };
        if let Some(incident) = self.incidents.get_mut(id) {
            incident.what.clone_from(&message.what);
            incident.told.lapsed = None;
        }
        self.changes.incidents.insert(id.to_owned());
        for receiver in receivers {
            self.put(&message, receiver, !heard.contains(receiver), now_ms);
        }
    }

    /// Puts any message into the outbox.
    pub(crate) fn put(&mut self, message: &Message, receiver: &str, is_first: bool, now_ms: i64) {
        let put = self.outbox.put(message, receiver, is_first, now_ms);
        let dropped = put.gone.iter().filter(|gone| gone.fate == Fate::Dead).count();
        self.counted.messages_dropped += dropped as u64;
        self.changes.rows.extend(put.id);
        self.changes.gone.extend(put.gone);
    }

    /// Changes a row of the outbox; says whether it still waits.
    pub fn change_row(&mut self, id: i64, change: impl FnOnce(&mut OutboxRow)) -> bool {
        let Some(row) = self.outbox.rows.get_mut(&id) else { return false };
        change(row);
        self.changes.rows.insert(id);
        true
    }

    /// A row no longer waits.
    pub fn end_row(&mut self, id: i64, fate: Fate, note: &str, now_ms: i64) -> bool {
        let gone = self.outbox.take(id, fate, note, now_ms);
        let was_there = gone.is_some();
        self.changes.gone.extend(gone);
        was_there
    }
}
