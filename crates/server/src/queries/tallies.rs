//! How many queries there were, for the metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    ran: AtomicU64,
    refused: AtomicU64,
    timed_out: AtomicU64,
    micros: AtomicU64,
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counts {
    /// Queries that were computed.
    pub(crate) ran: u64,
    /// Queries that found no place in the line.
    pub(crate) refused: u64,
    /// Queries whose time was over.
    pub(crate) timed_out: u64,
    /// How long all of them took.
    pub(crate) seconds: f64,
}

impl Tallies {
    pub(super) fn ran(&self, time: Duration, timed_out: bool) {
        self.ran.fetch_add(1, Ordering::Relaxed);
        self.timed_out.fetch_add(u64::from(timed_out), Ordering::Relaxed);
        self.micros.fetch_add(time.as_micros() as u64, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            ran: read(&self.ran),
            refused: read(&self.refused),
            timed_out: read(&self.timed_out),
            seconds: read(&self.micros) as f64 / 1e6,
        }
    }
}
