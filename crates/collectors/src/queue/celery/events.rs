//! What workers and clients tell, put together.

use std::collections::HashMap;
use std::time::Duration;

use model::Timestamp;

use super::counts::{Counts, OTHER, Set};
use super::envelope::{Event, Step, TaskEvent};
use super::flower::Flower;
use super::memory::Memory;
use super::workers::{Node, Workers, host_of};
use crate::queue::state::TaskCounts;
use crate::queue::telling::summed;

/// What stands where a name or a queue was never told.
const UNKNOWN: &str = "unknown";
/// How long an event waits for its queue to be told, and how many may.
const EARLY_AGE: Duration = Duration::from_secs(1);
const EARLY_MAX: usize = 2000;

/// All that was told by events since Porthole began to listen.
#[derive(Default)]
pub(crate) struct Events {
    pub(super) counts: Counts,
    pub(super) flower: Flower,
    pub(super) workers: Workers,
    memory: Memory,
    /// Events of tasks whose queue is not known yet, and when they were heard: a client tells that it has sent a task
    /// after it has, and a worker may be faster.
    early: Vec<(Timestamp, TaskEvent)>,
    /// The broker's queue, where it has one only.
    only: Option<String>,
    /// How often the connection was lost: what was published meanwhile is not counted.
    pub(super) gaps: u64,
    /// Messages that could not be read.
    pub(super) unreadable: u64,
    /// Messages that were too long.
    pub(super) too_long: u64,
    /// Signs of workers beyond those that are remembered.
    pub(super) nodes_refused: u64,
}

impl Events {
    /// Something was told.
    pub(crate) fn take(&mut self, event: Event, now: Timestamp) {
        match event {
            Event::Worker(worker) => {
                let is_taken = self.workers.take(&worker, now);
                self.nodes_refused += u64::from(!is_taken);
            }
            Event::Task(task) => self.take_task(task, now),
        }
    }

    fn take_task(&mut self, event: TaskEvent, now: Timestamp) {
        let is_known = self.note(&event);
        if event.step == Step::Sent {
            let uuid = event.uuid.clone();
            self.count(&event, now);
            for (_, early) in self.early.extract_if(.., |(_, early)| early.uuid == uuid).collect::<Vec<_>>() {
                self.note(&early);
                self.count(&early, now);
            }
        } else if is_known {
            self.count(&event, now);
        } else {
            // That it is there and tells is known already.
            self.workers.took(&event.node, None, now);
            self.early.push((now, event));
            self.count_early(self.early.len().saturating_sub(EARLY_MAX), now);
        }
    }

    /// Remembers what the event tells of its task; whether its queue is known.
    fn note(&mut self, event: &TaskEvent) -> bool {
        let known = self.memory.know(&event.uuid);
        known.name = event.name.clone().or(known.name.take());
        known.queue = event.queue.clone().or(known.queue.take());
        known.is_waiting = event.step == Step::Sent;
        known.has_eta |= event.eta.is_some();
        if event.step == Step::Received {
            known.received_at = Some(event.at);
        }
        if event.step == Step::Sent {
            known.waits_since = Some(event.eta.map_or(event.at, |eta| eta.max(event.at)));
        }
        known.queue.is_some()
    }

    fn count(&mut self, event: &TaskEvent, now: Timestamp) {
        let known = self.memory.know(&event.uuid);
        let waited = known.waits_since.filter(|_| event.step == Step::Started);
        let name = known.name.clone().unwrap_or_else(|| UNKNOWN.to_owned());
        let queue = known.queue.clone().or(self.only.clone());
        let received = known.received_at.filter(|_| !known.has_eta);
        self.flower.count(event, &name, received);
        if event.step.is_last() {
            self.memory.take(&event.uuid);
        }
        let is_taken = event.step == Step::Sent || self.workers.took(&event.node, queue.as_deref(), now);
        self.nodes_refused += u64::from(!is_taken);
        let queue = queue.unwrap_or_else(|| UNKNOWN.to_owned());
        if let Some(since) = waited {
            // Clocks of two machines differ.
            self.counts.waited(&name, &queue, (event.at - since).max(0.0));
        }
        if let Some(seconds) = event.runtime.filter(|_| event.step == Step::Succeeded) {
            self.counts.took(&name, &queue, seconds);
        }
        let set = Set { name, queue, host: host_of(&event.node).to_owned() };
        self.counts.add(set, event.step, event.exception.as_deref());
    }

    /// Counts what has waited long enough for its queue to be told. `only` is the broker's queue, where it has one only.
    pub(crate) fn settle(&mut self, only: Option<&str>, now: Timestamp) {
        self.only = only.map(str::to_owned);
        let due = self.early.partition_point(|(heard, _)| now.since(*heard) >= EARLY_AGE);
        self.count_early(due, now);
    }

    fn count_early(&mut self, count: usize, now: Timestamp) {
        for (_, event) in self.early.drain(..count).collect::<Vec<_>>() {
            self.count(&event, now);
        }
    }

    /// The connection was lost: what is known of waiting tasks may be wrong from now on.
    pub(crate) fn note_gap(&mut self) {
        self.gaps += 1;
        self.memory.settle(|_| true, f64::INFINITY);
    }

    /// A message could not be read.
    pub(crate) fn note_unreadable(&mut self) {
        self.unreadable += 1;
    }

    /// A message was too long.
    pub(crate) fn note_too_long(&mut self) {
        self.too_long += 1;
    }

    /// These queues were empty at an instant: nothing that was sent before waits in them, whatever was told of it.
    pub(crate) fn note_empty(&mut self, is_empty: impl Fn(&str) -> bool, at: Timestamp) {
        self.memory.settle(is_empty, at.millis() as f64 / 1000.0);
    }

    /// Tasks that were forgotten before their end.
    pub(super) fn forgotten(&self) -> u64 {
        self.memory.forgotten()
    }

    /// Forgets workers that are gone for good.
    pub(crate) fn forget(&mut self, now: Timestamp) {
        self.workers.forget(now);
    }

    /// Since when the oldest task waits in each queue. Nothing, unless every worker tells what it takes: otherwise all
    /// that was ever sent would seem to wait.
    pub(crate) fn oldest_waiting(&self, now: Timestamp) -> HashMap<&str, f64> {
        let is_told = self.workers.iter(now).all(|(_, node, is_online)| !is_online || node.tells_of_tasks);
        if is_told { self.memory.oldest_waiting() } else { HashMap::new() }
    }

    /// All workers with their names, and whether each is there.
    pub(crate) fn workers(&self, now: Timestamp) -> impl Iterator<Item = (&str, &Node, bool)> {
        self.workers.iter(now)
    }

    /// What happened to tasks, by name and queue.
    pub(crate) fn tasks(&self) -> Vec<TaskCounts> {
        summed(self.counts.sets.iter().map(|(set, steps)| {
            let count = |step: Step| steps.steps[step as usize].count();
            TaskCounts {
                name: set.name.clone(),
                queue: set.queue.clone(),
                sent: count(Step::Sent),
                received: count(Step::Received),
                started: count(Step::Started),
                succeeded: count(Step::Succeeded),
                failed: count(Step::Failed),
                rejected: count(Step::Rejected),
                revoked: count(Step::Revoked),
                retried: count(Step::Retried),
            }
        }))
    }

    /// The queues that tasks were sent to.
    pub(crate) fn queues(&self) -> impl Iterator<Item = &str> {
        let queues = self.counts.sets.keys().map(|set| set.queue.as_str());
        queues.filter(|queue| ![UNKNOWN, OTHER].contains(queue))
    }

    /// Workers that are there and were not heard to tell of a task.
    pub(crate) fn silent_workers(&self, now: Timestamp) -> usize {
        self.workers.iter(now).filter(|(_, node, is_online)| *is_online && !node.tells_of_tasks).count()
    }

    /// Workers are there that have worked, and none tells of its tasks.
    pub(crate) fn is_silent(&self, now: Timestamp) -> bool {
        let mut online = self.workers.iter(now).filter(|(.., is_online)| *is_online).peekable();
        online.peek().is_some() && online.all(|(_, node, _)| !node.tells_of_tasks && node.processed > Some(0))
    }
}

#[cfg(test)]
mod tests;
