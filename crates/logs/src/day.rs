//! A day's pair of files, as the writer has them open.
//!
//! ```text
//! <class>.data.db    block    id │ data
//! <class>.index.db   stream    id │ labels
//!                    block     id │ stream │ seq_to │ lines │ bytes │ first │ last │ levels
//!                    sidecar   block │ data
//!                    filter    block │ data
//!                    sliced    id │ blocks           a group of blocks whose filters are cut into slices
//!                    slice     id │ data
//!                    replaced  block
//!                    deleted   request │ lines       what deletions took out of the day
//! ```
//!
//! The index row publishes its block: it is committed after the block, and a block without one is as good as
//! absent; the next block takes its place. Derived data (sidecars, filters) has tables of its own; where a row
//! of theirs is missing, the block itself is asked.
//!
//! Small blocks are merged: the new block is stored, then one transaction of the index puts its row in the
//! place of theirs and lists them as *replaced*. They are deleted later, when no query can be reading them any
//! more. A block's id is above that of every block before it, so none is ever given to a second block while the
//! first one is listed.
//!
//! A block that loses lines to a deletion is replaced likewise. One that loses all of them leaves an empty block: its
//! `seq_to` goes on telling up to which line the unit is sealed.

mod slicing;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use model::{Labels, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};
use store::{OpenError, Schema};

use crate::block::{self, Name};
use crate::columns::Columns;
use crate::filter;
use crate::picture::{BlockRow, Index};
use crate::place::DayKey;
use crate::sidecar::Sidecar;
use crate::stream::{Stream, Streams};

pub(crate) use slicing::{Asked, ask_slices};

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
    versions: &[
        "
        CREATE TABLE stream (id INTEGER PRIMARY KEY, labels TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE block (
            id INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES stream (id), seq_to INTEGER NOT NULL,
            lines INTEGER NOT NULL, bytes INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE sidecar (block INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
    ",
        "
        ALTER TABLE block ADD COLUMN levels INTEGER NOT NULL DEFAULT 255;
        CREATE TABLE filter (block INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
        CREATE TABLE replaced (block INTEGER PRIMARY KEY) STRICT;
    ",
        "
        CREATE TABLE sliced (id INTEGER PRIMARY KEY, blocks BLOB NOT NULL) STRICT;
        CREATE TABLE slice (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
    ",
        "
        CREATE TABLE deleted (request INTEGER PRIMARY KEY, lines INTEGER NOT NULL) STRICT;
    ",
    ],
};

/// Files with more pages in use than this (64 MiB) are not written anew: lines would wait too long for their commit.
const SHRUNK_PAGES_MAX: i64 = 16_384;

/// Readers meet files of the formats before these, which have none of what they added.
const FORMAT_WITH_FILTERS: i64 = 2;
const FORMAT_WITH_SLICES: i64 = 3;

/// A block that is made and not stored yet.
pub(crate) struct NewBlock {
    pub(crate) stream: Arc<Stream>,
    /// Its `id` is given when it is stored.
    pub(crate) row: BlockRow,
    pub(crate) data: Vec<u8>,
    pub(crate) sidecar: Vec<u8>,
    pub(crate) filter: Vec<u8>,
    /// The blocks in whose place it comes.
    pub(crate) replaces: Vec<BlockRow>,
}

impl NewBlock {
    /// The block of these entries, the last of which has the number `seq_to`.
    pub(crate) fn make(stream: &Arc<Stream>, seq_to: u64, columns: &Columns) -> std::io::Result<Self> {
        let name = Name { fingerprint: stream.fingerprint, seq_to };
        let (first, last) = columns.span();
        let sidecar = Sidecar::of(columns);
        let row = BlockRow {
            id: 0,
            seq_to,
            lines: columns.len() as u32,
            bytes: columns.text.len() as u32,
            first,
            last,
            levels: sidecar.levels(),
        };
        Ok(Self {
            stream: stream.clone(),
            row,
            data: block::encode(name, columns)?,
            sidecar: sidecar.encode(),
            filter: filter::encode(columns.texts()),
            replaces: Vec::new(),
        })
    }
}

impl NewBlock {
    /// The block of what is left of others, which may be nothing.
    pub(crate) fn of_what_is_left(
        stream: &Arc<Stream>,
        seq_to: u64,
        columns: &Columns,
    ) -> std::io::Result<Self> {
        if columns.is_empty() {
            Ok(Self::emptied(stream, seq_to))
        } else {
            Self::make(stream, seq_to, columns)
        }
    }

    fn emptied(stream: &Arc<Stream>, seq_to: u64) -> Self {
        let (first, last) = Columns::default().span();
        Self {
            stream: stream.clone(),
            row: BlockRow { id: 0, seq_to, lines: 0, bytes: 0, first, last, levels: 0 },
            data: Vec::new(),
            sidecar: Vec::new(),
            filter: Vec::new(),
            replaces: Vec::new(),
        }
    }
}

/// Lines that a request for deletion took out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deleted {
    pub(crate) request: u64,
    pub(crate) lines: u64,
}

/// The open pair.
pub(crate) struct DayFiles {
    data: Connection,
    index: Connection,
    /// The ids of streams in the index, by their numbers in this process.
    ids: HashMap<u32, i64>,
    /// The blocks whose filters can be cut into slices and are not, sorted; `None`: nobody has looked.
    loose: Option<Vec<i64>>,
}

impl DayFiles {
    /// Opens the pair; makes what is missing. The index is made first, so that a data file without one always
    /// means a loss.
    pub(crate) fn open(root: &Path, key: DayKey) -> Result<Self, OpenError> {
        let index = store::open(&key.index(root), &INDEX)?;
        let data = store::open(&key.data(root), &DATA)?;
        Ok(Self { data, index, ids: HashMap::new(), loose: None })
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

    /// The bytes of a block.
    pub(crate) fn read_data(&self, id: i64) -> rusqlite::Result<Option<Vec<u8>>> {
        let mut select = self.data.prepare_cached("SELECT data FROM block WHERE id = ?1")?;
        select.query_row([id], |row| row.get(0)).optional()
    }

    /// Whether replaced blocks are still to be deleted.
    pub(crate) fn has_replaced(&self) -> rusqlite::Result<bool> {
        self.index.query_row("SELECT EXISTS (SELECT 1 FROM replaced)", [], |row| row.get(0))
    }

    /// How many lines a request for deletion took out.
    pub(crate) fn deleted(&self, request: u64) -> rusqlite::Result<u64> {
        let mut select = self.index.prepare_cached("SELECT lines FROM deleted WHERE request = ?1")?;
        let lines: Option<i64> = select.query_row([request as i64], |row| row.get(0)).optional()?;
        Ok(lines.unwrap_or_default() as u64)
    }

    /// Deletes the blocks that were replaced. What somebody wanted deleted is overwritten.
    pub(crate) fn delete_replaced(&mut self) -> rusqlite::Result<()> {
        let sql = "SELECT EXISTS (SELECT 1 FROM deleted)";
        let on_request: bool = self.index.query_row(sql, [], |row| row.get(0))?;
        if on_request {
            self.data.execute_batch("PRAGMA secure_delete = ON")?;
        }
        let mut select = self.index.prepare_cached("SELECT block FROM replaced")?;
        let replaced: Vec<i64> = select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        drop(select);
        let transaction = self.data.transaction()?;
        for id in replaced {
            transaction.prepare_cached("DELETE FROM block WHERE id = ?1")?.execute([id])?;
        }
        transaction.commit()?;
        self.index.execute_batch("DELETE FROM replaced")?;
        if on_request { self.shrink() } else { Ok(()) }
    }

    /// Gives the room of deleted blocks back, if it is worth it and soon done.
    fn shrink(&self) -> rusqlite::Result<()> {
        let count = |pragma: &str| self.data.query_row(pragma, [], |row| row.get::<_, i64>(0));
        let (pages, free) = (count("PRAGMA page_count")?, count("PRAGMA freelist_count")?);
        if free * 4 < pages || pages - free > SHRUNK_PAGES_MAX {
            return Ok(());
        }
        self.data.execute_batch("VACUUM")
    }

    /// Stores their index rows, which publishes them.
    pub(crate) fn write_index(
        &mut self,
        blocks: &[NewBlock],
        deleted: Option<Deleted>,
    ) -> rusqlite::Result<()> {
        self.change_index(|files| {
            deleted.map_or(Ok(()), |deleted| files.count_deleted(deleted))?;
            blocks.iter().try_for_each(|block| files.insert_index(block))
        })
    }

    fn count_deleted(&self, Deleted { request, lines }: Deleted) -> rusqlite::Result<()> {
        let mut count = self.index.prepare_cached(
            "INSERT INTO deleted (request, lines) VALUES (?1, ?2)
             ON CONFLICT (request) DO UPDATE SET lines = lines + excluded.lines",
        )?;
        count.execute([request as i64, lines as i64]).map(|_| ())
    }

    /// Makes one transaction of a change of the index.
    fn change_index(
        &mut self,
        change: impl FnOnce(&mut Self) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        self.index.execute_batch("BEGIN IMMEDIATE")?;
        let done = change(self).and_then(|()| self.index.execute_batch("COMMIT"));
        if done.is_err() {
            self.ids.clear();
            self.loose = None;
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
        self.insert_rows(block, stream)?;
        self.note_loose(block.row.id, &block.filter);
        block.replaces.iter().try_for_each(|old| self.delete_index(old.id))
    }

    fn insert_rows(&self, block: &NewBlock, stream: i64) -> rusqlite::Result<()> {
        let BlockRow { id, seq_to, lines, bytes, first, last, levels } = block.row;
        let mut insert = self.index.prepare_cached(
            "INSERT INTO block (id, stream, seq_to, lines, bytes, first, last, levels)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        insert.execute(params![
            id,
            stream,
            seq_to as i64,
            lines,
            bytes,
            first.nanos(),
            last.nanos(),
            levels
        ])?;
        if lines == 0 {
            return Ok(());
        }
        let mut insert = self.index.prepare_cached("INSERT INTO sidecar (block, data) VALUES (?1, ?2)")?;
        insert.execute(params![id, block.sidecar])?;
        let mut insert = self.index.prepare_cached("INSERT INTO filter (block, data) VALUES (?1, ?2)")?;
        insert.execute(params![id, block.filter])?;
        Ok(())
    }

    fn delete_index(&mut self, id: i64) -> rusqlite::Result<()> {
        for sql in [
            "DELETE FROM block WHERE id = ?1",
            "DELETE FROM sidecar WHERE block = ?1",
            "DELETE FROM filter WHERE block = ?1",
            "INSERT INTO replaced (block) VALUES (?1)",
        ] {
            self.index.prepare_cached(sql)?.execute([id])?;
        }
        if let Some(loose) = &mut self.loose {
            loose.retain(|block| *block != id);
        }
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
    // One state of the file: the writer may just add a stream and its first block.
    let index = index.unchecked_transaction()?;
    let mut statement = index.prepare_cached("SELECT id, labels FROM stream")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let labels: String = row.get(1)?;
        let labels = Labels::parse(&labels).map_err(|_| ReadIndexError::Senseless)?;
        listed.insert(row.get(0)?, (streams.get(&labels), Vec::new()));
    }
    let levels = if has_filters(&index)? { "levels" } else { "255" };
    let mut statement = index.prepare_cached(&format!(
        "SELECT stream, id, seq_to, lines, bytes, first, last, {levels} FROM block ORDER BY seq_to"
    ))?;
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
            levels: row.get(7)?,
        });
    }
    Ok(listed.into_values().collect())
}

/// What is derived from blocks, by the name of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derived {
    Sidecar,
    Filter,
}

impl Derived {
    const fn table(self) -> &'static str {
        match self {
            Self::Sidecar => "sidecar",
            Self::Filter => "filter",
        }
    }
}

/// Gives `found` what is stored for the blocks, whose ids are sorted: each with its position among them.
pub(crate) fn each_derived(
    index: &Connection,
    derived: Derived,
    blocks: &[i64],
    mut found: impl FnMut(usize, &[u8]),
) -> rusqlite::Result<()> {
    let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Ok(()) };
    let table = derived.table();
    let mut give = |id: i64, row: &rusqlite::Row<'_>| -> rusqlite::Result<()> {
        if let Ok(at) = blocks.binary_search(&id) {
            found(at, row.get_ref(1)?.as_blob().unwrap_or_default());
        }
        Ok(())
    };
    if (last - first) / 4 <= blocks.len() as i64 {
        let sql = format!("SELECT block, data FROM {table} WHERE block BETWEEN ?1 AND ?2");
        let mut select = index.prepare_cached(&sql)?;
        let mut rows = select.query([first, last])?;
        while let Some(row) = rows.next()? {
            give(row.get(0)?, row)?;
        }
        return Ok(());
    }
    // Few of many: one after the other.
    let mut select = index.prepare_cached(&format!("SELECT block, data FROM {table} WHERE block = ?1"))?;
    for id in blocks {
        let mut rows = select.query([id])?;
        if let Some(row) = rows.next()? {
            give(*id, row)?;
        }
    }
    Ok(())
}

/// Whether the file is of a format that has filters; its writer brings older ones up to date.
pub(crate) fn has_filters(index: &Connection) -> rusqlite::Result<bool> {
    Ok(format_of(index)? >= FORMAT_WITH_FILTERS)
}

fn format_of(index: &Connection) -> rusqlite::Result<i64> {
    index.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Why an index that could be opened cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadIndexError {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("it lists what makes no sense")]
    Senseless,
}
