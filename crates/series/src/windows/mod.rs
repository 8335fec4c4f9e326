//! Sliding windows, cut into panes.
//!
//! Each instant of a grid has a window `(t − offset − length, t − offset]`: it does not hold its first nanosecond and
//! does hold its last. The bounds of all windows cut time into [`Panes`], so that every window is a run of whole
//! panes. What falls into a pane is added up once, however many windows hold it; [`slide`] puts panes together.

mod slide;

use std::ops::Range;

use model::{TimeRange, Timestamp};

use crate::Grid;
pub use slide::{Partial, slide};

/// A stretch of time before each instant, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How long it is.
    pub length: u64,
    /// How much earlier than the instant it ends; later where negative.
    pub offset: i64,
}

/// Time cut at the bounds of every window of a grid. Each pane is in the same windows as a whole, and panes are
/// numbered in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panes {
    /// The end of the first window.
    first_end: i128,
    step: i128,
    length: i128,
    len: usize,
    /// Windows end where others begin: the number of panes in each.
    whole_steps: Option<usize>,
}

impl Panes {
    /// The panes of a grid's windows.
    pub fn new(grid: Grid, window: Window) -> Self {
        let (step, length, len) = (grid.step(), i128::from(window.length), grid.len());
        let first_end = i128::from(grid.at(0).nanos()) - i128::from(window.offset);
        let whole_steps = (length % step == 0).then(|| (length / step).min(len as i128) as usize);
        Self { first_end, step, length, len, whole_steps }
    }

    /// How many panes there are.
    pub fn count(self) -> usize {
        match self.whole_steps {
            Some(0) => 0,
            Some(steps) => self.len + steps - 1,
            None => 2 * self.len - 1,
        }
    }

    /// Every instant that is in some window, and for wide steps some that are in none.
    pub fn reach(self) -> TimeRange {
        let last_end = self.first_end + self.step * (self.len as i128 - 1);
        TimeRange { start: saturated(self.first_end - self.length + 1), end: saturated(last_end + 1) }
    }

    /// The instants whose windows hold `at`.
    pub fn windows_with(self, at: Timestamp) -> Range<usize> {
        let after = i128::from(at.nanos()) - self.first_end;
        self.ended_before(after)..self.ended_before(after + self.length)
    }

    /// The pane that holds `at`, if a window does.
    pub fn pane_of(self, at: Timestamp) -> Option<usize> {
        self.pane_in(self.windows_with(at))
    }

    fn pane_in(self, windows: Range<usize>) -> Option<usize> {
        if windows.is_empty() {
            return None;
        }
        Some(match self.whole_steps {
            None => windows.end + windows.start - 1,
            Some(_) if windows.start == 0 => windows.end - 1,
            Some(steps) => steps - 1 + windows.start,
        })
    }

    /// The panes of the window of an instant.
    pub fn of_window(self, index: usize) -> Range<usize> {
        if let Some(steps) = self.whole_steps {
            return index..index + steps;
        }
        // As many windows began before its first nanosecond, and ended; likewise at its end.
        let end = self.step * index as i128;
        let first = index + self.ended_before(end - self.length + 1);
        let last = self.ended_before(end + self.length) + index - 1;
        first..last + 1
    }

    /// The last nanosecond of the window of an instant.
    pub fn end_of(self, index: usize) -> Timestamp {
        saturated(self.first_end + self.step * index as i128)
    }

    /// The pane that holds `at`, if a window does, and the longest stretch of time around it without a window's
    /// bound: its first and its last nanosecond.
    pub fn stretch_of(self, at: Timestamp) -> (Option<usize>, Timestamp, Timestamp) {
        let windows = self.windows_with(at);
        let end = |index: usize| self.first_end + self.step * index as i128;
        // Windows before these have ended, those from there on have not begun.
        let bounds_before = [(windows.start, 0), (windows.end, self.length)];
        let (mut first, mut last) = (i128::from(i64::MIN), i128::from(i64::MAX));
        for (passed, length) in bounds_before {
            if passed > 0 {
                first = first.max(end(passed - 1) - length + 1);
            }
            if passed < self.len {
                last = last.min(end(passed) - length);
            }
        }
        (self.pane_in(windows), saturated(first), saturated(last))
    }

    /// How many windows end before what comes this many nanoseconds after the end of the first one.
    fn ended_before(self, nanos: i128) -> usize {
        let steps = match (i64::try_from(-nanos), i64::try_from(self.step)) {
            // Dividing the longer ones takes several times as long.
            (Ok(nanos), Ok(step)) => -i128::from(nanos.div_euclid(step)),
            _ => -(-nanos).div_euclid(self.step),
        };
        steps.clamp(0, self.len as i128) as usize
    }
}

fn saturated(nanos: i128) -> Timestamp {
    Timestamp::from_nanos(nanos.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
}

#[cfg(test)]
mod tests;
