//! Puts together what came of chunks.

use std::collections::HashMap;

use ::series::Series;

use super::column::{Column, Shape};
use super::lines::Lines;
use super::parts::Sample;
use crate::eval::EvalError;

/// What came of one chunk: for each series parts of panes, in the order of its lines.
pub(super) struct Found<C: Column> {
    known: HashMap<Box<[u8]>, u32>,
    series: Vec<Vec<(u32, C::Part)>>,
}

impl<C: Column> Default for Found<C> {
    fn default() -> Self {
        Self { known: HashMap::new(), series: Vec::new() }
    }
}

impl<C: Column> Found<C> {
    /// The place of a series.
    pub(super) fn place(&mut self, key: &[u8]) -> usize {
        if let Some(place) = self.known.get(key) {
            return *place as usize;
        }
        self.known.insert(key.into(), self.series.len() as u32);
        self.series.push(Vec::new());
        self.series.len() - 1
    }

    /// Adds a line to a series. Most lines fall into the pane of the line before.
    pub(super) fn add(&mut self, place: usize, pane: usize, sample: Sample) {
        let parts = &mut self.series[place];
        if let Some((last, part)) = parts.last_mut()
            && *last as usize == pane
            && C::extend(part, sample)
        {
            return;
        }
        parts.push((pane as u32, C::part(sample)));
    }
}

/// What came of all chunks so far.
pub(super) struct Tally<C> {
    shape: Shape,
    known: HashMap<Box<[u8]>, usize>,
    columns: Vec<C>,
    numbers: usize,
    numbers_max: usize,
}

impl<C: Column> Tally<C> {
    /// `held` numbers are taken by others.
    pub(super) fn new(shape: Shape, numbers_max: usize, held: usize) -> Self {
        Self { shape, known: HashMap::new(), columns: Vec::new(), numbers: held, numbers_max }
    }

    pub(super) fn take(&mut self, found: Found<C>) -> Result<(), EvalError> {
        for (key, place) in found.known {
            let column = self.column(key)?;
            for (pane, part) in &found.series[place as usize] {
                self.add(column, *pane as usize, part)?;
            }
        }
        Ok(())
    }

    /// Where a series is kept.
    pub(super) fn column(&mut self, key: impl Into<Box<[u8]>> + AsRef<[u8]>) -> Result<usize, EvalError> {
        if let Some(column) = self.known.get(key.as_ref()) {
            return Ok(*column);
        }
        self.numbers += C::room(&self.shape);
        if self.numbers > self.numbers_max && !self.columns.is_empty() {
            return Err(EvalError::Numbers { max: self.numbers_max });
        }
        self.known.insert(key.into(), self.columns.len());
        self.columns.push(C::new(&self.shape));
        Ok(self.columns.len() - 1)
    }

    pub(super) fn add(&mut self, column: usize, pane: usize, part: &C::Part) -> Result<(), EvalError> {
        let more = self.columns[column].add(pane, part);
        self.numbers += more;
        match more > 0 && self.numbers > self.numbers_max {
            true => Err(EvalError::Numbers { max: self.numbers_max }),
            false => Ok(()),
        }
    }

    /// The series, in no order.
    pub(super) fn finish(self, lines: &Lines, points: impl Fn(C) -> ::series::Points) -> Vec<Series> {
        let mut columns: Vec<Option<C>> = self.columns.into_iter().map(Some).collect();
        let series = |(key, column): (Box<[u8]>, usize)| {
            let points = points(columns[column].take()?);
            Some(Series { labels: lines.key.labels(&key), points })
        };
        self.known.into_iter().filter_map(series).collect()
    }
}
