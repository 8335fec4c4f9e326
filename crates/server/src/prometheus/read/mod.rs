//! `POST /api/v1/read`: stored samples for other Prometheus, as remote_read asks for them.
//!
//! The answer is whole messages of samples; streams of chunks are another form, which clients need not take.

mod decode;
mod encode;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use model::Ordered as _;
use promql::{Samples, Selection, Source, SourceError};

use super::Prometheus;
use super::answer::{Kind, PromFault};
use super::write::unpack;

/// Unpacked requests are short.
const REQUEST_BYTES_MAX: usize = 1 << 20;
/// Samples of one answer, of all queries together.
const SAMPLES_MAX: usize = 5_000_000;

/// The handler.
pub(super) async fn read(
    State(prometheus): State<Prometheus>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, PromFault> {
    let packed = crate::body::read(&headers, body, REQUEST_BYTES_MAX).await?;
    let selections = decode::decode(&unpack(&packed)?)?;
    let metrics = prometheus.metrics.clone();
    let found = prometheus.queries.run(move |_| all(&metrics, selections)).await??;
    let kinds = [(header::CONTENT_TYPE, "application/x-protobuf"), (header::CONTENT_ENCODING, "snappy")];
    Ok((kinds, found).into_response())
}

/// The answer to each query, packed.
fn all(metrics: &metrics::Metrics, selections: Vec<Selection>) -> Result<Vec<u8>, PromFault> {
    let (mut left, mut results) = (SAMPLES_MAX, Vec::new());
    for selection in selections {
        let found = select(metrics, Selection { samples_max: left + 1, ..selection })?;
        let samples: usize = found.iter().map(|series| series.values.len()).sum();
        left = left.checked_sub(samples).ok_or_else(|| {
            let message =
                format!("the answer would have more than {SAMPLES_MAX} samples, the limit for one read");
            PromFault::new(Kind::Execution, message)
        })?;
        results.push(found);
    }
    let bytes = encode::encode(&results);
    snap::raw::Encoder::new()
        .compress_vec(&bytes)
        .map_err(|error| PromFault::new(Kind::Execution, format!("the answer is too large: {error}")))
}

fn select(metrics: &metrics::Metrics, selection: Selection) -> Result<Vec<Samples>, SourceError> {
    let mut found = metrics.select(&selection)?;
    found.order_by(|a, b| a.labels.cmp(&b.labels));
    Ok(found)
}

/// How many queries an unpacked request holds.
#[cfg(fuzzing)]
pub(crate) fn queries_in(bytes: &[u8]) -> usize {
    decode::decode(bytes).map_or(0, |queries| queries.len())
}

#[cfg(test)]
mod tests;
