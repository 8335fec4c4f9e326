//! What is wrong, and instants, as Alertmanager writes them.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::Timestamp;

use crate::fault::Fault;

/// Why there is no answer: a status, and a sentence as a JSON text.
pub(super) struct AmFault(StatusCode, String);

impl AmFault {
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, message.into())
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, message.into())
    }
}

impl From<Fault> for AmFault {
    fn from(fault: Fault) -> Self {
        Self(fault.status, fault.message)
    }
}

impl IntoResponse for AmFault {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

/// RFC 3339 in UTC with milliseconds.
pub(super) fn instant(millis: i64) -> String {
    let nine_digits = Timestamp::from_millis(millis).to_string();
    let end = nine_digits.len().saturating_sub(7);
    format!("{}Z", &nine_digits[..end])
}

/// An instant of a client's; Go's zero time and nothing are none.
pub(super) fn read_instant(text: &str) -> Result<Option<i64>, String> {
    if text.is_empty() || text.starts_with("0001-01-01T00:00:00") {
        return Ok(None);
    }
    let at = Timestamp::parse_rfc3339(text).map_err(|error| format!("{text:?} is no instant: {error}"))?;
    Ok(Some(at.millis()))
}
