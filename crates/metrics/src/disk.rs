//! How much room the store takes on disk.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::place::Place;
use crate::shared::Shared;
use crate::tail;

/// It is measured anew after so long: there may be hundreds of files.
const FRESH: Duration = Duration::from_secs(10);

/// The last measurement.
#[derive(Debug, Default)]
pub(crate) struct DiskUse(Mutex<Option<(Instant, u64)>>);

impl DiskUse {
    /// Bytes of all files, to within some seconds.
    pub(crate) fn bytes(&self, shared: &Shared) -> u64 {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, bytes)) = *last
            && at.elapsed() < FRESH
        {
            return bytes;
        }
        let places = shared.stored().all();
        let files: u64 = places.into_iter().map(|place| of(&shared.directory, place)).sum();
        let bytes = files + of_tail(&shared.directory) + aside(&shared.directory, "");
        *last = Some((Instant::now(), bytes));
        bytes
    }
}

/// Bytes of damaged files that were put aside, of those whose names begin so.
pub(crate) fn aside(directory: &Path, beginning: &str) -> u64 {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let is_aside = |name: &str| name.starts_with(beginning) && name.contains(ASIDE);
    let files = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_aside));
    files.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
}

/// Stands in the name of a file that was put aside, before its number.
pub(crate) const ASIDE: &str = ".damaged-";

/// Bytes of one file.
pub(crate) fn of(directory: &Path, place: Place) -> u64 {
    store::disk_bytes(&place.path(directory))
}

/// Bytes of the tail.
pub(crate) fn of_tail(directory: &Path) -> u64 {
    store::disk_bytes(&directory.join(tail::FILE))
}
