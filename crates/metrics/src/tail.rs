//! `tail.db`: what was appended and is not sealed yet, one row for each scrape.
//!
//! ```text
//! series   id │ labels
//! layout   id │ members     the series of a scrape, in their order (LEB128)
//! scrape   id │ target │ layout │ at_ms │ data     zstd of the numbers, f64
//! ```

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use model::Labels;
use rusqlite::{Connection, params};
use store::varint::{Cursor, put};
use store::{OpenError, Schema};

use crate::series::{Catalogue, Scrape, Series};
use crate::series_ids::SeriesIds;

const SCHEMA: Schema = Schema {
    name: "samples that are not sealed yet",
    application_id: 0x5048_4d54,
    versions: &["
        CREATE TABLE series (id INTEGER PRIMARY KEY, labels TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE layout (id INTEGER PRIMARY KEY, members BLOB NOT NULL UNIQUE) STRICT;
        CREATE TABLE scrape (
            id INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, layout INTEGER NOT NULL,
            at_ms INTEGER NOT NULL, data BLOB NOT NULL
        ) STRICT;
    "],
};

/// Numbers look much like each other; more effort gains nothing that would last two hours.
const ZSTD_LEVEL: i32 = 1;

/// A scrape has no more samples than this; a row that says so is damaged.
const SAMPLES_MAX: usize = 16 << 20;

/// The open file.
pub(crate) struct Tail {
    connection: Connection,
    ids: SeriesIds,
    layouts: HashMap<Vec<u8>, i64>,
}

impl Tail {
    pub(crate) fn open(directory: &Path) -> Result<Self, OpenError> {
        let connection = store::open(&directory.join("tail.db"), &SCHEMA)?;
        Ok(Self { connection, ids: SeriesIds::default(), layouts: HashMap::new() })
    }

    /// Keeps scrapes in one commit, which survives power loss.
    pub(crate) fn write(&mut self, scrapes: &[Scrape]) -> rusqlite::Result<()> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let written = scrapes.iter().try_for_each(|scrape| self.insert(scrape));
        let done = written.and_then(|()| self.connection.execute_batch("COMMIT"));
        if done.is_err() {
            self.ids.clear();
            self.layouts.clear();
            // A failed commit may have ended the transaction by itself; then there is nothing to roll back.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        done
    }

    fn insert(&mut self, scrape: &Scrape) -> rusqlite::Result<()> {
        let mut members = Vec::with_capacity(scrape.samples.len() * 3);
        let mut numbers = Vec::with_capacity(scrape.samples.len() * 8);
        for (series, value) in &scrape.samples {
            put(&mut members, self.ids.get(&self.connection, series)? as u64);
            numbers.extend_from_slice(&value.to_le_bytes());
        }
        let layout = self.layout(members)?;
        let data = zstd::bulk::compress(&numbers, ZSTD_LEVEL).map_err(failed)?;
        let sql = "INSERT INTO scrape (target, layout, at_ms, data) VALUES (?1, ?2, ?3, ?4)";
        let mut insert = self.connection.prepare_cached(sql)?;
        insert.execute(params![&*scrape.target, layout, scrape.at_ms, data])?;
        Ok(())
    }

    fn layout(&mut self, members: Vec<u8>) -> rusqlite::Result<i64> {
        if let Some(id) = self.layouts.get(&members) {
            return Ok(*id);
        }
        let mut insert =
            self.connection.prepare_cached("INSERT OR IGNORE INTO layout (members) VALUES (?1)")?;
        insert.execute([&members])?;
        let mut find = self.connection.prepare_cached("SELECT id FROM layout WHERE members = ?1")?;
        let id = find.query_row([&members], |row| row.get(0))?;
        self.layouts.insert(members, id);
        Ok(id)
    }

    /// The number of the last row.
    pub(crate) fn last_id(&self) -> rusqlite::Result<i64> {
        self.connection.query_row("SELECT coalesce(max(id), 0) FROM scrape", [], |row| row.get(0))
    }

    /// Drops the rows up to `last_id` whose instants are sealed, and what only they needed.
    pub(crate) fn forget(&mut self, first_ms: i64, end_ms: i64, last_id: i64) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        transaction.execute(
            "DELETE FROM scrape WHERE id <= ?1 AND at_ms >= ?2 AND at_ms < ?3",
            params![last_id, first_ms, end_ms],
        )?;
        transaction.execute("DELETE FROM layout WHERE id NOT IN (SELECT layout FROM scrape)", [])?;
        let is_empty: bool =
            transaction.query_row("SELECT NOT EXISTS (SELECT 1 FROM scrape)", [], |row| row.get(0))?;
        if is_empty {
            transaction.execute("DELETE FROM series", [])?;
            self.ids.clear();
        }
        transaction.commit()?;
        self.layouts.clear();
        Ok(())
    }

    /// Gives every row to `take` with its number, oldest first. Damaged ones are counted and left out.
    pub(crate) fn read(
        &self,
        catalogue: &Catalogue,
        mut take: impl FnMut(i64, Scrape),
    ) -> rusqlite::Result<u64> {
        let known = self.known(catalogue)?;
        let mut layouts: HashMap<i64, Option<Vec<Arc<Series>>>> = HashMap::new();
        let mut damaged = 0;
        let mut statement = self.connection.prepare(
            "SELECT scrape.id, target, layout, at_ms, data, members FROM scrape
             LEFT JOIN layout ON layout.id = scrape.layout ORDER BY scrape.id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let members = row.get_ref(5)?.as_blob().unwrap_or_default();
            let series = layouts.entry(row.get(2)?).or_insert_with(|| members_of(members, &known));
            let numbers = numbers(row.get_ref(4)?.as_blob().unwrap_or_default());
            match (series, numbers) {
                (Some(series), Some(numbers)) if series.len() == numbers.len() => {
                    let target: String = row.get(1)?;
                    let samples = series.iter().cloned().zip(numbers).collect();
                    take(row.get(0)?, Scrape { target: target.into(), at_ms: row.get(3)?, samples });
                }
                _ => damaged += 1,
            }
        }
        Ok(damaged)
    }

    fn known(&self, catalogue: &Catalogue) -> rusqlite::Result<HashMap<i64, Arc<Series>>> {
        let mut known = HashMap::new();
        let mut statement = self.connection.prepare("SELECT id, labels FROM series")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let labels: String = row.get(1)?;
            if let Ok(labels) = Labels::parse(&labels) {
                known.insert(row.get(0)?, catalogue.get(&labels));
            }
        }
        Ok(known)
    }
}

fn members_of(bytes: &[u8], known: &HashMap<i64, Arc<Series>>) -> Option<Vec<Arc<Series>>> {
    let mut cursor = Cursor(bytes);
    let mut members = Vec::new();
    while !cursor.0.is_empty() {
        members.push(known.get(&(cursor.number()? as i64))?.clone());
    }
    Some(members)
}

fn numbers(frame: &[u8]) -> Option<Vec<f64>> {
    let size = zstd::zstd_safe::get_frame_content_size(frame).ok()??;
    let size = usize::try_from(size).ok().filter(|size| *size <= SAMPLES_MAX * 8)?;
    let bytes = zstd::bulk::decompress(frame, size).ok()?;
    let (numbers, rest) = bytes.as_chunks::<8>();
    rest.is_empty().then(|| numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
}

fn failed(error: std::io::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}
