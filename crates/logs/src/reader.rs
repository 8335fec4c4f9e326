//! Reading: what LogQL asks of the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use logql::{Counts, Entries, Scan, Source, SourceError};
use model::{Labels, Selector, TimeRange, Timestamp};

use crate::block::{self, Damage, Name, SoughtRuns, Times};
use crate::columns::Columns;
use crate::day::{Derived, each_derived};
use crate::filter::Sought;
use crate::logs::Logs;
use crate::picture::{BlockRow, Day, Selection, TailRow, Unit};
use crate::place::DayKey;
use crate::readers::{Part, ReadError};
use crate::row;
use crate::shared::Shared;
use crate::sidecar::Sidecar;
use crate::stream::Stream;

/// So many sidecars are worth a thread.
const COUNTS_PER_THREAD: usize = 1024;

/// A run of entries of one stream: a block, or a row of the tail.
#[derive(Clone, Debug)]
pub struct Chunk {
    shared: Arc<Shared>,
    key: DayKey,
    pub(crate) stream: Arc<Stream>,
    place: Place,
    /// What its reader looks for.
    sought: Arc<SoughtRuns>,
}

#[derive(Clone, Debug)]
enum Place {
    Block(BlockRow),
    Tail(Arc<TailRow>),
    /// A day whose index cannot be read: nobody knows what would be found. Reading says so.
    Unreadable(Arc<str>),
}

impl Source for Logs {
    type Chunk = Chunk;

    fn looks_through_metadata(&self) -> bool {
        Stored(&self.shared).looks_through_metadata()
    }

    fn chunks(&self, scan: &Scan) -> Result<Vec<Chunk>, SourceError> {
        Stored(&self.shared).chunks(scan)
    }

    fn counts(&self, chunks: &[Chunk]) -> Vec<Option<Counts>> {
        Stored(&self.shared).counts(chunks)
    }
}

/// What is stored, for readers without a handle.
pub(crate) struct Stored<'a>(pub(crate) &'a Arc<Shared>);

impl Source for Stored<'_> {
    type Chunk = Chunk;

    fn looks_through_metadata(&self) -> bool {
        true
    }

    fn chunks(&self, scan: &Scan) -> Result<Vec<Chunk>, SourceError> {
        Ok(chunks(self.0, scan))
    }

    fn counts(&self, chunks: &[Chunk]) -> Vec<Option<Counts>> {
        counts(self.0, chunks)
    }
}

/// Every chunk of the selected streams that may hold what is looked for.
pub(crate) fn chunks(shared: &Arc<Shared>, scan: &Scan) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut selection = Selection::new(&scan.selector, scan.range).with_levels(scan.levels);
    let sought = Sought::new(&scan.needles);
    let runs = Arc::new(SoughtRuns::new(&scan.needles));
    for day in days(shared, scan.range) {
        let (mut units, problem) = shared.select(&day, &mut selection);
        shared.rule_out(day.key, &mut units, &sought);
        units.iter().for_each(|unit| push_chunks(shared, day.key, unit, &runs, &mut chunks));
        chunks.extend(problem.map(|error| unreadable(shared, &day, &error)));
    }
    chunks
}

/// What the day has of the selection.
pub(crate) fn chunks_of_day(shared: &Arc<Shared>, day: &Day, selection: &mut Selection<'_>) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let (units, _) = shared.select(day, selection);
    let nothing = Arc::default();
    units.iter().for_each(|unit| push_chunks(shared, day.key, unit, &nothing, &mut chunks));
    chunks
}

/// The counts of each of the chunks, where they are known.
pub(crate) fn counts(shared: &Shared, chunks: &[Chunk]) -> Vec<Option<Counts>> {
    let mut found = vec![None; chunks.len()];
    let mut blocks: BTreeMap<DayKey, Vec<(i64, usize)>> = BTreeMap::new();
    for (at, chunk) in chunks.iter().enumerate() {
        match &chunk.place {
            Place::Block(row) => blocks.entry(chunk.key).or_default().push((row.id, at)),
            // Of a row that cannot be read nothing was counted.
            Place::Tail(row) => found[at] = Some(row.sidecar.0.clone()).filter(|_| row.sidecar.lines() > 0),
            Place::Unreadable(_) => {}
        }
    }
    let days: Vec<(DayKey, Vec<(i64, usize)>)> = blocks.into_iter().collect();
    let count: usize = days.iter().map(|(_, blocks)| blocks.len()).sum();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let shares = threads.min(count.div_ceil(COUNTS_PER_THREAD)).max(1);
    let mut shares = days.chunks(days.len().div_ceil(shares).max(1));
    let first = shares.next().unwrap_or_default();
    let read = |days| counts_of_blocks(shared, chunks, days);
    std::thread::scope(|scope| {
        let others: Vec<_> = shares.map(|days| scope.spawn(move || read(days))).collect();
        let own = read(first);
        let others = others.into_iter().filter_map(|other| other.join().ok()).flatten();
        own.into_iter().chain(others).for_each(|(at, counts)| found[at] = Some(counts));
    });
    found
}

/// Reads the counts of the days' blocks: their ids, and their places among the chunks. Derived data: where it cannot
/// be read, the blocks are.
fn counts_of_blocks(
    shared: &Shared,
    chunks: &[Chunk],
    days: &[(DayKey, Vec<(i64, usize)>)],
) -> Vec<(usize, Counts)> {
    let mut found = Vec::new();
    for (key, blocks) in days {
        let mut blocks = blocks.clone();
        blocks.sort_unstable();
        let (ids, places): (Vec<i64>, Vec<usize>) = blocks.into_iter().unzip();
        let _ = shared.readers.with(*key, Part::Index, |index| {
            each_derived(index, Derived::Sidecar, &ids, |at, data| {
                let at = places[at];
                let fits = |sidecar: &Sidecar| sidecar.lines() == logql::Chunk::lines(&chunks[at]);
                found.extend(Sidecar::decode(data).filter(fits).map(|sidecar| (at, sidecar.0)));
            })
        });
    }
    found
}

/// The streams that have entries in the range, sorted. Days that cannot be read are left out; they are told of
/// in the status.
pub(crate) fn streams(shared: &Shared, selector: &Selector, range: TimeRange) -> Vec<Labels> {
    let mut selection = Selection::new(selector, range);
    let mut found = BTreeSet::new();
    for day in days(shared, range) {
        let (units, _) = shared.select(&day, &mut selection);
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
        stream: shared.streams.get(&Labels::default()),
        place: Place::Unreadable(problem.into()),
        sought: Arc::default(),
    }
}

fn push_chunks(
    shared: &Arc<Shared>,
    key: DayKey,
    unit: &Unit,
    sought: &Arc<SoughtRuns>,
    chunks: &mut Vec<Chunk>,
) {
    let blocks = unit.blocks.iter().copied().map(Place::Block);
    let rows = unit.rows.iter().cloned().map(Place::Tail);
    let chunk = |place| Chunk {
        shared: shared.clone(),
        key,
        stream: unit.stream.clone(),
        place,
        sought: sought.clone(),
    };
    chunks.extend(blocks.chain(rows).map(chunk));
}

impl logql::Chunk for Chunk {
    fn labels(&self) -> &Labels {
        &self.stream.labels
    }

    fn span(&self) -> (Timestamp, Timestamp) {
        match &self.place {
            Place::Block(row) => (row.first, row.last),
            Place::Tail(row) => (row.first, row.last),
            Place::Unreadable(_) => (self.key.day.start(), self.key.day.end()),
        }
    }

    fn lines(&self) -> u64 {
        match &self.place {
            Place::Block(row) => u64::from(row.lines),
            Place::Tail(row) => u64::from(row.lines),
            Place::Unreadable(_) => 0,
        }
    }

    /// Lines are numbered by stream, day and class. Only lines of one instant are ever told apart by it, and
    /// those are of one day; between classes the order is fixed, if not that of arrival.
    fn sequence(&self) -> u64 {
        let first = match &self.place {
            Place::Block(row) => row.seq_to - u64::from(row.lines),
            Place::Tail(row) => row.seq_to - u64::from(row.lines),
            Place::Unreadable(_) => 0,
        };
        let day = u64::from(self.key.day.days() as u32 & 0x3f_ffff);
        day << 42 | u64::from(self.key.class.number()) << 40 | first
    }

    fn read(&self) -> Result<Entries, SourceError> {
        let columns = match &self.place {
            Place::Block(row) => self.read_block(row, block::decode),
            Place::Tail(row) => row::unpack(&row.data).map_err(ReadError::from),
            Place::Unreadable(problem) => return Err(SourceError(problem.to_string())),
        };
        columns.map(Columns::into_entries).map_err(|error| self.damaged(&error))
    }

    fn read_if(&self, wanted: &mut dyn FnMut(&[u8]) -> bool) -> Result<Option<Entries>, SourceError> {
        let columns = match &self.place {
            Place::Block(row) => {
                self.read_block(row, |block, name| block::decode_if(block, name, &self.sought, wanted))
            }
            Place::Tail(row) => row::unpack_if(&row.data, wanted).map_err(ReadError::from),
            Place::Unreadable(problem) => return Err(SourceError(problem.to_string())),
        };
        columns.map(|columns| columns.map(Columns::into_entries)).map_err(|error| self.damaged(&error))
    }
}

impl Chunk {
    /// The day and class that it is of.
    pub(crate) fn key(&self) -> DayKey {
        self.key
    }

    /// The block that it is, unless it is something else.
    pub(crate) fn block(&self) -> Option<BlockRow> {
        match &self.place {
            Place::Block(row) => Some(*row),
            _ => None,
        }
    }

    /// When and how severe each line is; the lines stay unread.
    pub(crate) fn times(&self) -> Result<Times, SourceError> {
        let times = match &self.place {
            Place::Block(row) => self.read_block(row, block::decode_times),
            Place::Tail(row) => row::unpack(&row.data).map(Times::from).map_err(ReadError::from),
            Place::Unreadable(problem) => return Err(SourceError(problem.to_string())),
        };
        times.map_err(|error| self.damaged(&error))
    }

    /// Decodes the block where it lies in the pages of its file.
    fn read_block<T>(
        &self,
        row: &BlockRow,
        decode: impl FnOnce(&[u8], Name) -> Result<T, Damage>,
    ) -> Result<T, ReadError> {
        let name = Name { fingerprint: self.stream.fingerprint, seq_to: row.seq_to };
        self.shared.readers.with(self.key, Part::Data, |data| {
            let mut select = data.prepare_cached("SELECT data FROM block WHERE id = ?1")?;
            let mut rows = select.query([row.id])?;
            let found = rows.next()?.ok_or(Damage::Missing)?;
            let block = found.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            Ok::<_, ReadError>(decode(block, name)?)
        })
    }

    /// Tells of a chunk that cannot be read, here and in the status.
    fn damaged(&self, error: &ReadError) -> SourceError {
        let what = match &self.place {
            Place::Block(row) => format!("block {} of the logs of {}", row.id, self.key),
            Place::Tail(row) => format!("lines up to {} in tail.db of the logs of {}", row.seq_to, self.key),
            Place::Unreadable(_) => format!("the logs of {}", self.key),
        };
        let (lines, labels) = (logql::Chunk::lines(self), &self.stream.labels);
        self.shared.faults.set(&what, format!("{lines} lines of {labels} cannot be read: {error}"));
        SourceError(format!("{what}: {lines} lines of {labels} were left out: {error}"))
    }
}
