//! Monitors: jobs that report when they run, and what is missing.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET monitors?`[`MonitorsRequest`] | [`Monitors`] | everybody |
//! | `GET monitors/{slug}?`[`MonitorRequest`] | [`Monitor`]; 404 | everybody |
//! | `DELETE monitors/{slug}?`[`MonitorRequest`] | 204 | editors |

use serde::{Deserialize, Serialize};

use crate::{Millis, ProjectName};

/// Which monitors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorsRequest {
    /// The project's slug; empty: all.
    #[serde(default)]
    pub project: String,
    /// Empty: all.
    #[serde(default)]
    pub environment: String,
    /// The first instant of the strips; 0: 24 hours before the end.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
}

/// Which monitor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorRequest {
    /// The project's slug; empty: whichever has it.
    #[serde(default)]
    pub project: String,
    /// Empty: all.
    #[serde(default)]
    pub environment: String,
    /// The first instant; 0: 24 hours before the end.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
}

/// All monitors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitors {
    /// What is wrong first, then by project, name and environment.
    pub rows: Vec<MonitorRow>,
    /// Where the strips' first bucket begins.
    pub start: Millis,
    /// How long each bucket is.
    pub step: Millis,
    /// All projects, by slug.
    pub projects: Vec<ProjectName>,
    /// All environments that check-ins came from.
    pub environments: Vec<String>,
}

/// One monitor in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorRow {
    /// Names it within its project.
    pub slug: String,
    /// The project's slug.
    pub project: String,
    /// Where it runs.
    pub environment: String,
    /// How it does.
    pub state: CheckInState,
    /// Since when.
    pub since: Option<Millis>,
    /// When it runs, in words: `*/5 * * * * (Europe/Vienna)`, `every 10 minutes`; empty: not told, so nothing is
    /// missed.
    pub schedule: String,
    /// The last check-in.
    pub last: Option<Millis>,
    /// When the next is due; `None`: not told.
    pub next: Option<Millis>,
    /// How long the last run took.
    pub duration_ms: Option<u64>,
    /// Its issue while it fails; `None`: it has none.
    pub issue: Option<i64>,
    /// 60 buckets: the worst check-in of each; `None`: there was none.
    pub strip: Vec<Option<CheckInState>>,
}

/// How a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckInState {
    /// None was seen yet.
    #[default]
    Unknown,
    /// It ended well.
    Ok,
    /// It runs.
    InProgress,
    /// It did not begin when it should have.
    Missed,
    /// It did not end when it should have.
    Timeout,
    /// It ended badly.
    Error,
}

/// One monitor whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitor {
    /// One row per environment.
    pub rows: Vec<MonitorRow>,
    /// Where the strips' first bucket begins.
    pub start: Millis,
    /// How long each bucket is.
    pub step: Millis,
    /// How late it may begin, in minutes.
    pub margin_minutes: Option<u64>,
    /// How long it may take, in minutes.
    pub runtime_minutes: Option<u64>,
    /// Bad runs in a row that make an issue.
    pub failures: Option<u64>,
    /// Good runs in a row that end it.
    pub recoveries: Option<u64>,
    /// Newest first, at most 200.
    pub check_ins: Vec<CheckIn>,
}

/// One run, or one that is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckIn {
    /// When it began, or should have.
    pub time: Millis,
    /// How it did.
    pub state: CheckInState,
    /// How long it took.
    pub duration_ms: Option<u64>,
    /// Where it ran.
    pub environment: String,
    /// The SDK's name for it; empty: none.
    pub id: String,
    /// Empty: not told.
    pub release: String,
}
