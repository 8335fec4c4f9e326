//! One incident after another: what is there to tell of it now?

use model::Ordered as _;

use crate::Tier;
use crate::machine::{Alert, Machine, Phase};
use crate::message::News;

impl Machine {
    /// Tells what is due of every incident that goes on; those that are over are closed.
    pub(crate) fn review(&mut self, now_ms: i64) {
        let mut open: Vec<(bool, String)> = self
            .incidents
            .values()
            .filter(|incident| incident.is_open())
            .map(|incident| (incident.is_storm(), incident.id.clone()))
            .collect();
        // Storms come last: their parts may be over.
        open.order();
        for (_, id) in open {
            self.review_one(&id, now_ms);
        }
    }

    fn review_one(&mut self, id: &str, now_ms: i64) {
        let Some(incident) = self.incidents.get(id) else { return };
        if self.keys_of(incident).is_empty() {
            return self.close(id, now_ms);
        }
        self.expire_owner(id, now_ms);
        let Some(incident) = self.incidents.get(id) else { return };
        if incident.storm.is_some() || incident.muted.is_some() {
            return;
        }
        let tier = self.tier_of(id, now_ms);
        if !incident.was_told() {
            return self.begin(id, tier, now_ms);
        }
        if Some(tier) > incident.told.tier {
            self.tell_tier(id, tier, News::Changed, now_ms);
        } else {
            self.tell_changes(id, tier, now_ms);
        }
        if self.keeps_on(id, tier, now_ms) {
            self.remind(id, now_ms);
            self.raise(id, now_ms);
        }
    }

    /// Whether it is still told while it goes on. What comes and goes was told to; of the critical it is told again where
    /// it is there at the time.
    fn keeps_on(&self, id: &str, tier: Tier, now_ms: i64) -> bool {
        let Some(incident) = self.incidents.get(id) else { return false };
        let audible = self.audible(incident, now_ms);
        let counts =
            |alert: &Alert| !alert.is_flapping || (tier == Tier::Critical && alert.phase == Phase::Firing);
        audible.iter().filter_map(|key| self.alerts.get(key)).any(counts)
    }

    /// How urgent it is now.
    fn tier_of(&self, id: &str, now_ms: i64) -> Tier {
        let Some(incident) = self.incidents.get(id) else { return Tier::Low };
        let audible = self.audible(incident, now_ms);
        let tiers = audible.iter().filter_map(|key| self.alerts.get(key)).map(|alert| alert.tier_now());
        tiers.chain(incident.raised).max().unwrap_or(incident.tier)
    }

    /// The first message.
    fn begin(&mut self, id: &str, tier: Tier, now_ms: i64) {
        let Some(incident) = self.incidents.get(id) else { return };
        // A clock that went back behind its begin must not put it off.
        let waits = incident.told.next_ms.is_some_and(|next| incident.opened_ms <= now_ms && now_ms < next);
        // Whoever has it already need not be told.
        if incident.owner.is_some() || waits {
            return;
        }
        if self.holds(id, tier, now_ms) {
            return;
        }
        let news = self.first_news(id, now_ms);
        self.tell_tier(id, tier, news, now_ms);
    }

    fn first_news(&self, id: &str, now_ms: i64) -> News {
        let Some(incident) = self.incidents.get(id) else { return News::Firing };
        if incident.is_storm() {
            return News::Storm;
        }
        let audible = self.audible(incident, now_ms);
        let alerts = || audible.iter().filter_map(|key| self.alerts.get(key));
        if alerts().any(|alert| alert.is_flapping) {
            return News::Flapping;
        }
        let why = alerts().find_map(|alert| alert.unseen.as_ref()).map(|unseen| unseen.why.clone());
        match why.filter(|_| alerts().all(|alert| alert.is_blind())) {
            Some(why) => News::Blind { why },
            None => News::Firing,
        }
    }

    /// What joined since it was last told, and whether it comes and goes now.
    fn tell_changes(&mut self, id: &str, tier: Tier, now_ms: i64) {
        let Some(incident) = self.incidents.get(id) else { return };
        let audible = self.audible(incident, now_ms);
        let flaps = audible.iter().any(|key| self.alerts.get(key).is_some_and(|alert| alert.is_flapping));
        if flaps && !incident.told.flapping && !incident.is_storm() {
            return self.tell_tier(id, tier, News::Flapping, now_ms);
        }
        let steadied = incident.told.flapping && !flaps;
        if steadied {
            return self.tell_tier(id, tier, News::Changed, now_ms);
        }
        if audible.is_subset(&incident.told.alerts) {
            return;
        }
        let interval = self.policy.group_interval_ms;
        let Some(incident) = self.incidents.get_mut(id) else { return };
        match incident.told.next_ms {
            None => {
                incident.told.next_ms = Some(now_ms + interval);
                self.changes.incidents.insert(id.to_owned());
            }
            Some(next) if next <= now_ms => self.tell_tier(id, tier, News::Changed, now_ms),
            Some(_) => {}
        }
    }

    /// It is over. Whoever heard that it began hears that, whatever keeps it quiet.
    fn close(&mut self, id: &str, now_ms: i64) {
        let Some(incident) = self.incidents.get_mut(id) else { return };
        incident.closed_ms = Some(now_ms);
        incident.owner = None;
        incident.muted = None;
        let told = &mut incident.told;
        (told.next_ms, told.remind_ms, told.escalate_ms) = (None, None, None);
        let receivers: Vec<String> = told.receivers.iter().cloned().collect();
        let tells = incident.was_told() && incident.tells_recovery && incident.storm.is_none();
        self.changes.incidents.insert(id.to_owned());
        if tells && !self.holds_end(id, now_ms) {
            self.tell(id, News::Resolved { ended_ms: now_ms }, &receivers, now_ms);
        }
        self.end_held(id, now_ms);
    }
}
