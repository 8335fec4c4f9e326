//! Why a query gets no answer.

use crate::{SourceError, Span};

/// Why a query gets no answer. The words are Loki's where it has some.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvalError {
    /// Well-formed, but not evaluated yet.
    #[error("{what} is not evaluated yet")]
    NotYet {
        /// The part, as it is written in the normal form.
        what: String,
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
    /// A grid that goes nowhere.
    #[error("zero or negative query resolution step widths are not accepted. Try a positive integer")]
    Step,
    /// A range that ends before it starts.
    #[error("end timestamp must not be before start time")]
    EndBeforeStart,
    /// A grid with too many instants.
    #[error(
        "exceeded maximum resolution of {max} points per timeseries. Try increasing the value of the step parameter"
    )]
    Points {
        /// The limit.
        max: usize,
    },
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

impl EvalError {
    /// The part of the query that is to blame, where there is one.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::NotYet { span, .. } | Self::Scalar { span, .. } => Some(*span),
            _ => None,
        }
    }
}
