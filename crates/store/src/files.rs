//! One SQLite database is up to three files: the file itself, its write-ahead log and the log's index.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Whether there is a database at `path`.
pub fn exists(path: &Path) -> bool {
    path.is_file()
}

/// Deletes the database at `path`; one that is not there counts as deleted. No connection may be open, except
/// readers', which go on reading what is gone from the directory.
pub fn remove(path: &Path) -> io::Result<()> {
    // The database goes first: a log without its database is ignored, the reverse would lose commits.
    for file in all(path) {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// How many bytes the database at `path` takes on disk, its log included; 0 where there is none.
pub fn disk_bytes(path: &Path) -> u64 {
    all(path).iter().filter_map(|file| std::fs::metadata(file).ok()).map(|meta| meta.len()).sum()
}

/// Whether commits wait in the database's log.
pub(crate) fn has_log(path: &Path) -> bool {
    let [_, log, _] = all(path);
    std::fs::metadata(log).is_ok_and(|meta| meta.len() > 0)
}

fn all(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| {
        let mut name = OsString::from(path);
        name.push(suffix);
        PathBuf::from(name)
    })
}
