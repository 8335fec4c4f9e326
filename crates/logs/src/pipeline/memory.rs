//! What stages remember from one line to the next: how much a limit has left, and the latest timestamps of streams.

use std::collections::HashMap;

use model::Timestamp;

/// Limits by a label's value, and streams, that are kept apart; beyond that all is forgotten and begins anew.
const KEPT_MAX: usize = 10_000;

/// Which stage: the rule's place, and the stage's within it.
pub(super) type Slot = (usize, usize);

/// The memory of all stages.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    buckets: HashMap<(Slot, Box<str>), Bucket>,
    latest: HashMap<(Slot, u64), Timestamp>,
}

/// Lines that may still come through.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    as_of: Timestamp,
}

impl Memory {
    /// Takes one line out of a bucket that fills by `rate` lines a second up to `burst`. `false`: it is empty.
    pub(super) fn take(&mut self, slot: Slot, key: &str, rate: f64, burst: f64, now: Timestamp) -> bool {
        if self.buckets.len() >= KEPT_MAX {
            self.buckets.clear();
        }
        let bucket = self.buckets.entry((slot, key.into())).or_insert(Bucket { left: burst, as_of: now });
        let gained = now.since(bucket.as_of).as_secs_f64() * rate;
        *bucket = Bucket { left: (bucket.left + gained).min(burst), as_of: now.max(bucket.as_of) };
        if bucket.left < 1.0 {
            return false;
        }
        bucket.left -= 1.0;
        true
    }

    /// The latest timestamp that the stage read in the stream.
    pub(super) fn latest(&self, slot: Slot, stream: u64) -> Option<Timestamp> {
        self.latest.get(&(slot, stream)).copied()
    }

    pub(super) fn set_latest(&mut self, slot: Slot, stream: u64, timestamp: Timestamp) {
        if self.latest.len() >= KEPT_MAX {
            self.latest.clear();
        }
        self.latest.insert((slot, stream), timestamp);
    }
}
