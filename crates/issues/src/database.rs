//! `issues.db`: its tables, and how events are read back from it. Only the writer changes it; `schema.sql` and
//! `schema_2.sql` beside this file say what is where.

use std::path::Path;

use event::{Event, EventId, Grouping};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use store::Schema;

use crate::body;
use crate::readers::ReadError;

/// The file's name.
pub(crate) const FILE: &str = "issues.db";

pub(crate) const SCHEMA: Schema = Schema {
    name: "events and issues",
    application_id: 0x5048_4944,
    versions: &[
        concat!(
            include_str!("schema.sql"),
            include_str!("search/schema.sql"),
            include_str!("performance/schema.sql"),
            include_str!("monitors/schema.sql"),
            include_str!("releases/schema.sql"),
        ),
        include_str!("schema_2.sql"),
    ],
};

/// Opens the file for the writer.
pub(crate) fn open(directory: &Path) -> Result<Connection, store::OpenError> {
    let connection = store::open_shrinking(&directory.join(FILE), &SCHEMA)?;
    // The writer uses some sixty statements over and over, and the same pages of its indexes.
    connection.set_prepared_statement_cache_capacity(128);
    let path = || directory.join(FILE);
    connection.pragma_update(None, "cache_size", -CACHE_KIB).map_err(|error| store::OpenError::Damaged {
        path: path(),
        name: SCHEMA.name,
        reason: error.to_string(),
    })?;
    Ok(connection)
}

/// What the writer's connection keeps of the file in memory.
const CACHE_KIB: i64 = 16 << 10;

/// What is stored of an event.
#[derive(Serialize)]
pub(crate) struct Document<'e> {
    pub(crate) event: &'e Event,
    pub(crate) grouping: &'e Grouping,
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Stored {
    /// The event.
    pub event: Event,
    /// How it was grouped.
    pub grouping: Grouping,
}

/// An event's row.
#[derive(Clone, Debug)]
pub(crate) struct EventRow {
    pub(crate) project: i64,
    pub(crate) id: EventId,
    pub(crate) fingerprint: i64,
    pub(crate) stored: Stored,
}

/// Where an event is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventPlace {
    pub(crate) row: i64,
    pub(crate) project: i64,
    pub(crate) id: EventId,
    pub(crate) fingerprint: i64,
    pub(crate) received_ms: i64,
}

/// Events that came after `row`, oldest first.
pub(crate) fn places_after(
    connection: &Connection,
    row: i64,
    limit: usize,
) -> rusqlite::Result<Vec<EventPlace>> {
    let mut statement = connection.prepare_cached(
        "SELECT row, project, id, fingerprint, received_ms FROM event WHERE row > ?1 ORDER BY row LIMIT ?2",
    )?;
    let places = statement.query_map(params![row, limit as i64], |row| {
        Ok(EventPlace {
            row: row.get(0)?,
            project: row.get(1)?,
            id: EventId(row.get(2)?),
            fingerprint: row.get(3)?,
            received_ms: row.get(4)?,
        })
    })?;
    places.collect()
}

const COLUMNS: &str = "project, id, fingerprint, base, data";

/// The event in a row.
pub(crate) fn event_in(connection: &Connection, row: i64) -> Result<Option<EventRow>, ReadError> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE row = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([row])?;
    rows.next()?.map(|row| read_row(connection, row)).transpose()
}

fn read_row(connection: &Connection, row: &rusqlite::Row<'_>) -> Result<EventRow, ReadError> {
    let (project, id): (i64, [u8; 16]) = (row.get("project")?, row.get("id")?);
    let id = EventId(id);
    let damaged = |reason: String| ReadError::Damaged { project, id: id.to_string(), reason };
    let base = match row.get::<_, Option<i64>>("base")? {
        None => Vec::new(),
        Some(base) => base_json(connection, base)?
            .ok_or_else(|| damaged("the event by which it is told is missing".to_owned()))?
            .map_err(|error| damaged(format!("the event by which it is told: {error}")))?,
    };
    let data = row.get_ref("data")?.as_blob().unwrap_or_default();
    let json = body::unpack(data, &base).map_err(|error| damaged(error.to_string()))?;
    let stored = serde_json::from_slice(&json).map_err(|error| damaged(error.to_string()))?;
    Ok(EventRow { project, id, fingerprint: row.get("fingerprint")?, stored })
}

type Unpacked = Result<Vec<u8>, body::UnpackError>;

fn base_json(connection: &Connection, id: i64) -> rusqlite::Result<Option<Unpacked>> {
    let mut statement = connection.prepare_cached("SELECT data FROM base WHERE id = ?1")?;
    let data: Option<Vec<u8>> = statement.query_row([id], |row| row.get(0)).optional()?;
    Ok(data.map(|data| body::unpack(&data, &[])))
}

/// A single value; 0 where there is none yet.
pub(crate) fn state(connection: &Connection, key: &str) -> rusqlite::Result<i64> {
    let mut statement = connection.prepare_cached("SELECT value FROM state WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Keeps a single value.
pub(crate) fn set_state(connection: &Connection, key: &str, value: i64) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("INSERT OR REPLACE INTO state (key, value) VALUES (?1, ?2)")?;
    statement.execute(params![key, value]).map(|_| ())
}
