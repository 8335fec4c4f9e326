//! Queues: how much waits, who works on it, what becomes of it. Of Celery on Redis, and of RQ.
//!
//! [`run`] keeps a task for each broker: those that `[[queue]]` names, and those that the commands and the environment
//! of containers tell of. Everything is asked of Redis itself, by commands that change nothing, so that a queue is seen
//! while no worker is alive; what becomes of single tasks is told by Celery's own events, which are published on
//! channels and listened to.

mod address;
mod brokers;
mod celery;
mod config;
mod discover;
mod follow;
#[cfg(fuzzing)]
pub mod fuzzing;
mod redis;
mod resolve;
mod rq;
mod source;
mod state;
mod telling;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Labels, Workload};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use address::{Address, Place};
pub use celery::Keys;
pub use config::{Config, Kind, Settings};
pub use state::{Backlog, QueueState, TaskCounts, Worker};

use brokers::{Broker, brokers};

use crate::appender::Appender;
use crate::broken::hand_on;

/// A broker's task, and how it is told what is new.
struct Watched {
    broker: watch::Sender<Broker>,
    stop: CancellationToken,
}

/// Looks at all brokers that `config` says at the time, until `shutdown`; as containers come and go, so do those that
/// they name.
pub async fn run<A: Appender>(
    mut config: watch::Receiver<Arc<Config>>,
    appender: A,
    identity: Labels,
    mut workloads: watch::Receiver<Arc<[Workload]>>,
    status: watch::Sender<Vec<QueueState>>,
    shutdown: CancellationToken,
) {
    let status = Arc::new(status);
    let mut tasks = JoinSet::new();
    let mut watched: BTreeMap<(Kind, String), Watched> = BTreeMap::new();
    let mut may_change = true;
    loop {
        let known = workloads.borrow_and_update().clone();
        let mut found = brokers(&config.borrow_and_update(), &known);
        watched.retain(|key, one| match found.remove(key) {
            Some(broker) if is_same(&one.broker.borrow(), &broker) => {
                one.broker.send_if_modified(|old| std::mem::replace(old, broker.clone()) != broker);
                true
            }
            // Its series go on under the same names, so the new task waits until the old one has ended them.
            other => {
                one.stop.cancel();
                found.extend(other.map(|broker| (key.clone(), broker)));
                false
            }
        });
        while tasks.len() > watched.len() {
            let Some(ended) = tasks.join_next().await else { break };
            hand_on(ended);
        }
        for (key, broker) in found {
            let (sender, receiver) = watch::channel(broker);
            let stop = shutdown.child_token();
            watched.insert(key, Watched { broker: sender, stop: stop.clone() });
            tasks.spawn(source::run(receiver, identity.clone(), appender.clone(), status.clone(), stop));
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(ended) = tasks.join_next() => hand_on(ended),
            changed = config.changed(), if may_change => may_change = changed.is_ok(),
            changed = workloads.changed() => if changed.is_err() {
                shutdown.cancelled().await;
                break;
            },
        }
    }
    while let Some(ended) = tasks.join_next().await {
        hand_on(ended);
    }
}

/// Whether a task can go on: it is the same broker, and only what is known of its users has changed.
fn is_same(old: &Broker, new: &Broker) -> bool {
    let settings = |broker: &Broker| Settings { line: None, ..broker.settings.clone() };
    settings(old) == settings(new) && old.unreadable == new.unreadable && old.project == new.project
}

#[cfg(test)]
mod tests;
