//! What others may see of Docker: the workloads, how the engine does, the deploys, and what was counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use model::Ordered as _;
use model::{Timestamp, Workload};
use tokio::sync::watch;

use crate::client::Client;
use crate::{Config, Deploy};

/// Whether the engine answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Not asked yet.
    Connecting,
    /// It answers.
    Connected {
        /// The engine's version: `27.3.1`.
        version: String,
        /// The version of its API that is spoken: `1.47`.
        api: String,
    },
    /// It does not; it is asked again every few seconds.
    Away {
        /// Why, and what to do: one sentence.
        problem: String,
    },
}

/// How the engine does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether it answers.
    pub engine: Engine,
    /// Since when `engine` is what it is.
    pub since: Timestamp,
    /// Where it is looked for: `unix:///var/run/docker.sock`.
    pub host: String,
    /// The containers whose logs cannot be read, by container name.
    pub unreadable: Vec<Unreadable>,
}

/// A container whose log cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The container's full id.
    pub container_id: String,
    /// Its name.
    pub container: String,
    /// Why, and what to do.
    pub reason: String,
}

/// What was collected since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines of containers handed over.
    pub lines: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Lines that were longer than is kept; the line says how much was cut.
    pub cut_lines: u64,
    /// Lines in which bytes that are no UTF-8 were replaced.
    pub replaced_lines: u64,
    /// Places where lines may be missing; each has an entry `event="gap"`.
    pub gaps: u64,
}

/// The handle of this crate: cheap to clone, and only for looking and asking.
#[derive(Clone, Debug)]
pub struct Docker {
    workloads: watch::Receiver<Arc<[Workload]>>,
    status: watch::Receiver<Status>,
    deploys: watch::Receiver<Arc<[Deploy]>>,
    counters: Arc<Counters>,
    client: Client,
}

impl Docker {
    /// The current set of workloads, sorted by project, service and container. While the engine is away it is
    /// the last set known.
    pub fn workloads(&self) -> watch::Receiver<Arc<[Workload]>> {
        self.workloads.clone()
    }

    /// How the engine does.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// The last deploy of each service of which one was seen, sorted by project and service.
    pub fn deploys(&self) -> watch::Receiver<Arc<[Deploy]>> {
        self.deploys.clone()
    }

    /// What was collected since the start.
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }

    /// Whom to ask.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

/// The writing ends of [`Docker`].
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) workloads: watch::Sender<Arc<[Workload]>>,
    pub(crate) status: Arc<watch::Sender<Status>>,
    pub(crate) deploys: watch::Sender<Arc<[Deploy]>>,
    pub(crate) counters: Arc<Counters>,
}

/// A handle and what fills it.
pub(crate) fn channel(config: &Config, client: Client) -> (Docker, Published) {
    let first = Status {
        engine: Engine::Connecting,
        since: SystemTime::now().into(),
        host: config.address.to_string(),
        unreadable: Vec::new(),
    };
    let published = Published {
        workloads: watch::Sender::new(Arc::from([])),
        status: Arc::new(watch::Sender::new(first)),
        deploys: watch::Sender::new(Arc::from([])),
        counters: Arc::default(),
    };
    let docker = Docker {
        workloads: published.workloads.subscribe(),
        status: published.status.subscribe(),
        deploys: published.deploys.subscribe(),
        counters: published.counters.clone(),
        client,
    };
    (docker, published)
}

impl Status {
    /// Sets `engine`, and `since` when it is of another kind than before; tells whether anything changed.
    pub(crate) fn turn(sender: &watch::Sender<Self>, engine: Engine) -> bool {
        sender.send_if_modified(|status| {
            let same_kind = std::mem::discriminant(&status.engine) == std::mem::discriminant(&engine);
            let changed = status.engine != engine;
            if !same_kind {
                status.since = SystemTime::now().into();
            }
            status.engine = engine;
            changed
        })
    }

    /// Says that a container's log cannot be read.
    pub(crate) fn unreadable(sender: &watch::Sender<Self>, told: Unreadable) {
        sender.send_if_modified(|status| {
            if status.unreadable.contains(&told) {
                return false;
            }
            status.unreadable.retain(|other| other.container_id != told.container_id);
            status.unreadable.push(told);
            status.unreadable.order_by(|a, b| a.container.cmp(&b.container));
            true
        });
    }

    /// Takes back what [`Status::unreadable`] said.
    pub(crate) fn readable(sender: &watch::Sender<Self>, container_id: &str) {
        sender.send_if_modified(|status| {
            let before = status.unreadable.len();
            status.unreadable.retain(|other| other.container_id != container_id);
            status.unreadable.len() != before
        });
    }
}

/// [`Counts`] while they grow; shared by all readers.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) lines: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) cut_lines: AtomicU64,
    pub(crate) replaced_lines: AtomicU64,
    pub(crate) gaps: AtomicU64,
}

impl Counters {
    fn read(&self) -> Counts {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            lines: get(&self.lines),
            bytes: get(&self.bytes),
            cut_lines: get(&self.cut_lines),
            replaced_lines: get(&self.replaced_lines),
            gaps: get(&self.gaps),
        }
    }
}
