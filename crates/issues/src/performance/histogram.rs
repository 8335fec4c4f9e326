//! How long things took, in buckets that grow by a tenth: every quantile is exact to 5 %, and histograms can be added up.
//!
//! ```text
//! gap to the bucket before │ count │ gap │ count │ …      little numbers, see `store::varint`
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use store::varint::{self, Cursor};

const GROWTH: f64 = 1.1;

/// Counts by bucket. Bucket `n` holds what took from `1.1^n` to `1.1^(n+1)` microseconds; bucket 0 also what took less.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Histogram(BTreeMap<u16, u64>);

impl Histogram {
    pub(super) fn add(&mut self, duration: Duration, weight: u64) {
        let micros = duration.as_secs_f64() * 1e6;
        let bucket = if micros > 1.0 { micros.log(GROWTH) as u16 } else { 0 };
        let count = self.0.entry(bucket).or_default();
        *count = count.saturating_add(weight);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (bucket, weight) in &other.0 {
            let count = self.0.entry(*bucket).or_default();
            *count = count.saturating_add(*weight);
        }
    }

    /// The duration in milliseconds that the share `q` did not exceed; `None` if there is nothing.
    pub(super) fn quantile_ms(&self, q: f64) -> Option<f64> {
        let total: u64 = self.0.values().fold(0, |total, count| total.saturating_add(*count));
        let rank = ((total as f64 * q).ceil() as u64).max(1);
        let mut before = 0_u64;
        for (bucket, count) in &self.0 {
            before = before.saturating_add(*count);
            if before >= rank {
                return Some(GROWTH.powf(f64::from(*bucket) + 0.5) / 1000.0);
            }
        }
        None
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(3 * self.0.len());
        let mut before = 0;
        for (bucket, count) in &self.0 {
            varint::put(&mut bytes, u64::from(bucket - before));
            varint::put(&mut bytes, *count);
            before = *bucket;
        }
        bytes
    }

    /// Reads the bytes; what makes no sense ends them.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut cursor = Cursor(bytes);
        let mut buckets = BTreeMap::new();
        let mut before = 0_u16;
        while let (Some(gap), Some(count)) = (cursor.number(), cursor.number()) {
            let Some(bucket) = u16::try_from(gap).ok().and_then(|gap| before.checked_add(gap)) else { break };
            buckets.insert(bucket, count);
            before = bucket;
        }
        Self(buckets)
    }
}
