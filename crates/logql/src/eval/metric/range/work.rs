//! Goes through the chunks: what their sidecars know is taken from there, the others are decoded by several threads.

use std::ops::ControlFlow;

use ::series::Panes;
use model::{Level, TimeRange};

use super::Range;
use super::column::Column;
use super::finder::Finder;
use super::lines::{ByLabels, LineScratch};
use super::parts::{Sample, When};
use super::tally::{Found, Tally};
use crate::eval::pieces::pieces;
use crate::eval::pipeline::StreamLabels;
use crate::eval::reader::Reader;
use crate::eval::{Direction, EvalError, clues, order, parallel};
use crate::{Cell, Chunk, Entries, Levels, Source, SourceError};

/// How the lines of a query become parts of panes.
pub(super) struct Work<'a, C: Column> {
    pub(super) range: &'a Range,
    pub(super) panes: Panes,
    /// Makes a part of a count, if the query counts.
    pub(super) of_cell: Option<fn(&Cell) -> C::Part>,
}

/// A chunk that was decoded.
struct Read<C: Column> {
    /// Its entries and bytes.
    sizes: Result<(usize, usize), SourceError>,
    found: Result<Found<C>, EvalError>,
}

impl<C: Column> Work<'_, C> {
    /// Puts all lines into `tally`, or as many as the budget allows: the newest ones.
    pub(super) fn run(
        &self,
        source: &impl Source,
        reader: &mut Reader<'_>,
        tally: &mut Tally<C>,
    ) -> Result<(), EvalError> {
        if self.panes.count() == 0 {
            return Ok(());
        }
        for piece in pieces(self.panes.reach(), Direction::Backward) {
            if self.piece(piece, source, reader, tally)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Breaks off where the budget ends.
    fn piece<S: Source>(
        &self,
        piece: TimeRange,
        source: &S,
        reader: &mut Reader<'_>,
        tally: &mut Tally<C>,
    ) -> Result<ControlFlow<()>, EvalError> {
        let mut chunks = self.range.lines.clues.chunks(source, &self.range.selector, piece, Levels::ALL)?;
        let mut finder = Finder::new(self.panes);
        chunks.retain(|chunk| {
            let (first, last) = chunk.span();
            piece.overlaps(first, last) && finder.pane_of_all(first, last) != Some(None)
        });
        order::arrange(&mut chunks);
        let threads = reader.budget.threads;
        let uncounted = self.take_counts(source, &chunks, (piece, threads), tally)?;
        let now = reader.budget.now;
        let ended = parallel::in_order(
            threads,
            &uncounted,
            || LineScratch::new(now),
            |memory, _, place| self.read(memory, &chunks[*place], *place as u32, piece),
            |read: Read<C>| match take(read, reader, tally) {
                Ok(ControlFlow::Continue(())) => ControlFlow::Continue(()),
                Ok(ControlFlow::Break(())) => ControlFlow::Break(Ok(())),
                Err(error) => ControlFlow::Break(Err(error)),
            },
        );
        match ended {
            ControlFlow::Continue(()) => Ok(ControlFlow::Continue(())),
            ControlFlow::Break(ended) => ended.map(ControlFlow::Break),
        }
    }

    fn read(&self, memory: &mut LineScratch, chunk: &impl Chunk, place: u32, piece: TimeRange) -> Read<C> {
        let clues::Read { entries, sizes } = match self.range.lines.clues.read(chunk) {
            Ok(read) => read,
            Err(error) => return Read { sizes: Err(error), found: Ok(Found::default()) },
        };
        let stream = StreamLabels::new(chunk.labels());
        let mut decoded =
            Decoded { work: self, memory, stream, entries: &entries, place, found: Found::default() };
        let done = match &self.range.lines.by_labels {
            Some(by_labels) => decoded.kinds(by_labels, piece),
            None => decoded.lines(piece),
        };
        Read { sizes: Ok(sizes), found: done.map(|()| decoded.found) }
    }
}

/// Puts a chunk on the account and into the tally.
fn take<C: Column>(
    read: Read<C>,
    reader: &mut Reader<'_>,
    tally: &mut Tally<C>,
) -> Result<ControlFlow<()>, EvalError> {
    if reader.go_on().is_err() {
        return Ok(ControlFlow::Break(()));
    }
    match read.sizes {
        Ok((entries, bytes)) => reader.add_sizes(entries, bytes),
        Err(error) => reader.add_damaged(&error),
    }
    tally.take(read.found?)?;
    Ok(ControlFlow::Continue(()))
}

/// A decoded chunk and what comes of it.
struct Decoded<'a, C: Column> {
    work: &'a Work<'a, C>,
    memory: &'a mut LineScratch,
    stream: StreamLabels,
    entries: &'a Entries,
    place: u32,
    found: Found<C>,
}

/// What is known of lines with the same level and metadata.
#[derive(Clone, Copy)]
enum Kind {
    Unknown,
    /// They do not count.
    Nothing,
    /// They belong to the series at this place.
    Series(usize),
}

impl<C: Column> Decoded<'_, C> {
    /// The numbers of the lines that are worth a look.
    fn candidates(&self) -> Vec<u32> {
        let lines = &self.work.range.lines;
        let mut candidates = Vec::new();
        lines.clues.candidates(&lines.pipeline, &self.stream, self.entries, &mut candidates);
        candidates
    }

    /// Runs the pipeline over each line.
    fn lines(&mut self, piece: TimeRange) -> Result<(), EvalError> {
        let candidates = self.candidates();
        let mut finder = Finder::new(self.work.panes);
        for index in candidates.into_iter().map(|index| index as usize) {
            let at = self.entries.timestamps[index];
            let Some(pane) = finder.pane(at).filter(|_| piece.contains(at)) else { continue };
            let entry = self.entries.entry(index);
            let Some(number) = self.work.range.lines.read(self.memory, &self.stream, entry) else { continue };
            let sample = self.sample(index, number?);
            let place = self.found.place(&self.memory.key);
            self.found.add(place, pane, sample);
        }
        Ok(())
    }

    /// Runs the pipeline once for all lines with the same level and metadata.
    fn kinds(&mut self, by_labels: &ByLabels, piece: TimeRange) -> Result<(), EvalError> {
        let filters = self.work.range.lines.pipeline.filters();
        let candidates = self.candidates();
        let mut finder = Finder::new(self.work.panes);
        let mut kinds = vec![Kind::Unknown; self.entries.metadata.len() * Level::ALL.len()];
        for index in candidates.into_iter().map(|index| index as usize) {
            let at = self.entries.timestamps[index];
            let Some(pane) = finder.pane(at).filter(|_| piece.contains(at)) else { continue };
            let line = self.entries.line(index);
            if by_labels.filters_lines && !filters.pass(line) {
                continue;
            }
            let level = usize::from(self.entries.levels[index].number());
            let kind = self.entries.metadata_of[index] as usize * Level::ALL.len() + level;
            if let Kind::Unknown = kinds[kind] {
                kinds[kind] = self.kind(by_labels, index)?;
            }
            if let Kind::Series(place) = kinds[kind] {
                self.found.add(place, pane, self.sample(index, line.len() as f64));
            }
        }
        Ok(())
    }

    fn kind(&mut self, by_labels: &ByLabels, index: usize) -> Result<Kind, EvalError> {
        let entry = self.entries.entry(index);
        match self.work.range.lines.read_labels(by_labels, self.memory, &self.stream, entry) {
            None => Ok(Kind::Nothing),
            Some(read) => read.map(|()| Kind::Series(self.found.place(&self.memory.key))),
        }
    }

    fn sample(&self, index: usize, value: f64) -> Sample {
        let nanos = self.entries.timestamps[index].nanos();
        Sample { value, when: When { nanos, chunk: self.place, index: index as u32 } }
    }
}
