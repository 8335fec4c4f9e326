//! Counts lines per level over time.

use std::time::Duration;

use model::TimeRange;

use super::LogQuery;
use crate::eval::reader::Reader;
use crate::eval::{Budget, EvalError, Stats, Warning};
use crate::{Chunk, Entries, Source};

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
    let step = i64::try_from(step.as_nanos()).unwrap_or(i64::MAX);
    if step == 0 {
        return Err(EvalError::Step);
    }
    if range.end < range.start {
        return Err(EvalError::EndBeforeStart);
    }
    let length = i128::from(range.end.nanos()) - i128::from(range.start.nanos());
    let buckets = (length as u128).div_ceil(step as u128);
    if buckets > budget.points as u128 {
        return Err(EvalError::Points { max: budget.points });
    }
    let mut counts = Counts { query, range, step, buckets: vec![[0; 8]; buckets as usize] };
    let mut reader = Reader::new(budget);
    let mut candidates = Vec::new();
    for chunk in source.chunks(&query.scan(range))? {
        let (first, last) = chunk.span();
        if !range.overlaps(first, last) {
            continue;
        }
        let Ok(entries) = reader.read(&chunk) else { break };
        let Some(entries) = entries else { continue };
        query.filters.candidates(&entries, &mut candidates);
        counts.add(&entries, &candidates);
    }
    let (stats, warnings) = reader.finish();
    Ok(Histogram { buckets: counts.buckets, stats, warnings })
}

struct Counts<'a> {
    query: &'a LogQuery,
    range: TimeRange,
    step: i64,
    buckets: Vec<[u64; 8]>,
}

impl Counts<'_> {
    fn add(&mut self, entries: &Entries, candidates: &[u32]) {
        for index in candidates.iter().map(|line| *line as usize) {
            let (timestamp, level) = (entries.timestamps[index], entries.levels[index]);
            if self.range.contains(timestamp) && self.query.passes(level, entries.line(index)) {
                let since = i128::from(timestamp.nanos()) - i128::from(self.range.start.nanos());
                let bucket = (since / i128::from(self.step)) as usize;
                self.buckets[bucket][usize::from(level.number())] += 1;
            }
        }
    }
}
