//! Why a query of the page gets no answer.

use api::QueryFault;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::fault::Fault;
use crate::queries;

/// Why a query gets no answer.
#[derive(Debug)]
pub(super) enum QueryRefusal {
    /// The query is to blame: 400, with the place.
    Query(QueryFault),
    /// It would need too much, or its series do not go together: 422.
    Unanswerable(QueryFault),
    /// Something else is.
    Other(Fault),
}

impl QueryRefusal {
    /// A fault without a place in the query.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self::Query(QueryFault { message: message.into(), at: None })
    }

    /// The sentence alone.
    pub(super) fn into_message(self) -> String {
        match self {
            Self::Query(fault) | Self::Unanswerable(fault) => fault.message,
            Self::Other(fault) => fault.message,
        }
    }

    fn at(message: String, span: Option<(u32, u32)>) -> Self {
        Self::Query(QueryFault { message, at: span })
    }
}

impl IntoResponse for QueryRefusal {
    fn into_response(self) -> Response {
        match self {
            Self::Query(fault) => (StatusCode::BAD_REQUEST, Json(fault)).into_response(),
            Self::Unanswerable(fault) => (StatusCode::UNPROCESSABLE_ENTITY, Json(fault)).into_response(),
            Self::Other(fault) => fault.into_response(),
        }
    }
}

impl From<Fault> for QueryRefusal {
    fn from(fault: Fault) -> Self {
        Self::Other(fault)
    }
}

impl From<logql::ParseError> for QueryRefusal {
    fn from(error: logql::ParseError) -> Self {
        Self::at(error.message, Some((error.span.start, error.span.end)))
    }
}

impl From<logql::EvalError> for QueryRefusal {
    fn from(error: logql::EvalError) -> Self {
        match error {
            logql::EvalError::Source(source) => Self::from(source),
            error => Self::at(error.to_string(), error.span().map(|span| (span.start, span.end))),
        }
    }
}

impl From<logql::SourceError> for QueryRefusal {
    fn from(error: logql::SourceError) -> Self {
        Self::Other(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
    }
}

impl From<promql::ParseError> for QueryRefusal {
    fn from(error: promql::ParseError) -> Self {
        Self::at(error.message, Some((error.span.start, error.span.end)))
    }
}

impl From<promql::EvalError> for QueryRefusal {
    fn from(error: promql::EvalError) -> Self {
        match error {
            promql::EvalError::Source(source) => Self::from(source),
            promql::EvalError::Stopped => Self::Other(queries::timed_out()),
            error => Self::Unanswerable(QueryFault { message: error.to_string(), at: None }),
        }
    }
}

impl From<promql::SourceError> for QueryRefusal {
    fn from(error: promql::SourceError) -> Self {
        Self::Other(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
    }
}
