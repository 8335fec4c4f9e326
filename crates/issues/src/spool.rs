//! `spool.db`: what was accepted and is not worked in yet. What is in here survives loss of power, and it is written here
//! before its sender gets an answer; whatever else goes on, nothing waits for `issues.db`.
//!
//! ```text
//! item   id │ project │ received_ms │ kind │ meta │ data     ids only grow; the items of one envelope in one commit
//! ```
//!
//! `meta` is JSON behind its checksum: what has to be known to work the item in. `data` is what is stored unchanged: the
//! packed event or base; empty for other kinds.

use std::path::Path;

use rusqlite::{Connection, params};
use store::{OpenError, Schema};

/// The file's name.
pub(crate) const FILE: &str = "spool.db";

pub(crate) const SCHEMA: Schema = Schema {
    name: "events that are not worked in yet",
    application_id: 0x5048_4953,
    versions: &["
        CREATE TABLE item (
            id INTEGER PRIMARY KEY AUTOINCREMENT, project INTEGER NOT NULL, received_ms INTEGER NOT NULL,
            kind INTEGER NOT NULL, meta BLOB NOT NULL, data BLOB NOT NULL
        ) STRICT;
    "],
};

/// A file of more bytes is made small again when nothing is in it.
const BYTES_KEPT: u64 = 64 << 20;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Event = 1,
    Base = 2,
    Transaction = 3,
    Spans = 4,
    CheckIn = 5,
    Sessions = 6,
    ClientReport = 7,
    Feedback = 8,
    Attachment = 9,
}

impl Kind {
    pub(crate) fn read(number: i64) -> Option<Self> {
        let all = [
            Self::Event,
            Self::Base,
            Self::Transaction,
            Self::Spans,
            Self::CheckIn,
            Self::Sessions,
            Self::ClientReport,
            Self::Feedback,
            Self::Attachment,
        ];
        all.into_iter().find(|kind| *kind as i64 == number)
    }
}

/// An item on its way into the spool.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) meta: Vec<u8>,
    pub(crate) data: Vec<u8>,
}

impl Item {
    pub(crate) fn bytes(&self) -> usize {
        self.meta.len() + self.data.len()
    }
}

/// The items of one envelope.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) project: i64,
    pub(crate) received_ms: i64,
    pub(crate) items: Vec<Item>,
}

/// An item that is in the spool.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) project: i64,
    pub(crate) received_ms: i64,
    pub(crate) kind: i64,
    pub(crate) meta: Vec<u8>,
    pub(crate) data: Vec<u8>,
}

/// The open file.
pub(crate) struct Spool {
    connection: Connection,
    /// Items up to here are deleted.
    forgotten: i64,
}

impl Spool {
    pub(crate) fn open(directory: &Path) -> Result<Self, OpenError> {
        Ok(Self { connection: store::open(&directory.join(FILE), &SCHEMA)?, forgotten: 0 })
    }

    /// Keeps parcels in one commit that survives loss of power, and deletes what is worked in by then. Gives the last
    /// item's id.
    pub(crate) fn write(&mut self, parcels: &[Parcel], worked: i64) -> rusqlite::Result<i64> {
        let transaction = self.connection.unchecked_transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO item (project, received_ms, kind, meta, data) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for parcel in parcels {
                for item in &parcel.items {
                    insert.execute(params![
                        parcel.project,
                        parcel.received_ms,
                        item.kind as i64,
                        item.meta,
                        item.data
                    ])?;
                }
            }
        }
        let last = transaction.last_insert_rowid();
        transaction.prepare_cached("DELETE FROM item WHERE id <= ?1")?.execute([worked])?;
        transaction.commit()?;
        self.forgotten = worked;
        Ok(last)
    }

    /// Deletes what is worked in.
    pub(crate) fn forget(&mut self, worked: i64) -> rusqlite::Result<()> {
        if worked <= self.forgotten {
            return Ok(());
        }
        self.connection.execute("DELETE FROM item WHERE id <= ?1", [worked])?;
        self.forgotten = worked;
        Ok(())
    }

    /// Makes a file small again that was large and holds nothing.
    pub(crate) fn shrink(&mut self, directory: &Path) -> rusqlite::Result<()> {
        if store::disk_bytes(&directory.join(FILE)) <= BYTES_KEPT
            || last_id(&self.connection)? > self.forgotten
        {
            return Ok(());
        }
        self.connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
    }

    /// Numbers items from here on.
    pub(crate) fn go_on_after(&self, id: i64) -> rusqlite::Result<()> {
        self.connection.execute("DELETE FROM sqlite_sequence WHERE name = 'item'", [])?;
        let sql = "INSERT INTO sqlite_sequence (name, seq) VALUES ('item', ?1)";
        self.connection.execute(sql, [id]).map(|_| ())
    }

    /// The id of the last item that ever was here, and the bytes of those that are not worked in.
    pub(crate) fn extent(&self, worked: i64) -> rusqlite::Result<(i64, u64)> {
        let sum = "SELECT coalesce(sum(length(meta) + length(data)), 0) FROM item WHERE id > ?1";
        let bytes: i64 = self.connection.query_row(sum, [worked], |row| row.get(0))?;
        Ok((last_id(&self.connection)?, bytes.unsigned_abs()))
    }
}

fn last_id(connection: &Connection) -> rusqlite::Result<i64> {
    let last = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'item'";
    connection.query_row(last, [], |row| row.get(0))
}

/// Items after `id` in their order, so many and of so many bytes that they are worked in at once; at least one.
pub(crate) fn read_after(
    connection: &Connection,
    id: i64,
    rows_max: usize,
    bytes_max: usize,
) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, project, received_ms, kind, meta, data FROM item WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let mut rows = statement.query(params![id, rows_max as i64])?;
    let (mut read, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let row = Row {
            id: row.get(0)?,
            project: row.get(1)?,
            received_ms: row.get(2)?,
            kind: row.get(3)?,
            meta: row.get(4)?,
            data: row.get(5)?,
        };
        bytes += row.meta.len() + row.data.len();
        if bytes > bytes_max && !read.is_empty() {
            break;
        }
        read.push(row);
    }
    Ok(read)
}
