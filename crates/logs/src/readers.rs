//! Connections for reading day files: opened when first wanted, kept for the next query, never more than a few.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, ErrorCode};
use store::OpenError;

use crate::block::Damage;
use crate::day::{DATA, INDEX, ReadIndexError};
use crate::place::DayKey;

/// Connections kept while nobody reads: a query over a month reads one file after the other, and several threads
/// read one file at a time.
const IDLE_MAX: usize = 64;

/// Which file of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Data,
    Index,
}

/// Why a day's file could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("{0}")]
    Open(#[from] OpenError),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Index(#[from] ReadIndexError),
    #[error("it {0}")]
    Damage(#[from] Damage),
}

impl ReadError {
    /// Whether the file itself is at fault, so that reading it again will not help.
    pub(crate) fn is_damage(&self) -> bool {
        match self {
            Self::Open(error) => matches!(error, OpenError::Damaged { .. } | OpenError::Foreign { .. }),
            Self::Sqlite(error) | Self::Index(ReadIndexError::Sqlite(error)) => is_corrupt(error),
            Self::Index(ReadIndexError::Senseless) | Self::Damage(_) => true,
        }
    }

    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Open(OpenError::Missing { .. }))
    }
}

/// Whether SQLite found its own file damaged.
pub(crate) fn is_corrupt(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType};
    let senseless =
        matches!(error, FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..));
    senseless
        || matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// The connections.
#[derive(Debug)]
pub(crate) struct Readers {
    root: PathBuf,
    idle: Mutex<Idle>,
}

#[derive(Debug, Default)]
struct Idle {
    connections: VecDeque<(DayKey, Part, Connection)>,
    /// Grows when files were deleted or moved: connections from before then are not kept.
    generation: u64,
}

impl Readers {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, idle: Mutex::default() }
    }

    /// Runs `read` on a connection to the file.
    pub(crate) fn with<T, E: Into<ReadError>>(
        &self,
        key: DayKey,
        part: Part,
        read: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, ReadError> {
        let generation = self.idle().generation;
        let connection = match self.take(key, part) {
            Some(connection) => connection,
            None => self.open(key, part)?,
        };
        let found = read(&connection).map_err(Into::into)?;
        self.keep(key, part, connection, generation);
        Ok(found)
    }

    /// Closes what is open of the day: its files are about to go.
    pub(crate) fn forget(&self, key: DayKey) {
        let mut idle = self.idle();
        idle.generation += 1;
        idle.connections.retain(|(other, _, _)| *other != key);
    }

    fn open(&self, key: DayKey, part: Part) -> Result<Connection, ReadError> {
        let connection = match part {
            Part::Data => store::open_reader(&key.data(&self.root), &DATA),
            Part::Index => store::open_reader(&key.index(&self.root), &INDEX),
        }?;
        // Each page is read once; the system's cache is enough.
        connection.execute_batch("PRAGMA cache_size = -64")?;
        Ok(connection)
    }

    fn take(&self, key: DayKey, part: Part) -> Option<Connection> {
        let mut idle = self.idle();
        let at = idle.connections.iter().position(|(other, kind, _)| (*other, *kind) == (key, part))?;
        idle.connections.remove(at).map(|(_, _, connection)| connection)
    }

    fn keep(&self, key: DayKey, part: Part, connection: Connection, generation: u64) {
        let mut idle = self.idle();
        if idle.generation != generation {
            return;
        }
        if idle.connections.len() >= IDLE_MAX {
            idle.connections.pop_front();
        }
        idle.connections.push_back((key, part, connection));
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
