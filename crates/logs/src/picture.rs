//! The picture in memory of what is stored: for every day and class the tail rows, which are always here, and
//! the rows of its index, which are read when they are first wanted and let go when others need the room.
//! Queries read it, the writer alone changes it.
//!
//! A line is in exactly one place of a picture: publishing a block takes the tail rows up to its `seq_to` out
//! in the same step. Every change is made safe to repeat by `seq_to`, which only grows.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use logql::Levels;
use model::{Level, Selector, TimeRange, Timestamp};

use crate::place::DayKey;
use crate::sidecar::Sidecar;
use crate::stream::Stream;

/// How many rows of indexes are kept in memory over all days; beyond it, the days that were not asked for
/// longest are let go. 2^18 rows are about 12 MiB, and ten days of a busy machine.
const BLOCKS_MAX: u64 = 1 << 18;

/// A sealed block as its index row describes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BlockRow {
    /// The row in the day's data file.
    pub(crate) id: i64,
    /// The number of its last line in the unit.
    pub(crate) seq_to: u64,
    pub(crate) lines: u32,
    /// Of the lines, before compression.
    pub(crate) bytes: u32,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    /// The levels that occur, as bits; all of them, where nobody knows.
    pub(crate) levels: u8,
}

impl BlockRow {
    /// What the block counts for where small ones are told from large ones.
    pub(crate) fn weight(&self) -> u64 {
        u64::from(self.bytes) + 8 * u64::from(self.lines)
    }
}

/// Lines that are committed and not sealed.
#[derive(Clone, Debug)]
pub(crate) struct TailRow {
    pub(crate) seq_to: u64,
    pub(crate) lines: u32,
    pub(crate) bytes: u64,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) sidecar: Sidecar,
    /// The packed row.
    pub(crate) data: Box<[u8]>,
}

impl TailRow {
    /// What the row counts for where a bound is kept: its text, but also lines that are empty, and metadata
    /// that tells each line from the next.
    pub(crate) fn weight(&self) -> u64 {
        self.bytes.max(4 * self.data.len() as u64) + 8 * u64::from(self.lines)
    }

    /// The levels that occur, as bits; all of them, where nobody knows.
    fn levels(&self) -> u8 {
        if self.sidecar.0.cells.is_empty() { u8::MAX } else { self.sidecar.levels() }
    }
}

/// What a unit (a stream within a day and class) has.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) stream: Arc<Stream>,
    /// `seq_to` of the last published block that is known here.
    published: u64,
    /// In the order of arrival.
    pub(crate) blocks: Vec<BlockRow>,
    /// In the order of arrival, all behind `published`.
    pub(crate) rows: Vec<Arc<TailRow>>,
}

impl Unit {
    fn new(stream: Arc<Stream>) -> Self {
        Self { stream, published: 0, blocks: Vec::new(), rows: Vec::new() }
    }

    /// Runs of small blocks that could be one: at least `least` of them, next to one another (but for lines that were
    /// deleted), of no more than `weight_max` together.
    fn small_runs(&self, weight_max: u64, least: usize) -> Vec<&[BlockRow]> {
        let is_small = |block: &BlockRow| block.weight() <= weight_max / 2;
        let mut runs = Vec::new();
        let (mut from, mut weight) = (0, 0);
        for (at, block) in self.blocks.iter().enumerate() {
            if !(at > from && is_small(block) && weight + block.weight() <= weight_max) {
                runs.push(&self.blocks[from..at]);
                // A large block is in no run.
                (from, weight) = (at + usize::from(!is_small(block)), 0);
            }
            if is_small(block) {
                weight += block.weight();
            }
        }
        runs.push(&self.blocks[from.min(self.blocks.len())..]);
        runs.retain(|run| run.len() >= least);
        runs
    }

    fn publish(&mut self, block: BlockRow) {
        if block.seq_to > self.published {
            self.published = block.seq_to;
            self.blocks.push(block);
            self.rows.retain(|row| row.seq_to > block.seq_to);
        }
    }
}

/// What an index file holds.
pub(crate) type Index = Vec<(Arc<Stream>, Vec<BlockRow>)>;

/// One day of one class.
#[derive(Debug)]
pub(crate) struct Day {
    pub(crate) key: DayKey,
    used: AtomicU64,
    inside: RwLock<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    is_loaded: bool,
    /// How many blocks are here.
    blocks: u64,
    /// Grows when a block is published or all are let go: an index that was read before then is out of date.
    version: u64,
    /// By the stream's number.
    units: HashMap<u32, Unit>,
}

impl Day {
    fn new(key: DayKey) -> Self {
        Self { key, used: AtomicU64::new(0), inside: RwLock::default() }
    }

    /// Whether the rows of the index are here.
    pub(crate) fn is_loaded(&self) -> bool {
        self.read().is_loaded
    }

    /// To be asked before the index is read; [`Day::load`] wants to know.
    pub(crate) fn version(&self) -> u64 {
        self.read().version
    }

    /// Takes over what the index file holds. `false` if that changed since the version was asked: then it has
    /// to be read again.
    #[must_use]
    pub(crate) fn load(&self, index: Index, version: u64) -> bool {
        let mut inside = self.write();
        if inside.is_loaded || inside.version != version {
            return inside.is_loaded;
        }
        inside.is_loaded = true;
        for (stream, blocks) in index {
            inside.blocks += blocks.len() as u64;
            let unit = inside.units.entry(stream.number).or_insert_with(|| Unit::new(stream));
            blocks.into_iter().for_each(|block| unit.publish(block));
        }
        true
    }

    /// Forgets the blocks; they can be loaded again. Tail rows stay.
    pub(crate) fn unload(&self) {
        let mut inside = self.write();
        (inside.is_loaded, inside.blocks) = (false, 0);
        inside.version += 1;
        inside.units.retain(|_, unit| !unit.rows.is_empty());
        for unit in inside.units.values_mut() {
            unit.blocks = Vec::new();
            unit.published = 0;
        }
    }

    /// The number of the last line of the stream; 0 before its first. `None` while the day is not loaded:
    /// nobody knows then.
    pub(crate) fn last_seq(&self, stream: &Stream) -> Option<u64> {
        let inside = self.read();
        let last = |unit: &Unit| unit.rows.last().map_or(unit.published, |row| row.seq_to);
        inside.is_loaded.then(|| inside.units.get(&stream.number).map_or(0, last))
    }

    /// Shows a row that was just committed.
    pub(crate) fn add_row(&self, stream: &Arc<Stream>, row: Arc<TailRow>) {
        let mut inside = self.write();
        let unit = inside.units.entry(stream.number).or_insert_with(|| Unit::new(stream.clone()));
        if row.seq_to > unit.published {
            unit.rows.push(row);
        }
    }

    /// Puts one row in the place of all rows up to its `seq_to`.
    pub(crate) fn merge_rows(&self, stream: &Stream, merged: Arc<TailRow>) {
        if let Some(unit) = self.write().units.get_mut(&stream.number) {
            let kept = unit.rows.iter().filter(|row| row.seq_to > merged.seq_to).cloned().collect::<Vec<_>>();
            unit.rows = std::iter::once(merged).chain(kept).collect();
        }
    }

    /// Shows a block whose index row was just committed, in place of its tail rows.
    pub(crate) fn publish(&self, stream: &Stream, block: BlockRow) {
        let mut inside = self.write();
        let is_loaded = inside.is_loaded;
        inside.blocks += u64::from(is_loaded);
        inside.version += 1;
        let Some(unit) = inside.units.get_mut(&stream.number) else { return };
        if is_loaded {
            unit.publish(block);
        } else {
            unit.rows.retain(|row| row.seq_to > block.seq_to);
        }
    }

    /// Shows a block whose index row was just committed, in place of the `replaced`, which are next to one
    /// another and hold the same lines.
    pub(crate) fn replace(&self, stream: &Stream, block: BlockRow, replaced: &[BlockRow]) {
        let mut inside = self.write();
        inside.version += 1;
        if !inside.is_loaded {
            return;
        }
        let Some(unit) = inside.units.get_mut(&stream.number) else { return };
        let is_replaced = |known: &BlockRow| replaced.iter().any(|old| old.id == known.id);
        let Some(at) = unit.blocks.iter().position(is_replaced) else { return };
        unit.blocks.retain(|known| !is_replaced(known));
        unit.blocks.insert(at, block);
        inside.blocks = (inside.blocks + 1).saturating_sub(replaced.len() as u64);
    }

    /// The runs of small blocks that could be merged, of every stream.
    pub(crate) fn small_runs(&self, weight_max: u64, least: usize) -> Vec<(Arc<Stream>, Vec<BlockRow>)> {
        let inside = self.read();
        let of_unit = |unit: &Unit| -> Vec<_> {
            let runs = unit.small_runs(weight_max, least);
            runs.into_iter().map(|run| (unit.stream.clone(), run.to_vec())).collect()
        };
        inside.units.values().flat_map(of_unit).collect()
    }

    /// Takes one row out: it cannot be read.
    pub(crate) fn drop_row(&self, stream: &Stream, seq_to: u64) {
        if let Some(unit) = self.write().units.get_mut(&stream.number) {
            unit.rows.retain(|row| row.seq_to != seq_to);
        }
    }

    /// The unit's tail rows.
    pub(crate) fn rows(&self, stream: &Stream) -> Vec<Arc<TailRow>> {
        self.read().units.get(&stream.number).map(|unit| unit.rows.clone()).unwrap_or_default()
    }

    /// Of the selected streams, what may hold entries of the range and levels: one consistent state of the day.
    /// It is whole if the day is loaded; else it is the tail alone.
    pub(crate) fn select(&self, selection: &mut Selection<'_>) -> (Vec<Unit>, bool) {
        let (range, levels) = (selection.range, selection.levels);
        let inside = self.read();
        let mut found = Vec::new();
        for unit in inside.units.values().filter(|unit| selection.holds(&unit.stream)) {
            let blocks = unit.blocks.iter().filter(|block| range.overlaps(block.first, block.last));
            let blocks = blocks.filter(|block| block.levels & levels != 0).copied();
            let rows = unit.rows.iter().filter(|row| range.overlaps(row.first, row.last));
            let rows = rows.filter(|row| row.levels() & levels != 0).cloned();
            let selected =
                Unit { blocks: blocks.collect(), rows: rows.collect(), stream: unit.stream.clone(), ..*unit };
            if !selected.blocks.is_empty() || !selected.rows.is_empty() {
                found.push(selected);
            }
        }
        (found, inside.is_loaded)
    }

    fn blocks(&self) -> u64 {
        self.read().blocks
    }

    fn has_rows(&self) -> bool {
        self.read().units.values().any(|unit| !unit.rows.is_empty())
    }

    fn read(&self) -> RwLockReadGuard<'_, Inside> {
        self.inside.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inside> {
        self.inside.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a query is about. It remembers which streams its selector took: the same ones come up in every day.
pub(crate) struct Selection<'a> {
    selector: &'a Selector,
    pub(crate) range: TimeRange,
    /// As bits.
    levels: u8,
    known: HashMap<u32, bool>,
}

impl<'a> Selection<'a> {
    pub(crate) fn new(selector: &'a Selector, range: TimeRange) -> Self {
        Self { selector, range, levels: u8::MAX, known: HashMap::new() }
    }

    /// What may have entries of these levels.
    pub(crate) fn with_levels(self, levels: Levels) -> Self {
        let known = Level::ALL.into_iter().filter(|level| levels.contains(*level));
        Self { levels: known.fold(0, |bits, level| bits | 1 << level.number()), ..self }
    }

    fn holds(&mut self, stream: &Stream) -> bool {
        *self.known.entry(stream.number).or_insert_with(|| self.selector.matches(&stream.labels))
    }
}

/// All days.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    days: RwLock<BTreeMap<DayKey, Arc<Day>>>,
    clock: AtomicU64,
}

impl Picture {
    /// The day, which is added if it is new.
    pub(crate) fn day(&self, key: DayKey) -> Arc<Day> {
        if let Some(day) = self.days.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return day.clone();
        }
        let mut days = self.days.write().unwrap_or_else(PoisonError::into_inner);
        days.entry(key).or_insert_with(|| Arc::new(Day::new(key))).clone()
    }

    /// Every day, oldest first.
    pub(crate) fn days(&self) -> Vec<Arc<Day>> {
        self.days.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn remove(&self, key: DayKey) {
        self.days.write().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// Notes that the day was asked for.
    pub(crate) fn used(&self, day: &Day) {
        day.used.store(self.clock.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// The day was just loaded: lets others go if there are too many blocks in memory. Days with tail rows
    /// stay: the writer is at work on them.
    pub(crate) fn make_room(&self, day: &Day) {
        let mut others: Vec<_> =
            self.days().into_iter().filter(|other| other.key != day.key && other.is_loaded()).collect();
        let mut blocks = day.blocks() + others.iter().map(|other| other.blocks()).sum::<u64>();
        others.sort_by_key(|other| std::cmp::Reverse(other.used.load(Ordering::Relaxed)));
        while let Some(oldest) = others.pop().filter(|_| blocks > BLOCKS_MAX) {
            if !oldest.has_rows() {
                blocks -= oldest.blocks();
                oldest.unload();
            }
        }
    }
}

#[cfg(test)]
mod tests;
