//! `POST /otlp/v1/logs`: OpenTelemetry's logs, as protobuf or JSON, plain or gzip.
//!
//! ```text
//! body ─► unpack ─► decode (json | protobuf) ─► record (labels, metadata, level) ─► as a push
//! ```
//! As in Loki, some attributes of the resource become the stream's labels and everything else structured
//! metadata; the severity becomes the level. Faults are a `google.rpc.Status` in the form of the request.

mod any;
mod json;
mod protobuf;
mod record;
mod status;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use model::{Batch, Timestamp};

use super::Loki;
use super::push::{self, Sifted};
use crate::body::Packing;
use crate::fault::Fault;
use crate::intake::UNPACKED_BYTES_MAX;
use status::Refusal;

/// The handler.
pub(super) async fn logs(State(loki): State<Loki>, headers: HeaderMap, body: Body) -> Response {
    let form = match Form::of(&headers) {
        Ok(form) => form,
        Err(fault) => return Refusal { form: Form::Protobuf, fault }.into_response(),
    };
    match take(&loki, form, &headers, body).await {
        Ok(()) => form.success(),
        Err(fault) => Refusal { form, fault }.into_response(),
    }
}

async fn take(loki: &Loki, form: Form, headers: &HeaderMap, body: Body) -> Result<(), Fault> {
    let packing = Packing::of(headers)?;
    let arrived = loki.intake.read(headers, body).await?;
    let (logs, now) = (loki.logs.clone(), loki.clock.now());
    let work = move |bytes| accept(form, packing, bytes, now, &logs);
    let weight = packing.unpacked_max(&arrived.bytes);
    let sifted = loki.intake.decode(arrived, weight, work).await?;
    push::store(loki, sifted).await
}

fn accept(
    form: Form,
    packing: Packing,
    packed: Bytes,
    now: Timestamp,
    logs: &logs::Logs,
) -> Result<Sifted, Fault> {
    let bytes = packing.unpack(packed, UNPACKED_BYTES_MAX)?;
    let batches = decode(form, &bytes, now)?;
    drop(bytes);
    Ok(push::sift(batches, |labels, entry| logs.refuses(labels, entry)))
}

/// Reads a body. One that is not whole and well-formed gives nothing. Records without a time are from `now`.
pub(crate) fn decode(form: Form, bytes: &[u8], now: Timestamp) -> Result<Vec<Batch>, Fault> {
    match form {
        Form::Json => json::decode(bytes, now),
        Form::Protobuf => protobuf::decode(bytes, now),
    }
}

/// The form of a request, and of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Protobuf,
}

impl Form {
    fn of(headers: &HeaderMap) -> Result<Self, Fault> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/json" => Ok(Self::Json),
            "application/x-protobuf" | "application/protobuf" => Ok(Self::Protobuf),
            other => {
                let start: String = other.chars().take(40).collect();
                let message = format!(
                    "content type `{start}` is not supported; send application/x-protobuf or application/json"
                );
                Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
            }
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Protobuf => "application/x-protobuf",
        }
    }

    /// An `ExportLogsServiceResponse` in which everything was taken.
    fn success(self) -> Response {
        let body = match self {
            Self::Json => "{}",
            Self::Protobuf => "",
        };
        ([(header::CONTENT_TYPE, self.content_type())], body).into_response()
    }
}

#[cfg(test)]
mod tests;
