//! An incident: the alerts of one group, and what was told of them to whom.

use std::collections::{BTreeMap, BTreeSet};

use model::Labels;
use serde::{Deserialize, Serialize};

use crate::Tier;

/// Who has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Who.
    pub name: String,
    /// Since when.
    pub at_ms: i64,
    /// Until when that counts.
    pub until_ms: i64,
}

/// Why nothing is said of an incident for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Muted {
    /// Silences fit all of its alerts.
    Silenced,
    /// Something else explains them, or some are silenced.
    Inhibited,
}

/// What was told, and when the next is due.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The last message's number; 0: none yet.
    pub sequence: u64,
    /// The most urgent tier that was told.
    pub tier: Option<Tier>,
    /// The alerts that were told of.
    pub alerts: BTreeSet<u64>,
    /// Who was told.
    pub receivers: BTreeSet<String>,
    /// That it comes and goes was told.
    pub flapping: bool,
    /// What is new is told then.
    pub next_ms: Option<i64>,
    /// It is told again then.
    pub remind_ms: Option<i64>,
    /// How often the one who is called now was called.
    pub calls: u32,
    /// How many of those who come next were called.
    pub next_called: usize,
    /// It becomes more urgent then.
    pub escalate_ms: Option<i64>,
    /// Whose acknowledgement has run out since it was last told.
    pub lapsed: Option<String>,
}

/// An incident. All times are milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Letters, digits and `-`.
    pub id: String,
    /// What its alerts have in common.
    pub group: BTreeMap<String, String>,
    /// The rule of its first alert; empty for a storm.
    pub rule: String,
    /// What broke, in one line, as it was last told.
    pub what: String,
    /// The most urgent that it was.
    pub tier: Tier,
    /// Since when.
    pub opened_ms: i64,
    /// When it was over.
    pub closed_ms: Option<i64>,
    /// The alerts that are on.
    pub open: BTreeSet<u64>,
    /// How many alerts it had in all.
    pub alerts: u64,
    /// What was told.
    pub told: Told,
    /// The tier that it was raised to.
    pub raised: Option<Tier>,
    /// Who has it.
    pub owner: Option<Owner>,
    /// When somebody first had it.
    pub first_owned_ms: Option<i64>,
    /// Nothing is said of it, and why.
    pub muted: Option<Muted>,
    /// Whether somebody silenced it while it was on.
    pub was_silenced: bool,
    /// It waits for the morning.
    pub is_held: bool,
    /// It is told as a part of this storm.
    pub storm: Option<String>,
    /// It is a storm, of these incidents.
    pub parts: BTreeSet<String>,
    /// A fire drill.
    pub is_drill: bool,
    /// Whether its end is told.
    pub tells_recovery: bool,
    /// What was seen around the moment when it was first told.
    #[serde(default)]
    pub evidence: api::Evidence,
}

impl Incident {
    /// A new one. Its id follows from its group and time, so that the same happenings give the same ids.
    pub fn new(group: BTreeMap<String, String>, rule: &str, tier: Tier, now_ms: i64) -> Self {
        let hash = Labels::from_pairs(group.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        Self {
            id: format!("{:011x}-{:016x}", now_ms.max(0), hash.fingerprint()),
            group,
            rule: rule.to_owned(),
            what: String::new(),
            tier,
            opened_ms: now_ms,
            closed_ms: None,
            open: BTreeSet::new(),
            alerts: 0,
            told: Told::default(),
            raised: None,
            owner: None,
            first_owned_ms: None,
            muted: None,
            was_silenced: false,
            is_held: false,
            storm: None,
            parts: BTreeSet::new(),
            is_drill: false,
            tells_recovery: true,
            evidence: api::Evidence::default(),
        }
    }

    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.closed_ms.is_none()
    }

    /// Whether it stands for others.
    pub fn is_storm(&self) -> bool {
        self.rule.is_empty()
    }

    /// Whether it was told to anybody.
    pub fn was_told(&self) -> bool {
        self.told.tier.is_some()
    }
}
