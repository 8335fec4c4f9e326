//! `POST /api/v1/write`: samples, as Prometheus' remote_write 1.0 sends them.
//!
//! ```text
//! body ─► unpack (snappy) ─► decode (protobuf) ─► sift (labels, native histograms) ─► Metrics::write ─► 204
//!           └ 413, 400: nothing stored              └ 400 that counts what was refused; the rest is stored
//! ```
//! The answer comes after the samples are on disk. A sender drops what is answered with 4xx and tries again what is
//! answered with 5xx, so that want of room is 503 here.

mod decode;
mod sift;

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use metrics::Metrics;

use super::Prometheus;
use crate::body;
use crate::fault::Fault;
use crate::intake::UNPACKED_BYTES_MAX;
pub(crate) use decode::decode;
use sift::{Sifted, sift};

const PROTOBUF: &str = "application/x-protobuf";
/// How long a sender waits for the disk before it is told to come again.
const WRITE_MAX: Duration = Duration::from_secs(20);
/// The message of remote_write 1.0.
const MESSAGE: &str = "prometheus.WriteRequest";

/// The handler.
pub(super) async fn write(
    State(prometheus): State<Prometheus>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, WriteFault> {
    check_form(&headers)?;
    let arrived = prometheus.intake.read(&headers, body).await?;
    let unpacked = snap::raw::decompress_len(&arrived.bytes).unwrap_or_default();
    let metrics = prometheus.metrics.clone();
    let sifted = prometheus.intake.decode(arrived, unpacked, move |bytes| accept(&bytes, &metrics)).await?;
    store(&prometheus, sifted).await
}

/// A refusal as plain text: senders write it into their log as it is.
#[derive(Debug)]
pub(super) struct WriteFault(Fault);

impl From<Fault> for WriteFault {
    fn from(fault: Fault) -> Self {
        match fault.status {
            // Senders drop what is too many, and come again when the service is away.
            StatusCode::TOO_MANY_REQUESTS => Self(Fault { status: StatusCode::SERVICE_UNAVAILABLE, ..fault }),
            _ => Self(fault),
        }
    }
}

impl IntoResponse for WriteFault {
    fn into_response(self) -> Response {
        self.0.into_text_response()
    }
}

/// Senders of newer protocols fall back to this one when they are told 415.
fn check_form(headers: &HeaderMap) -> Result<(), Fault> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?").trim()).unwrap_or_default();
    let unknown = |message: String| Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    let kind = text(header::CONTENT_TYPE);
    let mut parts = kind.split(';').map(str::trim);
    let is_protobuf = parts.next().is_some_and(|kind| kind.is_empty() || kind.eq_ignore_ascii_case(PROTOBUF));
    if !is_protobuf || parts.any(|part| part.strip_prefix("proto=").is_some_and(|proto| proto != MESSAGE)) {
        let kind: String = kind.chars().take(100).collect();
        return unknown(format!(
            "`{kind}` is not known here; send {PROTOBUF};proto={MESSAGE} (remote_write 1.0)"
        ));
    }
    match text(header::CONTENT_ENCODING) {
        "" | "snappy" => Ok(()),
        other => {
            let other: String = other.chars().take(40).collect();
            unknown(format!("Content-Encoding `{other}` is not known here; send snappy"))
        }
    }
}

/// From the bytes of a body to what is to be stored of it.
fn accept(packed: &Bytes, metrics: &Metrics) -> Result<Sifted, Fault> {
    let bytes = unpack(packed)?;
    Ok(sift(decode(&bytes)?, metrics))
}

/// Unpacks raw snappy. What it says of its length is checked before anything is unpacked.
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<u8>, Fault> {
    let no_snappy = |error: snap::Error| Fault::bad_request(format!("the body is no snappy block: {error}"));
    if snap::raw::decompress_len(packed).map_err(no_snappy)? > UNPACKED_BYTES_MAX {
        return Err(body::too_large(UNPACKED_BYTES_MAX, "unpacked"));
    }
    snap::raw::Decoder::new().decompress_vec(packed).map_err(no_snappy)
}

/// Stores what was not refused, then tells what was.
async fn store(prometheus: &Prometheus, sifted: Sifted) -> Result<StatusCode, WriteFault> {
    let metrics = &prometheus.metrics;
    for (family, about) in &sifted.about {
        metrics.describe(&sift::sender(), family, about);
    }
    let mut refusals = sifted.refusals;
    prometheus.tallies.refused_samples(&refusals.counted());
    let mut stored = 0;
    if !sifted.scrapes.is_empty() {
        // While the disk is full nothing is written, and nobody knows how long.
        let writing = tokio::time::timeout(WRITE_MAX, metrics.write(sifted.scrapes));
        let written =
            writing.await.map_err(|_| told("the samples were not on disk in time"))?.map_err(told)?;
        stored = written.stored;
        refusals.add(&written.refused);
    }
    for (series, exemplar) in sifted.exemplars {
        metrics.exemplar(&series, exemplar);
    }
    match refusals.report(stored) {
        None => Ok(StatusCode::NO_CONTENT),
        Some(report) => Err(Fault::bad_request(report).into()),
    }
}

fn told(error: impl ToString) -> Fault {
    const RETRY_AFTER_S: u64 = 2;
    let fault = Fault::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string());
    Fault { retry_after_s: Some(RETRY_AFTER_S), ..fault }
}

#[cfg(test)]
mod tests;
