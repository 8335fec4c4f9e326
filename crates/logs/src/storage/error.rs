//! Why the writer could not do its work, in words for the page.

use store::OpenError;

use crate::place::DayKey;
use crate::readers::{ReadError, is_corrupt};

/// Every variant is temporary for the writer: it keeps its lines and tries again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error("{0}")]
    Open(#[source] OpenError),
    #[error(
        "logs/tail.db cannot be written ({0}); lines wait until it can: make room on the disk or check its health"
    )]
    Tail(#[source] rusqlite::Error),
    #[error(
        "the files of {key} cannot be written ({reason}); lines wait in tail.db: make room on the disk or check its health"
    )]
    Day {
        key: DayKey,
        #[source]
        reason: rusqlite::Error,
    },
    #[error("the index of {key} cannot be read ({reason}); its new lines wait until it can")]
    Index {
        key: DayKey,
        #[source]
        reason: ReadError,
    },
    #[error("{what} failed ({reason}); tried again shortly")]
    System {
        what: &'static str,
        #[source]
        reason: std::io::Error,
    },
    #[cfg(test)]
    #[error("the test ended the process here")]
    Crashed,
}

impl StorageError {
    /// Whether a day's files are at fault themselves, so that trying again will not help.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Open(error) => matches!(error, OpenError::Damaged { .. } | OpenError::Foreign { .. }),
            Self::Day { reason, .. } => is_corrupt(reason),
            _ => false,
        }
    }

    pub(super) fn open(error: OpenError) -> Self {
        Self::Open(error)
    }

    pub(super) fn tail(error: rusqlite::Error) -> Self {
        Self::Tail(error)
    }

    pub(super) fn system(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |reason| Self::System { what, reason }
    }
}
