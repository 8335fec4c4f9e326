//! How the storage does.

use std::sync::atomic::{AtomicU64, Ordering};

use model::Timestamp;

use store::Fault;

/// Why a sample was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refused {
    /// Earlier than the series' last sample.
    OutOfOrder,
    /// Another value at an instant that has one.
    Duplicate,
    /// Its day is no longer kept.
    TooOld,
    /// Further ahead of the clock than clocks differ.
    TooFarAhead,
    /// Of a new series, while there are more than can be kept.
    TooManySeries,
}

impl Refused {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::OutOfOrder, Self::Duplicate, Self::TooOld, Self::TooFarAhead, Self::TooManySeries];

    /// The reason as people read it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::OutOfOrder => "out of order",
            Self::Duplicate => "another value at the same instant",
            Self::TooOld => "older than what is kept",
            Self::TooFarAhead => "too far in the future",
            Self::TooManySeries => "of new series beyond the 500,000 that may have samples at a time",
        }
    }

    /// The word for it in counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OutOfOrder => "out_of_order",
            Self::Duplicate => "duplicate",
            Self::TooOld => "too_old",
            Self::TooFarAhead => "too_far_ahead",
            Self::TooManySeries => "too_many_series",
        }
    }
}

/// What became of samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// So many were stored, or had been before.
    pub stored: u64,
    /// So many were not, by reason; only those that happened.
    pub refused: Vec<(Refused, u64)>,
}

/// What was stored, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Samples stored since the start.
    pub samples: u64,
    /// Series that have samples in memory or are held by a scraper.
    pub series: usize,
    /// Samples that were not stored since the start, by reason; only those that happened.
    pub refused: Vec<(Refused, u64)>,
    /// Bytes on disk, to within some seconds.
    pub disk_bytes: u64,
    /// Bytes of days that were deleted since the start before their time, because all samples together took more room
    /// than they may.
    pub deleted_for_size: u64,
    /// Bytes of the disk that it is on, and how many of them are free; `None`: it cannot be told.
    pub room: Option<Room>,
    /// The beginning of the oldest day that there is anything of.
    pub oldest: Option<Timestamp>,
    /// What is wrong now.
    pub faults: Vec<Fault>,
}

/// A disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// All of it.
    pub size_bytes: u64,
    /// What we may still write.
    pub free_bytes: u64,
}

impl Room {
    /// Of the disk that a path is on.
    pub(crate) fn of(path: &std::path::Path) -> Option<Self> {
        let found = rustix::fs::statvfs(path).ok()?;
        Some(Self {
            size_bytes: found.f_blocks * found.f_frsize,
            free_bytes: found.f_bavail * found.f_frsize,
        })
    }
}

/// How many samples of one commit were stored and refused.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) stored: u64,
    refused: [u64; Refused::ALL.len()],
}

impl Tally {
    pub(crate) fn refused(&mut self, why: Refused, samples: u64) {
        self.refused[why as usize] += samples;
    }

    pub(crate) fn written(&self) -> Written {
        Written { stored: self.stored, refused: happened(self.refused) }
    }
}

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    samples: AtomicU64,
    refused: [AtomicU64; Refused::ALL.len()],
    deleted_for_size: AtomicU64,
}

impl Counters {
    pub(crate) fn add(&self, tally: &Tally) {
        self.samples.fetch_add(tally.stored, Ordering::Relaxed);
        for (all, now) in self.refused.iter().zip(tally.refused) {
            all.fetch_add(now, Ordering::Relaxed);
        }
    }

    pub(crate) fn deleted_for_size(&self, bytes: u64) {
        self.deleted_for_size.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn status(&self) -> Status {
        Status {
            samples: self.samples.load(Ordering::Relaxed),
            refused: happened(self.refused.each_ref().map(|count| count.load(Ordering::Relaxed))),
            deleted_for_size: self.deleted_for_size.load(Ordering::Relaxed),
            ..Status::default()
        }
    }
}

fn happened(counts: [u64; Refused::ALL.len()]) -> Vec<(Refused, u64)> {
    Refused::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect()
}
