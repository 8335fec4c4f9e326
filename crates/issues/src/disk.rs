//! How much room the store takes on disk.

use std::path::Path;

use crate::pack::ARTIFACTS;
use crate::{database, spool};

/// Bytes of all files but the search index.
pub(crate) fn bytes(directory: &Path) -> u64 {
    let files = std::fs::read_dir(directory.join(ARTIFACTS)).into_iter().flatten();
    let attachments =
        files.filter_map(|entry| entry.ok()?.metadata().ok()).map(|meta| meta.len()).sum::<u64>();
    attachments + of_events(directory)
}

/// Bytes of the databases.
pub(crate) fn of_events(directory: &Path) -> u64 {
    [database::FILE, spool::FILE].iter().map(|file| store::disk_bytes(&directory.join(file))).sum()
}
