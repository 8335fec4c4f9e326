//! Answers queries over a [`Source`](crate::Source).

mod budget;
mod error;
mod filters;
mod levels;
mod log;
mod metric;
mod needle;
mod order;
mod plan;
mod reader;

pub use budget::{Budget, Stats, Warning};
pub use error::EvalError;
pub use levels::Levels;
pub use log::{Cursor, Direction, Histogram, LogQuery, Page, ParseCursorError, Row, Rows};
pub use metric::{Instant, InstantValue, Matrix, MetricQuery, Sample, Series};

#[cfg(test)]
mod tests;
