//! Finds panes for one instant after the other.

use ::series::Panes;
use model::Timestamp;

/// Finds panes. Most instants are in the pane of the one before, which takes no dividing.
pub(super) struct Finder {
    panes: Panes,
    pane: Option<usize>,
    /// The stretch of time around the last instant without a window's bound.
    first: Timestamp,
    last: Timestamp,
}

impl Finder {
    pub(super) fn new(panes: Panes) -> Self {
        Self { panes, pane: None, first: Timestamp::MAX, last: Timestamp::MIN }
    }

    /// The pane that holds `at`, if a window does.
    pub(super) fn pane(&mut self, at: Timestamp) -> Option<usize> {
        if at < self.first || self.last < at {
            (self.pane, self.first, self.last) = self.panes.stretch_of(at);
        }
        self.pane
    }

    /// The pane that holds both instants and everything between, or `Some(None)` if no window holds any of it.
    /// `None` if a window's bound lies between.
    pub(super) fn pane_of_all(&mut self, first: Timestamp, last: Timestamp) -> Option<Option<usize>> {
        let pane = self.pane(first);
        (last <= self.last).then_some(pane)
    }
}
