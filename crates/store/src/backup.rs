//! A consistent copy of a database while it is in use.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

/// Why a copy could not be made. Nothing is left at the target then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Copies never replace anything.
    #[error("{path} exists already; choose a place for the backup that is free", path = .0.display())]
    Exists(PathBuf),
    /// SQLite could not read the one or write the other.
    #[error("{path} could not be written ({reason})", path = path.display())]
    Copy {
        /// The target.
        path: PathBuf,
        /// SQLite's words.
        reason: String,
    },
    /// The copy could not be put in its place.
    #[error("{path} could not be written ({reason})", path = path.display())]
    Place {
        /// The target.
        path: PathBuf,
        /// The system's words.
        reason: std::io::Error,
    },
}

/// Copies the database of `from`, as of its last commit, to the new file `to`. Others may write meanwhile. The
/// copy appears under its name only once it is whole and on disk.
pub fn backup(from: &Connection, to: &Path) -> Result<(), BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.into()));
    }
    let partial = partial_path(to);
    copy(from, to, &partial).inspect_err(|_| {
        // What is left of a failed copy has no use; the error at hand says more than one about the clearing.
        let _ = crate::remove(&partial);
    })
}

fn copy(from: &Connection, to: &Path, partial: &Path) -> Result<(), BackupError> {
    let place = |reason| BackupError::Place { path: to.into(), reason };
    crate::remove(partial).map_err(place)?;
    copy_pages(from, partial)
        .map_err(|error| BackupError::Copy { path: to.into(), reason: error.to_string() })?;
    File::open(partial).and_then(|file| file.sync_all()).map_err(place)?;
    std::fs::rename(partial, to).map_err(place)?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent).and_then(|directory| directory.sync_all()).map_err(place)
}

fn copy_pages(from: &Connection, to: &Path) -> rusqlite::Result<()> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags)?;
    // All pages in one step: the copy is one read transaction, which a write-ahead log lets run beside the
    // writer. In several steps every commit in between would make it start again.
    Backup::new(from, &mut target)?.step(-1)?;
    target.close().map_err(|(_, error)| error)
}

fn partial_path(to: &Path) -> PathBuf {
    let mut name = OsString::from(to);
    name.push(".partial");
    PathBuf::from(name)
}
