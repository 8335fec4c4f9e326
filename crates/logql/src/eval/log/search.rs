//! Finds the lines of a page: chunks are read in the order of the best line that each can hold, until no other
//! can hold one that belongs on the page.

use model::{TimeRange, Timestamp};

use super::page::next_instant;
use super::select::{Found, Selection};
use super::{Direction, LogQuery, Page, Row};
use crate::eval::order::Rank;
use crate::eval::reader::{Reader, Stop};
use crate::eval::{Budget, Warning};
use crate::{Chunk, Entries};

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

pub(super) struct Search<'a, C> {
    query: &'a LogQuery,
    page: &'a Page,
    /// Arranged; a chunk's place in it is part of its lines' rank.
    chunks: &'a [C],
    reader: Reader<'a>,
    found: Vec<Found>,
    /// What the lines found may still take.
    bytes_left: usize,
    candidates: Vec<u32>,
}

impl<'a, C: Chunk> Search<'a, C> {
    pub(super) fn new(query: &'a LogQuery, page: &'a Page, chunks: &'a [C], budget: &'a Budget<'a>) -> Self {
        let reader = Reader::new(budget);
        Self {
            query,
            page,
            chunks,
            reader,
            found: Vec::new(),
            bytes_left: budget.bytes_kept,
            candidates: Vec::new(),
        }
    }

    /// The lines in order; one more than the page's limit tells that there are more.
    pub(super) fn finish(self) -> (Vec<Found>, Reader<'a>) {
        (self.found, self.reader)
    }

    /// Finds the lines of the cursor's instant that were not given yet. They come in the order of their chunks:
    /// however many were given, none of those is kept in memory.
    pub(super) fn rest_of_instant(&mut self) -> End {
        let Some(cursor) =
            self.page.after.filter(|cursor| cursor.given > 0 && self.page.range.contains(cursor.at))
        else {
            return End::All;
        };
        let instant = TimeRange { start: cursor.at, end: next_instant(cursor.at) };
        let mut places: Vec<usize> = (0..self.chunks.len()).collect();
        places.retain(|place| holds(&self.chunks[*place], instant));
        if self.page.direction == Direction::Backward {
            places.reverse();
        }
        let mut to_skip = cursor.given;
        for place in places {
            match self.add_instant(place, instant, &mut to_skip) {
                Ok(End::All) => {}
                Ok(end) => return end,
                Err(Stop) => return End::Stopped(cursor.at),
            }
        }
        End::All
    }

    /// Adds the lines of one instant and one chunk, once enough were skipped.
    fn add_instant(&mut self, place: usize, instant: TimeRange, to_skip: &mut u64) -> Result<End, Stop> {
        let Some(entries) = self.read(place)? else { return Ok(End::All) };
        for index in std::mem::take(&mut self.candidates).into_iter().map(|line| line as usize) {
            let here = instant.contains(entries.timestamps[index]);
            if !here || !self.query.passes(entries.levels[index], entries.line(index)) {
                continue;
            }
            if *to_skip > 0 {
                *to_skip -= 1;
                continue;
            }
            let found = self.line(place, &entries, index);
            let bytes = found.bytes();
            self.found.push(found);
            if self.found.len() > self.page.limit {
                return Ok(End::Cut);
            }
            if bytes > self.bytes_left {
                return Ok(self.cut_for_size());
            }
            self.bytes_left -= bytes;
        }
        Ok(End::All)
    }

    /// Finds the first lines of a range, but for the cursor's instant if lines of it were given.
    pub(super) fn lines_of(&mut self, range: TimeRange) -> End {
        let range = self.without_instant(range);
        let room = self.page.limit + 1 - self.found.len();
        let mut selection = Selection::new(room, self.bytes_left);
        for (best, place) in self.queue(range) {
            if !selection.wants(best) {
                break;
            }
            if self.offer(place, range, &mut selection).is_err() {
                let complete = selection.finish().into_iter().filter(|found| found.rank < best);
                self.found.extend(complete);
                return End::Stopped(best.timestamp(self.page.direction));
            }
        }
        let end = if selection.cut { self.cut_for_size() } else { End::All };
        self.found.extend(selection.finish());
        end
    }

    fn without_instant(&self, range: TimeRange) -> TimeRange {
        match (self.page.after.filter(|cursor| cursor.given > 0), self.page.direction) {
            (None, _) => range,
            (Some(cursor), Direction::Forward) => {
                TimeRange { start: range.start.max(next_instant(cursor.at)), ..range }
            }
            (Some(cursor), Direction::Backward) => TimeRange { end: range.end.min(cursor.at), ..range },
        }
    }

    /// The chunks that may hold lines of the range, those with the best possible line first.
    fn queue(&self, range: TimeRange) -> Vec<(Rank, usize)> {
        let before_end = Timestamp::from_nanos(range.end.nanos().saturating_sub(1));
        let mut queue: Vec<(Rank, usize)> = Vec::with_capacity(self.chunks.len());
        for (place, chunk) in self.chunks.iter().enumerate().filter(|(_, chunk)| holds(*chunk, range)) {
            let (first, last) = chunk.span();
            let inside = (first.max(range.start), last.min(before_end));
            queue.push((Rank::best(self.page.direction, inside, place as u32), place));
        }
        queue.sort_unstable();
        queue
    }

    /// Offers the lines of a chunk to the selection.
    fn offer(&mut self, place: usize, range: TimeRange, selection: &mut Selection) -> Result<(), Stop> {
        let Some(entries) = self.read(place)? else { return Ok(()) };
        for index in std::mem::take(&mut self.candidates).into_iter().map(|line| line as usize) {
            let timestamp = entries.timestamps[index];
            let wanted = range.contains(timestamp) && selection.wants(self.rank(place, timestamp, index));
            if wanted && self.query.passes(entries.levels[index], entries.line(index)) {
                selection.add(self.line(place, &entries, index));
            }
        }
        Ok(())
    }

    /// Reads a chunk and leaves the numbers of the lines that are worth a look in `candidates`, in the direction
    /// of the page.
    fn read(&mut self, place: usize) -> Result<Option<Entries>, Stop> {
        let entries = self.reader.read(&self.chunks[place])?;
        if let Some(entries) = &entries {
            self.query.filters.candidates(entries, &mut self.candidates);
            if self.page.direction == Direction::Backward {
                self.candidates.reverse();
            }
        }
        Ok(entries)
    }

    fn cut_for_size(&mut self) -> End {
        self.reader.warn(Warning::KeptEnough(self.reader.budget.bytes_kept));
        End::Cut
    }

    fn rank(&self, place: usize, timestamp: Timestamp, index: usize) -> Rank {
        Rank::new(self.page.direction, timestamp, place as u32, index as u32)
    }

    fn line(&self, place: usize, entries: &Entries, index: usize) -> Found {
        let chunk = &self.chunks[place];
        let timestamp = entries.timestamps[index];
        let row = Row {
            labels: chunk.labels().clone(),
            timestamp,
            level: entries.levels[index],
            line: entries.line(index).to_owned(),
            metadata: entries.metadata(index).clone(),
            nth: entries.timestamps[..index].iter().filter(|other| **other == timestamp).count() as u64,
        };
        Found { rank: self.rank(place, timestamp, index), sequence: chunk.sequence(), row }
    }
}

fn holds(chunk: &impl Chunk, range: TimeRange) -> bool {
    let (first, last) = chunk.span();
    range.overlaps(first, last)
}
