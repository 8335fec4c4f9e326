//! A container as the rest of Porthole sees it.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use crate::{Labels, Timestamp, label};

/// Who a workload is: the part that logs, metrics, errors, alerts and routes share.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Identity {
    /// Label `porthole.service`, else `com.docker.compose.service`, else the container's name.
    pub service: String,
    /// `com.docker.compose.project`; empty outside compose.
    pub project: String,
    /// Label `porthole.environment`, else `[identity] environment`, else `production`.
    pub environment: String,
    /// `[identity] host`, else the hostname.
    pub host: String,
    /// The container's name without its leading slash.
    pub container: String,
}

impl Identity {
    /// The labels of this workload's log stream `stream` (`stdout`, `stderr`, `event`, …).
    pub fn stream_labels(&self, stream: &str) -> Labels {
        Labels::from_pairs([
            (label::SERVICE, self.service.as_str()),
            (label::PROJECT, &self.project),
            (label::ENVIRONMENT, &self.environment),
            (label::HOST, &self.host),
            (label::CONTAINER, &self.container),
            (label::STREAM, stream),
        ])
    }
}

/// What a container is doing, in Docker's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Made, never started.
    Created,
    /// Running.
    Running,
    /// Frozen by `docker pause`.
    Paused,
    /// Died; its restart policy is about to start it again.
    Restarting,
    /// Being removed.
    Removing,
    /// Ended.
    Exited,
    /// Could not be removed.
    Dead,
}

/// What the container's own health check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Health {
    /// It has no health check.
    None,
    /// In its start period.
    Starting,
    /// The last checks passed.
    Healthy,
    /// As many checks failed as `retries` allows.
    Unhealthy,
}

/// An attachment to a Docker network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// The network's name.
    pub name: String,
    /// The container's address in it, while it runs.
    pub address: Option<IpAddr>,
    /// Names under which others in the network find it.
    pub aliases: Vec<String>,
}

/// A port that the container listens on or publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// Inside the container.
    pub private: u16,
    /// On the host, where it is published.
    pub public: Option<u16>,
    /// TCP, else UDP or SCTP.
    pub tcp: bool,
}

/// What a container runs, as far as somebody needs to know it. Passwords stand in both parts, so nothing of it is ever
/// shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Process {
    /// The program and its arguments: the entrypoint, then the command.
    pub command: Vec<String>,
    /// Of its environment, what tells where brokers of tasks are.
    pub environment: BTreeMap<String, String>,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Process(…)")
    }
}

/// One container of the current set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Docker's full id: 64 hex digits.
    pub id: String,
    /// Who it is.
    pub identity: Identity,
    /// What it is doing.
    pub state: State,
    /// What its health check says.
    pub health: Health,
    /// Whether somebody told it to end, and it has not ended yet.
    pub stopping: bool,
    /// The exit code of its last end; `None` while it runs or before its first start.
    pub exit_code: Option<i64>,
    /// Whether the kernel's out-of-memory killer ended it last.
    pub oom_killed: bool,
    /// How often its restart policy has started it again.
    pub restarts: u64,
    /// The image's name as the container was made with it: `shop/web:3f2a1c`.
    pub image: String,
    /// The image's digest (`sha256:…`): what tells one deploy from the next.
    pub image_id: String,
    /// Whether it has a terminal; its log is then one raw stream.
    pub tty: bool,
    /// The logging driver: `json-file`, `local`, `none`, …
    pub log_driver: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last started.
    pub started_at: Option<Timestamp>,
    /// When it last ended.
    pub finished_at: Option<Timestamp>,
    /// All of its labels.
    pub labels: BTreeMap<String, String>,
    /// Its networks, sorted by name.
    pub networks: Vec<Network>,
    /// Its ports, sorted.
    pub ports: Vec<Port>,
    /// What it runs.
    pub process: Process,
}
