//! What is scraped: `GET targets` → [`Targets`].

use serde::{Deserialize, Serialize};

use crate::{Fault, Millis, StreamLabels};

/// Everything that is scraped, and what is not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Targets {
    /// By job and instance.
    pub targets: Vec<TargetRow>,
    /// Found and left alone.
    pub dropped: Vec<DroppedTargetRow>,
    /// What is wrong with collecting itself, and what to do.
    pub faults: Vec<Fault>,
}

/// One target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TargetRow {
    /// Its job.
    pub job: String,
    /// Its instance: most often its address.
    pub instance: String,
    /// Where it is asked.
    pub url: String,
    /// Whose it is, where that is known.
    pub service: String,
    /// Whose it is, where that is known.
    pub project: String,
    /// Whose it is, where that is known.
    pub environment: String,
    /// Given to each of its series.
    pub labels: StreamLabels,
    /// Whether it answers.
    pub health: TargetHealth,
    /// Why it does not, what was left out, which line could not be read; empty: nothing is wrong.
    pub problem: String,
    /// When it was last asked.
    pub last: Option<Millis>,
    /// How long that took, in seconds.
    pub seconds: f64,
    /// Samples in the answer.
    pub scraped: u64,
    /// Samples that were stored.
    pub stored: u64,
    /// Series that were not there the time before.
    pub added: u64,
    /// Lines that could not be read.
    pub bad_lines: u64,
    /// Series left out since there are too many, or their labels are.
    pub cut: u64,
    /// How often it is asked.
    pub interval: Millis,
    /// How long it may take.
    pub timeout: Millis,
    /// What names it: `porthole.toml:12`, or a container.
    pub origin: String,
}

/// Whether a target answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetHealth {
    /// Not asked yet.
    #[default]
    Unknown,
    /// It answers.
    Up,
    /// It does not.
    Down,
}

/// What could be scraped and is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedTargetRow {
    /// What names it: a container, or an address.
    pub name: String,
    /// Why, and what to do to have it scraped.
    pub why: String,
    /// What was found of it.
    pub discovered: StreamLabels,
}
