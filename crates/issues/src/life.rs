//! The life of an issue: its status, and what an event or the passing of time does to it. Pure: whoever asks brings the
//! facts.
//!
//! ```text
//!             ┌──────── resolve ───────► resolved ──── an event of where it should be fixed: regressed ──┐
//! unresolved ─┤                                                                                          │
//!   ▲         └──────── archive ───────► archived ──── its condition is met ─────────────────────────────┤
//!   └────────────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::sketch::Sketch;

const DAY_MS: i64 = 86_400_000;

/// An issue, or a regressed one, is new for so long.
pub(crate) const NEW_MS: i64 = 7 * DAY_MS;

/// An issue that escalated is said to for so long after it last did.
pub(crate) const ESCALATING_MS: i64 = DAY_MS;

/// Fewer events within a quarter of an hour never are an escalation.
const ESCALATION_MIN: u64 = 25;

/// So many times the usual are one.
const ESCALATION_FACTOR: f64 = 5.0;

/// What is to be done about an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is open.
    Unresolved(Substatus),
    /// It is held to be fixed.
    Resolved(Resolution),
    /// Nobody wants to hear of it.
    Archived(Until),
}

/// What makes an open issue worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Substatus {
    /// First seen less than seven days ago.
    New,
    /// Neither of the others.
    Ongoing,
    /// Much more of it than usual.
    Escalating,
    /// It was resolved and came again.
    Regressed,
}

impl Substatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::New, Self::Ongoing, Self::Escalating, Self::Regressed];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ongoing => "ongoing",
            Self::Escalating => "escalating",
            Self::Regressed => "regressed",
        }
    }
}

/// How an issue was resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// At once: any event is a regression.
    Now,
    /// In this release: events of it and of later ones are regressions.
    InRelease(String),
    /// In the release after this one, the latest at that time; any release where there was none.
    InNext {
        /// The latest release when it was resolved.
        after: Option<String>,
    },
}

/// What ends an archived issue's rest: the first of these that is met; without any of them, nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Until {
    /// Much more of it comes than usual.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub escalating: bool,
    /// An instant, in milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<i64>,
    /// So many events in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// So many users in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u64>,
    /// So many events within a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
}

/// Events within a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    /// How many.
    pub count: u64,
    /// The hour of the last event and those before it, as many as this in all.
    pub hours: u64,
}

/// What the newest event of an issue tells.
#[derive(Clone, Debug)]
pub(crate) struct Facts<'f> {
    pub(crate) now_ms: i64,
    /// When the issue was first seen.
    pub(crate) first_ms: i64,
    /// All events so far.
    pub(crate) count: u64,
    /// Those of the time that an archived issue names; 0 where it names none.
    pub(crate) count_within: u64,
    /// All users so far.
    pub(crate) users: &'f Sketch,
    /// Whether it escalates.
    pub(crate) escalates: bool,
    /// Whether the event is from where the issue should be fixed.
    pub(crate) breaks_resolution: bool,
}

/// What changed in the life of an issue by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// It was never seen before.
    New,
    /// It was resolved.
    Regressed,
    /// There is much more of it than usual.
    Escalating,
    /// The condition is met until which it was archived.
    Woken,
}

impl Status {
    /// What an event does to the issue; nothing for most.
    pub(crate) fn on_event(&self, facts: &Facts<'_>) -> Option<(Self, Turn)> {
        let open = |substatus, turn| Some((Self::Unresolved(substatus), turn));
        match self {
            Self::Unresolved(Substatus::Escalating) => None,
            Self::Unresolved(_) if facts.escalates => open(Substatus::Escalating, Turn::Escalating),
            Self::Unresolved(_) => None,
            Self::Resolved(_) if facts.breaks_resolution => open(Substatus::Regressed, Turn::Regressed),
            Self::Resolved(_) => None,
            Self::Archived(until) if until.escalating && facts.escalates => {
                open(Substatus::Escalating, Turn::Escalating)
            }
            Self::Archived(until) if until.is_met(facts) => open(facts.usual(), Turn::Woken),
            Self::Archived(_) => None,
        }
    }

    /// The word for it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unresolved(_) => "unresolved",
            Self::Resolved(_) => "resolved",
            Self::Archived(_) => "archived",
        }
    }

    /// The word for what makes it worth a look.
    pub(crate) const fn substatus(&self) -> &'static str {
        match self {
            Self::Unresolved(substatus) => substatus.name(),
            Self::Resolved(_) | Self::Archived(_) => Substatus::Ongoing.name(),
        }
    }

    /// How it was resolved or until when it is archived, as it is stored.
    pub(crate) fn condition(&self) -> Option<String> {
        let json = match self {
            Self::Unresolved(_) => return None,
            Self::Resolved(resolution) => serde_json::to_string(resolution),
            Self::Archived(until) => serde_json::to_string(until),
        };
        json.ok()
    }

    /// Reads what is stored. What makes no sense is an open issue: better seen once too often.
    pub(crate) fn read(status: &str, substatus: &str, condition: Option<&str>) -> Self {
        let condition = condition.unwrap_or_default();
        match status {
            "resolved" => Self::Resolved(serde_json::from_str(condition).unwrap_or(Resolution::Now)),
            "archived" => Self::Archived(serde_json::from_str(condition).unwrap_or_default()),
            _ => {
                let known = Substatus::ALL.into_iter().find(|one| one.name() == substatus);
                Self::Unresolved(known.unwrap_or(Substatus::Ongoing))
            }
        }
    }
}

impl Facts<'_> {
    fn usual(&self) -> Substatus {
        usual(self.first_ms, self.now_ms)
    }
}

/// What an open issue is that neither escalates nor regressed.
pub(crate) fn usual(first_ms: i64, now_ms: i64) -> Substatus {
    match now_ms - first_ms < NEW_MS {
        true => Substatus::New,
        false => Substatus::Ongoing,
    }
}

impl Until {
    fn is_met(&self, facts: &Facts<'_>) -> bool {
        self.at_ms.is_some_and(|at_ms| facts.now_ms >= at_ms)
            || self.count.is_some_and(|count| facts.count >= count)
            || self.users.is_some_and(|users| facts.users.count() >= users)
            || self.within.as_ref().is_some_and(|within| facts.count_within >= within.count)
    }
}

/// What is usual of an issue at this time of day.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usual {
    /// Events in the same hour of the day, on average over the days before, as far as it was known then.
    pub(crate) same_hour: f64,
    /// Events in an hour, on average over the day before.
    pub(crate) hour: f64,
}

/// Whether so many events of a quarter of an hour may be an escalation at all: what is usual need not be looked up for
/// the others.
pub(crate) fn may_escalate(quarter_count: u64, age_ms: i64) -> bool {
    quarter_count >= ESCALATION_MIN && age_ms >= DAY_MS
}

/// Whether so many events of a quarter of an hour are an escalation.
pub(crate) fn escalates(quarter_count: u64, usual: Usual) -> bool {
    let expected = usual.same_hour.max(usual.hour) / 4.0;
    quarter_count as f64 >= expected * ESCALATION_FACTOR
}

/// The number of the quarter of an hour.
pub(crate) fn quarter(at_ms: i64) -> i64 {
    at_ms.div_euclid(15 * 60_000)
}

/// The number of the hour.
pub(crate) fn hour(at_ms: i64) -> i64 {
    at_ms.div_euclid(3_600_000)
}

/// Milliseconds of a duration.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    static USERS: Sketch = Sketch::Few(Vec::new());

    fn facts() -> Facts<'static> {
        Facts {
            now_ms: 100 * DAY_MS,
            first_ms: 90 * DAY_MS,
            count: 10,
            count_within: 4,
            users: &USERS,
            escalates: false,
            breaks_resolution: false,
        }
    }

    #[test]
    fn what_an_event_does() {
        use Status::{Archived, Resolved, Unresolved};
        let three = Sketch::Few(vec![1, 2, 3]);
        let facts = || Facts { users: &three, ..facts() };
        let check = |status: Status, facts: Facts<'_>, expected: Option<(Substatus, Turn)>| {
            let turned = status.on_event(&facts);
            let expected = expected.map(|(substatus, turn)| (Unresolved(substatus), turn));
            assert_eq!(turned, expected, "{status:?} {facts:?}");
        };
        let escalating = || Facts { escalates: true, ..facts() };
        let breaking = || Facts { breaks_resolution: true, ..facts() };
        let escalated = Some((Substatus::Escalating, Turn::Escalating));
        for substatus in [Substatus::New, Substatus::Ongoing, Substatus::Regressed] {
            check(Unresolved(substatus), facts(), None);
            check(Unresolved(substatus), escalating(), escalated);
        }
        check(Unresolved(Substatus::Escalating), escalating(), None);
        for how in [Resolution::Now, Resolution::InRelease("2".into()), Resolution::InNext { after: None }] {
            check(Resolved(how.clone()), escalating(), None);
            check(Resolved(how), breaking(), Some((Substatus::Regressed, Turn::Regressed)));
        }
        let escalation = Until { escalating: true, ..Until::default() };
        let count = |count| Archived(Until { count: Some(count), ..Until::default() });
        let users = |users| Archived(Until { users: Some(users), ..Until::default() });
        let time = |at_ms| Archived(Until { at_ms: Some(at_ms), ..Until::default() });
        check(Archived(escalation.clone()), breaking(), None);
        check(Archived(escalation.clone()), escalating(), escalated);
        check(Archived(Until::default()), escalating(), None);
        let woken = Some((Substatus::Ongoing, Turn::Woken));
        check(count(10), facts(), woken);
        check(count(11), facts(), None);
        check(users(3), facts(), woken);
        check(users(4), facts(), None);
        let within = |count| Archived(Until { within: Some(Within { count, hours: 1 }), ..Until::default() });
        check(within(4), facts(), woken);
        check(within(5), facts(), None);
        check(time(100 * DAY_MS), facts(), woken);
        check(time(100 * DAY_MS + 1), facts(), None);
        check(Archived(Until { count: Some(10), users: Some(4), ..escalation }), facts(), woken);
        check(count(2), Facts { first_ms: 99 * DAY_MS, ..facts() }, Some((Substatus::New, Turn::Woken)));
    }

    #[test]
    fn what_is_stored_comes_back() {
        let all = Substatus::ALL.map(Status::Unresolved).into_iter().chain([
            Status::Resolved(Resolution::Now),
            Status::Resolved(Resolution::InRelease("shop@1.2".into())),
            Status::Resolved(Resolution::InNext { after: Some("1".into()) }),
            Status::Archived(Until { count: Some(5), at_ms: Some(7), ..Until::default() }),
            Status::Archived(Until { within: Some(Within { count: 5, hours: 24 }), ..Until::default() }),
            Status::Archived(Until::default()),
        ]);
        for status in all {
            let condition = status.condition();
            assert_eq!(Status::read(status.name(), status.substatus(), condition.as_deref()), status);
        }
        assert_eq!(Status::read("?", "?", Some("{")), Status::Unresolved(Substatus::Ongoing));
    }

    #[test]
    fn an_escalation_is_much_more_than_usual() {
        let usual = |same_hour, hour| Usual { same_hour, hour };
        assert!(
            !may_escalate(24, 2 * DAY_MS) && may_escalate(25, 2 * DAY_MS) && !may_escalate(9999, DAY_MS - 1)
        );
        assert!(escalates(25, usual(0.0, 0.0)));
        assert!(escalates(25, usual(4.0, 20.0)) && !escalates(25, usual(4.0, 21.0)));
        assert!(!escalates(100, usual(400.0, 1.0)), "every day at this hour");
        assert!(escalates(500, usual(400.0, 1.0)));
    }
}
