//! How a broker and its queues do, for looking at.

use std::time::Duration;

use model::Timestamp;

use super::Kind;
use crate::scrape::Origin;

/// How a broker and its queues do.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueState {
    /// Whose queues they are.
    pub kind: Kind,
    /// The name in the settings, else the broker's service or host.
    pub name: String,
    /// The broker's address without its password; the label `instance` of its series.
    pub broker: String,
    /// How it was found.
    pub origin: Origin,
    /// The compose project of its users, where it is known: two projects may have services of one name.
    pub project: Option<String>,
    /// Services whose containers use the broker, sorted.
    pub services: Vec<String>,
    /// When it last answered.
    pub looked_at: Option<Timestamp>,
    /// Why it does not answer, and what to do; `None`: it does.
    pub problem: Option<String>,
    /// What could be seen besides, and how.
    pub hint: Option<String>,
    /// Messages that workers hold and have not acknowledged. RQ: jobs that were begun.
    pub unacked: Option<u64>,
    /// How long the oldest of them has been held.
    pub oldest_unacked: Option<Duration>,
    /// By name.
    pub queues: Vec<Backlog>,
    /// By name.
    pub workers: Vec<Worker>,
    /// By name and queue, counted since Porthole began to listen. Of Celery only.
    pub tasks: Vec<TaskCounts>,
}

/// What waits in a queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backlog {
    /// The queue's name.
    pub name: String,
    /// Messages that wait, of all priorities.
    pub length: u64,
    /// Messages by step of priority; empty for RQ, which has none.
    pub by_priority: Vec<(u8, u64)>,
    /// How long the oldest has waited, where clients and workers tell enough to know.
    pub oldest_waiting: Option<Duration>,
    /// Failed jobs that are kept. Of RQ only.
    pub failed: Option<u64>,
}

/// A worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Worker {
    /// `celery@host`; of RQ what it calls itself.
    pub name: String,
    /// Whether it was heard of lately.
    pub online: bool,
    /// Tasks that it works on.
    pub active: Option<u64>,
    /// Tasks that it has finished since its start.
    pub processed: Option<u64>,
    /// When it was last heard of.
    pub last_heard: Option<Timestamp>,
    /// The queues that it takes from, as far as is known.
    pub queues: Vec<String>,
    /// Its container, where that is known.
    pub container: Option<String>,
}

/// What happened to the tasks of one name in one queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// The task's name.
    pub name: String,
    /// The queue's name.
    pub queue: String,
    /// Published; 0 where clients do not tell.
    pub sent: u64,
    /// Taken by a worker.
    pub received: u64,
    /// Begun.
    pub started: u64,
    /// Done.
    pub succeeded: u64,
    /// Ended by an exception.
    pub failed: u64,
    /// Refused by a worker.
    pub rejected: u64,
    /// Called off.
    pub revoked: u64,
    /// To be tried again.
    pub retried: u64,
}
