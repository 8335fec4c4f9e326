//! Why a query gets no answer.

use crate::SourceError;

/// Why a query gets no answer. The words are Prometheus's where it has some.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvalError {
    /// The grid of instants makes no sense or is too fine.
    #[error(transparent)]
    Grid(#[from] series::GridError),
    /// Vectors do not go together.
    #[error(transparent)]
    Series(#[from] series::SeriesError),
    /// The store cannot say what there is.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Too many samples.
    #[error(
        "query processing would load too many samples into memory in query execution: the limit is {max}; ask for a \
         shorter time, fewer series or a longer step"
    )]
    Samples {
        /// The limit.
        max: usize,
    },
    /// The client left, or the time was up.
    #[error("query timed out or was cancelled")]
    Stopped,
    /// A query that gives what has no place in the answer.
    #[error("invalid expression type {kind:?} for range query, must be Scalar or instant Vector")]
    Kind {
        /// What it gives.
        kind: &'static str,
    },
    /// A stretch of time that came out as nothing or less.
    #[error("duration must be greater than 0")]
    Duration,
    /// A text that names no label.
    #[error("invalid label name {name:?} in {function}()")]
    LabelName {
        /// The function.
        function: &'static str,
        /// The text.
        name: String,
    },
    /// An expression of `label_replace` that is none.
    #[error("invalid regular expression in label_replace(): {0}")]
    Regexp(String),
    /// The k of `topk` or `bottomk` is no number of series.
    #[error("Scalar value {value} overflows int64 or is NaN: write a number of series")]
    Parameter {
        /// What it is.
        value: f64,
    },
}
