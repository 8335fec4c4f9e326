//! Connections that read `issues.db` beside its writer; opened when needed and kept for the next who reads.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::database;

/// So many wait for the next use.
const IDLE_MAX: usize = 4;

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened.
    #[error(transparent)]
    Open(#[from] store::OpenError),
    /// A statement failed.
    #[error("issues/issues.db cannot be read ({0}); check the disk's health or restore a backup")]
    Sqlite(#[from] rusqlite::Error),
    /// An event is damaged.
    #[error("event {id} of project {project} is damaged ({reason})")]
    Damaged {
        /// Whose it is.
        project: i64,
        /// Which.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The connections that nobody uses now.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

/// A connection while somebody reads.
pub(crate) struct Reader<'r> {
    connection: Option<Connection>,
    readers: &'r Readers,
}

impl Readers {
    pub(crate) fn new(directory: &Path) -> Self {
        Self { path: directory.join(database::FILE), idle: Mutex::default() }
    }

    pub(crate) fn get(&self) -> Result<Reader<'_>, ReadError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => store::open_reader(&self.path, &database::SCHEMA)?,
        };
        Ok(Reader { connection: Some(connection), readers: self })
    }
}

impl Deref for Reader<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("it is given back only when dropped")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut idle = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.extend(self.connection.take());
        }
    }
}
