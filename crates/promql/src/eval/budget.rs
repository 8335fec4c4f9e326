//! What a query may spend.

use std::fmt;
use std::time::Duration;

use super::EvalError;

/// The limits of one query. One that reaches a limit is an error that names it: a number made of half of the samples
/// would be a wrong number.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// Samples read, and made on the way.
    pub samples: usize,
    /// Points of each series.
    pub points: usize,
    /// How far back a sample may lie and still count.
    pub lookback: Duration,
    /// The step of subqueries that name none.
    pub subquery_step: Duration,
    /// Threads that evaluate at once.
    pub threads: usize,
    /// Whether to stop now: the client is gone, or time is up.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

impl Budget<'_> {
    /// Prometheus's limits, never stopped.
    pub fn generous() -> Self {
        Self {
            samples: 50_000_000,
            points: 11_000,
            lookback: Duration::from_secs(300),
            subquery_step: Duration::from_secs(60),
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            stop: &|| false,
        }
    }
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("samples", &self.samples)
            .field("points", &self.points)
            .field("lookback", &self.lookback)
            .field("subquery_step", &self.subquery_step)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// Fewer samples than these are not worth a second thread.
const SHARED_MIN: usize = 1 << 16;

/// The account of one query.
#[derive(Debug)]
pub(super) struct Account<'a> {
    pub(super) budget: &'a Budget<'a>,
    left: usize,
}

impl<'a> Account<'a> {
    pub(super) fn new(budget: &'a Budget<'a>) -> Self {
        Self { budget, left: budget.samples }
    }

    /// How many samples may still be spent.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// How many threads so many samples are worth.
    pub(super) fn threads(&self, samples: usize) -> usize {
        if samples < SHARED_MIN { 1 } else { self.budget.threads }
    }

    /// Books samples. Called before each part of the work.
    pub(super) fn spend(&mut self, samples: usize) -> Result<(), EvalError> {
        if (self.budget.stop)() {
            return Err(EvalError::Stopped);
        }
        self.left = self.left.checked_sub(samples).ok_or(EvalError::Samples { max: self.budget.samples })?;
        Ok(())
    }
}
