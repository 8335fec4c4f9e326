//! Alerts that another program sends: a Prometheus, by Alertmanager's API. They are sent again and again while they go on.

use super::{Conditions, Machine, Sent, cut};
use crate::shown::SentAlert;
use crate::{Card, Observed, Tier};

/// What other programs call how urgent something is.
const SEVERITIES: [(&str, Tier); 14] = [
    ("critical", Tier::Critical),
    ("page", Tier::Critical),
    ("emergency", Tier::Critical),
    ("fatal", Tier::Critical),
    ("high", Tier::High),
    ("error", Tier::High),
    ("major", Tier::High),
    ("medium", Tier::Medium),
    ("warning", Tier::Medium),
    ("warn", Tier::Medium),
    ("low", Tier::Low),
    ("info", Tier::Low),
    ("none", Tier::Low),
    ("debug", Tier::Low),
];

impl Machine {
    /// Takes in what was sent.
    pub fn receive(&mut self, alerts: Vec<SentAlert>, now_ms: i64) {
        for alert in alerts {
            self.receive_one(alert, now_ms);
        }
        self.settle(now_ms);
    }

    fn receive_one(&mut self, new: SentAlert, now_ms: i64) {
        let key = new.labels.fingerprint();
        let ends_ms = new.ends_ms.unwrap_or(now_ms + self.policy.resolve_timeout_ms);
        let is_over = ends_ms <= now_ms;
        match self.alerts.get(&key) {
            Some(known) if known.sent.is_none() => {
                self.counted.sent_ignored += 1;
                return;
            }
            None if is_over => return,
            _ => {}
        }
        let rule = new.labels.get("alertname").unwrap_or("sent").to_owned();
        let tier = tier(&new);
        // A rule of another program's has no share of its own, and all of them leave room for our own.
        if self.alerts.len() >= super::SENT_MAX && !self.alerts.contains_key(&key) {
            self.counted.alerts_dropped += 1;
            return;
        }
        let Some(alert) = self.entry(key, &rule, new.labels.clone(), tier, 0, now_ms) else { return };
        alert.tier = tier;
        alert.card = card(&new, &rule);
        alert.annotations = new.annotations.iter().map(|(name, text)| (name.clone(), cut(text))).collect();
        alert.sent = Some(Sent { ends_ms, generator_url: new.generator_url });
        self.changes.alerts.insert(key);
        // What it says itself of when it began is for people; when it was heard of is what the machine goes by.
        let seen = (!is_over).then_some(Observed::Value(1.0));
        self.observe(key, &Conditions::SENT, seen.as_ref(), now_ms);
        if let Some(alert) = self.alerts.get_mut(&key) {
            alert.value = None;
            alert.active_ms = new.starts_ms.unwrap_or(alert.active_ms).min(now_ms);
        }
    }

    /// Ends what was not sent again in time.
    pub(super) fn end_sent(&mut self, now_ms: i64) {
        let over = self.alerts.iter().filter(|(_, alert)| {
            alert.is_on() && alert.sent.as_ref().is_some_and(|sent| sent.ends_ms <= now_ms)
        });
        let over: Vec<u64> = over.map(|(key, _)| *key).collect();
        for key in over {
            self.observe(key, &Conditions::SENT, None, now_ms);
        }
    }
}

fn tier(alert: &SentAlert) -> Tier {
    let word = alert.labels.get("tier").or_else(|| alert.labels.get("severity")).unwrap_or_default();
    let word = word.to_ascii_lowercase();
    SEVERITIES.iter().find(|(known, _)| *known == word).map_or(Tier::Medium, |(_, tier)| *tier)
}

/// Our own names of annotations, then those that rules of Prometheus use.
fn card(alert: &SentAlert, rule: &str) -> Card {
    let text = |names: &[&str]| {
        let found =
            names.iter().find_map(|name| alert.annotations.get(*name)).filter(|text| !text.is_empty());
        found.map(|text| cut(text))
    };
    Card {
        what: text(&["what", "summary", "title", "message"]).unwrap_or_else(|| rule.to_owned()),
        how_bad: text(&["how_bad", "description"]).unwrap_or_default(),
        do_now: text(&["do_now", "action"]).unwrap_or_default(),
        runbook: text(&["runbook", "runbook_url"]),
    }
}
