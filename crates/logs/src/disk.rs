//! How many bytes the store takes on disk.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::place::DayKey;
use crate::shared::Shared;
use crate::tail;

/// Files are looked at no oftener than this: the page asks every second.
const MEASURE_EVERY: Duration = Duration::from_secs(10);

/// The last measurement.
#[derive(Debug, Default)]
pub(crate) struct DiskUse(Mutex<Option<(Instant, u64)>>);

impl DiskUse {
    pub(crate) fn bytes(&self, shared: &Shared) -> u64 {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *last {
            Some((at, bytes)) if at.elapsed() < MEASURE_EVERY => bytes,
            _ => {
                let bytes = measure(shared);
                *last = Some((Instant::now(), bytes));
                bytes
            }
        }
    }
}

pub(crate) fn measure(shared: &Shared) -> u64 {
    let days = shared.picture.days();
    bytes_of_tail(&shared.root) + days.iter().map(|day| bytes_of(&shared.root, day.key)).sum::<u64>()
}

/// Of a day's pair of files.
pub(crate) fn bytes_of(root: &Path, key: DayKey) -> u64 {
    store::disk_bytes(&key.data(root)) + store::disk_bytes(&key.index(root))
}

pub(crate) fn bytes_of_tail(root: &Path) -> u64 {
    store::disk_bytes(&root.join(tail::FILE))
}
