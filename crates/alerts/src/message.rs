//! What is told to a receiver: one typed message, made once when something happens and kept in the outbox as JSON.
//!
//! A message answers what broke, how bad it is and what to do now, and brings what was known at that moment. How it looks
//! in Slack, in a mail or on the phone is each receiver's affair ([`crate::receivers`]); texts come here as they are,
//! unescaped, with secrets already masked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Tier;

/// Labels by name.
pub type LabelMap = BTreeMap<String, String>;

/// One message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Whom it belongs to: all messages of an incident share it. Letters, digits and `-`, at most 48 of them.
    pub incident: String,
    /// Which of the incident's messages it is, counted from 1; with the receiver it is unique.
    pub sequence: u64,
    /// Why it is sent.
    pub news: News,
    /// How urgent.
    pub tier: Tier,
    /// A fire drill: nothing is wrong, and every receiver says so first.
    #[serde(default)]
    pub is_drill: bool,
    /// When it was made, milliseconds since 1970.
    pub at_ms: i64,
    /// Since when the oldest of its alerts fires.
    pub since_ms: i64,
    /// What broke, in one line.
    pub what: String,
    /// How bad it is, in words.
    #[serde(default)]
    pub how_bad: String,
    /// What to do now; one step a line.
    #[serde(default)]
    pub do_now: String,
    /// Where the steps are written at length.
    #[serde(default)]
    pub runbook: Option<String>,
    /// The number behind it.
    #[serde(default)]
    pub number: Option<Number>,
    /// What its alerts are grouped by.
    #[serde(default)]
    pub group: LabelMap,
    /// The alerts, the oldest first. None for a digest, a report or a notice.
    #[serde(default)]
    pub alerts: Vec<Alert>,
    /// How many more alerts there are than are listed.
    #[serde(default)]
    pub alerts_left_off: u64,
    /// What was seen around the moment.
    #[serde(default)]
    pub evidence: Evidence,
    /// More, under headings of its own: what broke together, the lines of a digest or a report.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// Pages to look at, the best first.
    #[serde(default)]
    pub links: Vec<Link>,
    /// How to say that somebody is at it; absent where there is nothing to acknowledge, or no public address.
    #[serde(default)]
    pub acknowledge: Option<Acknowledge>,
}

/// Why a message is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum News {
    /// It began.
    Firing,
    /// Other alerts than before are part of it.
    Changed,
    /// It still goes on.
    Reminder,
    /// It goes on and nobody acknowledged it, so more are told.
    Escalated,
    /// Somebody is at it.
    Acknowledged {
        /// Who.
        by: String,
        /// Until when it is quiet, milliseconds since 1970.
        until_ms: i64,
    },
    /// It comes and goes; nothing more is said until it holds still.
    Flapping,
    /// What it is judged by is missing.
    Blind {
        /// Why nothing is known.
        why: String,
    },
    /// Much broke at once; this one message stands for all.
    Storm,
    /// It is over.
    Resolved {
        /// Since when, milliseconds since 1970.
        ended_ms: i64,
    },
    /// What was held back overnight.
    Digest,
    /// The weekly report.
    Report,
    /// About alerting itself: a receiver that fails.
    Notice,
}

/// The number behind an alert, written as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    /// What it is now: `12.4 %`.
    pub text: String,
    /// What it usually is here: `0.3 %`.
    #[serde(default)]
    pub usual: Option<String>,
    /// From where on it is an alert: `> 5 %`.
    #[serde(default)]
    pub limit: Option<String>,
}

/// One alert of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Names the alert as long as it lives.
    pub fingerprint: String,
    /// Its labels, `alertname` among them.
    pub labels: LabelMap,
    /// What broke, in one line.
    pub what: String,
    /// The value it was last judged by.
    #[serde(default)]
    pub value: Option<f64>,
    /// Since when.
    pub starts_ms: i64,
    /// Until when; absent while it fires.
    #[serde(default)]
    pub ends_ms: Option<i64>,
    /// Where its query is shown.
    #[serde(default)]
    pub source_url: Option<String>,
}

/// What was seen around the moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The last matching lines, the oldest first; masked.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// The newest related issue.
    #[serde(default)]
    pub issue: Option<Issue>,
    /// The deploy before it.
    #[serde(default)]
    pub deploy: Option<Deploy>,
    /// How the number went, evenly spaced; `None` where it is missing.
    #[serde(default)]
    pub trend: Vec<Option<f64>>,
    /// What the trend covers: `last hour`.
    #[serde(default)]
    pub trend_span: String,
}

/// A line of the logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// Its text.
    pub text: String,
}

/// An issue that has to do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Class and message.
    pub title: String,
    /// How many events.
    pub events: u64,
    /// How many users were hit.
    pub users: u64,
    /// Its page.
    #[serde(default)]
    pub url: Option<String>,
}

/// The deploy before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deploy {
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// What replaced what: `web: shop:41 → shop:42`.
    pub text: String,
    /// Its page.
    #[serde(default)]
    pub url: Option<String>,
}

/// Lines under a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The heading.
    pub title: String,
    /// Below it.
    pub lines: Vec<String>,
}

/// A page to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it shows: `Logs`.
    pub text: String,
    /// Where.
    pub url: String,
}

/// How to say that somebody is at it. Both are signed for this one incident and expire; neither is for the eyes of
/// others than the receivers'.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledge {
    /// The page with the button.
    pub page_url: String,
    /// Where a telephone company posts the key that was pressed.
    pub call_url: String,
}

impl std::fmt::Debug for Acknowledge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Acknowledge(…)")
    }
}

impl Message {
    /// A message about alerting itself, without any alert: the first of its kind. Who makes it fills in the texts.
    pub fn notice(incident: String, tier: Tier, at_ms: i64) -> Self {
        Self {
            incident,
            sequence: 1,
            news: News::Notice,
            tier,
            is_drill: false,
            at_ms,
            since_ms: at_ms,
            what: String::new(),
            how_bad: String::new(),
            do_now: String::new(),
            runbook: None,
            number: None,
            group: LabelMap::new(),
            alerts: Vec::new(),
            alerts_left_off: 0,
            evidence: Evidence::default(),
            notes: Vec::new(),
            links: Vec::new(),
            acknowledge: None,
        }
    }

    /// Whether the incident is over with it.
    pub fn is_resolved(&self) -> bool {
        matches!(self.news, News::Resolved { .. })
    }

    /// Whether it is about an incident that somebody could acknowledge, rather than a digest, report or notice.
    pub fn is_incident(&self) -> bool {
        !matches!(self.news, News::Digest | News::Report | News::Notice)
    }
}
