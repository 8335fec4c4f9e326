//! Finds the lines of a page: chunks are read in the order of the best line that each can hold, until no other
//! can hold one that belongs on the page.

use std::ops::ControlFlow;

use model::{TimeRange, Timestamp};

use super::instants::Instants;
use super::page::next_instant;
use super::select::{Found, Selection};
use super::sieve::{Sieve, Sifted};
use super::{Direction, LogQuery, Page, make};
use crate::eval::order::{Rank, arrange};
use crate::eval::parallel::in_order;
use crate::eval::pieces::pieces;
use crate::eval::pipeline::{Scratch, StreamLabels};
use crate::eval::reader::Reader;
use crate::eval::{Budget, EvalError, Warning};
use crate::{Chunk, Source, SourceError};

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Everything was looked at.
    All,
    /// There may be more lines after the last one.
    Cut,
    /// From this instant on there may be more.
    Stopped(Timestamp),
}

/// What a search found.
pub(super) struct Findings<'a, C> {
    /// In order.
    pub(super) found: Vec<Found>,
    pub(super) end: End,
    /// The chunks that were offered.
    pub(super) chunks: Vec<C>,
    pub(super) reader: Reader<'a>,
}

/// Searches a range for the first `room` lines.
pub(super) fn search<'a, S: Source>(
    query: &LogQuery,
    source: &S,
    page: &Page,
    (range, room): (TimeRange, usize),
    budget: &'a Budget<'a>,
) -> Result<Findings<'a, S::Chunk>, EvalError> {
    let mut search = Search {
        query,
        page,
        room,
        reader: Reader::new(budget),
        selection: Selection::new(room, budget.bytes_kept),
        scratch: Scratch::new(budget.now),
    };
    let mut chunks = Vec::new();
    let mut end = End::All;
    for (index, piece) in pieces(range, page.direction).enumerate() {
        if end != End::All || !search.selection.has_room() {
            break;
        }
        let first = chunks.len();
        let mut fresh = query.chunks(source, piece)?;
        fresh.retain(|chunk| holds(chunk, piece));
        arrange(&mut fresh);
        chunks.append(&mut fresh);
        if index == 0 {
            end = search.rest_of_instant(&chunks);
        }
        if end == End::All {
            end = search.lines_of(piece, &chunks, first);
        }
    }
    Ok(search.finish(end, chunks))
}

struct Search<'a, 'q> {
    query: &'q LogQuery,
    page: &'q Page,
    room: usize,
    reader: Reader<'a>,
    selection: Selection,
    scratch: Scratch,
}

/// Lines of a chunk that pass, or why it cannot be read.
struct Read {
    best: Rank,
    place: usize,
    sifted: Result<Sifted, SourceError>,
}

/// Why no more chunks are wanted.
enum Enough {
    Found,
    Stopped(Rank),
}

impl<'a> Search<'a, '_> {
    fn sieve(&self) -> Sieve<'_> {
        Sieve::new(self.query, self.page.direction, self.reader.budget.now)
    }

    /// Finds the lines of the cursor's instant that were not given yet. They come in the order of their chunks:
    /// however many were given, none of those is kept in memory.
    fn rest_of_instant<C: Chunk>(&mut self, chunks: &[C]) -> End {
        let Some(cursor) = self.page.half_given() else { return End::All };
        let instant = TimeRange { start: cursor.at, end: next_instant(cursor.at) };
        let mut places: Vec<usize> = (0..chunks.len()).collect();
        places.retain(|place| holds(&chunks[*place], instant));
        if self.page.direction == Direction::Backward {
            places.reverse();
        }
        let mut to_skip = cursor.given as usize;
        for place in places {
            if !self.selection.has_room() {
                return End::Cut;
            }
            if self.reader.go_on().is_err() {
                return End::Stopped(cursor.at);
            }
            let sifted = self.sieve().sift(&chunks[place], instant, usize::MAX);
            self.reader.add(sifted.as_ref().map(|sifted| sifted.sizes));
            let Ok(mut sifted) = sifted else { continue };
            let skipped = to_skip.min(sifted.picks.len());
            to_skip -= skipped;
            sifted.picks.drain(..skipped);
            self.offer(chunks, place, &sifted);
        }
        End::All
    }

    /// Finds the first lines of a piece, but for the cursor's instant if lines of it were given.
    fn lines_of<C: Chunk>(&mut self, piece: TimeRange, chunks: &[C], first: usize) -> End {
        let range = self.without_instant(piece);
        let queue = self.queue(range, chunks, first);
        // Often the first chunk has enough: nothing else is read before that is known.
        let (alone, others) = queue.split_at(queue.len().min(1));
        let enough = match self.read_all(alone, chunks, range) {
            ControlFlow::Continue(()) => self.read_all(others, chunks, range),
            enough => enough,
        };
        match enough {
            ControlFlow::Break(Enough::Stopped(best)) => {
                self.selection.keep_before(best);
                End::Stopped(best.timestamp(self.page.direction))
            }
            _ => End::All,
        }
    }

    fn without_instant(&self, range: TimeRange) -> TimeRange {
        match (self.page.half_given(), self.page.direction) {
            (None, _) => range,
            (Some(cursor), Direction::Forward) => {
                TimeRange { start: range.start.max(next_instant(cursor.at)), ..range }
            }
            (Some(cursor), Direction::Backward) => TimeRange { end: range.end.min(cursor.at), ..range },
        }
    }

    /// The chunks from `first` on that may hold lines of the range, those with the best possible line first.
    fn queue<C: Chunk>(&self, range: TimeRange, chunks: &[C], first: usize) -> Vec<(Rank, usize)> {
        let before_end = Timestamp::from_nanos(range.end.nanos().saturating_sub(1));
        let mut queue: Vec<(Rank, usize)> = Vec::with_capacity(chunks.len() - first);
        for (place, chunk) in chunks.iter().enumerate().skip(first).filter(|(_, chunk)| holds(*chunk, range))
        {
            let (earliest, latest) = chunk.span();
            let inside = (earliest.max(range.start), latest.min(before_end));
            queue.push((Rank::best(self.page.direction, inside, place as u32), place));
        }
        queue.sort_unstable();
        queue
    }

    /// Reads chunks, several at once, and takes their lines in the order of the queue.
    fn read_all<C: Chunk>(
        &mut self,
        queue: &[(Rank, usize)],
        chunks: &[C],
        range: TimeRange,
    ) -> ControlFlow<Enough> {
        let (query, direction, room) = (self.query, self.page.direction, self.room);
        let (threads, now) = (self.reader.budget.threads, self.reader.budget.now);
        let read = |sieve: &mut Sieve<'_>, _: usize, (best, place): &(Rank, usize)| {
            let sifted = sieve.sift(&chunks[*place], range, room);
            Read { best: *best, place: *place, sifted }
        };
        in_order(threads, queue, || Sieve::new(query, direction, now), read, |read| self.take(chunks, read))
    }

    fn take<C: Chunk>(&mut self, chunks: &[C], read: Read) -> ControlFlow<Enough> {
        if !self.selection.wants(read.best) {
            return ControlFlow::Break(Enough::Found);
        }
        if self.reader.go_on().is_err() {
            return ControlFlow::Break(Enough::Stopped(read.best));
        }
        self.reader.add(read.sifted.as_ref().map(|sifted| sifted.sizes));
        if let Ok(sifted) = &read.sifted {
            self.offer(chunks, read.place, sifted);
        }
        ControlFlow::Continue(())
    }

    /// Offers lines of a chunk to the selection.
    fn offer<C: Chunk>(&mut self, chunks: &[C], place: usize, sifted: &Sifted) {
        let chunk = &chunks[place];
        let stream = StreamLabels::new(chunk.labels());
        let mut instants = None;
        for pick in &sifted.picks {
            let index = pick.index;
            let entry = sifted.entries.entry(index);
            let rank = Rank::new(self.page.direction, entry.timestamp, place as u32, index as u32);
            if !self.selection.wants_key(rank, pick.key.as_ref()) {
                continue;
            }
            let Some(outcome) = self.query.pipeline.run(&mut self.scratch, &stream, entry) else { continue };
            let mut row = make::row(&stream, entry, outcome);
            let instants = instants.get_or_insert_with(|| Instants::new(&sifted.entries.timestamps));
            row.nth = instants.count_before(row.timestamp, index);
            self.selection.add(Found { rank, sequence: chunk.sequence(), row, key: pick.key.clone() });
        }
    }

    fn finish<C>(mut self, end: End, chunks: Vec<C>) -> Findings<'a, C> {
        let cut = self.selection.cut;
        if cut {
            self.reader.warn(Warning::KeptEnough(self.reader.budget.bytes_kept));
        }
        let end = if end == End::All && cut { End::Cut } else { end };
        Findings { found: self.selection.finish(), end, chunks, reader: self.reader }
    }
}

fn holds(chunk: &impl Chunk, range: TimeRange) -> bool {
    let (first, last) = chunk.span();
    range.overlaps(first, last)
}
