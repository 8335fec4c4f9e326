//! Finds the lines of a chunk that pass. Each thread has its own sieve.

use model::{TimeRange, Timestamp};

use super::distinct::{Key, key};
use super::{Direction, LogQuery};
use crate::eval::clues::Read;
use crate::eval::pipeline::{Scratch, StreamLabels};
use crate::{Chunk, Entries, SourceError};

pub(super) struct Sieve<'q> {
    query: &'q LogQuery,
    direction: Direction,
    scratch: Scratch,
    candidates: Vec<u32>,
}

/// A chunk and its lines that pass, in the direction.
pub(super) struct Sifted {
    pub(super) entries: Entries,
    /// How many entries the chunk has, and how many bytes of text.
    pub(super) sizes: (usize, usize),
    pub(super) picks: Vec<Pick>,
}

/// A line that passes.
pub(super) struct Pick {
    pub(super) index: usize,
    /// What must tell it from the lines before.
    pub(super) key: Option<Key>,
}

impl<'q> Sieve<'q> {
    pub(super) fn new(query: &'q LogQuery, direction: Direction, now: Timestamp) -> Self {
        Self { query, direction, scratch: Scratch::new(now), candidates: Vec::new() }
    }

    /// Reads a chunk and finds the lines of a range; only the first `most` where more would lie behind them.
    pub(super) fn sift(
        &mut self,
        chunk: &impl Chunk,
        range: TimeRange,
        most: usize,
    ) -> Result<Sifted, SourceError> {
        let Read { entries, sizes } = self.query.clues.read(chunk)?;
        let stream = StreamLabels::new(chunk.labels());
        let query = self.query;
        query.clues.candidates(&query.lean, &stream, &entries, &mut self.candidates);
        if self.direction == Direction::Backward {
            self.candidates.reverse();
        }
        let in_order = query.distinct.is_none() && entries.timestamps.is_sorted();
        let mut picks = Vec::new();
        for index in self.candidates.iter().map(|line| *line as usize) {
            let entry = entries.entry(index);
            if !range.contains(entry.timestamp) || !query.levels.contains(entry.level) {
                continue;
            }
            let Some(outcome) = query.lean.run(&mut self.scratch, &stream, entry) else { continue };
            let key = query.distinct.as_ref().map(|names| key(names, outcome.labels));
            picks.push(Pick { index, key });
            if in_order && picks.len() >= most {
                break;
            }
        }
        Ok(Sifted { entries, sizes, picks })
    }
}
