//! Why a query gets no answer.

use ::series::{GridError, SeriesError};
use model::Labels;

use crate::{SourceError, Span};

/// Why a query gets no answer. The words are Loki's where it has some.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvalError {
    /// A stage that cannot be prepared, such as one with a faulty template.
    #[error("parse error : {message}")]
    Stage {
        /// What is wrong.
        message: String,
        /// Where it stands in the query.
        span: Span,
    },
    /// An aggregation of what is no vector.
    #[error("{function} needs series, not a plain number; write {function}(vector(…))")]
    Scalar {
        /// The aggregation.
        function: &'static str,
        /// Where it stands in the query.
        span: Span,
    },
    /// A stage failed on a line, and neither did a filter leave the line out nor does the query ask for errors.
    #[error(
        "pipeline error: '{error}' for series: '{labels}'.\nUse a label filter to intentionally skip this error. \
         (e.g | __error__!=\"{error}\").\nTo skip all potential errors you can match empty errors.(e.g \
         __error__=\"\")\nThe label filter can also be specified after unwrap. (e.g | unwrap latency | \
         __error__=\"\" )\n"
    )]
    Pipeline {
        /// The name of the error.
        error: String,
        /// What is known of the line.
        labels: Labels,
    },
    /// An aggregation that has no answer over a range.
    #[error("approx_topk is only supported on instant queries; use topk over a range")]
    OnlyInstant {
        /// Where it stands in the query.
        span: Span,
    },
    /// A grid that goes nowhere.
    #[error("{}", GridError::Step)]
    Step,
    /// A range that ends before it starts.
    #[error("{}", GridError::EndBeforeStart)]
    EndBeforeStart,
    /// A grid with too many instants.
    #[error("{}", GridError::Points { max: *max })]
    Points {
        /// The limit.
        max: usize,
    },
    /// Series that cannot be put together.
    #[error(transparent)]
    Matching(#[from] SeriesError),
    /// An answer with too many series.
    #[error(
        "maximum of series ({max}) reached for a single query; select fewer streams, or group by fewer labels with \
         sum, count or the like"
    )]
    Series {
        /// The limit.
        max: usize,
    },
    /// Too many numbers on the way to the answer.
    #[error(
        "the query holds more than {max} numbers at once; take a longer step, fewer streams or a sum over them"
    )]
    Numbers {
        /// The limit.
        max: usize,
    },
    /// The store cannot say what there is.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl From<GridError> for EvalError {
    fn from(error: GridError) -> Self {
        match error {
            GridError::Step => Self::Step,
            GridError::EndBeforeStart => Self::EndBeforeStart,
            GridError::Points { max } => Self::Points { max },
        }
    }
}

impl EvalError {
    /// The part of the query that is to blame, where there is one.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Stage { span, .. } | Self::Scalar { span, .. } | Self::OnlyInstant { span } => Some(*span),
            _ => None,
        }
    }
}
