//! How the storage does.

use std::sync::atomic::{AtomicU64, Ordering};

/// Why a sample was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refused {
    /// Earlier than the series' last sample.
    OutOfOrder,
    /// Another value at an instant that has one.
    Duplicate,
    /// Its day is no longer kept.
    TooOld,
    /// Further ahead of the clock than clocks differ.
    TooFarAhead,
}

impl Refused {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::OutOfOrder, Self::Duplicate, Self::TooOld, Self::TooFarAhead];

    /// The reason as it is shown.
    pub const fn text(self) -> &'static str {
        match self {
            Self::OutOfOrder => "out of order",
            Self::Duplicate => "another value at the same instant",
            Self::TooOld => "older than what is kept",
            Self::TooFarAhead => "too far in the future",
        }
    }
}

/// What was stored, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Samples since the start.
    pub samples: u64,
    /// Series that have samples in memory or are held by a scraper.
    pub series: usize,
    /// Samples that were not stored, by reason; only those that happened.
    pub refused: Vec<(&'static str, u64)>,
    /// What is wrong, in words for an operator.
    pub fault: Option<String>,
}

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    samples: AtomicU64,
    refused: [AtomicU64; 4],
}

impl Counters {
    pub(crate) fn stored(&self, samples: u64) {
        self.samples.fetch_add(samples, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self, why: Refused) {
        self.refused[why as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn samples(&self) -> u64 {
        self.samples.load(Ordering::Relaxed)
    }

    pub(crate) fn all_refused(&self) -> Vec<(&'static str, u64)> {
        let count = |why: Refused| (why.text(), self.refused[why as usize].load(Ordering::Relaxed));
        Refused::ALL.into_iter().map(count).filter(|(_, count)| *count > 0).collect()
    }
}
