//! Faults as Prometheus' clients expect them: `{"status":"error","errorType":…,"error":…}`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use promql::EvalError;
use serde::Serialize;

use crate::fault::Fault;

/// What went wrong, in Prometheus' words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::prometheus) enum Kind {
    /// The request makes no sense.
    BadData,
    /// The query makes sense and cannot be answered.
    Execution,
    /// It took too long.
    Timeout,
    /// Too much is going on.
    Unavailable,
    /// There is no such thing.
    NotFound,
    /// Porthole is to blame.
    Internal,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::BadData => "bad_data",
            Self::Execution => "execution",
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
            Self::NotFound => "not_found",
            Self::Internal => "internal",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::BadData => StatusCode::BAD_REQUEST,
            Self::Execution => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Timeout => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unavailable => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A refusal or a failure.
#[derive(Debug)]
pub(in crate::prometheus) struct PromFault {
    pub(in crate::prometheus) status: StatusCode,
    pub(in crate::prometheus) kind: Kind,
    pub(in crate::prometheus) message: String,
    pub(in crate::prometheus) retry_after_s: Option<u64>,
}

impl PromFault {
    pub(in crate::prometheus) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { status: kind.status(), kind, message: message.into(), retry_after_s: None }
    }

    /// A parameter that cannot be read.
    pub(in crate::prometheus) fn parameter(name: &str, why: impl std::fmt::Display) -> Self {
        Self::new(Kind::BadData, format!("invalid parameter {name:?}: {why}"))
    }

    pub(in crate::prometheus) fn bad_data(message: impl Into<String>) -> Self {
        Self::new(Kind::BadData, message)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    status: &'static str,
    error_type: &'static str,
    error: &'a str,
}

impl IntoResponse for PromFault {
    fn into_response(self) -> Response {
        let body = Body { status: "error", error_type: self.kind.word(), error: &self.message };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Fault> for PromFault {
    fn from(Fault { status, message, retry_after_s }: Fault) -> Self {
        let kind = match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Kind::Unavailable,
            StatusCode::NOT_FOUND => Kind::NotFound,
            status if status.is_client_error() => Kind::BadData,
            _ => Kind::Internal,
        };
        Self { status, kind, message, retry_after_s }
    }
}

/// A store that cannot be read is our fault, everything else the query's.
impl From<EvalError> for PromFault {
    fn from(error: EvalError) -> Self {
        match error {
            EvalError::Stopped => Self::new(Kind::Timeout, "query timed out in expression evaluation"),
            EvalError::Source(_) => Self::new(Kind::Internal, error.to_string()),
            EvalError::Kind { .. } => Self::parameter("query", error),
            error => Self::new(Kind::Execution, error.to_string()),
        }
    }
}

impl From<promql::SourceError> for PromFault {
    fn from(error: promql::SourceError) -> Self {
        Self::new(Kind::Internal, error.to_string())
    }
}
