//! Puts the pieces that a series has in several chunks together. Series of one target share their timestamps in chunks
//! and so they do here: they are put together once for all series that have the same pieces.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use model::Labels;
use promql::Samples;

use crate::chunk::{Row, Run};

/// Series and their pieces, in the order of their time where that is known.
#[derive(Debug)]
pub(crate) struct Gather {
    first_ms: i64,
    last_ms: i64,
    /// How many samples may still be gathered.
    left: usize,
    timestamps: Pool,
    slots: HashMap<Labels, u32>,
    series: Vec<Gathered>,
}

#[derive(Debug)]
struct Gathered {
    labels: Labels,
    spans: Vec<Span>,
    values: Vec<f64>,
}

/// Places among the timestamps of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Span {
    timestamps: u32,
    start: u32,
    end: u32,
}

impl Gather {
    /// Takes no samples but those from `first_ms` to `last_ms`, and no more than `samples_max`, about.
    pub(crate) fn new(first_ms: i64, last_ms: i64, samples_max: usize) -> Self {
        let (timestamps, slots, series) = (Pool::default(), HashMap::new(), Vec::new());
        Self { first_ms, last_ms, left: samples_max, timestamps, slots, series }
    }

    /// Whether there are enough samples.
    pub(crate) fn is_full(&self) -> bool {
        self.left == 0
    }

    /// The slot of a series.
    pub(crate) fn slot(&mut self, labels: &Labels) -> u32 {
        if let Some(slot) = self.slots.get(labels) {
            return *slot;
        }
        let slot = self.series.len() as u32;
        self.slots.insert(labels.clone(), slot);
        self.series.push(Gathered { labels: labels.clone(), spans: Vec::new(), values: Vec::new() });
        slot
    }

    /// Names timestamps that rows are of.
    pub(crate) fn timestamps(&mut self, timestamps_ms: &Arc<[i64]>) -> u32 {
        self.timestamps.number(timestamps_ms)
    }

    /// Which of these timestamps are within the range.
    pub(crate) fn within(&self, timestamps_ms: &[i64]) -> Range<u32> {
        let first = timestamps_ms.partition_point(|at| *at < self.first_ms) as u32;
        first..timestamps_ms.partition_point(|at| *at <= self.last_ms) as u32
    }

    /// So many numbers will come.
    pub(crate) fn expect(&mut self, numbers: usize) {
        self.left = self.left.saturating_sub(numbers);
    }

    /// Appends numbers that were expected and are within the range: of each run those of as many timestamps.
    pub(crate) fn append(&mut self, slot: u32, runs: impl Iterator<Item = (u32, Run)>, values: Vec<f64>) {
        let series = &mut self.series[slot as usize];
        let span =
            |(timestamps, run): (u32, Run)| Span { timestamps, start: run.start, end: run.start + run.len };
        series.spans.extend(runs.map(span));
        match series.values.is_empty() {
            true => series.values = values,
            false => series.values.extend(values),
        }
    }

    /// Adds what a row has within the range.
    pub(crate) fn add(&mut self, slot: u32, timestamps: u32, row: Row) {
        let Range { start: first, end } = self.within(&self.timestamps.all[timestamps as usize]);
        let series = &mut self.series[slot as usize];
        if series.values.is_empty()
            && row.runs.iter().all(|run| run.start >= first && run.start + run.len <= end)
        {
            let spans =
                row.runs.iter().map(|run| Span { timestamps, start: run.start, end: run.start + run.len });
            series.spans.extend(spans);
            self.left = self.left.saturating_sub(row.values.len());
            series.values = row.values;
            return;
        }
        let mut before = 0_usize;
        for run in &row.runs {
            let (from, to) = (run.start.max(first), (run.start + run.len).min(end));
            if from < to {
                series.spans.push(Span { timestamps, start: from, end: to });
                let values = before + (from - run.start) as usize..before + (to - run.start) as usize;
                self.left = self.left.saturating_sub(values.len());
                series.values.extend_from_slice(&row.values[values]);
            }
            before += run.len as usize;
        }
    }

    /// The series that have samples, in the order of their labels. What stands at one instant twice counts as it came
    /// first.
    pub(crate) fn finish(self) -> Vec<Samples> {
        let Self { timestamps, series, .. } = self;
        let mut shapes: HashMap<Vec<Span>, (Arc<[i64]>, bool)> = HashMap::new();
        let mut finished = Vec::with_capacity(series.len());
        for Gathered { labels, spans, mut values } in series {
            if values.is_empty() {
                continue;
            }
            let known = shapes.get(&spans).cloned();
            let (mut timestamps_ms, is_in_order) = known.unwrap_or_else(|| {
                let joined = timestamps.join(&spans);
                let is_in_order = joined.is_sorted_by(|a, b| a < b);
                shapes.insert(spans, (joined.clone(), is_in_order));
                (joined, is_in_order)
            });
            if !is_in_order {
                (timestamps_ms, values) = in_order(&timestamps_ms, &values);
            }
            finished.push(Samples { labels, timestamps_ms, values });
        }
        finished.sort_by(|a, b| a.labels.cmp(&b.labels));
        finished
    }
}

/// Windows may overlap, and what a sender repeated may stand in two of them.
fn in_order(timestamps_ms: &[i64], values: &[f64]) -> (Arc<[i64]>, Vec<f64>) {
    let mut samples: Vec<(i64, f64)> = timestamps_ms.iter().copied().zip(values.iter().copied()).collect();
    samples.sort_by_key(|(at, _)| *at);
    samples.dedup_by_key(|(at, _)| *at);
    let (timestamps, values): (Vec<i64>, Vec<f64>) = samples.into_iter().unzip();
    (timestamps.into(), values)
}

/// Timestamps, the same ones once.
#[derive(Debug, Default)]
struct Pool {
    all: Vec<Arc<[i64]>>,
    by_hash: HashMap<u64, Vec<u32>>,
}

impl Pool {
    fn number(&mut self, timestamps_ms: &Arc<[i64]>) -> u32 {
        let alike = self.by_hash.entry(hash(timestamps_ms)).or_default();
        let known = alike.iter().find(|number| self.all[**number as usize] == *timestamps_ms);
        if let Some(number) = known {
            return *number;
        }
        let number = self.all.len() as u32;
        alike.push(number);
        self.all.push(timestamps_ms.clone());
        number
    }

    fn join(&self, spans: &[Span]) -> Arc<[i64]> {
        let of = |span: &Span| &self.all[span.timestamps as usize];
        if let [span] = spans
            && (span.start, span.end as usize) == (0, of(span).len())
        {
            return of(span).clone();
        }
        let parts: Vec<&[i64]> =
            spans.iter().map(|span| &of(span)[span.start as usize..span.end as usize]).collect();
        parts.concat().into()
    }
}

/// Only tells most that differ apart.
fn hash(timestamps_ms: &[i64]) -> u64 {
    timestamps_ms.iter().fold(timestamps_ms.len() as u64, |hash, at| {
        (hash.rotate_left(5) ^ *at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(runs: &[(u32, u32)], from: f64) -> Row {
        let runs: Vec<Run> = runs.iter().map(|(start, len)| Run { start: *start, len: *len }).collect();
        let count = runs.iter().map(|run| run.len).sum::<u32>();
        Row { runs, values: (0..count).map(|n| from + f64::from(n)).collect() }
    }

    #[test]
    fn pieces_are_put_together_and_timestamps_are_shared() {
        let labels = |name: &str| Labels::from_pairs([("__name__", name)]);
        let mut gather = Gather::new(10, 70, usize::MAX);
        let early: Arc<[i64]> = [0, 10, 20, 30].into();
        let late: Arc<[i64]> = [40, 50, 60, 70, 80].into();
        for name in ["b", "a"] {
            let slot = gather.slot(&labels(name));
            let at = gather.timestamps(&early.to_vec().into());
            gather.add(slot, at, row(&[(0, 4)], 0.0));
            let at = gather.timestamps(&late);
            gather.add(slot, at, row(&[(1, 1), (3, 2)], 10.0));
        }
        let slot = gather.slot(&labels("c"));
        let at = gather.timestamps(&late);
        gather.add(slot, at, row(&[(0, 2)], 7.0));
        let at = gather.timestamps(&early);
        gather.add(slot, at, row(&[(2, 2)], 5.0));
        let at = gather.timestamps(&[40].into());
        gather.add(slot, at, row(&[(0, 1)], 99.0));
        gather.slot(&labels("empty"));
        let found = gather.finish();
        assert_eq!(found[0].labels, labels("a"));
        assert_eq!(&found[0].timestamps_ms[..], [10, 20, 30, 50, 70]);
        assert_eq!(found[0].values, [1.0, 2.0, 3.0, 10.0, 11.0]);
        assert!(Arc::ptr_eq(&found[0].timestamps_ms, &found[1].timestamps_ms));
        assert_eq!(found[2].timestamps_ms[..], [20, 30, 40, 50]);
        assert_eq!(found[2].values, [5.0, 6.0, 7.0, 8.0]);
        assert_eq!(found.len(), 3);
    }
}
