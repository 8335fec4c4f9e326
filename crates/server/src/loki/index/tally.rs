//! Lines and bytes of each stream.

use std::collections::BTreeMap;
use std::time::Duration;

use logql::{Cell, Chunk as _, Counts, EvalError, Levels, Scan, Source};
use model::{Labels, Selector, TimeRange, Timestamp};

use crate::queries::Allowance;

const MINUTE_NS: i64 = 60_000_000_000;
/// Chunks whose counts are in memory at once.
const AT_ONCE: usize = 500;

/// The steps that bytes are counted in.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    start: i64,
    step: i64,
    pub(super) len: usize,
}

impl Cut {
    /// One step.
    pub(super) fn whole(range: TimeRange) -> Self {
        Self { start: range.start.nanos(), step: i64::MAX, len: 1 }
    }

    /// Steps from the start of the range on.
    pub(super) fn steps(range: TimeRange, step: Duration) -> Self {
        let step = i64::try_from(step.as_nanos()).unwrap_or(i64::MAX).max(1);
        let length = i128::from(range.end.nanos()) - i128::from(range.start.nanos());
        let len = (length.max(1) as u128).div_ceil(step as u128);
        Self { start: range.start.nanos(), step, len: usize::try_from(len).unwrap_or(usize::MAX) }
    }

    /// When a step begins.
    pub(super) fn at(self, index: usize) -> Timestamp {
        Timestamp::from_nanos(self.start.saturating_add(self.step.saturating_mul(index as i64)))
    }

    fn index(self, at: i64) -> usize {
        let since = (i128::from(at) - i128::from(self.start)).max(0);
        ((since / i128::from(self.step)) as usize).min(self.len - 1)
    }
}

/// What a stream has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) labels: Labels,
    pub(super) chunks: u64,
    pub(super) lines: u64,
    /// In each step.
    pub(super) bytes: Vec<u64>,
}

/// Counts what the selected streams have in the range; those without anything are left out.
pub(super) fn count(
    logs: &logs::Logs,
    selector: Selector,
    range: TimeRange,
    cut: Cut,
    allowance: &Allowance,
) -> Result<Vec<Counted>, EvalError> {
    let scan = Scan { selector, range, levels: Levels::ALL, needles: Vec::new() };
    let chunks = logs.chunks(&scan)?;
    let mut tally = Tally { range, cut, streams: BTreeMap::new() };
    for some in chunks.chunks(AT_ONCE).take_while(|_| allowance.lasts()) {
        for (chunk, counts) in some.iter().zip(Source::counts(logs, some)) {
            match counts {
                Some(counts) => tally.add_counts(chunk.labels(), &counts),
                None => tally.add_lines(chunk),
            }
        }
    }
    Ok(tally.streams.into_values().filter(|counted| counted.lines > 0).collect())
}

struct Tally {
    range: TimeRange,
    cut: Cut,
    streams: BTreeMap<Labels, Counted>,
}

impl Tally {
    fn add_counts(&mut self, labels: &Labels, counts: &Counts) {
        let (cut, TimeRange { start, end }) = (self.cut, self.range);
        let first = start.nanos().div_euclid(MINUTE_NS);
        let is_inside =
            |cell: &&Cell| cell.minute >= first && cell.minute.saturating_mul(MINUTE_NS) < end.nanos();
        let inside = counts.cells.iter().filter(is_inside);
        let counted = self.stream(labels);
        counted.chunks += 1;
        for cell in inside {
            counted.lines += cell.lines;
            counted.bytes[cut.index(cell.minute.saturating_mul(MINUTE_NS))] += cell.bytes;
        }
    }

    /// For a chunk whose counts are not known: its lines are read. One that cannot be read counts nothing.
    fn add_lines(&mut self, chunk: &logs::Chunk) {
        let Ok(entries) = chunk.read() else { return };
        let (cut, range) = (self.cut, self.range);
        let counted = self.stream(chunk.labels());
        counted.chunks += 1;
        for (index, at) in entries.timestamps.iter().enumerate().filter(|(_, at)| range.contains(**at)) {
            counted.lines += 1;
            counted.bytes[cut.index(at.nanos())] += entries.line(index).len() as u64;
        }
    }

    fn stream(&mut self, labels: &Labels) -> &mut Counted {
        let steps = self.cut.len;
        self.streams.entry(labels.clone()).or_insert_with(|| Counted {
            labels: labels.clone(),
            chunks: 0,
            lines: 0,
            bytes: vec![0; steps],
        })
    }
}
