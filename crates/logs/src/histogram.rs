//! Counts per level and time, from sidecars alone wherever they can tell: a cell that the bounds of a step cut
//! through makes its block be asked.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use logql::SourceError;
use model::{Labels, Selector, TimeRange, Timestamp};

use crate::block::{self, Times};
use crate::picture::{BlockRow, Selection, TailRow, Unit};
use crate::place::DayKey;
use crate::reader::days;
use crate::readers::{Part, ReadError};
use crate::row;
use crate::shared::Shared;
use crate::sidecar::{Cell, MINUTE, Sidecar};
use crate::stream::Stream;

/// More steps than any page has pixels, and as many as Loki allows points.
const STEPS_MAX: u64 = 11_000;

/// Lines per level in each step of the range.
pub(crate) fn histogram(
    shared: &Shared,
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
pub(crate) fn counts(shared: &Shared, selector: &Selector, range: TimeRange) -> Vec<(Labels, [u64; 8])> {
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

fn count(shared: &Shared, selector: &Selector, steps: Steps, count: &mut Count<'_>) {
    let mut selection = Selection::new(selector);
    for day in days(shared, steps.range) {
        // Where the index cannot be read, a fault tells so, and what is in the tail is counted.
        let (units, _) = shared.select(&day, &mut selection, steps.range);
        count_blocks(shared, day.key, &units, steps, count);
        for unit in &units {
            unit.rows.iter().for_each(|row| count_row(&unit.stream, row, steps, count));
        }
    }
}

fn count_blocks(shared: &Shared, key: DayKey, units: &[Unit], steps: Steps, count: &mut Count<'_>) {
    let ids = units.iter().flat_map(|unit| unit.blocks.iter().map(|block| block.id));
    // Derived data: where it cannot be read, every block is asked.
    let mut sidecars = shared.sidecars(key, ids).unwrap_or_default();
    for unit in units {
        for block in &unit.blocks {
            let sidecar =
                sidecars.remove(&block.id).filter(|sidecar| sidecar.lines() == u64::from(block.lines));
            let told = sidecar.is_some_and(|sidecar| {
                steps.count_cells(&sidecar, (block.first, block.last), &mut |step, level, lines| {
                    count(&unit.stream, step, level, lines);
                })
            });
            if !told {
                count_block(shared, key, &unit.stream, block, steps, count);
            }
        }
    }
}

fn count_block(
    shared: &Shared,
    key: DayKey,
    stream: &Stream,
    row: &BlockRow,
    steps: Steps,
    count: &mut Count<'_>,
) {
    let block = shared.read_block(key, stream.fingerprint, row);
    match block.and_then(|(data, name)| Ok(block::decode_times(&data, name)?)) {
        Ok(times) => steps.count_times(&times, &mut |step, level| count(stream, step, level, 1)),
        Err(error) => {
            let subject = format!("block {} of the logs of {key}", row.id);
            shared
                .faults
                .set(&subject, format!("{} lines of {} cannot be read: {error}", row.lines, stream.labels));
        }
    }
}

fn count_row(stream: &Stream, row: &Arc<TailRow>, steps: Steps, count: &mut Count<'_>) {
    let told = steps.count_cells(&row.sidecar, (row.first, row.last), &mut |step, level, lines| {
        count(stream, step, level, lines);
    });
    // A row that turns out damaged is told of when it is read or sealed.
    if !told && let Ok(columns) = row::unpack(&row.data) {
        let times = Times { timestamps: columns.timestamps, levels: columns.levels };
        steps.count_times(&times, &mut |step, level| count(stream, step, level, 1));
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
        sidecar: &Sidecar,
        span: (Timestamp, Timestamp),
        count: &mut dyn FnMut(usize, u8, u64),
    ) -> bool {
        let step_of = |cell: &Cell| {
            let minute = cell.minute.saturating_mul(MINUTE);
            // No line is outside the block's span, so only the part of the minute inside it matters.
            let first = minute.max(span.0.nanos());
            let last = minute.saturating_add(MINUTE - 1).min(span.1.nanos());
            if last < self.range.start.nanos() || first >= self.range.end.nanos() {
                return Some(None);
            }
            let (first, last) = (self.of(first)?, self.of(last)?);
            (first == last).then_some(Some(first))
        };
        let Some(steps) = sidecar.0.iter().map(step_of).collect::<Option<Vec<_>>>() else { return false };
        for (cell, step) in sidecar.0.iter().zip(steps) {
            if let Some(step) = step {
                count(step, cell.level, cell.lines);
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

impl Shared {
    /// The sidecars of these blocks, by block. Those that are missing or damaged are left out.
    pub(crate) fn sidecars(
        &self,
        key: DayKey,
        blocks: impl IntoIterator<Item = i64>,
    ) -> Result<HashMap<i64, Sidecar>, ReadError> {
        let mut blocks: Vec<i64> = blocks.into_iter().collect();
        blocks.sort_unstable();
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Ok(HashMap::new()) };
        self.readers.with(key, Part::Index, |index| {
            let mut found = HashMap::with_capacity(blocks.len());
            let mut select =
                index.prepare_cached("SELECT block, data FROM sidecar WHERE block BETWEEN ?1 AND ?2")?;
            let mut rows = select.query([first, last])?;
            while let Some(row) = rows.next()? {
                let block = row.get(0)?;
                if blocks.binary_search(&block).is_ok()
                    && let Some(sidecar) = Sidecar::decode(row.get_ref(1)?.as_blob().unwrap_or_default())
                {
                    found.insert(block, sidecar);
                }
            }
            Ok::<_, rusqlite::Error>(found)
        })
    }
}
