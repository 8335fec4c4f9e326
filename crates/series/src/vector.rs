//! Series, and vectors of them.

use std::cmp::Ordering;

use model::Labels;

use crate::{Points, SeriesError};

/// Numbers over a grid, with what tells them from others. A vector is a list of them, no two with a number at the
/// same instant and equal labels, all over the same grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What tells it from others.
    pub labels: Labels,
    /// One for each instant of the grid.
    pub points: Points,
}

/// How many numbers a vector has room for.
pub fn numbers_in(vector: &[Series]) -> usize {
    vector.iter().map(|series| series.points.len()).sum()
}

/// Sorts by labels.
pub fn sort_by_labels(vector: &mut [Series]) {
    vector.sort_by(|a, b| a.labels.cmp(&b.labels));
}

/// Sorts by the number at the first instant, NaN last; series without one come after all others.
pub fn sort_by_value(vector: &mut [Series], descending: bool) {
    vector.sort_by(|a, b| match (a.points.get(0), b.points.get(0)) {
        (Some(a), Some(b)) => in_order(a, b, descending),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
}

/// Which of two numbers comes first: NaN last in either direction.
pub(crate) fn in_order(a: f64, b: f64, descending: bool) -> Ordering {
    let numbers = if descending { b.partial_cmp(&a) } else { a.partial_cmp(&b) };
    numbers.unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Makes one series of those with equal labels. Two numbers at one instant are an error.
pub(crate) fn merge_equal(mut vector: Vec<Series>) -> Result<Vec<Series>, SeriesError> {
    sort_by_labels(&mut vector);
    let mut merged: Vec<Series> = Vec::with_capacity(vector.len());
    for series in vector {
        match merged.last_mut() {
            Some(last) if last.labels == series.labels => {
                if !last.points.fill(&series.points) {
                    return Err(SeriesError::SameLabels(series.labels));
                }
            }
            _ => merged.push(series),
        }
    }
    Ok(merged)
}
