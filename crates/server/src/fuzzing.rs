//! Ways in for fuzz targets: bodies that anybody with a token may send. Each tells how many entries it made of
//! the body.

use model::{Batch, Timestamp};

use crate::fault::Fault;
use crate::loki::{otlp, push};
use crate::prometheus;

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

/// Prometheus' remote_write; tells how many samples it made of the body.
pub fn remote_write(body: &[u8]) -> usize {
    let Ok(bytes) = prometheus::write::unpack(body) else { return 0 };
    prometheus::write::decode(&bytes)
        .map_or(0, |request| request.series.iter().map(|series| series.samples.len()).sum())
}

/// Prometheus' remote_read; tells how many queries it made of the body.
pub fn remote_read(body: &[u8]) -> usize {
    let Ok(bytes) = prometheus::write::unpack(body) else { return 0 };
    prometheus::read::queries_in(&bytes)
}

fn entries(decoded: Result<Vec<Batch>, Fault>) -> usize {
    decoded.map_or(0, |batches| batches.iter().map(|batch| batch.entries.len()).sum())
}
