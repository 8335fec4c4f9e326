//! Errors as Docker tells them: a status and `{"message": "…"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refused request.
pub(super) struct Fault {
    status: StatusCode,
    message: String,
}

impl Fault {
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into() }
    }

    pub(super) fn no_container(reference: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, message: format!("No such container: {reference}") }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "message": self.message }))).into_response()
    }
}

pub(super) async fn no_page() -> Fault {
    Fault { status: StatusCode::NOT_FOUND, message: "page not found".to_owned() }
}

pub(super) async fn asks_only() -> Fault {
    let message = "this engine is simulated and can only be asked".to_owned();
    Fault { status: StatusCode::METHOD_NOT_ALLOWED, message }
}
