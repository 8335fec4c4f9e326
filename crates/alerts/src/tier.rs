//! How urgent an alert is, and so who is told and how loudly.

use serde::{Deserialize, Serialize};

/// How urgent, the least urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Kept in the logs, read in the morning.
    Low,
    /// Written where the team talks.
    Medium,
    /// Written to whoever is on call.
    High,
    /// Wakes somebody.
    Critical,
}

impl Tier {
    /// All of them with the words of the settings, the least urgent first.
    pub const WORDS: [(&str, Self); 4] =
        [("low", Self::Low), ("medium", Self::Medium), ("high", Self::High), ("critical", Self::Critical)];

    /// Its word in settings, labels and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The tier below; `Low` has none.
    pub fn below(self) -> Option<Self> {
        match self {
            Self::Low => None,
            Self::Medium => Some(Self::Low),
            Self::High => Some(Self::Medium),
            Self::Critical => Some(Self::High),
        }
    }
}
