//! What a day's file holds, as queries need it: its series by name, and the chunks of each.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use model::{Labels, Matcher, UtcDay};
use rusqlite::Connection;
use store::OpenError;
use store::varint::Cursor;

use crate::chunk::{Chunk, Damage};
use crate::day;

/// What a day's file holds. Chunks are only ever added to it, in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct DayIndex {
    series: Vec<Member>,
    by_id: HashMap<i64, u32>,
    by_name: HashMap<Box<str>, Vec<u32>>,
    pub(crate) chunks: Vec<ChunkRow>,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) labels: Labels,
    /// Which chunks, and where in each.
    pub(crate) places: Vec<(u32, u32)>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ChunkRow {
    pub(crate) id: i64,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
}

/// Why a day cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("{0}")]
    Open(#[from] OpenError),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("chunk {id} {damage}")]
    Damage { id: i64, damage: Damage },
}

/// Opens a day's file beside its writer.
pub(crate) fn open(directory: &Path, day: UtcDay) -> Result<Connection, ReadError> {
    Ok(store::open_reader(&day::path(directory, day), &day::SCHEMA)?)
}

impl DayIndex {
    /// Reads what was added since the last time.
    pub(crate) fn refresh(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let last_series = self.by_id.keys().max().copied().unwrap_or(0);
        let mut statement =
            connection.prepare_cached("SELECT id, labels FROM series WHERE id > ?1 ORDER BY id")?;
        let mut rows = statement.query([last_series])?;
        while let Some(row) = rows.next()? {
            let labels: String = row.get(1)?;
            self.add_series(row.get(0)?, Labels::parse(&labels).unwrap_or_default());
        }
        let last_chunk = self.chunks.last().map_or(0, |chunk| chunk.id);
        let mut statement = connection
            .prepare_cached("SELECT id, first_ms, last_ms, members FROM chunk WHERE id > ?1 ORDER BY id")?;
        let mut rows = statement.query([last_chunk])?;
        while let Some(row) = rows.next()? {
            let chunk = ChunkRow { id: row.get(0)?, first_ms: row.get(1)?, last_ms: row.get(2)? };
            self.add_chunk(chunk, row.get_ref(3)?.as_blob().unwrap_or_default());
        }
        Ok(())
    }

    fn add_series(&mut self, id: i64, labels: Labels) {
        let place = self.series.len() as u32;
        self.by_id.insert(id, place);
        self.by_name.entry(labels.get("__name__").unwrap_or_default().into()).or_default().push(place);
        self.series.push(Member { labels, places: Vec::new() });
    }

    fn add_chunk(&mut self, chunk: ChunkRow, members: &[u8]) {
        let number = self.chunks.len() as u32;
        self.chunks.push(chunk);
        let mut cursor = Cursor(members);
        let mut place = 0;
        while let Some(id) = cursor.number() {
            if let Some(series) = self.by_id.get(&(id as i64)) {
                self.series[*series as usize].places.push((number, place));
            }
            place += 1;
        }
    }

    /// The series that match.
    pub(crate) fn matching(&self, matchers: &[Matcher]) -> Vec<&Member> {
        let named = matchers.iter().find(|m| m.name() == "__name__" && m.op() == model::MatchOp::Equal);
        let is_wanted = |member: &&Member| matches(&member.labels, matchers);
        match named {
            Some(name) => {
                let places = self.by_name.get(name.value()).map(Vec::as_slice).unwrap_or_default();
                places.iter().map(|place| &self.series[*place as usize]).filter(is_wanted).collect()
            }
            None => self.series.iter().filter(is_wanted).collect(),
        }
    }
}

/// Whether a series matches.
pub(crate) fn matches(labels: &Labels, matchers: &[Matcher]) -> bool {
    matchers.iter().all(|matcher| matcher.matches_value(labels.get(matcher.name()).unwrap_or_default()))
}

/// Reads a chunk's bytes and hands the chunk to `take`.
pub(crate) fn with_chunk<T>(
    connection: &Connection,
    id: i64,
    take: impl FnOnce(&Chunk<'_>) -> Result<T, Damage>,
) -> Result<T, ReadError> {
    let mut select = connection.prepare_cached("SELECT data FROM chunk WHERE id = ?1")?;
    let mut rows = select.query([id])?;
    let row = rows.next()?.ok_or(ReadError::Damage { id, damage: Damage::Senseless })?;
    let bytes = row.get_ref(0)?.as_blob().unwrap_or_default();
    Chunk::read(bytes).and_then(|chunk| take(&chunk)).map_err(|damage| ReadError::Damage { id, damage })
}

/// The indexes of some days, kept while they are asked for.
#[derive(Debug, Default)]
pub(crate) struct Indexes(std::sync::Mutex<HashMap<UtcDay, Arc<DayIndex>>>);

/// Days whose index stays in memory.
const DAYS_KEPT: usize = 32;

impl Indexes {
    /// The index of a day, read if it is not there.
    pub(crate) fn get(&self, directory: &Path, day: UtcDay) -> Result<Arc<DayIndex>, ReadError> {
        if let Some(index) = self.known().get(&day) {
            return Ok(index.clone());
        }
        let mut index = DayIndex::default();
        index.refresh(&open(directory, day)?)?;
        let index = Arc::new(index);
        let mut known = self.known();
        if known.len() >= DAYS_KEPT {
            let oldest = known.keys().min().copied();
            oldest.map(|oldest| known.remove(&oldest));
        }
        known.insert(day, index.clone());
        Ok(index)
    }

    /// The day's file has changed or is gone.
    pub(crate) fn forget(&self, day: UtcDay) {
        self.known().remove(&day);
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<UtcDay, Arc<DayIndex>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
