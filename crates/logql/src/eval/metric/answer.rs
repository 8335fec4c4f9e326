//! Answers as they are handed out.

use ::series::{Grid, Series as Line};
use model::{Labels, Timestamp};

use super::{Value, constant};
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
    /// Sorted by labels, or by number if the query sorts.
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

pub(super) fn instant(value: Value, sorted: bool, reader: Reader<'_>) -> Result<Instant, EvalError> {
    let value = match value {
        Value::Scalar(number) => InstantValue::Scalar(number),
        Value::Vector(lines) => {
            let mut lines = with_numbers(lines, reader.budget.series)?;
            if !sorted {
                ::series::sort_by_labels(&mut lines);
            }
            let sample = |line: Line| line.points.get(0).map(|value| Sample { labels: line.labels, value });
            InstantValue::Vector(lines.into_iter().filter_map(sample).collect())
        }
    };
    let (stats, warnings) = reader.finish();
    Ok(Instant { value, stats, warnings })
}

pub(super) fn matrix(value: Value, grid: Grid, reader: Reader<'_>) -> Result<Matrix, EvalError> {
    let lines = match value {
        Value::Scalar(number) => vec![constant(number, grid)],
        Value::Vector(lines) => lines,
    };
    let mut lines = with_numbers(lines, reader.budget.series)?;
    ::series::sort_by_labels(&mut lines);
    let series = lines.into_iter().map(|line| {
        let points = line.points.iter().enumerate().filter_map(|(index, n)| Some((grid.at(index), n?)));
        Series { points: points.collect(), labels: line.labels }
    });
    let series = series.collect();
    let (stats, warnings) = reader.finish();
    Ok(Matrix { series, stats, warnings })
}

/// Those with at least one number.
fn with_numbers(mut lines: Vec<Line>, max: usize) -> Result<Vec<Line>, EvalError> {
    lines.retain(|line| !line.points.is_empty());
    match lines.len() > max {
        true => Err(EvalError::Series { max }),
        false => Ok(lines),
    }
}
