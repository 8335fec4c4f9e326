//! Answers queries over a [`Source`](crate::Source).

mod budget;
mod clues;
mod error;
mod filters;
mod levels;
mod log;
mod metric;
mod order;
mod parallel;
mod pieces;
mod pipeline;
mod reader;

pub use budget::{Budget, Stats, Warning};
pub use error::EvalError;
pub use levels::Levels;
pub use log::{Categories, Cursor, Direction, Histogram, LogQuery, Page, ParseCursorError, Row, Rows, Seen};
pub use metric::{Instant, InstantValue, Matrix, MetricQuery, Sample, Series};
pub(crate) use pipeline::EntryRef;
pub use pipeline::{DetectedField, FieldParser, detected_fields};

#[cfg(test)]
mod tests;
