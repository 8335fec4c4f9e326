//! Queues of tasks and their workers: `GET queues` → [`Queues`].

use serde::{Deserialize, Serialize};

use crate::{Fault, Millis};

/// Everything known of queues.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Queues {
    /// By address.
    pub brokers: Vec<BrokerRow>,
    /// By broker and name.
    pub queues: Vec<QueueRow>,
    /// By broker and name.
    pub workers: Vec<WorkerRow>,
    /// Tasks by name, over the last hour; most sent first, at most 500.
    pub tasks: Vec<TaskRow>,
    /// What is wrong with looking at queues, and what to do.
    pub faults: Vec<Fault>,
}

/// What holds queues.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BrokerRow {
    /// Its address, without secrets; names it.
    pub broker: String,
    /// The name in the settings, else the broker's service or host.
    pub name: String,
    /// `celery` or `rq`.
    pub kind: String,
    /// The services whose containers use it, as far as they are known.
    pub services: Vec<String>,
    /// Why it cannot be looked at; empty: it can.
    pub problem: String,
    /// When it was last looked at.
    pub last: Option<Millis>,
    /// What could be seen besides, and what to do for it; empty: nothing.
    pub hint: String,
    /// Tasks that workers took and have not finished; `None`: the broker does not tell.
    pub unacked: Option<u64>,
    /// How long the oldest of them was held, in seconds.
    pub oldest_unacked_seconds: Option<f64>,
    /// Workers that were heard of lately.
    pub workers_online: u32,
    /// What names it: `porthole.toml:12`, or a container.
    pub origin: String,
}

/// One queue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueueRow {
    /// [`BrokerRow::broker`].
    pub broker: String,
    /// `celery` or `rq`.
    pub kind: String,
    /// The queue's name.
    pub queue: String,
    /// The services of its workers and clients, as far as they are known.
    pub services: Vec<String>,
    /// How many tasks wait.
    pub length: u64,
    /// The same over the last hour, oldest first, for a small picture; `None`: not measured then.
    pub trend: Vec<Option<f64>>,
    /// How long the oldest task has waited, in seconds; `None`: nobody tells.
    pub oldest_seconds: Option<f64>,
    /// Failed jobs that are kept; `None`: the broker keeps none.
    pub failed: Option<u64>,
    /// Tasks that ended per second, over the last 5 minutes; `None`: workers send no events.
    pub ended_per_second: Option<f64>,
    /// Of these, tasks that failed.
    pub failed_per_second: Option<f64>,
}

/// One worker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkerRow {
    /// [`BrokerRow::broker`].
    pub broker: String,
    /// `celery@host`
    pub worker: String,
    /// Whether it was heard of lately.
    pub online: bool,
    /// Tasks that it works on; `None`: it does not tell.
    pub active: Option<u64>,
    /// When it was last heard of.
    pub last: Option<Millis>,
}

/// Tasks of one name, over the last hour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    /// The task's name.
    pub task: String,
    /// How many were sent; 0 where clients send no events.
    pub sent: f64,
    /// How many workers received.
    pub received: f64,
    /// How many succeeded.
    pub succeeded: f64,
    /// How many failed.
    pub failed: f64,
    /// How many were tried again.
    pub retried: f64,
    /// 95 of 100 took no longer than this, in seconds; `None`: none was finished.
    pub runtime_p95: Option<f64>,
}
