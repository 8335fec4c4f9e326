//! Ways in for fuzz targets: bodies that anybody with a token may send. Each tells how many entries it made of
//! the body.

use model::{Batch, Timestamp};

use crate::fault::Fault;
use crate::loki::{otlp, push};

/// Loki's push as JSON.
pub fn push_json(body: &[u8]) -> usize {
    entries(push::decode(push::Form::Json, body))
}

/// Loki's push as snappy-compressed protobuf.
pub fn push_protobuf(body: &[u8]) -> usize {
    entries(push::decode(push::Form::SnappyProtobuf, body))
}

/// OpenTelemetry's logs as JSON.
pub fn otlp_json(body: &[u8]) -> usize {
    entries(otlp::decode(otlp::Form::Json, body, Timestamp::from_nanos(1)))
}

/// OpenTelemetry's logs as protobuf.
pub fn otlp_protobuf(body: &[u8]) -> usize {
    entries(otlp::decode(otlp::Form::Protobuf, body, Timestamp::from_nanos(1)))
}

fn entries(decoded: Result<Vec<Batch>, Fault>) -> usize {
    decoded.map_or(0, |batches| batches.iter().map(|batch| batch.entries.len()).sum())
}
