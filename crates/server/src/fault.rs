//! What our own API says when it cannot do as asked: a status and `{ "message": … }`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::accounts::{AccountError, DashboardError, TokenError, ViewError};

/// A refusal or a failure, with a sentence for the one who asked.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// When another try makes sense.
    pub(crate) retry_after_s: Option<u64>,
}

#[derive(Serialize)]
struct Body<'a> {
    message: &'a str,
}

impl Fault {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after_s: None }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn too_many(message: impl Into<String>, retry_after_s: u64) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..Self::new(StatusCode::TOO_MANY_REQUESTS, message) }
    }

    /// The same refusal as plain text, for clients of Loki's protocol.
    pub(crate) fn into_text_response(self) -> Response {
        let mut response = (self.status, self.message).into_response();
        retry_after(&mut response, self.retry_after_s);
        response
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(Body { message: &self.message })).into_response();
        retry_after(&mut response, self.retry_after_s);
        response
    }
}

fn retry_after(response: &mut Response, seconds: Option<u64>) {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

impl From<AccountError> for Fault {
    fn from(error: AccountError) -> Self {
        let message = error.to_string();
        match error {
            AccountError::BadName(_) | AccountError::BadPassword => Self::bad_request(message),
            AccountError::Taken(_) | AccountError::LastAdmin(_) | AccountError::Full(_) => {
                Self::new(StatusCode::CONFLICT, message)
            }
            AccountError::Unknown(_) => Self::new(StatusCode::NOT_FOUND, message),
            AccountError::SpentLink => Self::new(StatusCode::FORBIDDEN, message),
            AccountError::Busy => Self::too_many(message, 5),
            AccountError::Hashing(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, message),
            AccountError::Store(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, message),
        }
    }
}

impl From<ViewError> for Fault {
    fn from(error: ViewError) -> Self {
        let message = error.to_string();
        match error {
            ViewError::BadName | ViewError::BadPage | ViewError::TooLong(_) => Self::bad_request(message),
            ViewError::Full(_) => Self::new(StatusCode::CONFLICT, message),
            ViewError::Unknown(_) => Self::new(StatusCode::NOT_FOUND, message),
            ViewError::Store(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, message),
        }
    }
}

impl From<DashboardError> for Fault {
    fn from(error: DashboardError) -> Self {
        let message = error.to_string();
        match error {
            DashboardError::BadTitle | DashboardError::TooManyPanels(_) | DashboardError::BadPanel { .. } => {
                Self::bad_request(message)
            }
            DashboardError::ReadyMade(_) => Self::new(StatusCode::FORBIDDEN, message),
            DashboardError::Full(_) => Self::new(StatusCode::CONFLICT, message),
            DashboardError::Unknown(_) => Self::new(StatusCode::NOT_FOUND, message),
            DashboardError::Store(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, message),
        }
    }
}

impl From<TokenError> for Fault {
    fn from(error: TokenError) -> Self {
        let message = error.to_string();
        match error {
            TokenError::BadName | TokenError::NoScope => Self::bad_request(message),
            TokenError::Full(_) => Self::new(StatusCode::CONFLICT, message),
            TokenError::Unknown(_) => Self::new(StatusCode::NOT_FOUND, message),
            TokenError::Store(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, message),
        }
    }
}
