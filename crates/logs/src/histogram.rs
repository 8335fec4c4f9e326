//! Counts per level and time, from sidecars alone wherever they can tell: a cell that the bounds of a step cut
//! through makes its block be asked.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use logql::{Cell, Chunk as _, SourceError};
use model::{Labels, Selector, TimeRange, Timestamp};

use crate::block::Times;
use crate::picture::Selection;
use crate::reader;
use crate::shared::Shared;
use crate::sidecar::MINUTE;
use crate::stream::Stream;

/// More steps than any page has pixels, and as many as Loki allows points.
const STEPS_MAX: u64 = 11_000;

/// Lines per level in each step of the range.
pub(crate) fn histogram(
    shared: &Arc<Shared>,
    selector: &Selector,
    range: TimeRange,
    step: Duration,
) -> Result<Vec<[u64; 8]>, SourceError> {
    let steps = Steps::new(range, step)?;
    let mut counts = vec![[0; 8]; steps.count];
    count(shared, selector, steps, &mut |_, step, level, lines| counts[step][usize::from(level)] += lines);
    Ok(counts)
}

/// Lines per level of each stream.
pub(crate) fn counts(shared: &Arc<Shared>, selector: &Selector, range: TimeRange) -> Vec<(Labels, [u64; 8])> {
    let mut counts: HashMap<u32, (Labels, [u64; 8])> = HashMap::new();
    count(shared, selector, Steps::one(range), &mut |stream, _, level, lines| {
        let (_, counts) = counts.entry(stream.number).or_insert_with(|| (stream.labels.clone(), [0; 8]));
        counts[usize::from(level)] += lines;
    });
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_by(|a, b| a.0.cmp(&b.0));
    counts
}

/// Told of lines: their stream, step and level, and how many.
type Count<'a> = dyn FnMut(&Stream, usize, u8, u64) + 'a;

fn count(shared: &Arc<Shared>, selector: &Selector, steps: Steps, count: &mut Count<'_>) {
    let mut selection = Selection::new(selector, steps.range);
    for day in reader::days(shared, steps.range) {
        // Where the index cannot be read, a fault tells so, and what is in the tail is counted.
        let chunks = reader::chunks_of_day(shared, &day, &mut selection);
        for (chunk, counts) in chunks.iter().zip(reader::counts(shared, &chunks)) {
            let told = counts.is_some_and(|counts| {
                steps.count_cells(&counts.cells, chunk.span(), &mut |step, level, lines| {
                    count(&chunk.stream, step, level, lines);
                })
            });
            // What is damaged is told of by a fault.
            if !told && let Ok(times) = chunk.times() {
                steps.count_times(&times, &mut |step, level| count(&chunk.stream, step, level, 1));
            }
        }
    }
}

/// Equal steps over a range, the last one cut off at its end.
#[derive(Clone, Copy, Debug)]
struct Steps {
    range: TimeRange,
    step: u64,
    count: usize,
}

impl Steps {
    fn new(range: TimeRange, step: Duration) -> Result<Self, SourceError> {
        let step = u64::try_from(step.as_nanos()).unwrap_or(u64::MAX);
        let length = range.end.nanos().abs_diff(range.start.nanos());
        if step == 0 || range.end < range.start || length.div_ceil(step) > STEPS_MAX {
            let problem = format!(
                "a histogram has at most {STEPS_MAX} steps, none of them empty; choose a longer step"
            );
            return Err(SourceError(problem));
        }
        Ok(Self { range, step, count: length.div_ceil(step) as usize })
    }

    fn one(range: TimeRange) -> Self {
        Self { range, step: u64::MAX, count: 1 }
    }

    /// The step that the instant is in; `None` outside the range.
    fn of(self, nanos: i64) -> Option<usize> {
        let inside = self.range.contains(Timestamp::from_nanos(nanos));
        inside.then(|| (nanos.abs_diff(self.range.start.nanos()) / self.step) as usize)
    }

    /// Counts by cells; `false`, and nothing is counted, if one of them cannot tell.
    fn count_cells(
        self,
        cells: &[Cell],
        span: (Timestamp, Timestamp),
        count: &mut dyn FnMut(usize, u8, u64),
    ) -> bool {
        let step_of = |cell: &Cell| {
            let minute = cell.minute.saturating_mul(MINUTE);
            let (first, last) = match cell.at_start {
                true => (minute, minute),
                false => (minute.saturating_add(1), minute.saturating_add(MINUTE - 1)),
            };
            // No line is outside the block's span, so only the part of the minute inside it matters.
            let (first, last) = (first.max(span.0.nanos()), last.min(span.1.nanos()));
            if last < self.range.start.nanos() || first >= self.range.end.nanos() {
                return Some(None);
            }
            let (first, last) = (self.of(first)?, self.of(last)?);
            (first == last).then_some(Some(first))
        };
        let Some(steps) = cells.iter().map(step_of).collect::<Option<Vec<_>>>() else { return false };
        for (cell, step) in cells.iter().zip(steps) {
            if let Some(step) = step {
                count(step, cell.level.number(), cell.lines);
            }
        }
        true
    }

    fn count_times(self, times: &Times, count: &mut dyn FnMut(usize, u8)) {
        for (timestamp, level) in times.timestamps.iter().zip(&times.levels) {
            if let Some(step) = self.of(*timestamp) {
                count(step, *level);
            }
        }
    }
}
