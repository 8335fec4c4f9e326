//! What the store tells about itself: counts, what was dropped and why, and what is wrong.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use model::Timestamp;
use store::Fault;

use crate::masking::MaskedCount;
use crate::pipeline::DroppedCount;

/// How the store does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Lines stored since the start.
    pub lines: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The newest line's time.
    pub newest: Option<Timestamp>,
    /// Bytes on disk, to within some seconds.
    pub disk_bytes: u64,
    /// Lines dropped since the start, by reason; reasons that did not occur are left out.
    pub dropped: Vec<(DropReason, u64)>,
    /// Bytes of days that were deleted since the start before their time, because all logs together took more
    /// room than they may.
    pub deleted_for_size: u64,
    /// Lines that were deleted on request since the start.
    pub deleted: u64,
    /// How often something was masked since the start, by service and rule.
    pub masked: Vec<MaskedCount>,
    /// Lines that `[[logs.pipeline]]` dropped since the start, by service and reason.
    pub filtered: Vec<DroppedCount>,
    /// What is wrong now.
    pub faults: Vec<Fault>,
}

/// Why an entry was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DropReason {
    /// Its day is past its retention.
    TooOld,
    /// It is more than a day ahead of the clock.
    TooFarAhead,
    /// Too many other streams brought lines within the hour.
    TooManyStreams,
    /// It was stored, but what was stored is damaged.
    Damaged,
}

impl DropReason {
    const ALL: [Self; 4] = [Self::TooOld, Self::TooFarAhead, Self::TooManyStreams, Self::Damaged];

    /// The word for it in counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooOld => "too_old",
            Self::TooFarAhead => "too_far_ahead",
            Self::TooManyStreams => "too_many_streams",
            Self::Damaged => "damaged",
        }
    }
}

/// Counts since the start.
#[derive(Debug)]
pub(crate) struct Counters {
    lines: AtomicU64,
    bytes: AtomicU64,
    newest: AtomicI64,
    deleted_for_size: AtomicU64,
    deleted: AtomicU64,
    dropped: [AtomicU64; DropReason::ALL.len()],
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            lines: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            newest: AtomicI64::new(i64::MIN),
            deleted_for_size: AtomicU64::new(0),
            deleted: AtomicU64::new(0),
            dropped: Default::default(),
        }
    }
}

impl Counters {
    pub(crate) fn stored(&self, lines: u64, bytes: u64, newest: Timestamp) {
        self.lines.fetch_add(lines, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.seen(newest);
    }

    /// A line of this time is there.
    pub(crate) fn seen(&self, newest: Timestamp) {
        self.newest.fetch_max(newest.nanos(), Ordering::Relaxed);
    }

    pub(crate) fn dropped(&self, reason: DropReason, lines: u64) {
        self.dropped[reason as usize].fetch_add(lines, Ordering::Relaxed);
    }

    pub(crate) fn deleted(&self, lines: u64) {
        self.deleted.fetch_add(lines, Ordering::Relaxed);
    }

    pub(crate) fn deleted_for_size(&self, bytes: u64) {
        self.deleted_for_size.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn status(&self, disk_bytes: u64, faults: Vec<Fault>) -> Status {
        let newest = self.newest.load(Ordering::Relaxed);
        let dropped =
            DropReason::ALL.map(|reason| (reason, self.dropped[reason as usize].load(Ordering::Relaxed)));
        Status {
            lines: self.lines.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            newest: (newest != i64::MIN).then(|| Timestamp::from_nanos(newest)),
            disk_bytes,
            dropped: dropped.into_iter().filter(|(_, lines)| *lines > 0).collect(),
            deleted_for_size: self.deleted_for_size.load(Ordering::Relaxed),
            deleted: self.deleted.load(Ordering::Relaxed),
            masked: Vec::new(),
            filtered: Vec::new(),
            faults,
        }
    }
}
