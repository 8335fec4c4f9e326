//! `[alerts.policy]`, `[alerts.quiet_hours]` and `[alerts.report]`: how long is waited, who is reminded when, what is
//! held back. Everything has a default; who is told on which tier is `[alerts.tiers]`, which the caller fills in.

mod hours;

use std::time::Duration;

use model::label::{ENVIRONMENT, PROJECT};
use settings::Section;

pub use hours::{Clockwork, QuietHours, ReportTime};

use crate::Tier;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What is told when. All times are milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// By tier, the least urgent first.
    pub tiers: [TierPolicy; 4],
    /// Labels whose values tell one incident from another.
    pub group_by: Vec<String>,
    /// So long after a message another one tells what has joined its incident since.
    pub group_interval_ms: i64,
    /// An alert received without an end is over so long after it was last received.
    pub resolve_timeout_ms: i64,
    /// An acknowledgement holds so long, unless it says otherwise.
    pub acknowledge_ms: i64,
    /// Who is told one after another when nobody answers the calls of a critical incident.
    pub next: Vec<String>,
    /// When an alert counts as one that comes and goes.
    pub flapping: Flapping,
    /// When incidents are told as one.
    pub storm: Storm,
    /// When what is not urgent waits for the morning.
    pub quiet_hours: Option<QuietHours>,
    /// When the weekly report is sent, and to whom.
    pub report: Option<ReportTime>,
    /// So long it is kept what happened.
    pub history_ms: i64,
}

/// What is told of incidents of one tier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TierPolicy {
    /// Who is told.
    pub receivers: Vec<String>,
    /// The first message waits so long for others of its incident.
    pub group_wait_ms: i64,
    /// It is told again after so long.
    pub remind_ms: Option<i64>,
    /// So many calls one person gets, the first included, before the next one is called; `None`: no such limit.
    pub calls: Option<u32>,
    /// When everybody was called in vain, all are reminded so often.
    pub remind_later_ms: i64,
    /// It becomes one of the next tier after so long without an acknowledgement.
    pub escalate_ms: Option<i64>,
}

/// What is a coming and going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flapping {
    /// So many begins and ends …
    pub transitions: usize,
    /// … within so long.
    pub within_ms: i64,
    /// It is over when neither came for so long.
    pub stable_ms: i64,
}

/// What is too much at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storm {
    /// More incidents than these …
    pub incidents: usize,
    /// … within so long.
    pub within_ms: i64,
}

impl Default for Policy {
    fn default() -> Self {
        let tier = |group_wait_ms, remind_ms| TierPolicy {
            group_wait_ms,
            remind_ms,
            remind_later_ms: HOUR,
            ..TierPolicy::default()
        };
        Self {
            tiers: [
                tier(0, None),
                tier(MINUTE, Some(DAY)),
                TierPolicy { escalate_ms: Some(HOUR), ..tier(30 * SECOND, Some(4 * HOUR)) },
                TierPolicy { calls: Some(3), ..tier(0, Some(5 * MINUTE)) },
            ],
            group_by: ["alertname", "service", PROJECT, ENVIRONMENT].map(str::to_owned).to_vec(),
            group_interval_ms: 5 * MINUTE,
            resolve_timeout_ms: 5 * MINUTE,
            acknowledge_ms: 4 * HOUR,
            next: Vec::new(),
            flapping: Flapping { transitions: 4, within_ms: 30 * MINUTE, stable_ms: 15 * MINUTE },
            storm: Storm { incidents: 10, within_ms: 2 * MINUTE },
            quiet_hours: None,
            report: None,
            history_ms: 90 * DAY,
        }
    }
}

impl Policy {
    /// Reads its sections below `[alerts]`; what is faulty is recorded there and counts as not written. `receivers` are
    /// the names that exist.
    pub fn read(alerts: &Section<'_>, receivers: &[String]) -> Self {
        let section = alerts.section("policy");
        let usual = Self::default();
        let ms = |key, usual| duration_ms(&section, key).unwrap_or(usual);
        Self {
            group_by: section.words("group_by").unwrap_or(usual.group_by),
            group_interval_ms: ms("group_interval", usual.group_interval_ms),
            resolve_timeout_ms: ms("resolve_timeout", usual.resolve_timeout_ms),
            acknowledge_ms: ms("acknowledge_for", usual.acknowledge_ms),
            next: names(&section, "next", receivers),
            flapping: Flapping {
                transitions: count(&section, "flapping_transitions", 2).unwrap_or(usual.flapping.transitions),
                within_ms: ms("flapping_within", usual.flapping.within_ms),
                stable_ms: ms("flapping_stable", usual.flapping.stable_ms),
            },
            storm: Storm {
                incidents: count(&section, "storm_incidents", 1).unwrap_or(usual.storm.incidents),
                within_ms: ms("storm_within", usual.storm.within_ms),
            },
            history_ms: ms("history", usual.history_ms).max(7 * DAY),
            tiers: Tier::WORDS.map(|(word, tier)| {
                let section = section.section(word);
                TierPolicy::read(&section, usual.tiers[tier as usize].clone())
            }),
            quiet_hours: hours::quiet_hours(&alerts.section("quiet_hours")),
            report: hours::report(&alerts.section("report"), receivers),
        }
    }

    /// What is told of incidents of a tier.
    pub fn tier(&self, tier: Tier) -> &TierPolicy {
        &self.tiers[tier as usize]
    }

    /// Who is told of incidents of a tier. Where nobody is set, those of the next tier below that has somebody: what
    /// becomes more urgent must not become quieter.
    pub fn receivers(&self, tier: Tier) -> &[String] {
        let own = &self.tier(tier).receivers;
        match tier.below().filter(|below| own.is_empty() && *below > Tier::Low) {
            Some(below) => self.receivers(below),
            None => own,
        }
    }

    /// Likewise, to be filled in.
    pub fn tier_mut(&mut self, tier: Tier) -> &mut TierPolicy {
        &mut self.tiers[tier as usize]
    }
}

impl TierPolicy {
    fn read(section: &Section<'_>, usual: Self) -> Self {
        let calls = section.integer("calls", 1..=20).and_then(|calls| u32::try_from(calls).ok());
        Self {
            receivers: usual.receivers,
            group_wait_ms: duration_ms(section, "group_wait").unwrap_or(usual.group_wait_ms),
            remind_ms: optional_ms(section, "remind", usual.remind_ms),
            calls: calls.or(usual.calls),
            remind_later_ms: positive_ms(section, "remind_later").unwrap_or(usual.remind_later_ms),
            escalate_ms: optional_ms(section, "escalate_after", usual.escalate_ms),
        }
    }
}

fn duration_ms(section: &Section<'_>, key: &str) -> Option<i64> {
    section.duration(key).map(millis)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Shorter than a minute would be a storm of messages.
fn positive_ms(section: &Section<'_>, key: &str) -> Option<i64> {
    let ms = duration_ms(section, key)?;
    if ms < MINUTE {
        section.fault(key, "messages would come too often", "write 1m or more");
        return None;
    }
    Some(ms)
}

/// A duration, or `"never"`.
fn optional_ms(section: &Section<'_>, key: &str, usual: Option<i64>) -> Option<i64> {
    let read = |text: &str| match text {
        "never" => Ok(None),
        text => model::parse_duration(text)
            .map(|duration| Some(millis(duration)))
            .map_err(|error| format!("{error}; or \"never\"")),
    };
    match section.with(key, read) {
        None => usual,
        Some(None) => None,
        Some(Some(ms)) if ms < MINUTE => {
            section.fault(key, "messages would come too often", "write 1m or more, or \"never\"");
            usual
        }
        Some(Some(ms)) => Some(ms),
    }
}

fn count(section: &Section<'_>, key: &str, least: i64) -> Option<usize> {
    section.integer(key, least..=10_000).and_then(|count| usize::try_from(count).ok())
}

/// Names of receivers; one that does not exist is a fault.
fn names(section: &Section<'_>, key: &str, receivers: &[String]) -> Vec<String> {
    let mut names = section.words(key).unwrap_or_default();
    names.retain(|name| {
        let known = receivers.contains(name);
        if !known {
            let instead = match receivers {
                [] => "write [alerts.receivers] first".to_owned(),
                known => format!("write one of {}", known.join(", ")),
            };
            section.fault(key, format!("there is no receiver `{name}`"), instead);
        }
        known
    });
    names
}

#[cfg(test)]
mod tests;
