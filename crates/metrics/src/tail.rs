//! `tail.db`: what was appended and is not sealed yet, one row for each scrape.
//!
//! ```text
//! series   first │ data     see `roster`
//! layout   id │ members     the series of a scrape, in their order: checksum, then LEB128
//! scrape   id │ target │ layout │ at_ms │ came_ms │ base │ data     came_ms: by our clock; data: see `packed`
//! clock    believed         until when the clock is believed, in nanoseconds
//! ```
//!
//! Most numbers are as they were in the target's scrape before: a row tells them by what has changed since the row
//! `base`, or all of them where that is 0. A base is always of the same window and layout, and goes with it.

mod packed;
mod read;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use model::{Labels, Timestamp};
use rusqlite::{Connection, params};
use store::varint::put;
use store::{OpenError, Schema};

use crate::blob;
use crate::roster::Roster;
use crate::series::{Catalogue, Scrape};
use crate::window::window_of;

pub(crate) use read::ReadError;

/// The file's name.
pub(crate) const FILE: &str = "tail.db";

pub(crate) const SCHEMA: Schema = Schema {
    name: "samples that are not sealed yet",
    application_id: 0x5048_4d54,
    versions: &["
        CREATE TABLE series (first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
        CREATE TABLE layout (id INTEGER PRIMARY KEY AUTOINCREMENT, members BLOB NOT NULL) STRICT;
        CREATE TABLE scrape (
            id INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, layout INTEGER NOT NULL,
            at_ms INTEGER NOT NULL, came_ms INTEGER NOT NULL, base INTEGER NOT NULL, data BLOB NOT NULL
        ) STRICT;
        CREATE TABLE clock (believed INTEGER NOT NULL) STRICT;
        INSERT INTO clock (believed) VALUES (0);
    "],
};

/// After so many rows a target's numbers are told anew, so that a damaged row takes few others with it.
const CHAIN_MAX: u32 = 60;

/// Series that no row has are left in the file until there are so many.
const UNUSED_MAX: usize = 4096;

/// How much a commit has to survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Survive {
    /// The end of the process.
    Crash,
    /// Loss of power.
    PowerLoss,
}

/// The open file.
pub(crate) struct Tail {
    connection: Connection,
    durable: Option<Survive>,
    roster: Roster,
    /// What each target gave last.
    targets: HashMap<Arc<str>, Last>,
}

/// What the next row of a target may be based on.
struct Last {
    /// Of its series, by which the layout is known again.
    numbers: Vec<u32>,
    layout: i64,
    window: i64,
    row: i64,
    chain: u32,
    values: Vec<f64>,
}

impl Tail {
    pub(crate) fn open(directory: &Path) -> Result<Self, OpenError> {
        let connection = store::open(&directory.join(FILE), &SCHEMA)?;
        Ok(Self { connection, durable: None, roster: Roster::default(), targets: HashMap::new() })
    }

    /// Keeps scrapes in one commit.
    pub(crate) fn write<'a>(
        &mut self,
        scrapes: impl IntoIterator<Item = &'a Scrape>,
        came: Timestamp,
        survive: Survive,
    ) -> rusqlite::Result<()> {
        self.set_durable(survive)?;
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let written = scrapes.into_iter().try_for_each(|scrape| self.insert(scrape, came));
        let saved = written.and_then(|()| self.roster.save(&self.connection));
        let done = saved.and_then(|()| self.connection.execute_batch("COMMIT"));
        if done.is_err() {
            // A failed commit may have ended the transaction by itself; then there is nothing to roll back.
            let _ = self.connection.execute_batch("ROLLBACK");
            self.targets.clear();
            // Numbers that were not saved are given again; those that were are read anew.
            self.roster = Roster::load(&self.connection, &Catalogue::default()).unwrap_or_default();
        }
        done
    }

    fn set_durable(&mut self, survive: Survive) -> rusqlite::Result<()> {
        if self.durable != Some(survive) {
            let level = if survive == Survive::Crash { "NORMAL" } else { "FULL" };
            self.connection.execute_batch(&format!("PRAGMA synchronous = {level}"))?;
            self.durable = Some(survive);
        }
        Ok(())
    }

    fn insert(&mut self, scrape: &Scrape, came: Timestamp) -> rusqlite::Result<()> {
        let window = window_of(scrape.at_ms);
        if !self.targets.get(&scrape.target).is_some_and(|last| last.has_series_of(scrape)) {
            let last = self.layout(scrape)?;
            self.targets.insert(scrape.target.clone(), last);
        }
        let Some(last) = self.targets.get_mut(&scrape.target) else { return Ok(()) };
        let is_based = last.row != 0 && last.window == window && last.chain < CHAIN_MAX;
        let base = if is_based { last.row } else { 0 };
        let values = scrape.samples.iter().map(|(_, value)| *value);
        let data = packed::pack(is_based.then_some(&last.values), values.clone());
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO scrape (target, layout, at_ms, came_ms, base, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        insert.execute(params![&*scrape.target, last.layout, scrape.at_ms, came.millis(), base, data])?;
        last.row = self.connection.last_insert_rowid();
        last.chain = if is_based { last.chain + 1 } else { 0 };
        last.window = window;
        last.values.clear();
        last.values.extend(values);
        Ok(())
    }

    fn layout(&mut self, scrape: &Scrape) -> rusqlite::Result<Last> {
        let mut members = Vec::with_capacity(scrape.samples.len() * 3);
        for (series, _) in &scrape.samples {
            put(&mut members, self.roster.number(&series.labels).into());
        }
        let mut insert = self.connection.prepare_cached("INSERT INTO layout (members) VALUES (?1)")?;
        insert.execute([blob::wrap(&members)])?;
        let numbers = scrape.samples.iter().map(|(series, _)| series.number).collect();
        let layout = self.connection.last_insert_rowid();
        Ok(Last { numbers, layout, window: 0, row: 0, chain: 0, values: Vec::new() })
    }

    /// The number of the last row.
    pub(crate) fn last_id(&self) -> rusqlite::Result<i64> {
        self.connection.query_row("SELECT coalesce(max(id), 0) FROM scrape", [], |row| row.get(0))
    }

    /// Makes everything so far survive loss of power.
    pub(crate) fn make_durable(&mut self) -> rusqlite::Result<()> {
        self.set_durable(Survive::PowerLoss)?;
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute("UPDATE clock SET believed = believed", [])?;
        transaction.commit()
    }

    /// Drops the rows up to `last_id` whose instants are sealed, and what only they needed.
    pub(crate) fn forget(&mut self, first_ms: i64, end_ms: i64, last_id: i64) -> rusqlite::Result<()> {
        // What they were the base of must not come after them.
        self.targets.clear();
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute(
            "DELETE FROM scrape WHERE id <= ?1 AND at_ms >= ?2 AND at_ms < ?3",
            params![last_id, first_ms, end_ms],
        )?;
        transaction.execute("DELETE FROM layout WHERE id NOT IN (SELECT layout FROM scrape)", [])?;
        let roster = self.without_unused(&transaction)?;
        transaction.commit()?;
        if let Some(roster) = roster {
            self.roster = roster;
        }
        Ok(())
    }

    /// Once most series are those of rows that are gone, the others get new numbers.
    fn without_unused(&self, transaction: &Connection) -> rusqlite::Result<Option<Roster>> {
        let mut layouts: Vec<(i64, Vec<u32>)> = Vec::new();
        let mut statement = transaction.prepare("SELECT id, members FROM layout")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            // A damaged one stays as it is: what it names cannot be told anyway.
            let members = packed::members(row.get_ref(1)?.as_blob().unwrap_or_default());
            layouts.extend(row.get(0).ok().zip(members));
        }
        let used: HashSet<u32> = layouts.iter().flat_map(|(_, members)| members).copied().collect();
        if self.roster.len() <= 2 * used.len() + UNUSED_MAX {
            return Ok(None);
        }
        let labels: HashMap<u32, &Labels> =
            self.roster.iter().map(|(labels, number)| (number, labels)).collect();
        let mut roster = Roster::default();
        for (id, members) in layouts {
            let mut renumbered = Vec::with_capacity(members.len() * 3);
            for number in members.iter().filter_map(|number| labels.get(number)) {
                put(&mut renumbered, roster.number(number).into());
            }
            transaction.execute(
                "UPDATE layout SET members = ?2 WHERE id = ?1",
                params![id, blob::wrap(&renumbered)],
            )?;
        }
        transaction.execute("DELETE FROM series", [])?;
        roster.save(transaction)?;
        Ok(Some(roster))
    }

    /// Until when the clock was believed.
    pub(crate) fn believed(&self) -> rusqlite::Result<Timestamp> {
        self.connection
            .query_row("SELECT believed FROM clock", [], |row| row.get(0))
            .map(Timestamp::from_nanos)
    }

    /// Keeps until when the clock is believed.
    pub(crate) fn keep_believed(&mut self, believed: Timestamp) -> rusqlite::Result<()> {
        let mut update = self.connection.prepare_cached("UPDATE clock SET believed = ?1")?;
        update.execute([believed.nanos()]).map(|_| ())
    }
}

impl Last {
    fn has_series_of(&self, scrape: &Scrape) -> bool {
        self.numbers.len() == scrape.samples.len()
            && self.numbers.iter().zip(&scrape.samples).all(|(number, (series, _))| *number == series.number)
    }
}

/// For the fuzz targets.
#[cfg(any(fuzzing, test))]
pub(crate) fn fuzz(bytes: &[u8]) {
    let _ = packed::members(bytes);
    let _ = packed::unpack(bytes, None, 16);
    let _ = packed::unpack(bytes, Some(&vec![1.0; 16]), 16);
}
