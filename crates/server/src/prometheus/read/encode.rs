//! What is answered.
//!
//! ```text
//! ReadResponse { 1: repeated QueryResult { 1: repeated TimeSeries } }
//! TimeSeries   { 1: repeated Label { 1: name, 2: value }, 2: repeated Sample { 1: double value, 2: int64 ms } }
//! ```

use promql::Samples;

/// Wire types of protobuf.
const VARINT: u64 = 0;
const FIXED: u64 = 1;
const BYTES: u64 = 2;

pub(super) fn encode(results: &[Vec<Samples>]) -> Vec<u8> {
    let mut whole = Vec::new();
    for found in results {
        let mut result = Vec::new();
        for samples in found {
            bytes(&mut result, 1, &series(samples));
        }
        bytes(&mut whole, 1, &result);
    }
    whole
}

fn series(samples: &Samples) -> Vec<u8> {
    let (mut whole, mut part) = (Vec::new(), Vec::new());
    for (name, value) in samples.labels.iter() {
        part.clear();
        bytes(&mut part, 1, name.as_bytes());
        bytes(&mut part, 2, value.as_bytes());
        bytes(&mut whole, 1, &part);
    }
    for (at_ms, value) in samples.timestamps_ms.iter().zip(&samples.values) {
        part.clear();
        key(&mut part, 1, FIXED);
        part.extend_from_slice(&value.to_bits().to_le_bytes());
        key(&mut part, 2, VARINT);
        varint(&mut part, *at_ms as u64);
        bytes(&mut whole, 2, &part);
    }
    whole
}

fn key(into: &mut Vec<u8>, number: u64, wire_type: u64) {
    varint(into, number << 3 | wire_type);
}

fn bytes(into: &mut Vec<u8>, number: u64, value: &[u8]) {
    key(into, number, BYTES);
    varint(into, value.len() as u64);
    into.extend_from_slice(value);
}

fn varint(into: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        into.push(value as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}
