//! A consistent copy of the store while it runs.
//!
//! The spool goes first: what is worked in between the two copies is in both, and at the next start the number in `issues.db`
//! tells that it is there already. The other way round it would be in neither. The search index is not copied: it is made
//! anew from `issues.db`.

use std::path::{Path, PathBuf};

use crate::pack::ARTIFACTS;
use crate::{database, spool};

/// Why a copy could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The copying broke down.
    #[error("the store of issues is shutting down")]
    Closed,
    /// A file cannot be opened.
    #[error(transparent)]
    Open(#[from] store::OpenError),
    /// A file could not be copied.
    #[error(transparent)]
    Copy(#[from] store::BackupError),
    /// A directory or an attachment could not be written.
    #[error("{path} cannot be written ({reason})", path = path.display())]
    Place {
        /// Which.
        path: PathBuf,
        /// The system's words.
        reason: std::io::Error,
    },
}

/// Copies everything into the directory `to`, which is made.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    let artifacts = to.join(ARTIFACTS);
    std::fs::create_dir_all(&artifacts).map_err(told(&artifacts))?;
    for (name, schema) in [(spool::FILE, &spool::SCHEMA), (database::FILE, &database::SCHEMA)] {
        store::backup(&store::open_reader(&from.join(name), schema)?, &to.join(name))?;
    }
    copy_artifacts(&from.join(ARTIFACTS), &artifacts)
}

fn copy_artifacts(from: &Path, to: &Path) -> Result<(), BackupError> {
    for entry in std::fs::read_dir(from).map_err(told(from))? {
        let path = entry.map_err(told(from))?.path();
        let Some(target) = path.file_name().map(|name| to.join(name)) else { continue };
        match std::fs::copy(&path, &target) {
            // It has expired meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            copied => drop(copied.map_err(told(&target))?),
        }
    }
    Ok(())
}

fn told(path: &Path) -> impl Fn(std::io::Error) -> BackupError {
    move |reason| BackupError::Place { path: path.to_owned(), reason }
}
