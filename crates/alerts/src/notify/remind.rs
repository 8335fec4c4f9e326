//! An incident that nobody has is told again, its calls go to the next person, and it becomes more urgent.

use crate::Tier;
use crate::machine::Machine;
use crate::message::News;

const DAY_MS: i64 = 24 * 3_600_000;

impl Machine {
    /// An acknowledgement that has run out: it is told again at once.
    pub(crate) fn expire_owner(&mut self, id: &str, now_ms: i64) {
        let Some(incident) = self.incidents.get_mut(id) else { return };
        let Some(owner) = incident.owner.take_if(|owner| owner.until_ms <= now_ms) else { return };
        let tier = incident.told.tier.unwrap_or(incident.tier);
        let escalate = self.policy.tier(tier).escalate_ms;
        if incident.was_told() {
            incident.told.remind_ms = Some(now_ms);
            incident.told.escalate_ms = escalate.map(|escalate| now_ms + escalate);
            // Nobody is called who was not for the first time.
            (incident.told.calls, incident.told.next_called) = (0, 0);
            incident.told.lapsed = Some(owner.name);
        }
        self.changes.incidents.insert(id.to_owned());
    }

    /// What was told is told again, if it is time.
    pub(crate) fn remind(&mut self, id: &str, now_ms: i64) {
        let Some(tier) = self.incidents.get(id).and_then(|incident| incident.told.tier) else { return };
        let policy = self.policy.tier(tier).clone();
        let quiet_until = self.quiet_until(tier, now_ms);
        let Some(incident) = self.incidents.get_mut(id) else { return };
        if let Some(remind) = &mut incident.told.remind_ms {
            // A clock that was wrong must not put it off for years.
            let longest = policy.remind_ms.unwrap_or(policy.remind_later_ms).max(policy.remind_later_ms);
            *remind = (*remind).min(now_ms + longest.max(DAY_MS));
        }
        if incident.owner.is_some() || incident.told.remind_ms.is_none_or(|at| now_ms < at) {
            return;
        }
        if let Some(end) = quiet_until {
            incident.told.remind_ms = Some(end);
            self.changes.incidents.insert(id.to_owned());
            return;
        }
        match policy.calls {
            None => self.remind_all(id, tier, policy.remind_ms, now_ms),
            Some(calls) => self.call(id, tier, calls, now_ms),
        }
    }

    fn remind_all(&mut self, id: &str, tier: Tier, again_ms: Option<i64>, now_ms: i64) {
        let receivers = self.policy.receivers(tier).to_vec();
        if let Some(incident) = self.incidents.get_mut(id) {
            incident.told.remind_ms = again_ms.map(|again| now_ms + again);
            self.changes.incidents.insert(id.to_owned());
        }
        self.tell(id, News::Reminder, &receivers, now_ms);
    }

    /// One person is called a few times, then the next; when all were, everybody is reminded now and then.
    fn call(&mut self, id: &str, tier: Tier, calls: u32, now_ms: i64) {
        let policy = self.policy.clone();
        let Some(incident) = self.incidents.get_mut(id) else { return };
        let told = &mut incident.told;
        let called = told.next_called;
        let (news, receivers) = match told.calls < calls {
            true => {
                told.calls += 1;
                let person = called.checked_sub(1).and_then(|index| policy.next.get(index));
                let receivers = person.map_or_else(|| self.loudest(tier), |person| vec![person.clone()]);
                (News::Reminder, receivers)
            }
            false => match policy.next.get(called) {
                Some(person) => {
                    (told.calls, told.next_called) = (1, called + 1);
                    (News::Escalated, vec![person.clone()])
                }
                None => {
                    let later = policy.tier(tier).remind_later_ms;
                    return self.remind_all(id, tier, Some(later), now_ms);
                }
            },
        };
        if let Some(incident) = self.incidents.get_mut(id) {
            incident.told.remind_ms = policy.tier(tier).remind_ms.map(|remind| now_ms + remind);
            self.changes.incidents.insert(id.to_owned());
        }
        self.tell(id, news, &receivers, now_ms);
    }

    /// The receivers that a tier has and the one below has not: those that wake somebody.
    fn loudest(&self, tier: Tier) -> Vec<String> {
        let all = self.policy.receivers(tier);
        let below = tier.below().map(|below| self.policy.receivers(below));
        let louder = all.iter().filter(|name| below.is_none_or(|below| !below.contains(name)));
        let louder: Vec<String> = louder.cloned().collect();
        if louder.is_empty() { all.to_vec() } else { louder }
    }

    /// It goes on for long and nobody has it: it becomes one of the next tier.
    pub(crate) fn raise(&mut self, id: &str, now_ms: i64) {
        let tier = self.incidents.get(id).and_then(|incident| incident.told.tier);
        let longest = tier.and_then(|tier| self.policy.tier(tier).escalate_ms);
        let Some(incident) = self.incidents.get_mut(id) else { return };
        if let (Some(at), Some(longest)) = (&mut incident.told.escalate_ms, longest) {
            *at = (*at).min(now_ms + longest);
        }
        let due = incident.told.escalate_ms.is_some_and(|at| at <= now_ms);
        let above = incident.told.tier.and_then(above);
        let Some(tier) = above.filter(|_| due && incident.owner.is_none()) else { return };
        incident.raised = Some(tier);
        self.tell_tier(id, tier, News::Escalated, now_ms);
    }
}

fn above(tier: Tier) -> Option<Tier> {
    Tier::WORDS.into_iter().map(|(_, other)| other).find(|other| *other > tier)
}
