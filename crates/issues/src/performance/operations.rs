//! Where the time went, by operation of spans.
//!
//! ```text
//! length │ operation │ spans, in hundredths │ microseconds │ length │ …
//! ```

use std::collections::BTreeMap;

use model::Ordered as _;
use store::varint::{self, Cursor};

/// A program that makes its operations up shall not make rows without bound.
const OPERATIONS_MAX: usize = 24;
const OPERATION_BYTES_MAX: usize = 64;

/// What does not fit.
const OTHER: &str = "other";

/// Sums by operation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Operations(BTreeMap<String, Sum>);

/// Of one operation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sum {
    /// How many spans, scaled.
    pub(super) spans: f64,
    /// What they took without their parts, scaled.
    pub(super) time_ms: f64,
}

impl Operations {
    pub(super) fn add(&mut self, op: &str, sum: Sum) {
        let op = match &op[..op.floor_char_boundary(OPERATION_BYTES_MAX)] {
            "" => OTHER,
            op if self.is_full() && !self.0.contains_key(op) => OTHER,
            op => op,
        };
        match self.0.get_mut(op) {
            Some(known) => known.add(sum),
            None => _ = self.0.insert(op.to_owned(), sum),
        }
    }

    fn is_full(&self) -> bool {
        self.0.len() - usize::from(self.0.contains_key(OTHER)) >= OPERATIONS_MAX
    }

    pub(super) fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(op, sum)| self.add(op, *sum));
    }

    /// The sums by operation, those that took longest first.
    pub(super) fn by_time(self) -> Vec<(String, Sum)> {
        let mut sums: Vec<_> = self.0.into_iter().collect();
        sums.order_by(|(_, a), (_, b)| b.time_ms.total_cmp(&a.time_ms));
        sums
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (op, sum) in &self.0 {
            varint::put_bytes(&mut bytes, op.as_bytes());
            varint::put(&mut bytes, (sum.spans * 100.0).round() as u64);
            varint::put(&mut bytes, (sum.time_ms * 1000.0).round() as u64);
        }
        bytes
    }

    /// Reads the bytes; what makes no sense ends them.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut cursor = Cursor(bytes);
        let mut operations = Self::default();
        while let Some((op, sum)) = read_one(&mut cursor) {
            operations.add(op, sum);
        }
        operations
    }
}

fn read_one<'a>(cursor: &mut Cursor<'a>) -> Option<(&'a str, Sum)> {
    let op = std::str::from_utf8(cursor.bytes()?).ok()?;
    let (hundredths, micros) = (cursor.number()?, cursor.number()?);
    Some((op, Sum { spans: hundredths as f64 / 100.0, time_ms: micros as f64 / 1000.0 }))
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.spans += other.spans;
        self.time_ms += other.time_ms;
    }
}
