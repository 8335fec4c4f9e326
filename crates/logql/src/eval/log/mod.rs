//! Queries for lines.

mod context;
mod distinct;
mod histogram;
mod instants;
mod make;
mod number;
mod page;
mod rows;
mod search;
mod select;
mod sieve;

use std::time::Duration;

use model::{Entry, Labels, Level, Selector, TimeRange, Timestamp};

pub use distinct::Seen;
pub use histogram::Histogram;
pub use page::{Categories, Cursor, Direction, Page, ParseCursorError, Row, Rows};

use self::sieve::Sieve;
use super::clues::Clues;
use super::pipeline::{EntryRef, Kept, Pipeline, Scratch, StreamLabels};
use super::{Budget, EvalError, Levels};
use crate::ast::{LogExpr, Stage};
use crate::{Chunk, Entries, Source, SourceError};

/// A query for lines, ready to run: over a source, or over single lines as they arrive.
#[derive(Clone, Debug)]
pub struct LogQuery {
    pub(super) selector: Selector,
    /// Makes rows.
    pub(super) pipeline: Pipeline,
    /// Tells which lines pass, and finds what `distinct` looks at.
    pub(super) lean: Pipeline,
    pub(super) clues: Clues,
    pub(super) levels: Levels,
    /// Of lines with equal values of these labels only the first is given.
    distinct: Option<Vec<String>>,
    /// So many lines before and after each line are given too.
    context: usize,
}

impl LogQuery {
    /// Prepares a query; one with a faulty template is an error.
    pub fn new(log: &LogExpr) -> Result<Self, EvalError> {
        let distinct = log.stages.iter().find_map(|stage| match &stage.node {
            Stage::Distinct(labels) => Some(labels.clone()),
            _ => None,
        });
        let context = log.stages.iter().find_map(|stage| match &stage.node {
            Stage::Context(lines) => Some(*lines),
            _ => None,
        });
        let looked_at: Vec<&str> = distinct.iter().flatten().map(String::as_str).collect();
        Ok(Self {
            selector: log.selector.node.clone(),
            pipeline: Pipeline::new(&log.stages, &Kept::ALL)?,
            lean: Pipeline::new(&log.stages, &Kept { labels: Some(&looked_at), line: false })?,
            clues: Clues::new(&log.stages),
            levels: Levels::ALL,
            distinct,
            context: context.unwrap_or_default(),
        })
    }

    /// The same query for lines of these levels only.
    #[must_use]
    pub fn with_levels(self, levels: Levels) -> Self {
        Self { levels, ..self }
    }

    /// Which streams.
    pub fn selector(&self) -> &Selector {
        &self.selector
    }

    /// What an entry becomes in an answer, if it belongs to it; its number is 0. To templates the present is when it
    /// was written. Of a query with `distinct` every line is told, and [`LogQuery::seen`] says which of them are the
    /// first; `context` does nothing.
    pub fn row(&self, stream: &Labels, entry: &Entry, level: Level) -> Option<Row> {
        if !self.levels.contains(level) || !self.selector.matches(stream) {
            return None;
        }
        let entry =
            EntryRef { timestamp: entry.timestamp, level, line: &entry.line, metadata: &entry.metadata };
        let labels = StreamLabels::new(stream);
        let mut scratch = Scratch::new(entry.timestamp);
        let outcome = self.pipeline.run(&mut scratch, &labels, entry)?;
        Some(make::row(&labels, entry, outcome))
    }

    /// Whether a line without structured metadata belongs to the answer.
    pub fn matches(&self, labels: &Labels, level: Level, line: &str) -> bool {
        let entry = EntryRef { timestamp: Timestamp::from_nanos(0), level, line, metadata: &Vec::new() };
        self.levels.contains(level)
            && self.selector.matches(labels)
            && self.lean.run(&mut Scratch::default(), &StreamLabels::new(labels), entry).is_some()
    }

    /// Tells which of the rows that come one after the other are the first with their values; for live tails.
    pub fn seen(&self) -> Seen {
        Seen::new(self.distinct.clone())
    }

    /// Where the filters matched: byte ranges of the line as the answer has it, sorted, not overlapping. Only filters
    /// that keep lines count, and only those that see the line like that; of very many places the first few hundred
    /// are told.
    pub fn marks(&self, line: &str) -> Vec<(u32, u32)> {
        self.pipeline.marks(line)
    }

    /// A page of lines.
    pub fn rows(&self, source: &impl Source, page: &Page, budget: &Budget<'_>) -> Result<Rows, EvalError> {
        rows::rows(self, source, page, budget)
    }

    /// How many lines of each level there are, from the start of the range in steps; the last one may reach over
    /// the end, but counts only lines inside.
    pub fn histogram(
        &self,
        source: &impl Source,
        range: TimeRange,
        step: Duration,
        budget: &Budget<'_>,
    ) -> Result<Histogram, EvalError> {
        histogram::histogram(self, source, range, step, budget)
    }

    /// Whether [`LogQuery::chunks`] gives every chunk of its streams.
    fn sees_all_chunks(&self) -> bool {
        self.levels == Levels::ALL && self.clues.is_empty()
    }

    /// Which lines of a chunk belong to the answer, by their places, ascending; there are no entries where no line does.
    /// To templates the present is `now`. `distinct` and `context` make no difference.
    pub fn lines_of(
        &self,
        chunk: &impl Chunk,
        range: TimeRange,
        now: Timestamp,
    ) -> Result<(Entries, Vec<usize>), SourceError> {
        let sifted = Sieve::new(self, Direction::Forward, now).sift(chunk, range, usize::MAX)?;
        let mut places: Vec<usize> = sifted.picks.iter().map(|pick| pick.index).collect();
        places.sort_unstable();
        Ok((sifted.entries, places))
    }

    /// The chunks that may hold lines of the answer.
    pub fn chunks<S: Source>(&self, source: &S, range: TimeRange) -> Result<Vec<S::Chunk>, SourceError> {
        self.clues.chunks(source, &self.selector, range, self.levels)
    }
}
