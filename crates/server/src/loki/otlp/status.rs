//! Faults as OpenTelemetry's exporters expect them: a `google.rpc.Status` (`1: int32 code, 2: string message`)
//! in the form of the request.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::Form;
use crate::fault::Fault;

/// A fault and the form in which it is told.
pub(super) struct Refusal {
    pub(super) form: Form,
    pub(super) fault: Fault,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { form, fault } = self;
        // Exporters send again after 503, but never after 500.
        let status = match fault.status {
            StatusCode::INTERNAL_SERVER_ERROR => StatusCode::SERVICE_UNAVAILABLE,
            status => status,
        };
        let code = code(status);
        let body = match form {
            Form::Json => json!({ "code": code, "message": fault.message }).to_string().into_bytes(),
            Form::Protobuf => protobuf(code, &fault.message),
        };
        let mut response = (status, [(header::CONTENT_TYPE, form.content_type())], body).into_response();
        if let Some(seconds) = fault.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// gRPC's number for a status.
fn code(status: StatusCode) -> u8 {
    match status.as_u16() {
        408 | 504 => 4,
        401 => 16,
        403 => 7,
        413 | 429 => 8,
        503 => 14,
        400..500 => 3,
        _ => 13,
    }
}

fn protobuf(code: u8, message: &str) -> Vec<u8> {
    let mut bytes = vec![0x08, code, 0x12];
    let mut length = message.len();
    while length >= 0x80 {
        bytes.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(message.as_bytes());
    bytes
}
