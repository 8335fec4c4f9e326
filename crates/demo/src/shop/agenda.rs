//! What happens when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use model::Timestamp;

use super::Simulation;

pub(super) type Act = Box<dyn FnOnce(&mut Simulation) + Send>;

/// Acts in the order of their times; those of one instant in the order in which they were planned.
#[derive(Default)]
pub(super) struct Agenda {
    due: BinaryHeap<Reverse<Planned>>,
    planned: u64,
}

struct Planned {
    at: Timestamp,
    number: u64,
    act: Act,
}

impl Agenda {
    pub(super) fn add(&mut self, at: Timestamp, act: Act) {
        self.due.push(Reverse(Planned { at, number: self.planned, act }));
        self.planned += 1;
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.due.len()
    }

    /// Takes the next act, if it is due by `until`.
    pub(super) fn next(&mut self, until: Timestamp) -> Option<(Timestamp, Act)> {
        if self.due.peek()?.0.at > until {
            return None;
        }
        self.due.pop().map(|Reverse(planned)| (planned.at, planned.act))
    }
}

impl Planned {
    fn order(&self) -> (Timestamp, u64) {
        (self.at, self.number)
    }
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Planned {}

impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Planned {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}
