//! Counts lines per level over time.

use std::ops::ControlFlow;
use std::time::Duration;

use model::TimeRange;

use super::LogQuery;
use super::sieve::Sieve;
use crate::eval::parallel::in_order;
use crate::eval::reader::Reader;
use crate::eval::{Budget, EvalError, Stats, Warning};
use crate::{Chunk, Source, SourceError};

/// Lines per level over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// The counts of each step, in the order of [`model::Level::ALL`].
    pub buckets: Vec<[u64; 8]>,
    /// What was read.
    pub stats: Stats,
    /// What was left out.
    pub warnings: Vec<Warning>,
}

pub(super) fn histogram(
    query: &LogQuery,
    source: &impl Source,
    range: TimeRange,
    step: Duration,
    budget: &Budget<'_>,
) -> Result<Histogram, EvalError> {
    let grid = Grid::new(range, step, budget)?;
    let mut buckets = vec![[0; 8]; grid.len];
    let mut reader = Reader::new(budget);
    let mut chunks = query.chunks(source, range)?;
    chunks.retain(|chunk| range.overlaps(chunk.span().0, chunk.span().1));
    let now = budget.now;
    let sieve = || Sieve::new(query, super::Direction::Forward, now);
    let count = |sieve: &mut Sieve<'_>, _: usize, chunk: &_| grid.count(sieve, chunk);
    let _ = in_order(budget.threads, &chunks, sieve, count, |counted| {
        if reader.go_on().is_err() {
            return ControlFlow::Break(());
        }
        match counted {
            Ok(counted) => {
                reader.add_sizes(counted.entries, counted.bytes);
                counted.lines.into_iter().for_each(|(bucket, level)| buckets[bucket][level] += 1);
            }
            Err(error) => reader.add_damaged(&error),
        }
        ControlFlow::Continue(())
    });
    let (stats, warnings) = reader.finish();
    Ok(Histogram { buckets, stats, warnings })
}

/// Where the buckets are.
struct Grid {
    range: TimeRange,
    step: i128,
    len: usize,
}

/// The lines of a chunk, each as its bucket and level.
struct Counted {
    lines: Vec<(usize, usize)>,
    entries: usize,
    bytes: usize,
}

impl Grid {
    fn new(range: TimeRange, step: Duration, budget: &Budget<'_>) -> Result<Self, EvalError> {
        let step = step.as_nanos() as i128;
        if step == 0 {
            return Err(EvalError::Step);
        }
        if range.end < range.start {
            return Err(EvalError::EndBeforeStart);
        }
        let length = i128::from(range.end.nanos()) - i128::from(range.start.nanos());
        let len = (length as u128).div_ceil(step as u128);
        if len > budget.points as u128 {
            return Err(EvalError::Points { max: budget.points });
        }
        Ok(Self { range, step, len: len as usize })
    }

    fn count(&self, sieve: &mut Sieve<'_>, chunk: &impl Chunk) -> Result<Counted, SourceError> {
        let sifted = sieve.sift(chunk, self.range, usize::MAX)?;
        let entries = &sifted.entries;
        let place = |index: usize| {
            let since = i128::from(entries.timestamps[index].nanos()) - i128::from(self.range.start.nanos());
            ((since / self.step) as usize, usize::from(entries.levels[index].number()))
        };
        let lines = sifted.picks.iter().map(|pick| place(pick.index)).collect();
        Ok(Counted { lines, entries: entries.len(), bytes: entries.text.len() })
    }
}
