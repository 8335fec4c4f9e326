//! What is left of a day once its samples are not kept any more: for each five minutes of a series, six numbers.
//!
//! | row | of the samples in `(end - 5 min, end]`              |
//! |-----|-----------------------------------------------------|
//! | 0   | the last one                                        |
//! | 1–3 | the least, the greatest, their sum                  |
//! | 4   | how many there are                                  |
//! | 5   | what a counter lost by beginning anew: the sum of the samples that a smaller one follows |
//!
//! They are chunks like all others, of which each series has six rows, at the ends of the five minutes. A row that is
//! the same as row 0 stands there without numbers. Of the six, samples are made that give a query what it would have
//! found in the day's own: exactly for minimum, maximum, sum, mean and count over whole buckets, and for how much a
//! counter grew; for all else there is a sample every five minutes.

use std::sync::Arc;

use promql::Wanted;

use crate::chunk::{Chunk, Damage, Row, Run};

/// Samples of so long become one.
pub(crate) const BUCKET_MS: i64 = 5 * 60_000;

/// Rows of each series.
pub(crate) const ROWS: usize = 6;

/// The last instant of the bucket that an instant is in, which is of the same day.
fn end_of(at_ms: i64) -> i64 {
    at_ms.div_euclid(BUCKET_MS) * BUCKET_MS + BUCKET_MS - 1
}

/// What is kept of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Columns {
    pub(crate) ends_ms: Vec<i64>,
    last: Vec<f64>,
    least: Vec<f64>,
    greatest: Vec<f64>,
    sum: Vec<f64>,
    count: Vec<f64>,
    lost: Vec<f64>,
}

impl Columns {
    /// Rolls samples up. Markers of a series' end are no samples.
    pub(crate) fn of(timestamps_ms: &[i64], values: &[f64]) -> Self {
        let mut columns = Self::default();
        let mut before: Option<f64> = None;
        for (at_ms, value) in timestamps_ms.iter().zip(values) {
            if value.to_bits() == promql::STALE.to_bits() {
                continue;
            }
            columns.add(end_of(*at_ms), *value, before);
            before = Some(*value);
        }
        columns
    }

    fn add(&mut self, end_ms: i64, value: f64, before: Option<f64>) {
        if self.ends_ms.last() != Some(&end_ms) {
            self.ends_ms.push(end_ms);
            for column in [&mut self.last, &mut self.least, &mut self.greatest] {
                column.push(value);
            }
            for column in [&mut self.sum, &mut self.count, &mut self.lost] {
                column.push(0.0);
            }
        }
        let at = self.ends_ms.len() - 1;
        self.last[at] = value;
        // NaN is the least and the greatest only where nothing else is.
        self.least[at] = self.least[at].min(value);
        self.greatest[at] = self.greatest[at].max(value);
        self.sum[at] += value;
        self.count[at] += 1.0;
        self.lost[at] += before.filter(|before| value < *before).unwrap_or(0.0);
    }

    /// The rows of a chunk whose timestamps are `ends_ms`.
    pub(crate) fn rows(&self, ends_ms: &[i64]) -> [Row; ROWS] {
        let mut runs: Vec<Run> = Vec::new();
        for end in &self.ends_ms {
            let Ok(place) = ends_ms.binary_search(end) else { continue };
            match runs.last_mut().filter(|run| (run.start + run.len) as usize == place) {
                Some(run) => run.len += 1,
                None => runs.push(Run { start: place as u32, len: 1 }),
            }
        }
        let is_last = |column: &[f64]| column.iter().zip(&self.last).all(|(a, b)| a.to_bits() == b.to_bits());
        let columns = [&self.last, &self.least, &self.greatest, &self.sum, &self.count, &self.lost];
        let mut at = 0;
        columns.map(|column| {
            at += 1;
            match at > 1 && is_last(column) {
                true => Row::default(),
                false => Row { runs: runs.clone(), values: column.clone() },
            }
        })
    }

    /// Reads what a chunk has of the series at `index`.
    pub(crate) fn read(chunk: &Chunk<'_>, index: usize) -> Result<Self, Damage> {
        let Row { runs, values: last } = chunk.row(index * ROWS)?;
        let places = runs.iter().flat_map(|run| run.start..run.start + run.len);
        let ends_ms = places.map(|place| chunk.timestamps_ms[place as usize]).collect();
        let column = |row: usize| {
            let Row { runs: own, values } = chunk.row(index * ROWS + row)?;
            match own.is_empty() {
                true => Ok(last.clone()),
                false if own == runs => Ok(values),
                false => Err(Damage::Senseless),
            }
        };
        let [least, greatest, sum, count, lost] =
            [column(1)?, column(2)?, column(3)?, column(4)?, column(5)?];
        Ok(Self { ends_ms, last, least, greatest, sum, count, lost })
    }

    /// Samples that give a query what it wants.
    pub(crate) fn samples(self, wanted: Wanted) -> (Arc<[i64]>, Row) {
        let (timestamps_ms, values): (Vec<i64>, Vec<f64>) = match wanted {
            Wanted::Newest => (self.ends_ms, self.last),
            Wanted::Least => (self.ends_ms, self.least),
            Wanted::Greatest => (self.ends_ms, self.greatest),
            Wanted::Weighted => self.weighted(),
            Wanted::Growth => self.growth(),
        };
        let runs = vec![Run { start: 0, len: values.len() as u32 }];
        (timestamps_ms.into(), Row { runs, values })
    }

    /// As many samples as there were, each the mean, spread over the bucket.
    fn weighted(&self) -> (Vec<i64>, Vec<f64>) {
        let mut samples = (Vec::new(), Vec::new());
        for (at, end_ms) in self.ends_ms.iter().enumerate() {
            // More than one a millisecond cannot be, so neither can more be made up by damage.
            let count = (self.count[at] as i64).clamp(1, BUCKET_MS);
            for number in 1..=count {
                samples.0.push(end_ms - BUCKET_MS + BUCKET_MS * number / count);
                samples.1.push(self.sum[at] / self.count[at]);
            }
        }
        samples
    }

    /// The last sample of each bucket as it was. Where a counter began anew, it falls from all that it lost to nothing
    /// inside of the bucket: it has grown by just as much, and goes on as its own samples do, also over the border of the
    /// day. Elsewhere there is a sample in the middle of the bucket: windows of five minutes hold two. What comes before the
    /// first bucket of a day, or behind a gap, is not known here; there the least sample stands where the first one is
    /// likely, so that a counter which began anew meanwhile falls.
    fn growth(&self) -> (Vec<i64>, Vec<f64>) {
        let mut samples = (Vec::new(), Vec::new());
        let mut before: Option<(i64, f64)> = None;
        for (at, end_ms) in self.ends_ms.iter().enumerate() {
            let (last, lost) = (self.last[at], self.lost[at]);
            let mut push = |before_end_ms: i64, value: f64| {
                samples.0.push(end_ms - before_end_ms);
                samples.1.push(value);
            };
            match before {
                _ if lost > 0.0 => {
                    push(BUCKET_MS / 3 * 2, lost);
                    push(BUCKET_MS / 3, 0.0);
                }
                Some((before_ms, before_last)) if end_ms - before_ms == BUCKET_MS => {
                    push(BUCKET_MS / 2, before_last + (last - before_last) / 2.0);
                }
                _ if self.count[at] > 1.0 => {
                    let least = self.least[at];
                    push(BUCKET_MS - (BUCKET_MS as f64 / self.count[at] / 2.0) as i64, least);
                    push(BUCKET_MS / 2, least + (last - least) / 2.0);
                }
                _ => {}
            }
            push(0, last);
            before = Some((*end_ms, last));
        }
        samples
    }
}

#[cfg(test)]
mod tests;
