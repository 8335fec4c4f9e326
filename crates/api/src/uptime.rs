//! Probes and how they did: `GET uptime?`[`UptimeRequest`] → [`Uptime`].

use serde::{Deserialize, Serialize};

use crate::{Fault, Millis};

/// The time of the strips.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UptimeRequest {
    /// The first instant; 0: 24 hours before the end.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
}

/// All probes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Uptime {
    /// By name and address.
    pub probes: Vec<ProbeRow>,
    /// Where the strips' first bucket begins.
    pub start: Millis,
    /// How long each bucket is.
    pub step: Millis,
    /// What is wrong with probing itself, and what to do.
    pub faults: Vec<Fault>,
}

/// One probe.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProbeRow {
    /// What people call it.
    pub name: String,
    /// What is probed: an address of HTTP, or `tcp://host:port`.
    pub url: String,
    /// Whose it is, where that is known.
    pub service: String,
    /// Whose it is, where that is known.
    pub project: String,
    /// Whose it is, where that is known.
    pub environment: String,
    /// How it does.
    pub state: ProbeHealth,
    /// Since when the state is what it is, as far as is remembered.
    pub since: Option<Millis>,
    /// When it was last tried.
    pub last: Option<Millis>,
    /// How long the last answer took, in seconds.
    pub seconds: Option<f64>,
    /// The status of the last answer, of HTTP.
    pub status: Option<u16>,
    /// Why it fails; empty: it does not.
    pub problem: String,
    /// When the certificate ends.
    pub certificate_ends: Option<Millis>,
    /// How often it is tried.
    pub interval: Millis,
    /// What names it: `porthole.toml:12`, or a container.
    pub origin: String,
    /// Share of tries that passed in the last 24 hours, 0 to 1; `None`: there were none.
    pub day: Option<f64>,
    /// In the last 7 days.
    pub week: Option<f64>,
    /// In the last 30 days.
    pub month: Option<f64>,
    /// 90 buckets over the time asked for: the share of tries that passed; `None`: there were none.
    pub strip: Vec<Option<f64>>,
}

/// How a probe does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProbeHealth {
    /// Not tried yet.
    #[default]
    Unknown,
    /// The last try passed.
    Up,
    /// It did not.
    Down,
}
