//! Answers as they are handed out.

use model::{Labels, Timestamp};

use super::grid::Grid;
use super::points::{Line, Value, constant};
use crate::eval::reader::Reader;
use crate::eval::{EvalError, Stats, Warning};

/// The answer at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Instant {
    /// The numbers.
    pub value: InstantValue,
    /// What was read.
    pub stats: Stats,
    /// What was left out.
    pub warnings: Vec<Warning>,
}

/// The numbers at one instant.
#[derive(Clone, Debug, PartialEq)]
pub enum InstantValue {
    /// A number without labels: the query is plain arithmetic.
    Scalar(f64),
    /// Sorted by labels.
    Vector(Vec<Sample>),
}

/// A series at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The series.
    pub labels: Labels,
    /// Its number.
    pub value: f64,
}

/// The answer over a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Sorted by labels. Plain arithmetic gives one without labels.
    pub series: Vec<Series>,
    /// What was read.
    pub stats: Stats,
    /// What was left out.
    pub warnings: Vec<Warning>,
}

/// A series over a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What tells it from the others.
    pub labels: Labels,
    /// At least one; instants without a number are left out.
    pub points: Vec<(Timestamp, f64)>,
}

pub(super) fn instant(value: Value, reader: Reader<'_>) -> Result<Instant, EvalError> {
    let value = match value {
        Value::Scalar(number) => InstantValue::Scalar(number),
        Value::Vector(lines) => {
            let lines = finished(lines, reader.budget.series)?;
            let sample = |line: Line| line.points.get(0).map(|value| Sample { labels: line.labels, value });
            InstantValue::Vector(lines.into_iter().filter_map(sample).collect())
        }
    };
    let (stats, warnings) = reader.finish();
    Ok(Instant { value, stats, warnings })
}

pub(super) fn matrix(value: Value, grid: Grid, reader: Reader<'_>) -> Result<Matrix, EvalError> {
    let lines = match value {
        Value::Scalar(number) => constant(number, grid),
        Value::Vector(lines) => lines,
    };
    let series = finished(lines, reader.budget.series)?
        .into_iter()
        .map(|line| {
            let points = (0..grid.len).filter_map(|index| Some((grid.at(index), line.points.get(index)?)));
            Series { labels: line.labels, points: points.collect() }
        })
        .collect();
    let (stats, warnings) = reader.finish();
    Ok(Matrix { series, stats, warnings })
}

/// Those with at least one number, sorted by labels.
fn finished(mut lines: Vec<Line>, max: usize) -> Result<Vec<Line>, EvalError> {
    lines.retain(|line| !line.points.is_empty());
    if lines.len() > max {
        return Err(EvalError::Series { max });
    }
    lines.sort_by(|a, b| a.labels.cmp(&b.labels));
    Ok(lines)
}
