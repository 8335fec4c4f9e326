//! A day's pair of files, as the writer has them open.
//!
//! ```text
//! <class>.data.db    block    id │ data
//! <class>.index.db   stream   id │ labels
//!                    block    id │ stream │ seq_to │ lines │ bytes │ first │ last
//!                    sidecar  block │ data
//! ```
//!
//! The index row publishes its block: it is committed after the block, and a block without one is as good as
//! absent; the next block takes its place. Derived data (sidecars, later filters) has tables of its own; where
//! a row of theirs is missing, the block itself is asked.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use model::{Labels, Timestamp};
use rusqlite::{Connection, params};
use store::{OpenError, Schema};

use crate::picture::{BlockRow, Index};
use crate::place::DayKey;
use crate::stream::{Stream, Streams};

/// `<class>.data.db` as it is opened.
pub(crate) const DATA: Schema = Schema {
    name: "a day's log lines",
    application_id: 0x5048_4c44,
    versions: &["CREATE TABLE block (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"],
};

/// `<class>.index.db` as it is opened.
pub(crate) const INDEX: Schema = Schema {
    name: "the index of a day's log lines",
    application_id: 0x5048_4c49,
    versions: &["
        CREATE TABLE stream (id INTEGER PRIMARY KEY, labels TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE block (
            id INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES stream (id), seq_to INTEGER NOT NULL,
            lines INTEGER NOT NULL, bytes INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE sidecar (block INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
    "],
};

/// A block that is made and not stored yet.
pub(crate) struct NewBlock {
    pub(crate) stream: Arc<Stream>,
    /// Its `id` is given when it is stored.
    pub(crate) row: BlockRow,
    pub(crate) data: Vec<u8>,
    pub(crate) sidecar: Vec<u8>,
}

/// The open pair.
pub(crate) struct DayFiles {
    data: Connection,
    index: Connection,
    /// The ids of streams in the index, by their numbers in this process.
    ids: HashMap<u32, i64>,
}

impl DayFiles {
    /// Opens the pair; makes what is missing. The index is made first, so that a data file without one always
    /// means a loss.
    pub(crate) fn open(root: &Path, key: DayKey) -> Result<Self, OpenError> {
        let index = store::open(&key.index(root), &INDEX)?;
        let data = store::open(&key.data(root), &DATA)?;
        Ok(Self { data, index, ids: HashMap::new() })
    }

    /// Stores the blocks in the data file and gives them their ids.
    pub(crate) fn write_data(&mut self, blocks: &mut [NewBlock]) -> rusqlite::Result<()> {
        let last: i64 =
            self.index.query_row("SELECT coalesce(max(id), 0) FROM block", [], |row| row.get(0))?;
        let transaction = self.data.transaction()?;
        for (block, id) in blocks.iter_mut().zip(last + 1..) {
            block.row.id = id;
            let mut insert =
                transaction.prepare_cached("INSERT OR REPLACE INTO block (id, data) VALUES (?1, ?2)")?;
            insert.execute(params![id, block.data])?;
        }
        transaction.commit()
    }

    /// Stores their index rows, which publishes them.
    pub(crate) fn write_index(&mut self, blocks: &[NewBlock]) -> rusqlite::Result<()> {
        self.index.execute_batch("BEGIN IMMEDIATE")?;
        let inserted = blocks.iter().try_for_each(|block| self.insert_index(block));
        let done = inserted.and_then(|()| self.index.execute_batch("COMMIT"));
        if done.is_err() {
            self.ids.clear();
            // A failed commit may have ended the transaction by itself; then there is nothing to roll back.
            let _ = self.index.execute_batch("ROLLBACK");
        }
        done
    }

    /// The data file's connection.
    #[cfg(test)]
    pub(crate) fn data(&self) -> &Connection {
        &self.data
    }

    fn insert_index(&mut self, block: &NewBlock) -> rusqlite::Result<()> {
        let stream = self.id(&block.stream)?;
        let BlockRow { id, seq_to, lines, bytes, first, last } = block.row;
        let mut insert = self.index.prepare_cached(
            "INSERT INTO block (id, stream, seq_to, lines, bytes, first, last) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        insert.execute(params![id, stream, seq_to as i64, lines, bytes, first.nanos(), last.nanos()])?;
        let mut insert = self.index.prepare_cached("INSERT INTO sidecar (block, data) VALUES (?1, ?2)")?;
        insert.execute(params![id, block.sidecar])?;
        Ok(())
    }

    fn id(&mut self, stream: &Stream) -> rusqlite::Result<i64> {
        if let Some(id) = self.ids.get(&stream.number) {
            return Ok(*id);
        }
        let labels = stream.stored.to_string();
        let mut insert = self.index.prepare_cached("INSERT OR IGNORE INTO stream (labels) VALUES (?1)")?;
        insert.execute([&labels])?;
        let mut find = self.index.prepare_cached("SELECT id FROM stream WHERE labels = ?1")?;
        let id = find.query_row([&labels], |row| row.get(0))?;
        self.ids.insert(stream.number, id);
        Ok(id)
    }
}

/// Everything that an index file lists. A row that makes no sense is an error: half an index would hide lines.
pub(crate) fn read_index(index: &Connection, streams: &Streams) -> Result<Index, ReadIndexError> {
    let mut listed: HashMap<i64, (Arc<Stream>, Vec<BlockRow>)> = HashMap::new();
    let mut statement = index.prepare_cached("SELECT id, labels FROM stream")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let labels: String = row.get(1)?;
        let labels = Labels::parse(&labels).map_err(|_| ReadIndexError::Senseless)?;
        listed.insert(row.get(0)?, (streams.get(&labels), Vec::new()));
    }
    let mut statement = index
        .prepare_cached("SELECT stream, id, seq_to, lines, bytes, first, last FROM block ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (_, blocks) = listed.get_mut(&row.get(0)?).ok_or(ReadIndexError::Senseless)?;
        let seq_to: i64 = row.get(2)?;
        blocks.push(BlockRow {
            id: row.get(1)?,
            seq_to: seq_to as u64,
            lines: row.get(3)?,
            bytes: row.get(4)?,
            first: Timestamp::from_nanos(row.get(5)?),
            last: Timestamp::from_nanos(row.get(6)?),
        });
    }
    Ok(listed.into_values().collect())
}

/// Why an index that could be opened cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadIndexError {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("it lists what makes no sense")]
    Senseless,
}
