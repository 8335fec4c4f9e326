//! Counts lines without decoding them, where the counts beside the chunks say enough.
//!
//! They say how many lines of each level a minute has, and those of its first nanosecond apart. That is enough where
//! no window begins or ends inside a minute in which the chunk has lines, and where the labels of the lines follow
//! from their stream and level, or all of them have the same metadata.

use std::collections::HashMap;

use ::series::share_out;
use model::{Level, Metadata, TimeRange, Timestamp};

use super::column::Column;
use super::finder::Finder;
use super::lines::{ByLabels, LineScratch};
use super::tally::Tally;
use super::work::Work;
use crate::eval::EvalError;
use crate::eval::pipeline::{EntryRef, StreamLabels};
use crate::{Cell, Chunk, Counts, Source};

const MINUTE: i64 = 60_000_000_000;

/// Fewer chunks than these are not worth a second thread.
const SHARED_MIN: usize = 256;

impl<C: Column> Work<'_, C> {
    /// Puts the chunks into the tally whose counts say enough. Gives the places of the others.
    pub(super) fn take_counts<S: Source>(
        &self,
        source: &S,
        chunks: &[S::Chunk],
        (piece, threads): (TimeRange, usize),
        tally: &mut Tally<C>,
    ) -> Result<Vec<usize>, EvalError> {
        let by_labels = self.range.lines.by_labels.as_ref().filter(|by_labels| !by_labels.filters_lines);
        let (Some(of_cell), Some(by_labels)) = (self.of_cell, by_labels) else {
            return Ok((0..chunks.len()).collect());
        };
        let counts = source.counts(chunks);
        let threads = if chunks.len() < SHARED_MIN { 1 } else { threads };
        let places: Vec<usize> = (0..chunks.len()).collect();
        let counts_of = |place: usize| counts.get(place).and_then(Option::as_ref);
        let sums =
            share_out(threads, &places, |place| self.sums_of(counts_of(*place)?, &chunks[*place], piece));
        let mut others = Vec::new();
        let mut taking = Taking {
            work: self,
            by_labels,
            of_cell,
            memory: LineScratch::default(),
            known: HashMap::new(),
            tally,
        };
        for ((place, chunk), sums) in chunks.iter().enumerate().zip(sums) {
            let metadata = counts_of(place).and_then(|counts| metadata(counts, by_labels, chunk, source));
            match (sums, metadata) {
                (Some(sums), Some(metadata)) => taking.take(chunk, metadata, &sums)?,
                _ => others.push(place),
            }
        }
        Ok(others)
    }

    /// The counts of each pane and level that some window holds; `None` if a bound cuts a cell.
    fn sums_of(&self, counts: &Counts, chunk: &impl Chunk, piece: TimeRange) -> Option<Vec<(usize, Cell)>> {
        let (first_of_chunk, last_of_chunk) = chunk.span();
        let mut sums: Vec<(usize, Cell)> = Vec::new();
        // Where the last sum of each level is.
        let mut latest = [usize::MAX; Level::ALL.len()];
        let mut finder = Finder::new(self.panes);
        for cell in &counts.cells {
            let start = cell.minute.saturating_mul(MINUTE);
            let (first, last) = match cell.at_start {
                true => (start, start),
                false => (start.saturating_add(1), start.saturating_add(MINUTE - 1)),
            };
            let first = Timestamp::from_nanos(first).max(first_of_chunk);
            let last = Timestamp::from_nanos(last).min(last_of_chunk);
            // Pieces begin and end with whole minutes, or where the first and the last window do.
            if !piece.overlaps(first, last) {
                continue;
            }
            let Some(pane) = finder.pane_of_all(first, last)? else { continue };
            let latest = &mut latest[usize::from(cell.level.number())];
            match sums.get_mut(*latest) {
                Some((known, sum)) if *known == pane => {
                    sum.lines += cell.lines;
                    sum.bytes += cell.bytes;
                }
                _ => {
                    *latest = sums.len();
                    sums.push((pane, *cell));
                }
            }
        }
        Some(sums)
    }
}

/// Metadata that stands for that of all lines.
fn metadata<S: Source>(
    counts: &Counts,
    by_labels: &ByLabels,
    chunk: &S::Chunk,
    source: &S,
) -> Option<Metadata> {
    match &counts.metadata {
        Some(metadata) => Some(metadata.clone()),
        None => by_labels.ignores_metadata(chunk.labels(), source).then(Metadata::new),
    }
}

/// Puts counts into the tally.
struct Taking<'a, C: Column> {
    work: &'a Work<'a, C>,
    by_labels: &'a ByLabels,
    of_cell: fn(&Cell) -> C::Part,
    memory: LineScratch,
    /// Where the lines of streams belong that were met, by the place of their labels in memory.
    known: HashMap<usize, (Metadata, Columns)>,
    tally: &'a mut Tally<C>,
}

/// Where the lines of each level belong.
type Columns = [Known; Level::ALL.len()];

/// Where the lines of a level belong: nowhere, if they do not count.
#[derive(Clone, Copy)]
enum Known {
    No,
    Yes(Option<usize>),
}

impl<C: Column> Taking<'_, C> {
    /// Takes the counts of a chunk. All of the chunks are there until the last was taken: no labels take the place of
    /// others meanwhile.
    fn take(
        &mut self,
        chunk: &impl Chunk,
        metadata: Metadata,
        sums: &[(usize, Cell)],
    ) -> Result<(), EvalError> {
        let labels = std::ptr::from_ref(chunk.labels()).addr();
        let known = self.known.remove(&labels).filter(|(of, _)| *of == metadata);
        let (metadata, mut columns) = known.unwrap_or((metadata, [Known::No; Level::ALL.len()]));
        let mut stream = None;
        for (pane, cell) in sums {
            let level = usize::from(cell.level.number());
            if let Known::No = columns[level] {
                let stream = stream.get_or_insert_with(|| StreamLabels::new(chunk.labels()));
                let (timestamp, metadata) = (chunk.span().0, &metadata);
                let entry = EntryRef { timestamp, level: cell.level, line: "", metadata };
                columns[level] = Known::Yes(self.column(stream, entry)?);
            }
            if let Known::Yes(Some(column)) = columns[level] {
                self.tally.add(column, *pane, &(self.of_cell)(cell))?;
            }
        }
        self.known.insert(labels, (metadata, columns));
        Ok(())
    }

    fn column(&mut self, stream: &StreamLabels, entry: EntryRef<'_>) -> Result<Option<usize>, EvalError> {
        let lines = &self.work.range.lines;
        match lines.read_labels(self.by_labels, &mut self.memory, stream, entry) {
            None => Ok(None),
            Some(read) => read.and_then(|()| self.tally.column(self.memory.key.as_slice())).map(Some),
        }
    }
}
