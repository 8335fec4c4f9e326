//! The same by Flower's names, which dashboards were made for that people have: by worker and task instead of by queue.
//!
//! Flower tells a worker by its whole name. Clients, which only send, are called after a process that ends soon: they are
//! told by their machine. Tasks with an ETA are held by workers on purpose, so they count for no wait.

use std::collections::BTreeMap;

use super::counts::{Counter, OTHER};
use super::envelope::{Step, TaskEvent};
use super::histogram::{Histogram, RUNTIME};
use super::workers::host_of;

/// Workers and tasks together, of which each makes nine series, and 17 more once a task has succeeded.
const KINDS_MAX: usize = 1000;

/// What was told of the tasks of one name on one worker.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// By [`Step::ALL`].
    pub(super) steps: [Counter; Step::ALL.len()],
    pub(super) runtime: Option<Histogram>,
    /// Tasks that the worker holds and has not begun.
    pub(super) prefetched: u64,
    /// How long the last one was held before it was begun; 0 once it has ended.
    pub(super) prefetch_seconds: f64,
}

/// By worker and task.
#[derive(Debug, Default)]
pub(super) struct Flower(pub(super) BTreeMap<(String, String), Told>);

impl Flower {
    /// Something happened to a task; `received`: when its worker took it, where that was told and it has no ETA.
    pub(super) fn count(&mut self, event: &TaskEvent, name: &str, received: Option<f64>) {
        let worker = if event.step == Step::Sent { host_of(&event.node) } else { &event.node };
        let mut kind = (worker.to_owned(), name.to_owned());
        if self.0.len() >= KINDS_MAX && !self.0.contains_key(&kind) {
            kind = (OTHER.to_owned(), OTHER.to_owned());
        }
        let told = self.0.entry(kind).or_insert_with(|| Told {
            steps: Default::default(),
            runtime: None,
            prefetched: 0,
            prefetch_seconds: 0.0,
        });
        told.steps[event.step as usize].add();
        if let Some(seconds) = event.runtime.filter(|_| event.step == Step::Succeeded) {
            told.runtime.get_or_insert_with(|| Histogram::new(RUNTIME)).observe(seconds);
        }
        let Some(received) = received else { return };
        match event.step {
            Step::Received => told.prefetched += 1,
            Step::Started => {
                told.prefetched = told.prefetched.saturating_sub(1);
                told.prefetch_seconds = (event.at - received).max(0.0);
            }
            Step::Succeeded | Step::Failed => told.prefetch_seconds = 0.0,
            _ => {}
        }
    }
}
