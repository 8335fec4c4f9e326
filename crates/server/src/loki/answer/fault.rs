//! Faults as Loki's clients expect them: the sentence alone, as plain text.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use logql::{EvalError, ParseError};

use crate::fault::Fault;

/// A [`Fault`] that is answered as plain text.
#[derive(Debug)]
pub(in crate::loki) struct LokiFault(pub(in crate::loki) Fault);

impl LokiFault {
    pub(in crate::loki) fn bad_request(message: impl Into<String>) -> Self {
        Self(Fault::bad_request(message))
    }
}

impl IntoResponse for LokiFault {
    fn into_response(self) -> Response {
        self.0.into_text_response()
    }
}

impl From<Fault> for LokiFault {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl From<ParseError> for LokiFault {
    fn from(error: ParseError) -> Self {
        Self::bad_request(error.to_string())
    }
}

/// A store that cannot be read is our fault, everything else the query's. Loki answers 500 where series have
/// no one partner too.
impl From<EvalError> for LokiFault {
    fn from(error: EvalError) -> Self {
        let status = match error {
            EvalError::Source(_) | EvalError::Matching(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        Self(Fault::new(status, error.to_string()))
    }
}
