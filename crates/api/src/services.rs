//! Services, and all that is known of one.
//!
//! | call | answer | fault |
//! |---|---|---|
//! | `GET services` | list of [`ServiceRow`], by environment, project and name | – |
//! | `GET services/{name}?`[`ServiceRequest`] | [`ServicePage`] | 404 if there is nothing of that name |

use serde::{Deserialize, Serialize};

use crate::{HealthState, MetricName, Millis, ProbeRow, QueueRow, RunState, TargetRow, WorkloadRow};

/// Which one of the services of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRequest {
    /// Its compose project; empty: whichever there is.
    #[serde(default)]
    pub project: String,
    /// Its environment; empty: whichever there is.
    #[serde(default)]
    pub environment: String,
}

/// One service in a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceRow {
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
    /// How many of its containers run.
    pub running: u32,
    /// How many containers it has.
    pub containers: u32,
    /// Cores that its containers use together; `None`: not measured.
    pub cpu_cores: Option<f64>,
    /// The same over the last hour, oldest first, for a small picture; `None`: not measured then.
    pub cpu_trend: Vec<Option<f64>>,
    /// Memory that cannot be given back, of all its containers.
    pub memory_bytes: Option<f64>,
    /// The sum of its containers' limits; `None`: one of them has no limit.
    pub memory_limit_bytes: Option<f64>,
    /// Lines of level error and above within the last hour.
    pub error_lines: u64,
    /// Restarts of its containers within the last 24 hours.
    pub restarts: u64,
    /// When a container was last replaced by one of another image, as far as is remembered.
    pub last_deploy: Option<Millis>,
    /// Scraped targets that answer.
    pub targets_up: u32,
    /// Scraped targets that do not.
    pub targets_down: u32,
    /// Probes that pass.
    pub probes_up: u32,
    /// Probes that fail.
    pub probes_down: u32,
    /// What waits in the queues of its broker or workers, together; `None`: it has none.
    pub queue_length: Option<u64>,
}

/// One service whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServicePage {
    /// As in the list.
    pub service: ServiceRow,
    /// Its containers, running ones first.
    pub workloads: Vec<WorkloadRow>,
    /// Its scraped targets.
    pub targets: Vec<TargetRow>,
    /// Its probes; their strips cover the last 24 hours.
    pub probes: Vec<ProbeRow>,
    /// Its queues.
    pub queues: Vec<QueueRow>,
    /// What its containers and queues do: to be drawn through `metrics/numbers`.
    pub charts: Vec<Chart>,
    /// Metrics of its own, by job.
    pub jobs: Vec<JobMetrics>,
    /// The selector of its log lines, for `logs/marks` and for a link: `{service="web", project="shop"}`.
    pub log_selector: String,
}

/// A chart that is ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// Of its numbers: `cores`, `bytes`, `bytes/s`, `seconds`, `1/s`, `ratio`, or empty.
    pub unit: String,
    /// PromQL.
    pub query: String,
    /// What its series are called, as [`PanelQuery::legend`](crate::PanelQuery::legend).
    pub legend: String,
    /// PromQL of a number that should not be reached, to be drawn as a line across; empty: there is none.
    pub limit: String,
}

/// The metrics of one job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobMetrics {
    /// The job.
    pub job: String,
    /// A selector of its series, without a name: `job="web", service="web"`, to be put in braces.
    pub matchers: String,
    /// At most 500, by name.
    pub names: Vec<MetricName>,
}
