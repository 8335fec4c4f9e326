//! Why the storage cannot do its work, in words for the page.

use std::path::PathBuf;

use crate::index::ReadError;
use crate::place::Place;
use crate::roster::RosterError;

/// Why the storage cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or read.
    #[error("{path} cannot be used ({error})", path = path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's words.
        error: std::io::Error,
    },
    /// The tail cannot be opened.
    #[error(transparent)]
    File(#[from] store::OpenError),
    /// The tail cannot be read back.
    #[error("{path} cannot be read back ({reason}); move it away or restore a backup", path = path.display())]
    Tail {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Why the writer could not do its work. Every variant is temporary for it: it keeps what it has and tries again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error(
        "metrics/tail.db cannot be written ({0}); samples wait until it can: make room on the disk or check its health"
    )]
    Tail(rusqlite::Error),
    #[error("{0}")]
    Open(#[from] store::OpenError),
    #[error(
        "metrics/{place} cannot be written ({reason}); its samples wait: make room on the disk or check its health"
    )]
    File { place: Place, reason: rusqlite::Error },
    #[error("metrics/{place}: {reason}")]
    Read { place: Place, reason: ReadError },
    #[error("metrics/{place} cannot be removed ({reason}); tried again shortly")]
    Remove { place: Place, reason: std::io::Error },
    #[cfg(test)]
    #[error("the test ended the process here")]
    Crashed,
}

impl StorageError {
    /// Of a statement that failed on the file.
    pub(super) fn file(place: Place) -> impl Fn(rusqlite::Error) -> Self {
        move |reason| Self::File { place, reason }
    }

    /// Of names that cannot be read.
    pub(super) fn roster(place: Place) -> impl Fn(RosterError) -> Self {
        move |reason| match reason {
            RosterError::Sqlite(reason) => Self::File { place, reason },
            damaged => Self::Read { place, reason: damaged.into() },
        }
    }

    /// Of a file that cannot be read.
    pub(super) fn read(place: Place) -> impl Fn(ReadError) -> Self {
        move |reason| Self::Read { place, reason }
    }

    /// Whether a file is at fault itself, so that trying again will not help.
    pub(super) fn is_damage(&self) -> bool {
        let is_corrupt = |error: &rusqlite::Error| {
            use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
            matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
        };
        match self {
            Self::Open(error) => {
                matches!(error, store::OpenError::Damaged { .. } | store::OpenError::Foreign { .. })
            }
            Self::File { reason, .. } => is_corrupt(reason),
            Self::Read { reason, .. } => !reason.is_of_a_chunk(),
            _ => false,
        }
    }
}
