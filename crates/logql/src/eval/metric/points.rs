//! Values on the way to an answer.

use model::Labels;

use super::grid::Grid;

/// What a part of a query gives over the grid.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// The same number at every instant, without labels.
    Scalar(f64),
    /// No two of them have equal labels.
    Vector(Vec<Line>),
}

/// A series over the grid.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) labels: Labels,
    pub(super) points: Points,
}

/// A number, or none, for each instant of the grid.
#[derive(Clone, Debug)]
pub(super) struct Points(Vec<f64>);

/// Stands for "none": a NaN that no arithmetic makes. Half the size of an `Option<f64>`.
const NONE: u64 = 0x7ff8_0000_0000_0a0b;

impl Points {
    pub(super) fn from_fn(grid: Grid, at: impl Fn(usize) -> Option<f64>) -> Self {
        Self((0..grid.len).map(|index| at(index).unwrap_or(f64::from_bits(NONE))).collect())
    }

    pub(super) fn get(&self, index: usize) -> Option<f64> {
        Some(self.0[index]).filter(|number| number.to_bits() != NONE)
    }

    /// Puts another number, or none, in place of each one.
    pub(super) fn map(mut self, change: impl Fn(usize, f64) -> Option<f64>) -> Self {
        for (index, slot) in self.0.iter_mut().enumerate() {
            if slot.to_bits() != NONE {
                *slot = change(index, *slot).unwrap_or(f64::from_bits(NONE));
            }
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|number| number.to_bits() == NONE)
    }
}

/// The same number at every instant.
pub(super) fn constant(number: f64, grid: Grid) -> Vec<Line> {
    let points = Points::from_fn(grid, |_| Some(number));
    vec![Line { labels: Labels::default(), points }]
}
