//! The configuration in force, where each value comes from, and what keeping things costs.
//!
//! | call | answer | fault |
//! |---|---|---|
//! | `GET configuration` | [`Configuration`]; admins only | – |
//!
//! No value of a secret is ever in it.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// What is in force.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Configuration {
    /// The file that was read; empty: there is none, all is as it is by default.
    pub file: String,
    /// The sections that anything is written of, in the file's order.
    pub sections: Vec<ConfigSection>,
    /// What each store keeps, and what that takes.
    pub stores: Vec<StoreCost>,
    /// The disk that they share.
    pub disk: Option<DiskCost>,
}

/// A section.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigSection {
    /// `logs`, `alerts.receivers.slack`
    pub name: String,
    /// What it is for; empty for sections that users name themselves.
    pub what: String,
    /// Its keys.
    pub keys: Vec<ConfigKey>,
}

/// A value, and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigKey {
    /// `retention`
    pub key: String,
    /// As TOML; of a secret only that it is set.
    pub value: String,
    /// Where it comes from.
    pub origin: KeyOrigin,
    /// `porthole.toml:12`, `PORTHOLE_SERVER__LISTEN`; empty for a default.
    pub place: String,
    /// What it would be if nothing were written, as TOML; empty: it has none.
    pub default: String,
    /// Whether it is a secret.
    pub secret: bool,
    /// Whether a change takes a restart.
    pub restart: bool,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyOrigin {
    /// Nobody wrote it.
    #[default]
    Default,
    /// The file.
    File,
    /// The environment.
    Environment,
}

/// What a store keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoreCost {
    /// `Logs`, `Metrics`, `Errors`
    pub store: String,
    /// How long things are kept, as it is written: `30d`.
    pub retention: String,
    /// More than that is not kept.
    pub max_bytes: u64,
    /// What is on disk now.
    pub bytes: u64,
    /// The oldest thing that is kept.
    pub oldest: Option<Millis>,
    /// What comes each day, as far as can be told.
    pub bytes_per_day: Option<f64>,
    /// When its own limit is reached and the oldest must go before their time; `None`: never, at this rate.
    pub full_in_days: Option<f64>,
    /// What that means, in a sentence.
    pub note: String,
}

/// The disk of the data directory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DiskCost {
    /// How large the disk is.
    pub size_bytes: u64,
    /// What is free.
    pub free_bytes: u64,
    /// What Porthole adds each day until its stores are as large as they may get.
    pub bytes_per_day: Option<f64>,
    /// How long the disk lasts at this rate; `None`: the stores reach their limits first.
    pub full_in_days: Option<f64>,
}
