//! Why the writer could not do its work, in words for the page. All of it is temporary: it tries again.

use rusqlite::ErrorCode;

#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkError {
    #[error(
        "issues/issues.db cannot be written ({0}); events wait in the spool: make room on the disk or check its health"
    )]
    Sqlite(#[from] rusqlite::Error),
    #[error("issues/spool.db cannot be read ({0}); its events wait: check the disk's health")]
    Spool(rusqlite::Error),
    #[error("an event of Porthole itself cannot be packed ({0})")]
    Pack(std::io::Error),
    #[error("Porthole stumbled over an event: {0}")]
    Panicked(String),
    #[error("issues/artifacts/{file}: {reason}; tried again shortly")]
    File { file: String, reason: std::io::Error },
    #[cfg(test)]
    #[error("the test ended the process here")]
    Crashed,
}

impl WorkError {
    /// What somebody said who could not go on.
    pub(super) fn of_panic(panic: &(dyn std::any::Any + Send)) -> Self {
        let words = panic.downcast_ref::<&str>().copied();
        let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self::Panicked(words.unwrap_or("no words").to_owned())
    }

    /// Whether it is an item's fault, so that trying again will not help.
    pub(super) fn is_of_an_item(&self) -> bool {
        let error = match self {
            Self::Panicked(_) => return true,
            Self::Sqlite(error) => error,
            _ => return false,
        };
        match error {
            rusqlite::Error::SqliteFailure(..) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch)
            ),
            rusqlite::Error::SqliteSingleThreadedMode => false,
            _ => true,
        }
    }
}
