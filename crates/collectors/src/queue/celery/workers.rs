//! Which workers are there: they tell so every two seconds, whether or not they tell of tasks.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::Timestamp;

use super::envelope::WorkerEvent;

/// A worker that was not heard of for so many of its pauses, and for so long, is gone.
const PAUSES_MAX: f64 = 10.0;
const SILENCE_MIN: Duration = Duration::from_secs(30);
/// One that was gone for so long is forgotten: its container was replaced.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(600);
/// One that said that it goes is forgotten sooner: every release replaces workers, and nothing is wrong about it.
const LEFT_AFTER: Duration = Duration::from_secs(60);
const WORKERS_MAX: usize = 500;
/// Queues of one worker, learnt from the tasks that it takes.
const QUEUES_MAX: usize = 50;

/// One worker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) heard: Timestamp,
    /// It said that it goes.
    has_left: bool,
    silence_max: Duration,
    pub(crate) active: Option<u64>,
    pub(crate) processed: Option<u64>,
    /// Whether it tells of its tasks.
    pub(crate) tells_of_tasks: bool,
    /// Queues that it took tasks from.
    pub(crate) queues: BTreeSet<String>,
}

/// All workers of a broker.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workers(BTreeMap<String, Node>);

impl Workers {
    /// A worker tells something of itself. `false`: there are too many.
    pub(crate) fn take(&mut self, event: &WorkerEvent, now: Timestamp) -> bool {
        let Some(node) = self.node(&event.node, now) else { return false };
        node.heard = now;
        node.has_left = event.is_leaving;
        node.active = if event.is_leaving { Some(0) } else { event.active.or(node.active) };
        node.processed = event.processed.or(node.processed);
        if let Some(pause) = event.pause_seconds {
            let silence = Duration::try_from_secs_f64(pause * PAUSES_MAX).unwrap_or(FORGOTTEN_AFTER);
            node.silence_max = silence.clamp(SILENCE_MIN, FORGOTTEN_AFTER);
        }
        true
    }

    /// A worker tells of a task, which came from a queue. `false`: there are too many workers.
    pub(crate) fn took(&mut self, name: &str, queue: Option<&str>, now: Timestamp) -> bool {
        let Some(node) = self.node(name, now) else { return false };
        node.heard = now;
        node.has_left = false;
        node.tells_of_tasks = true;
        if let Some(queue) =
            queue.filter(|queue| node.queues.len() < QUEUES_MAX && !node.queues.contains(*queue))
        {
            node.queues.insert(queue.to_owned());
        }
        true
    }

    fn node(&mut self, name: &str, now: Timestamp) -> Option<&mut Node> {
        if !self.0.contains_key(name) {
            if self.0.len() >= WORKERS_MAX {
                self.forget(now);
            }
            if self.0.len() >= WORKERS_MAX {
                return None;
            }
            let node = Node {
                heard: now,
                has_left: false,
                silence_max: SILENCE_MIN,
                active: None,
                processed: None,
                tells_of_tasks: false,
                queues: BTreeSet::new(),
            };
            self.0.insert(name.to_owned(), node);
        }
        self.0.get_mut(name)
    }

    /// Forgets those that were not heard of for long.
    pub(crate) fn forget(&mut self, now: Timestamp) {
        self.0.retain(|_, node| {
            let after = if node.has_left { LEFT_AFTER } else { FORGOTTEN_AFTER };
            now.since(node.heard) < after
        });
    }

    /// All workers with their names, and whether each is there.
    pub(crate) fn iter(&self, now: Timestamp) -> impl Iterator<Item = (&str, &Node, bool)> {
        self.0.iter().map(move |(name, node)| {
            let is_online = !node.has_left && now.since(node.heard) <= node.silence_max;
            (name.as_str(), node, is_online)
        })
    }
}

/// `celery@host` → `host`
pub(crate) fn host_of(node: &str) -> &str {
    node.split_once('@').map_or(node, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beat(node: &str, is_leaving: bool) -> WorkerEvent {
        let pause_seconds = Some(2.0);
        WorkerEvent { is_leaving, node: node.to_owned(), pause_seconds, active: Some(1), processed: Some(7) }
    }

    #[test]
    fn workers_come_fall_silent_leave_and_are_forgotten() {
        let at = Timestamp::from_seconds;
        let mut workers = Workers::default();
        assert!(workers.take(&beat("a@h", false), at(100)));
        assert!(workers.take(&beat("b@h", false), at(100)));
        assert!(workers.take(&beat("b@h", true), at(110)));
        let online = |workers: &Workers, now| -> Vec<String> {
            workers
                .iter(at(now))
                .filter(|(.., is_online)| *is_online)
                .map(|(name, ..)| name.to_owned())
                .collect()
        };
        assert_eq!(online(&workers, 110), ["a@h"]);
        assert_eq!(online(&workers, 130), ["a@h"]);
        assert!(online(&workers, 131).is_empty());
        assert!(workers.took("a@h", Some("mail"), at(140)));
        assert_eq!(online(&workers, 141), ["a@h"]);
        let (_, b, _) = workers.iter(at(141)).nth(1).unwrap();
        assert_eq!((b.active, b.processed), (Some(0), Some(7)));
        workers.forget(at(170));
        assert_eq!(workers.iter(at(170)).map(|(name, ..)| name).collect::<Vec<_>>(), ["a@h"]);
        workers.forget(at(740));
        assert_eq!(workers.iter(at(740)).count(), 0);
    }

    #[test]
    fn they_are_bounded() {
        let now = Timestamp::from_seconds(1);
        let mut workers = Workers::default();
        for number in 0..WORKERS_MAX {
            assert!(workers.take(&beat(&format!("w{number}@h"), false), now));
        }
        assert!(!workers.take(&beat("one@more", false), now));
        assert!(!workers.took("one@more", None, now));
        assert!(workers.take(&beat("one@more", false), Timestamp::from_seconds(1000)));
    }
}
