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
pub(super) mod tally;

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
pub(super) use naming::TELLING;
pub(super) use sift::{LINE_BYTES_MAX, Sifted, sift, sorted};

/// Names of fields and labels that tell the level of a line, as Grafana lists them.
pub(super) const LEVEL_KEYS: [&str; 8] =
    ["level", "levelname", "severity", "severity_text", "log.level", "lvl", "LEVEL", "Level"];

/// The handler.
pub(super) async fn push(
    State(loki): State<Loki>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, LokiFault> {
    let (packing, form) = (Packing::of(&headers)?, Form::of(&headers));
    let arrived = loki.intake.read(&headers, body).await?;
    let logs = loki.logs.clone();
    let weight = form.unpacked_max(packing, &arrived.bytes);
    let work = move |bytes| accept(form, packing, bytes, &logs);
    let sifted = loki.intake.decode(arrived, weight, work).await?;
    store(&loki, sifted).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Stores what was not refused, then tells what was.
pub(super) async fn store(loki: &Loki, sifted: Sifted) -> Result<(), Fault> {
    loki.tallies.refused(sifted.refused.entries());
    if !sifted.batches.is_empty() {
        loki.logs.push(sifted.batches).await.map_err(told)?;
    }
    match sifted.refused.report() {
        None => Ok(()),
        Some(report) => Err(Fault::bad_request(report)),
    }
}

/// The form of a body.
#[derive(Clone, Copy)]
pub(crate) enum Form {
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

    /// How large a body may become when it is unpacked.
    fn unpacked_max(self, packing: Packing, body: &[u8]) -> usize {
        match (self, packing) {
            (Self::SnappyProtobuf, Packing::Plain) => snap::raw::decompress_len(body).unwrap_or_default(),
            _ => packing.unpacked_max(body),
        }
    }
}

/// From the bytes of a body to what is to be stored of it.
fn accept(form: Form, packing: Packing, packed: Bytes, logs: &Logs) -> Result<Sifted, Fault> {
    let bytes = packing.unpack(packed, UNPACKED_BYTES_MAX)?;
    let batches = decode(form, &bytes)?;
    drop(bytes);
    Ok(sift(batches, |labels, entry| logs.refuses(labels, entry)))
}

/// Reads a body. One that is not whole and well-formed gives nothing.
pub(crate) fn decode(form: Form, bytes: &[u8]) -> Result<Vec<Batch>, Fault> {
    match form {
        Form::Json => json::decode(bytes),
        Form::SnappyProtobuf => protobuf::decode(bytes),
    }
}

fn told(error: PushError) -> Fault {
    match error {
        PushError::Full => intake::full(),
        error @ PushError::TooManyStreams(_) => Fault::new(StatusCode::TOO_MANY_REQUESTS, error.to_string()),
        error => Fault::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
    }
}

#[cfg(test)]
mod tests;
