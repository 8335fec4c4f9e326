//! `tail.db`: the lines that are not sealed yet, and the collectors' positions. One transaction takes both, so
//! after a crash a collector goes on exactly behind its last stored line.
//!
//! ```text
//! stream    id │ labels                                     only of rows that are there
//! tail      stream │ class │ day │ seq_to │ lines │ bytes │ first │ last │ sidecar │ data
//! position  key │ value
//! held      labels │ multiline │ data                       lines that wait for others to be joined with
//! horizon   believed                                        how far the clock was believed last
//! deletion  id │ query │ first │ until │ created │ day │ lines │ done      what is to be deleted, up to which day it is
//! ```

mod deletions;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use model::{Labels, Timestamp, UtcDay};
use rusqlite::{Connection, params};
use store::{OpenError, Schema};

use crate::class::Class;
use crate::joining::{HeldChange, HeldLines};
use crate::picture::TailRow;
use crate::place::DayKey;
use crate::row;
use crate::sidecar::Sidecar;
use crate::stream::Stream;

/// `tail.db` as it is opened.
pub(crate) const SCHEMA: Schema = Schema {
    name: "the tail of the logs",
    application_id: 0x5048_4c54,
    versions: &[
        "
        CREATE TABLE stream (id INTEGER PRIMARY KEY, labels TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE tail (
            stream INTEGER NOT NULL REFERENCES stream (id), class INTEGER NOT NULL, day INTEGER NOT NULL,
            seq_to INTEGER NOT NULL, lines INTEGER NOT NULL, bytes INTEGER NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL, sidecar BLOB NOT NULL, data BLOB NOT NULL,
            PRIMARY KEY (stream, class, day, seq_to)
        ) STRICT;
        CREATE TABLE position (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE durable (commits INTEGER NOT NULL) STRICT;
        INSERT INTO durable VALUES (0);
    ",
        "
        CREATE TABLE horizon (believed INTEGER NOT NULL) STRICT;
        CREATE TABLE held (labels TEXT PRIMARY KEY, multiline TEXT NOT NULL, data BLOB NOT NULL) STRICT;
    ",
        "
        CREATE TABLE deletion (
            id INTEGER PRIMARY KEY AUTOINCREMENT, query TEXT NOT NULL, first INTEGER NOT NULL,
            until INTEGER NOT NULL, created INTEGER NOT NULL, day INTEGER NOT NULL,
            lines INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0
        ) STRICT;
    ",
    ],
};

/// The file's name in the directory of the logs.
pub(crate) const FILE: &str = "tail.db";

/// How far the clock is believed is written when it moved by this.
const HORIZON_EVERY: Duration = Duration::from_secs(3600);

/// What a commit has to outlive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Survive {
    /// The end of this process. Lines come again from where they came, behind the position that is lost with
    /// them, should the power fail.
    Crash,
    /// The end of power.
    PowerLoss,
}

/// The rows of a unit up to a `seq_to`.
#[derive(Clone, Debug)]
pub(crate) struct RowsUpTo {
    pub(crate) key: DayKey,
    pub(crate) stream: Arc<Stream>,
    pub(crate) seq_to: u64,
}

/// A row to add.
#[derive(Clone, Debug)]
pub(crate) struct NewRow {
    pub(crate) key: DayKey,
    pub(crate) stream: Arc<Stream>,
    pub(crate) row: Arc<TailRow>,
}

/// What one transaction does, in this order.
#[derive(Debug, Default)]
pub(crate) struct Commit<'a> {
    /// Days that expired.
    pub(crate) expired: &'a [DayKey],
    /// Rows that were sealed or merged.
    pub(crate) obsolete: &'a [RowsUpTo],
    pub(crate) rows: &'a [NewRow],
    pub(crate) positions: Option<&'a BTreeMap<String, Option<Vec<u8>>>>,
    pub(crate) held: &'a [HeldChange],
}

/// What the file held when it was opened.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order of units and of arrival.
    pub(crate) rows: Vec<(DayKey, Labels, TailRow)>,
    pub(crate) positions: BTreeMap<String, Vec<u8>>,
    /// Lines that wait for others to be joined with.
    pub(crate) held: Vec<HeldLines>,
}

/// The open file.
pub(crate) struct Tail {
    pub(crate) connection: Connection,
    /// The ids of streams in the file, by their numbers in this process.
    ids: HashMap<u32, i64>,
    survives: Survive,
    /// As it is in the file.
    horizon: Timestamp,
}

impl Tail {
    pub(crate) fn open(root: &Path) -> Result<Self, OpenError> {
        let connection = store::open(&root.join(FILE), &SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(Self { connection, ids: HashMap::new(), survives: Survive::PowerLoss, horizon: Timestamp::MIN })
    }

    /// Everything that the file holds. Rows and labels that make no sense are left out and counted.
    pub(crate) fn read(&self) -> rusqlite::Result<(Found, u64)> {
        let mut found = Found::default();
        let mut senseless = 0;
        let mut rows = self.connection.prepare(
            "SELECT labels, class, day, seq_to, lines, bytes, first, last, sidecar, data
             FROM tail JOIN stream ON stream.id = tail.stream ORDER BY tail.stream, class, day, seq_to",
        )?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            match read_row(row)? {
                Some(row) => found.rows.push(row),
                None => senseless += 1,
            }
        }
        let mut positions = self.connection.prepare("SELECT key, value FROM position")?;
        let positions = positions.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        found.positions = positions.collect::<rusqlite::Result<_>>()?;
        let mut held = self.connection.prepare("SELECT labels, multiline, data FROM held")?;
        let mut held = held.query([])?;
        while let Some(row) = held.next()? {
            match HeldLines::from_row(
                &row.get::<_, String>(0)?,
                &row.get::<_, String>(1)?,
                &row.get::<_, Vec<u8>>(2)?,
            ) {
                Some(lines) => found.held.push(lines),
                None => senseless += 1,
            }
        }
        Ok((found, senseless))
    }

    /// How far the clock was believed last.
    pub(crate) fn horizon(&self) -> rusqlite::Result<Option<Timestamp>> {
        let nanos: Option<i64> =
            self.connection.query_row("SELECT max(believed) FROM horizon", [], |row| row.get(0))?;
        Ok(nanos.map(Timestamp::from_nanos))
    }

    /// Notes how far the clock is believed: it need not be known to the minute.
    pub(crate) fn keep_horizon(&mut self, believed: Timestamp) -> rusqlite::Result<()> {
        if believed.nanos().abs_diff(self.horizon.nanos()) < HORIZON_EVERY.as_nanos() as u64 {
            return Ok(());
        }
        self.connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; DELETE FROM horizon; INSERT INTO horizon VALUES ({}); COMMIT",
            believed.nanos()
        ))?;
        self.horizon = believed;
        Ok(())
    }

    /// Makes one transaction of it all.
    pub(crate) fn commit(&mut self, commit: &Commit<'_>, survive: Survive) -> rusqlite::Result<()> {
        self.choose(survive)?;
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let done = self.write(commit).and_then(|()| self.connection.execute_batch("COMMIT"));
        if done.is_err() {
            self.ids.clear();
            // A failed commit may have ended the transaction by itself; then there is nothing to roll back.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        done
    }

    /// Makes everything committed so far outlive a loss of power.
    pub(crate) fn make_durable(&mut self) -> rusqlite::Result<()> {
        if self.survives == Survive::PowerLoss {
            return Ok(());
        }
        self.choose(Survive::PowerLoss)?;
        // Syncing the log with this commit syncs all that was written to it before.
        self.probe()
    }

    /// Writes something that changes nothing.
    pub(crate) fn probe(&mut self) -> rusqlite::Result<()> {
        self.connection.execute_batch("UPDATE durable SET commits = commits + 1")
    }

    /// Forgets the streams that no row refers to.
    pub(crate) fn prune(&mut self) -> rusqlite::Result<()> {
        self.ids.clear();
        let unused = "DELETE FROM stream WHERE id NOT IN (SELECT stream FROM tail)";
        self.connection.execute(unused, []).map(|_| ())
    }

    fn choose(&mut self, survive: Survive) -> rusqlite::Result<()> {
        if self.survives != survive {
            let word = if survive == Survive::PowerLoss { "FULL" } else { "NORMAL" };
            self.connection.execute_batch(&format!("PRAGMA synchronous = {word}"))?;
            self.survives = survive;
        }
        Ok(())
    }

    fn write(&mut self, commit: &Commit<'_>) -> rusqlite::Result<()> {
        for key in commit.expired {
            let mut delete =
                self.connection.prepare_cached("DELETE FROM tail WHERE day = ?1 AND class = ?2")?;
            delete.execute(params![key.day.days(), key.class.number()])?;
        }
        for RowsUpTo { key, stream, seq_to } in commit.obsolete {
            let Some(id) = self.id(stream)? else { continue };
            let mut delete = self.connection.prepare_cached(
                "DELETE FROM tail WHERE stream = ?1 AND class = ?2 AND day = ?3 AND seq_to <= ?4",
            )?;
            delete.execute(params![id, key.class.number(), key.day.days(), *seq_to as i64])?;
        }
        for new in commit.rows {
            self.insert(new)?;
        }
        for (key, value) in commit.positions.into_iter().flatten() {
            match value {
                Some(value) => self
                    .connection
                    .prepare_cached("INSERT OR REPLACE INTO position (key, value) VALUES (?1, ?2)")?
                    .execute(params![key, value])?,
                None => {
                    self.connection.prepare_cached("DELETE FROM position WHERE key = ?1")?.execute([key])?
                }
            };
        }
        commit.held.iter().try_for_each(|change| self.hold(change))
    }

    fn hold(&self, change: &HeldChange) -> rusqlite::Result<()> {
        match change {
            HeldChange::Held(lines) => self
                .connection
                .prepare_cached("INSERT OR REPLACE INTO held (labels, multiline, data) VALUES (?1, ?2, ?3)")?
                .execute(params![lines.labels.to_string(), lines.multiline.text(), lines.data()])?,
            HeldChange::LetGo(labels) => self
                .connection
                .prepare_cached("DELETE FROM held WHERE labels = ?1")?
                .execute([labels.to_string()])?,
        };
        Ok(())
    }

    fn insert(&mut self, NewRow { key, stream, row }: &NewRow) -> rusqlite::Result<()> {
        let id = match self.id(stream)? {
            Some(id) => id,
            None => self.add(stream)?,
        };
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO tail (stream, class, day, seq_to, lines, bytes, first, last, sidecar, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        insert.execute(params![
            id,
            key.class.number(),
            key.day.days(),
            row.seq_to as i64,
            row.lines,
            row.bytes as i64,
            row.first.nanos(),
            row.last.nanos(),
            row.sidecar.encode(),
            &row.data[..],
        ])?;
        Ok(())
    }

    fn id(&mut self, stream: &Stream) -> rusqlite::Result<Option<i64>> {
        if let Some(id) = self.ids.get(&stream.number) {
            return Ok(Some(*id));
        }
        let mut find = self.connection.prepare_cached("SELECT id FROM stream WHERE labels = ?1")?;
        let id = find.query_row([stream.stored.to_string()], |row| row.get(0));
        match id {
            Ok(id) => {
                self.ids.insert(stream.number, id);
                Ok(Some(id))
            }
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn add(&mut self, stream: &Stream) -> rusqlite::Result<i64> {
        let mut insert = self.connection.prepare_cached("INSERT INTO stream (labels) VALUES (?1)")?;
        let id = insert.insert([stream.stored.to_string()])?;
        self.ids.insert(stream.number, id);
        Ok(id)
    }
}

/// `Ok(None)` for a row that no version of Porthole wrote so.
fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<(DayKey, Labels, TailRow)>> {
    let labels: String = row.get(0)?;
    let (class, sidecar): (i64, Vec<u8>) = (row.get(1)?, row.get(8)?);
    let data: Vec<u8> = row.get(9)?;
    let (seq_to, bytes): (i64, i64) = (row.get(3)?, row.get(5)?);
    let tail = TailRow {
        seq_to: seq_to as u64,
        lines: row.get(4)?,
        bytes: bytes as u64,
        first: Timestamp::from_nanos(row.get(6)?),
        last: Timestamp::from_nanos(row.get(7)?),
        sidecar: Sidecar::decode(&sidecar).unwrap_or_else(|| count(&data)),
        data: data.into(),
    };
    let day = UtcDay::from_days(row.get(2)?);
    let (Ok(labels), Some(class)) = (Labels::parse(&labels), Class::from_number(class)) else {
        return Ok(None);
    };
    Ok(Some((DayKey { day, class }, labels, tail)))
}

/// A row that cannot be read counts as empty here; reading it says what is wrong.
fn count(data: &[u8]) -> Sidecar {
    row::unpack(data).map(|columns| Sidecar::of(&columns)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_waits_for_the_disk_only_if_it_has_to_outlive_power() {
        let directory = tempfile::tempdir().unwrap();
        let mut tail = Tail::open(directory.path()).unwrap();
        let synchronous = |tail: &Tail| -> i64 {
            tail.connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap()
        };
        let commits = |tail: &Tail| -> i64 {
            tail.connection.query_row("SELECT commits FROM durable", [], |row| row.get(0)).unwrap()
        };
        let (full, normal) = (2, 1);
        for (survive, expected) in
            [(Survive::Crash, normal), (Survive::PowerLoss, full), (Survive::Crash, normal)]
        {
            tail.commit(&Commit::default(), survive).unwrap();
            assert_eq!(synchronous(&tail), expected, "{survive:?}");
        }
        // What was committed before is synced by one commit more, and by none if it is already.
        tail.make_durable().unwrap();
        tail.make_durable().unwrap();
        assert_eq!((synchronous(&tail), commits(&tail)), (full, 1));
    }
}
