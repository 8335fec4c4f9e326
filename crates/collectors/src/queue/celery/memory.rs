//! What was told of tasks that are on their way: later events of a task name neither the task nor its queue.

use std::collections::HashMap;

/// Tasks on their way that are remembered: one generation of them, and the one before.
const GENERATION: usize = 20_000;

/// What was told of a task that is on its way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Known {
    pub(super) name: Option<String>,
    pub(super) queue: Option<String>,
    /// When it was sent, or may be run first, in seconds since 1970.
    pub(super) waits_since: Option<f64>,
    /// When a worker took it, in seconds since 1970, unless it may not be run before an instant.
    pub(super) received_at: Option<f64>,
    pub(super) has_eta: bool,
    /// No worker has taken it yet.
    pub(super) is_waiting: bool,
}

/// Tasks on their way. When too many are, those go first of which nothing was heard for the longest.
pub(super) struct Memory {
    young: HashMap<Box<str>, Known>,
    old: HashMap<Box<str>, Known>,
    generation: usize,
    forgotten: u64,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(GENERATION)
    }
}

impl Memory {
    fn new(generation: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), generation, forgotten: 0 }
    }

    /// What is known of a task, which is young again.
    pub(super) fn know(&mut self, uuid: &str) -> &mut Known {
        if !self.young.contains_key(uuid) {
            let known = self.old.remove(uuid).unwrap_or_default();
            if self.young.len() >= self.generation {
                let oldest = std::mem::replace(&mut self.old, std::mem::take(&mut self.young));
                self.forgotten += oldest.len() as u64;
            }
            self.young.insert(uuid.into(), known);
        }
        self.young.entry(uuid.into()).or_default()
    }

    /// The task has come to its end: what was known of it.
    pub(super) fn take(&mut self, uuid: &str) -> Known {
        self.young.remove(uuid).or_else(|| self.old.remove(uuid)).unwrap_or_default()
    }

    /// Since when the task waits that has waited longest in each queue, of those whose sending was told.
    pub(super) fn oldest_waiting(&self) -> HashMap<&str, f64> {
        let mut oldest: HashMap<&str, f64> = HashMap::new();
        for known in self.young.values().chain(self.old.values()).filter(|known| known.is_waiting) {
            let (Some(queue), Some(since)) = (&known.queue, known.waits_since) else { continue };
            let first = oldest.entry(queue).or_insert(since);
            *first = first.min(since);
        }
        oldest
    }

    /// Nothing that was sent before an instant waits in these queues.
    pub(super) fn settle(&mut self, of: impl Fn(&str) -> bool, before: f64) {
        let all = self.young.values_mut().chain(self.old.values_mut());
        for known in all.filter(|known| known.is_waiting) {
            let is_meant = known.queue.as_deref().is_some_and(&of);
            known.is_waiting = !(is_meant && known.waits_since.is_some_and(|since| since < before));
        }
    }

    /// Tasks that were forgotten before their end, so far.
    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unheard_of_are_forgotten_and_counted() {
        let mut memory = Memory::new(2);
        for uuid in ["a", "b", "c"] {
            memory.know(uuid).name = Some(uuid.to_owned());
        }
        // `a` and `b` are old, `c` is young; `a` is heard of again.
        assert_eq!(memory.know("a").name.as_deref(), Some("a"));
        memory.know("d").name = Some("d".to_owned());
        assert_eq!(memory.forgotten(), 1);
        assert_eq!(memory.take("b"), Known::default());
        for uuid in ["a", "c", "d"] {
            assert_eq!(memory.take(uuid).name.as_deref(), Some(uuid));
        }
        assert_eq!(memory.take("a"), Known::default());
    }

    #[test]
    fn the_oldest_waiting_of_each_queue() {
        let mut memory = Memory::new(9);
        for (uuid, queue, since, is_waiting) in [
            ("a", "mail", 5.0, true),
            ("b", "mail", 3.0, true),
            ("c", "mail", 1.0, false),
            ("d", "x", 7.0, true),
        ] {
            let queue = Some(queue.to_owned());
            *memory.know(uuid) = Known { queue, waits_since: Some(since), is_waiting, ..Known::default() };
        }
        assert_eq!(memory.oldest_waiting(), HashMap::from([("mail", 3.0), ("x", 7.0)]));
        memory.settle(|queue| queue == "mail", 4.0);
        assert_eq!(memory.oldest_waiting(), HashMap::from([("mail", 5.0), ("x", 7.0)]));
    }
}
