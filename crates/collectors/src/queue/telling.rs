//! From what was seen and heard to what is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::Timestamp;

use super::brokers::{Broker, KnownWorker};
use super::celery::{self, Events, host_of};
use super::rq;
use super::state::{Backlog, QueueState, TaskCounts, Worker};

/// What is known of a broker without asking it.
pub(super) fn state(broker: &Broker) -> QueueState {
    QueueState {
        kind: broker.settings.kind,
        name: broker.name.clone(),
        broker: broker.label.clone(),
        origin: broker.origin.clone(),
        project: broker.project.clone(),
        services: broker.services.clone(),
        looked_at: None,
        problem: None,
        hint: None,
        unacked: None,
        oldest_unacked: None,
        queues: Vec::new(),
        workers: Vec::new(),
        tasks: Vec::new(),
    }
}

/// Celery: what waits, who works, and what was told.
pub(super) fn celery(
    state: &mut QueueState,
    broker: &Broker,
    events: &Events,
    seen: &celery::Seen,
    unreadable: Option<&str>,
    now: Timestamp,
) {
    state.unacked = Some(seen.unacked);
    state.oldest_unacked = seen.oldest_unacked.map(|since| age(since, now));
    let oldest = events.oldest_waiting(now);
    state.queues = seen
        .queues
        .iter()
        .map(|(name, by_step)| {
            let length = by_step.iter().map(|(_, length)| length).sum();
            let since = oldest.get(name.as_str()).filter(|_| length > 0);
            Backlog {
                name: name.clone(),
                length,
                by_priority: by_step.clone(),
                oldest_waiting: since.map(|since| age(*since, now)),
                failed: None,
            }
        })
        .collect();
    state.workers = events
        .workers(now)
        .map(|(name, node, online)| Worker {
            name: name.to_owned(),
            online,
            active: node.active.filter(|_| online),
            processed: node.processed,
            last_heard: Some(node.heard),
            queues: queues_of(broker, name, node, seen).unwrap_or_default().into_iter().collect(),
            container: known(broker, name).map(|known| known.container.clone()),
        })
        .collect();
    state.tasks = events.tasks();
    let silent = events.is_silent(now).then(|| {
        "workers tell nothing of their tasks; start them with -E, set worker_send_task_events = True, \
         or let Porthole ask them to: enable_events = true in [[queue]]"
            .to_owned()
    });
    state.hint = seen.hint.clone().or_else(|| unreadable.map(str::to_owned)).or(silent);
}

/// RQ likewise.
pub(super) fn rq(state: &mut QueueState, seen: &rq::Seen, now: Timestamp) {
    state.unacked = Some(seen.queues.iter().map(|queue| queue.count("started")).sum());
    state.queues = seen
        .queues
        .iter()
        .map(|queue| Backlog {
            name: queue.name.clone(),
            length: queue.count("queued"),
            failed: Some(queue.count("failed")),
            ..Backlog::default()
        })
        .collect();
    state.workers = seen
        .workers
        .iter()
        .map(|worker| Worker {
            name: worker.name.clone(),
            online: worker.is_online(now),
            active: Some(u64::from(worker.is_working)),
            processed: Some(worker.succeeded + worker.failed),
            last_heard: worker.heard,
            queues: worker.queues.split(',').map(str::to_owned).collect(),
            container: None,
        })
        .collect();
}

/// By queue: workers that take from it, and their processes where every one of them says how many. Empty where it is
/// not known of some worker what it takes from: a number would be too small.
pub(super) fn processes(
    broker: &Broker,
    events: &Events,
    seen: &celery::Seen,
    now: Timestamp,
) -> BTreeMap<String, (u64, Option<u64>)> {
    let mut by_queue: BTreeMap<String, (u64, Option<u64>)> =
        seen.queues.iter().map(|(name, _)| (name.clone(), (0, Some(0)))).collect();
    for (name, node, _) in events.workers(now).filter(|(.., online)| *online) {
        let Some(queues) = queues_of(broker, name, node, seen) else { return BTreeMap::new() };
        let own = known(broker, name).and_then(|known| known.processes);
        for queue in queues {
            let (workers, processes) = by_queue.entry(queue).or_insert((0, Some(0)));
            *workers += 1;
            *processes = processes.zip(own).map(|(sum, own)| sum + own);
        }
    }
    by_queue
}

/// The queues that a worker takes from: as its command says, or where there is only one, or those that it was seen to
/// take from.
fn queues_of(
    broker: &Broker,
    name: &str,
    node: &celery::Node,
    seen: &celery::Seen,
) -> Option<BTreeSet<String>> {
    let said = known(broker, name).map(|known| &known.queues).filter(|queues| !queues.is_empty());
    if let Some(said) = said {
        return Some(said.clone());
    }
    match seen.queues.as_slice() {
        [(only, _)] => Some(BTreeSet::from([only.clone()])),
        _ => Some(node.queues.clone()).filter(|queues| !queues.is_empty()),
    }
}

fn known<'a>(broker: &'a Broker, node: &str) -> Option<&'a KnownWorker> {
    let host = host_of(node);
    broker.workers.iter().find(|worker| worker.hosts.iter().any(|own| own == host))
}

fn age(since: f64, now: Timestamp) -> Duration {
    let seconds = (now.millis() as f64 / 1000.0 - since).max(0.0);
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// Adds up what is told by machine.
pub(super) fn summed(tasks: impl Iterator<Item = TaskCounts>) -> Vec<TaskCounts> {
    let mut sums: BTreeMap<(String, String), TaskCounts> = BTreeMap::new();
    for one in tasks {
        let sum = sums.entry((one.name.clone(), one.queue.clone())).or_insert_with(|| TaskCounts {
            name: one.name.clone(),
            queue: one.queue.clone(),
            ..TaskCounts::default()
        });
        sum.sent += one.sent;
        sum.received += one.received;
        sum.started += one.started;
        sum.succeeded += one.succeeded;
        sum.failed += one.failed;
        sum.rejected += one.rejected;
        sum.revoked += one.revoked;
        sum.retried += one.retried;
    }
    sums.into_values().collect()
}
