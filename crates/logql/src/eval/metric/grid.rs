//! The instants at which a query is evaluated.

use std::ops::Range;
use std::time::Duration;

use model::{TimeRange, Timestamp};

use crate::eval::EvalError;

/// Instants with equal steps between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    start: i64,
    step: i64,
    pub(super) len: usize,
}

impl Grid {
    pub(super) fn single(at: Timestamp) -> Self {
        Self { start: at.nanos(), step: 1, len: 1 }
    }

    /// The multiples of `step` since the epoch, from the last one not after `start` to the first one not before
    /// `end`.
    pub(super) fn aligned(
        start: Timestamp,
        end: Timestamp,
        step: Duration,
        max: usize,
    ) -> Result<Self, EvalError> {
        let step = i64::try_from(step.as_nanos()).unwrap_or(i64::MAX);
        if step == 0 {
            return Err(EvalError::Step);
        }
        if end < start {
            return Err(EvalError::EndBeforeStart);
        }
        let wide = i128::from(step);
        let first = i128::from(start.nanos()).div_euclid(wide);
        let last = -(-i128::from(end.nanos())).div_euclid(wide);
        // Loki counts steps, not points, and so lets one point more pass; so does this.
        if last - first > max as i128 {
            return Err(EvalError::Points { max });
        }
        let start = i64::try_from(first * wide).map_err(|_| EvalError::Points { max })?;
        i64::try_from(last * wide).map_err(|_| EvalError::Points { max })?;
        Ok(Self { start, step, len: (last - first + 1) as usize })
    }

    pub(super) fn at(self, index: usize) -> Timestamp {
        Timestamp::from_nanos(self.start + self.step * index as i64)
    }

    /// Every instant that is in some window.
    pub(super) fn reach(self, window: Window) -> TimeRange {
        let first = i128::from(self.start) - window.offset - window.length + 1;
        let last = i128::from(self.at(self.len - 1).nanos()) - window.offset;
        TimeRange { start: saturated(first), end: saturated(last + 1) }
    }

    /// The instants of the grid whose windows hold a line of this timestamp: windows begin after their first
    /// nanosecond and end with their last.
    pub(super) fn windows_with(self, timestamp: Timestamp, window: Window) -> Range<usize> {
        let after_first = i128::from(timestamp.nanos()) + window.offset - i128::from(self.start);
        let (step, len) = (i128::from(self.step), self.len as i128);
        // The first instant not before `nanos` after the start.
        let index = |nanos: i128| (-(-nanos).div_euclid(step)).clamp(0, len) as usize;
        index(after_first)..index(after_first + window.length)
    }
}

/// A stretch of time before each instant: how long, and how much earlier it ends, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) length: i128,
    pub(super) offset: i128,
}

fn saturated(nanos: i128) -> Timestamp {
    Timestamp::from_nanos(nanos.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
}
