//! Reading: what LogQL asks of the store.

use std::collections::BTreeSet;
use std::sync::Arc;

use logql::{Entries, Scan, Source, SourceError};
use model::{Labels, Selector, TimeRange, Timestamp};
use rusqlite::OptionalExtension;

use crate::block::{self, Damage, Name};
use crate::logs::Logs;
use crate::picture::{BlockRow, Day, Selection, TailRow, Unit};
use crate::place::DayKey;
use crate::readers::{Part, ReadError};
use crate::row;
use crate::shared::Shared;

/// A run of entries of one stream: a block, or a row of the tail.
#[derive(Clone, Debug)]
pub struct Chunk {
    shared: Arc<Shared>,
    key: DayKey,
    labels: Labels,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Block {
        fingerprint: u64,
        row: BlockRow,
    },
    Tail(Arc<TailRow>),
    /// A day whose index cannot be read: nobody knows what would be found. Reading says so.
    Unreadable(Arc<str>),
}

impl Source for Logs {
    type Chunk = Chunk;

    fn chunks(&self, scan: &Scan) -> Result<Vec<Chunk>, SourceError> {
        Ok(chunks(&self.shared, scan))
    }
}

/// Every chunk of the selected streams that may hold entries of the range.
pub(crate) fn chunks(shared: &Arc<Shared>, scan: &Scan) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut selection = Selection::new(&scan.selector);
    for day in days(shared, scan.range) {
        let (units, problem) = shared.select(&day, &mut selection, scan.range);
        units.iter().for_each(|unit| push_chunks(shared, day.key, unit, &mut chunks));
        chunks.extend(problem.map(|error| unreadable(shared, &day, &error)));
    }
    chunks
}

/// The streams that have entries in the range, sorted. Days that cannot be read are left out; they are told of
/// in the status.
pub(crate) fn streams(shared: &Shared, selector: &Selector, range: TimeRange) -> Vec<Labels> {
    let mut selection = Selection::new(selector);
    let mut found = BTreeSet::new();
    for day in days(shared, range) {
        let (units, _) = shared.select(&day, &mut selection, range);
        found.extend(units.into_iter().map(|unit| unit.stream.labels.clone()));
    }
    found.into_iter().collect()
}

/// The days that may hold something of the range, oldest first.
pub(crate) fn days(shared: &Shared, range: TimeRange) -> Vec<Arc<Day>> {
    let mut days = shared.picture.days();
    days.retain(|day| day.key.overlaps(range));
    days
}

fn unreadable(shared: &Arc<Shared>, day: &Day, error: &ReadError) -> Chunk {
    let problem = format!("the logs of {} were left out: {error}", day.key);
    Chunk {
        shared: shared.clone(),
        key: day.key,
        labels: Labels::default(),
        place: Place::Unreadable(problem.into()),
    }
}

fn push_chunks(shared: &Arc<Shared>, key: DayKey, unit: &Unit, chunks: &mut Vec<Chunk>) {
    let fingerprint = unit.stream.fingerprint;
    let blocks = unit.blocks.iter().map(|row| Place::Block { fingerprint, row: *row });
    let rows = unit.rows.iter().cloned().map(Place::Tail);
    let labels = &unit.stream.labels;
    chunks.extend(blocks.chain(rows).map(|place| Chunk {
        shared: shared.clone(),
        key,
        labels: labels.clone(),
        place,
    }));
}

impl logql::Chunk for Chunk {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn span(&self) -> (Timestamp, Timestamp) {
        match &self.place {
            Place::Block { row, .. } => (row.first, row.last),
            Place::Tail(row) => (row.first, row.last),
            Place::Unreadable(_) => (self.key.day.start(), self.key.day.end()),
        }
    }

    fn lines(&self) -> u64 {
        match &self.place {
            Place::Block { row, .. } => u64::from(row.lines),
            Place::Tail(row) => u64::from(row.lines),
            Place::Unreadable(_) => 0,
        }
    }

    /// Lines are numbered by stream, day and class. Only lines of one instant are ever told apart by it, and
    /// those are of one day; between classes the order is fixed, if not that of arrival.
    fn sequence(&self) -> u64 {
        let first = match &self.place {
            Place::Block { row, .. } => row.seq_to - u64::from(row.lines),
            Place::Tail(row) => row.seq_to - u64::from(row.lines),
            Place::Unreadable(_) => 0,
        };
        let day = u64::from(self.key.day.days() as u32 & 0x3f_ffff);
        day << 42 | u64::from(self.key.class.number()) << 40 | first
    }

    fn read(&self) -> Result<Entries, SourceError> {
        let columns = match &self.place {
            Place::Block { fingerprint, row } => {
                let block = self.shared.read_block(self.key, *fingerprint, row);
                block.and_then(|(data, name)| Ok(block::decode(&data, name)?))
            }
            Place::Tail(row) => row::unpack(&row.data).map_err(ReadError::from),
            Place::Unreadable(problem) => return Err(SourceError(problem.to_string())),
        };
        match columns {
            Ok(columns) => Ok(columns.into_entries()),
            Err(error) => Err(self.damaged(&error)),
        }
    }
}

impl Chunk {
    /// Tells of a chunk that cannot be read, here and in the status.
    fn damaged(&self, error: &ReadError) -> SourceError {
        let what = match &self.place {
            Place::Block { row, .. } => format!("block {} of the logs of {}", row.id, self.key),
            Place::Tail(row) => format!("lines up to {} in tail.db of the logs of {}", row.seq_to, self.key),
            Place::Unreadable(_) => format!("the logs of {}", self.key),
        };
        let lines = logql::Chunk::lines(self);
        self.shared.faults.set(&what, format!("{lines} lines of {} cannot be read: {error}", self.labels));
        SourceError(format!("{what}: {lines} lines of {} were left out: {error}", self.labels))
    }
}

impl Shared {
    /// The bytes of a block, and the name that must be found in them.
    pub(crate) fn read_block(
        &self,
        key: DayKey,
        fingerprint: u64,
        row: &BlockRow,
    ) -> Result<(Vec<u8>, Name), ReadError> {
        let data = self.readers.with(key, Part::Data, |data| {
            let mut select = data.prepare_cached("SELECT data FROM block WHERE id = ?1")?;
            let found: Option<Vec<u8>> = select.query_row([row.id], |row| row.get(0)).optional()?;
            found.ok_or(ReadError::Damage(Damage::Missing))
        })?;
        Ok((data, Name { fingerprint, seq_to: row.seq_to }))
    }
}
