//! `POST /loki/api/v1/push`: streams of lines, as JSON or as snappy-compressed protobuf.
//!
//! ```text
//! body ─► unpack ─► decode (json | protobuf) ─► sift (limits, service_name) ─► Logs::push ─► 204
//!            └ 413, 400: nothing stored             └ 400 that lists what was refused; the rest is stored
//! ```
//! The answer comes after the lines are on disk.

mod json;
mod naming;
mod protobuf;
mod sift;
mod tally;
mod wire;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use logs::{Logs, PushError};
use model::Batch;

use super::Loki;
use super::answer::LokiFault;
use crate::body::Packing;
use crate::fault::Fault;
use crate::intake::{self, UNPACKED_BYTES_MAX};
use sift::Sifted;

/// The handler.
pub(super) async fn push(
    State(loki): State<Loki>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, LokiFault> {
    let (packing, form) = (Packing::of(&headers)?, Form::of(&headers));
    let arrived = loki.intake.read(&headers, body).await?;
    let logs = loki.logs.clone();
    let sifted = loki.intake.decode(arrived, move |bytes| accept(form, packing, bytes, &logs)).await?;
    if !sifted.batches.is_empty() {
        loki.logs.push(sifted.batches).await.map_err(told)?;
    }
    match sifted.refused.report() {
        None => Ok(StatusCode::NO_CONTENT.into_response()),
        Some(report) => Err(Fault::bad_request(report).into()),
    }
}

/// The form of a body.
#[derive(Clone, Copy)]
enum Form {
    Json,
    SnappyProtobuf,
}

impl Form {
    /// JSON if it is called so; Loki takes everything else for protobuf.
    fn of(headers: &HeaderMap) -> Self {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/json") { Self::Json } else { Self::SnappyProtobuf }
    }
}

/// From the bytes of a body to what is to be stored of it.
fn accept(form: Form, packing: Packing, packed: Bytes, logs: &Logs) -> Result<Sifted, Fault> {
    let bytes = packing.unpack(packed, UNPACKED_BYTES_MAX)?;
    let batches = decode(form, &bytes)?;
    drop(bytes);
    Ok(sift::sift(batches, |timestamp| logs.refuses(timestamp)))
}

fn decode(form: Form, bytes: &[u8]) -> Result<Vec<Batch>, Fault> {
    match form {
        Form::Json => json::decode(bytes),
        Form::SnappyProtobuf => protobuf::decode(bytes),
    }
}

fn told(error: PushError) -> Fault {
    match error {
        PushError::Full => intake::full(),
        error => Fault::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
    }
}

#[cfg(test)]
mod tests;
