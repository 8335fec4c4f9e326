//! What happened to tasks, counted by name, queue and machine.

use std::collections::{BTreeMap, BTreeSet};

use super::envelope::Step;
use super::histogram::{Histogram, RUNTIME, WAIT};

/// Names, queues and machines together, of which each makes nine series and more.
const SETS_MAX: usize = 2000;
/// Names and queues together, of which each makes 32 series.
const KINDS_MAX: usize = 500;
const HOSTS_MAX: usize = 100;
const EXCEPTIONS_MAX: usize = 20;
/// Stands for all that are too many.
pub(super) const OTHER: &str = "other";

/// What a count is told by. Machines churn with every release of a container, so they are few and the rest is `other`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Set {
    pub(super) name: String,
    pub(super) queue: String,
    pub(super) host: String,
}

/// A counter, which is first told as 0: what a series begins with is in no increase.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counter {
    count: u64,
    is_told: bool,
}

impl Counter {
    pub(super) fn add(&mut self) {
        self.count += 1;
    }

    pub(super) fn count(self) -> u64 {
        self.count
    }

    /// What is told now.
    pub(super) fn tell(&mut self) -> f64 {
        if std::mem::replace(&mut self.is_told, true) { self.count as f64 } else { 0.0 }
    }
}

/// Everything that happened to the tasks of one set.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    /// By [`Step::ALL`].
    pub(super) steps: [Counter; Step::ALL.len()],
    /// Of those that failed.
    pub(super) exceptions: BTreeMap<String, Counter>,
}

/// How long tasks of one name and queue took, and waited.
#[derive(Clone, Debug)]
pub(super) struct Times {
    pub(super) runtime: Histogram,
    pub(super) wait: Histogram,
    pub(super) is_told: bool,
}

/// What happened to tasks.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) sets: BTreeMap<Set, Steps>,
    /// By name and queue.
    pub(super) times: BTreeMap<(String, String), Times>,
    hosts: BTreeSet<String>,
    refused: u64,
}

impl Counts {
    /// Something happened to a task.
    pub(super) fn add(&mut self, set: Set, step: Step, exception: Option<&str>) {
        let set = self.bounded(set);
        let steps = self.sets.entry(set).or_default();
        steps.steps[step as usize].add();
        if step != Step::Failed {
            return;
        }
        let exception = exception.unwrap_or("UnknownException");
        let is_known = steps.exceptions.contains_key(exception);
        let exception = if is_known || steps.exceptions.len() < EXCEPTIONS_MAX { exception } else { OTHER };
        steps.exceptions.entry(exception.to_owned()).or_default().add();
    }

    /// A task took so many seconds.
    pub(super) fn took(&mut self, name: &str, queue: &str, seconds: f64) {
        if let Some(times) = self.times(name, queue) {
            times.runtime.observe(seconds);
        }
    }

    /// A task waited so many seconds.
    pub(super) fn waited(&mut self, name: &str, queue: &str, seconds: f64) {
        if let Some(times) = self.times(name, queue) {
            times.wait.observe(seconds);
        }
    }

    /// What was counted under `other`, or not at all, since there are too many names.
    pub(super) fn refused(&self) -> u64 {
        self.refused
    }

    fn bounded(&mut self, mut set: Set) -> Set {
        if self.sets.contains_key(&set) {
            return set;
        }
        let is_full = self.hosts.len() >= HOSTS_MAX && !self.hosts.contains(&set.host);
        if is_full {
            set.host = OTHER.to_owned();
        } else {
            self.hosts.insert(set.host.clone());
        }
        if self.sets.len() >= SETS_MAX && !self.sets.contains_key(&set) {
            self.refused += 1;
            let other = || OTHER.to_owned();
            return Set { name: other(), queue: other(), host: other() };
        }
        set
    }

    fn times(&mut self, name: &str, queue: &str) -> Option<&mut Times> {
        let kind = (name.to_owned(), queue.to_owned());
        if self.times.len() >= KINDS_MAX && !self.times.contains_key(&kind) {
            self.refused += 1;
            return None;
        }
        let new = || Times { runtime: Histogram::new(RUNTIME), wait: Histogram::new(WAIT), is_told: false };
        Some(self.times.entry(kind).or_insert_with(new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, host: &str) -> Set {
        Set { name: name.to_owned(), queue: "celery".to_owned(), host: host.to_owned() }
    }

    #[test]
    fn machines_exceptions_and_names_are_bounded() {
        let mut counts = Counts::default();
        for number in 0..150 {
            counts.add(set("add", &format!("h{number}")), Step::Sent, None);
            counts.add(set("fail", "h1"), Step::Failed, Some(&format!("E{number}")));
        }
        assert_eq!(counts.sets[&set("add", OTHER)].steps[Step::Sent as usize].count(), 50);
        let failed = &counts.sets[&set("fail", "h1")];
        assert_eq!(failed.exceptions.len(), EXCEPTIONS_MAX + 1);
        assert_eq!(failed.exceptions.values().map(|one| one.count()).sum::<u64>(), 150);
        for number in 0..SETS_MAX + 7 {
            counts.add(set(&format!("task{number}"), "h1"), Step::Sent, None);
            counts.took(&format!("task{number}"), "celery", 0.5);
        }
        assert!(counts.sets.len() <= SETS_MAX + 1 && counts.times.len() == KINDS_MAX);
        let all: u64 = counts.sets.values().map(|steps| steps.steps[Step::Sent as usize].count()).sum();
        assert_eq!(all, 150 + SETS_MAX as u64 + 7);
        assert!(counts.refused() > 7);
    }

    #[test]
    fn a_counter_begins_with_nothing() {
        let mut counter = Counter::default();
        counter.add();
        assert_eq!([counter.tell(), counter.tell()], [0.0, 1.0]);
    }
}
