//! `<day>.db`: the chunks of a UTC day.
//!
//! ```text
//! series   id │ labels
//! chunk    id │ first_ms │ last_ms │ members (LEB128) │ data
//! sealed   window │ tail     up to which row of the tail the window's samples are here
//! ```

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::UtcDay;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use store::varint::put;
use store::{OpenError, Schema};

use crate::chunk::{self, Row};
use crate::head::Head;
use crate::series::Series;
use crate::series_ids::SeriesIds;
use crate::window::WINDOW_MS;

pub(crate) const SCHEMA: Schema = Schema {
    name: "a day's samples",
    application_id: 0x5048_4d44,
    versions: &["
        CREATE TABLE series (id INTEGER PRIMARY KEY, labels TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE chunk (
            id INTEGER PRIMARY KEY, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, members BLOB NOT NULL,
            data BLOB NOT NULL
        ) STRICT;
        CREATE TABLE sealed (window INTEGER PRIMARY KEY, tail INTEGER NOT NULL) STRICT;
    "],
};

/// So many series share a chunk: one row for each would cost a third more.
const SERIES_PER_CHUNK: usize = 100;

/// The day that an instant belongs to.
pub(crate) fn day_of(at_ms: i64) -> UtcDay {
    model::Timestamp::from_millis(at_ms).day()
}

/// The file of a day.
pub(crate) fn path(directory: &Path, day: UtcDay) -> PathBuf {
    directory.join(format!("{day}.db"))
}

/// The days that have files.
pub(crate) fn days(directory: &Path) -> std::io::Result<Vec<UtcDay>> {
    let mut days = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let name = entry?.file_name();
        days.extend(name.to_str().and_then(|name| UtcDay::parse(name.strip_suffix(".db")?)));
    }
    days.sort();
    Ok(days)
}

/// Up to which row of the tail a window is sealed; 0 for one that is not.
pub(crate) fn sealed_to(connection: &Connection, window_ms: i64) -> rusqlite::Result<i64> {
    let mut find = connection.prepare_cached("SELECT tail FROM sealed WHERE window = ?1")?;
    Ok(find.query_row([window_ms], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Writes a window of the head as chunks, in one commit with the number of the last row of the tail that it holds.
pub(crate) fn seal(
    connection: &mut Connection,
    head: &Head,
    window_ms: i64,
    tail: i64,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let mut writer = ChunkWriter { transaction: &transaction, ids: SeriesIds::default() };
    // Series with the same timestamps share a chunk, whichever target they are of.
    let mut shared: HashMap<&[i64], Vec<(&Arc<Series>, Row)>> = HashMap::new();
    for window in head.window(window_ms) {
        let waiting = shared.entry(&window.timestamps_ms).or_default();
        for (series, row) in window.rows.values() {
            waiting.push((series, row.whole()));
            if waiting.len() == SERIES_PER_CHUNK {
                writer.write(&window.timestamps_ms, std::mem::take(waiting))?;
            }
        }
    }
    for (timestamps_ms, waiting) in shared {
        writer.write(timestamps_ms, waiting)?;
    }
    transaction.execute(
        "INSERT INTO sealed (window, tail) VALUES (?1, ?2) ON CONFLICT (window) DO UPDATE SET tail = ?2",
        params![window_ms, tail],
    )?;
    transaction.commit()
}

struct ChunkWriter<'a> {
    transaction: &'a Transaction<'a>,
    ids: SeriesIds,
}

impl ChunkWriter<'_> {
    fn write(&mut self, timestamps_ms: &[i64], rows: Vec<(&Arc<Series>, Row)>) -> rusqlite::Result<()> {
        let (Some(first), Some(last)) = (timestamps_ms.first(), timestamps_ms.last()) else { return Ok(()) };
        let mut members = Vec::with_capacity(rows.len() * 3);
        let mut numbers = Vec::with_capacity(rows.len());
        for (series, row) in rows {
            put(&mut members, self.ids.get(self.transaction, series)? as u64);
            numbers.push(row);
        }
        let data = chunk::encode(timestamps_ms, &numbers);
        let sql = "INSERT INTO chunk (first_ms, last_ms, members, data) VALUES (?1, ?2, ?3, ?4)";
        self.transaction.prepare_cached(sql)?.execute(params![first, last, members, data])?;
        Ok(())
    }
}

/// Opens the file of a window's day for writing.
pub(crate) fn open(directory: &Path, window_ms: i64) -> Result<Connection, OpenError> {
    store::open(&path(directory, day_of(window_ms)), &SCHEMA)
}

/// The instants of a window: the first, and the first that is outside.
pub(crate) fn bounds(window_ms: i64) -> (i64, i64) {
    (window_ms, window_ms + WINDOW_MS)
}
