//! A consistent copy of the store while it runs. Between two commits the writer gives a lease: `tail.db` is read as of
//! that moment, and until the lease ends no other file changes. Samples go on being taken in.

use std::path::{Path, PathBuf};

use crate::file;
use crate::place::Place;
use crate::shared::Shared;
use crate::storage::Lease;
use crate::tail;

/// Why a copy could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store ended meanwhile.
    #[error("the store of metrics is shutting down")]
    Closed,
    /// The store could not be held still.
    #[error("the store of metrics cannot be copied now: {0}")]
    Store(String),
    /// The directory could not be made, or a file not be copied.
    #[error("{path} cannot be written ({reason})", path = path.display())]
    Place {
        /// Which.
        path: PathBuf,
        /// The system's words.
        reason: std::io::Error,
    },
    /// A file could not be copied.
    #[error("{0}")]
    Copy(#[from] store::BackupError),
}

/// Copies everything that the lease holds still.
pub(crate) fn copy(shared: &Shared, lease: Lease, to: &Path) -> Result<(), BackupError> {
    let made = |reason| BackupError::Place { path: to.into(), reason };
    std::fs::create_dir_all(to).map_err(made)?;
    let places = shared.stored().all();
    for place in places {
        copy_file(&shared.directory, to, place)?;
    }
    // Last: a directory without it is no store, so a copy that was cut short is none.
    store::backup(&lease.tail, &to.join(tail::FILE))?;
    Ok(())
}

/// A damaged file is copied as it is: there may be something to rescue, and the other days are no worse for it.
fn copy_file(from: &Path, to: &Path, place: Place) -> Result<(), BackupError> {
    match file::open_reader(from, place) {
        Ok(connection) => Ok(store::backup(&connection, &place.path(to))?),
        Err(error) => {
            tracing::warn!("copied as it is: {error}");
            let told = |reason| BackupError::Place { path: place.path(to), reason };
            std::fs::copy(place.path(from), place.path(to)).map(|_| ()).map_err(told)
        }
    }
}
