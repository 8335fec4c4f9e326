//! What the files of days and months have in common: series by numbers, and chunks of them.
//!
//! ```text
//! series   first │ data                                  see `roster`
//! chunk    id │ first_ms │ last_ms │ members │ data      members: checksum, then LEB128; data: see `chunk`
//! sealed   window │ tail        up to which row of the tail the window's samples are here
//! rolled   day │ generation     which state of the day the month has
//! state    generation │ merged  grows when chunks are replaced; the last chunk that merging has seen
//! ```

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};
use store::varint::{Cursor, put};
use store::{OpenError, Schema};

use crate::blob;
use crate::chunk::{self, Row};
use crate::place::Place;
use crate::roster::{Roster, RosterError};
use crate::series::Catalogue;

const DAY: Schema = Schema { name: "a day's samples", application_id: 0x5048_4d44, versions: &[FORMAT_1] };

const ROLLUP: Schema =
    Schema { name: "a month's samples, rolled up", application_id: 0x5048_4d52, versions: &[FORMAT_1] };

const FORMAT_1: &str = "
    CREATE TABLE series (first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
    CREATE TABLE chunk (
        id INTEGER PRIMARY KEY AUTOINCREMENT, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
        members BLOB NOT NULL, data BLOB NOT NULL
    ) STRICT;
    CREATE TABLE sealed (window INTEGER PRIMARY KEY, tail INTEGER NOT NULL) STRICT;
    CREATE TABLE rolled (day INTEGER PRIMARY KEY, generation INTEGER NOT NULL) STRICT;
    CREATE TABLE state (generation INTEGER NOT NULL, merged INTEGER NOT NULL) STRICT;
    INSERT INTO state (generation, merged) VALUES (1, 0);
";

/// How files of this kind are made and known.
pub(crate) fn schema(place: Place) -> &'static Schema {
    match place {
        Place::Day(_) => &DAY,
        Place::Rollup(_) => &ROLLUP,
    }
}

/// Opens a file for writing.
pub(crate) fn open(directory: &Path, place: Place) -> Result<Connection, OpenError> {
    store::open(&place.path(directory), schema(place))
}

/// Opens a file beside its writer.
pub(crate) fn open_reader(directory: &Path, place: Place) -> Result<Connection, OpenError> {
    store::open_reader(&place.path(directory), schema(place))
}

/// Up to which row of the tail a window is sealed; 0 for one that is not.
pub(crate) fn sealed_to(file: &Connection, window_ms: i64) -> rusqlite::Result<i64> {
    let mut find = file.prepare_cached("SELECT tail FROM sealed WHERE window = ?1")?;
    Ok(find.query_row([window_ms], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Which state of the file this is: it changes when chunks are replaced or added.
pub(crate) fn generation(file: &Connection) -> rusqlite::Result<i64> {
    file.prepare_cached("SELECT generation FROM state")?.query_row([], |row| row.get(0))
}

/// Part of each transaction that changes chunks.
pub(crate) fn next_generation(file: &Connection) -> rusqlite::Result<()> {
    file.execute("UPDATE state SET generation = generation + 1", []).map(|_| ())
}

/// Writes chunks into a file, within the caller's transaction.
pub(crate) struct ChunkWriter<'a> {
    file: &'a Connection,
    roster: Roster,
}

impl<'a> ChunkWriter<'a> {
    pub(crate) fn new(file: &'a Connection, catalogue: &Catalogue) -> Result<Self, RosterError> {
        Ok(Self { file, roster: Roster::load(file, catalogue)? })
    }

    /// Writes a chunk of the series, each of which has `rows.len() / series.len()` rows.
    pub(crate) fn write<'l>(
        &mut self,
        timestamps_ms: &[i64],
        series: impl IntoIterator<Item = &'l model::Labels>,
        rows: &[Row],
    ) -> rusqlite::Result<()> {
        let members: Vec<u32> = series.into_iter().map(|labels| self.roster.number(labels)).collect();
        insert_chunk(self.file, timestamps_ms, &members, rows)
    }

    /// Writes the names of new series, and that the chunks have changed.
    pub(crate) fn finish(mut self) -> rusqlite::Result<()> {
        self.roster.save(self.file)?;
        next_generation(self.file)
    }
}

/// Writes a chunk of series that the file has numbers of.
pub(crate) fn insert_chunk(
    file: &Connection,
    timestamps_ms: &[i64],
    series: &[u32],
    rows: &[Row],
) -> rusqlite::Result<()> {
    let (Some(first), Some(last)) = (timestamps_ms.first(), timestamps_ms.last()) else { return Ok(()) };
    let mut members = Vec::new();
    series.iter().for_each(|number| put(&mut members, (*number).into()));
    let data = chunk::encode(timestamps_ms, rows);
    let sql = "INSERT INTO chunk (first_ms, last_ms, members, data) VALUES (?1, ?2, ?3, ?4)";
    file.prepare_cached(sql)?.execute(params![first, last, blob::wrap(&members), data]).map(|_| ())
}

/// The series of a chunk, by their numbers in the file.
pub(crate) fn members(data: &[u8]) -> Option<Vec<u32>> {
    let mut cursor = Cursor(blob::unwrap(data)?);
    let mut members = Vec::new();
    while !cursor.0.is_empty() {
        members.push(u32::try_from(cursor.number()?).ok().filter(|number| *number > 0)?);
    }
    Some(members)
}

/// Puts a file that cannot be used out of the way, where it can be looked at. Gives its new path.
pub(crate) fn set_aside(directory: &Path, place: Place) -> std::io::Result<PathBuf> {
    let path = place.path(directory);
    let free = (1..).map(|number| directory.join(format!("{place}{}{number}", crate::disk::ASIDE)));
    let aside = free.into_iter().find(|path| !path.exists()).unwrap_or_else(|| path.clone());
    std::fs::rename(&path, &aside)?;
    // Its log belongs to it alone; a new file of the name must not find it.
    store::remove(&path)?;
    Ok(aside)
}
