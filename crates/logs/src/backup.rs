//! A consistent copy of the store while it runs. Between two commits the writer gives a lease: `tail.db` is
//! read as of that moment, and until the lease ends no block is sealed and no file deleted, so the days' files
//! stand still. Lines go on being taken in.

use std::path::{Path, PathBuf};

use store::Schema;

use crate::day::{DATA, INDEX};
use crate::shared::Shared;
use crate::storage::Lease;
use crate::tail;

/// Why a copy could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store ended meanwhile.
    #[error("the store of logs is shutting down")]
    Closed,
    /// The store could not be held still.
    #[error("the store of logs cannot be copied now: {0}")]
    Store(String),
    /// A directory could not be made, or a file not be copied.
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
    make_directory(to)?;
    for day in shared.picture.days() {
        let key = day.key;
        for (from, target, schema) in
            [(key.index(&shared.root), key.index(to), &INDEX), (key.data(&shared.root), key.data(to), &DATA)]
        {
            if store::exists(&from) {
                make_directory(&key.directory(to))?;
                copy_file(&from, &target, schema)?;
            }
        }
    }
    // Last: a directory without it is no store, so a copy that was cut short is none.
    store::backup(&lease.tail, &to.join(tail::FILE))?;
    Ok(())
}

/// A damaged file is copied as it is: there may be something to rescue, and the other days are no worse for it.
fn copy_file(from: &Path, to: &Path, schema: &Schema) -> Result<(), BackupError> {
    match store::open_reader(from, schema) {
        Ok(connection) => Ok(store::backup(&connection, to)?),
        Err(error) => {
            tracing::warn!("copied as it is: {error}");
            let place = |reason| BackupError::Place { path: to.into(), reason };
            std::fs::copy(from, to).map(|_| ()).map_err(place)
        }
    }
}

fn make_directory(path: &Path) -> Result<(), BackupError> {
    std::fs::create_dir_all(path).map_err(|reason| BackupError::Place { path: path.into(), reason })
}
