//! The first page: what runs, how it does, and what feeds Porthole.
//!
//! `GET now` → [`Now`]; sent again over the live stream whenever it changes, at most once a second.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// Everything that the page Now shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Now {
    /// When this was true.
    pub at: Millis,
    /// One tile per service, sorted by environment, project and name.
    pub services: Vec<ServiceTile>,
    /// The Docker engine.
    pub docker: DockerStatus,
    /// What came in.
    pub intake: Intake,
    /// What is wrong with Porthole itself: a full disk, a block that cannot be read.
    pub faults: Vec<Fault>,
}

/// How the Docker engine does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DockerStatus {
    /// Connected or not.
    pub state: DockerState,
    /// Where it is looked for: `unix:///var/run/docker.sock`.
    pub host: String,
    /// The engine's version, once it answered.
    pub version: Option<String>,
    /// Why it does not answer, and what to do.
    pub problem: Option<String>,
    /// Since when the state is what it is.
    pub since: Millis,
    /// Containers whose logs cannot be read, with the reason (a `none` driver, for one).
    pub unreadable: Vec<Fault>,
}

/// Whether the engine answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DockerState {
    /// Not asked yet.
    #[default]
    Connecting,
    /// It answers.
    Connected,
    /// It does not; tried again every few seconds.
    Away,
}

/// What came in since the start, and what did not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// Lines stored since the start.
    pub lines: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The newest line's time.
    pub newest: Option<Millis>,
    /// Bytes on disk.
    pub disk_bytes: u64,
    /// What was dropped, by reason.
    pub dropped: Vec<(String, u64)>,
    /// How often something was masked, by rule and service.
    pub masked: Vec<(String, u64)>,
}

/// Something wrong: what, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What it concerns.
    pub subject: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// One service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceTile {
    /// Its name.
    pub service: String,
    /// Its compose project; empty outside compose.
    pub project: String,
    /// `production`, `staging`, …
    pub environment: String,
    /// The worst of its containers.
    pub state: RunState,
    /// The worst of its containers.
    pub health: HealthState,
    /// Its containers, running ones first.
    pub workloads: Vec<WorkloadRow>,
    /// Lines in each of the last 60 minutes, oldest first; the last minute is still filling.
    pub lines: Vec<u32>,
    /// Of these, lines of level error and above.
    pub error_lines: Vec<u32>,
    /// Restarts of its containers within the last 24 hours.
    pub restarts: u64,
    /// When a container was last replaced by one of another image, as far as is remembered.
    pub last_deploy: Option<Millis>,
    /// Open issues of which events came within the last hour.
    pub issues: u64,
}

/// One container of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadRow {
    /// The container's name.
    pub container: String,
    /// Docker's id, 12 digits.
    pub id: String,
    /// What it is doing.
    pub state: RunState,
    /// What its health check says.
    pub health: HealthState,
    /// Its image.
    pub image: String,
    /// Of its last end.
    pub exit_code: Option<i64>,
    /// The kernel ended it for want of memory.
    pub oom_killed: bool,
    /// When it last started.
    pub started: Option<Millis>,
    /// When it last ended.
    pub finished: Option<Millis>,
    /// How often its restart policy started it again.
    pub restarts: u64,
}

/// What a container is doing; sorted from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Running.
    Running,
    /// Ended with exit code 0.
    Finished,
    /// Made, never started.
    Created,
    /// Frozen.
    Paused,
    /// Being started again after it died.
    Restarting,
    /// Ended with another exit code.
    Failed,
}

/// What the health check says; sorted from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HealthState {
    /// There is no health check.
    None,
    /// Passing.
    Healthy,
    /// In its start period.
    Starting,
    /// Failing.
    Unhealthy,
}
