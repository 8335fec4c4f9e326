//! Where access entries wait for the [`Recorder`](super::Recorder): bounded, and when it is full what comes is dropped
//! and counted. A request never waits.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::{Entry, Labels};
use tokio::sync::Notify;

use super::shard;

/// Bytes of lines that may wait, of all threads together: some twenty thousand requests.
const BYTES_MAX: usize = 16 << 20;
/// Each line counts for this much more than its text.
const OVERHEAD: usize = 128;

/// An entry on its way, with the stream that it belongs to.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) labels: Labels,
    pub(super) entry: Entry,
}

/// The lines that wait, a part for each thread.
#[derive(Debug)]
pub(super) struct Ring {
    shards: Box<[Mutex<Shard>]>,
    bytes_max: usize,
    dropped: AtomicU64,
    /// Nobody takes entries: none are kept, and none counted as dropped.
    closed: AtomicBool,
    /// Told when a part is half full.
    pub(super) filling: Notify,
}

#[derive(Debug, Default)]
struct Shard {
    waiting: Vec<Waiting>,
    bytes: usize,
}

impl Ring {
    pub(super) fn new() -> Self {
        let shards = shard::count();
        Self {
            shards: (0..shards).map(|_| Mutex::default()).collect(),
            bytes_max: BYTES_MAX / shards,
            dropped: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            filling: Notify::new(),
        }
    }

    pub(super) fn push(&self, labels: Labels, entry: Entry) {
        let size = entry.line.len() + OVERHEAD;
        let mut shard = locked(&self.shards[shard::thread() % self.shards.len()]);
        if shard.bytes + size > self.bytes_max {
            drop(shard);
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let half = self.bytes_max / 2;
        let filling = shard.bytes < half && shard.bytes + size >= half;
        shard.bytes += size;
        shard.waiting.push(Waiting { labels, entry });
        drop(shard);
        if filling {
            self.filling.notify_one();
        }
    }

    /// Everything that waits; of each thread in the order in which it came.
    pub(super) fn take(&self) -> Vec<Waiting> {
        let mut taken = Vec::new();
        for shard in &self.shards {
            let part = std::mem::take(&mut *locked(shard));
            if taken.is_empty() {
                taken = part.waiting;
            } else {
                taken.extend(part.waiting);
            }
        }
        taken
    }

    /// Counts entries that could not be passed on.
    pub(super) fn lost(&self, entries: usize) {
        self.dropped.fetch_add(entries as u64, Ordering::Relaxed);
    }

    /// How many entries were dropped.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// From now on nobody takes entries.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
