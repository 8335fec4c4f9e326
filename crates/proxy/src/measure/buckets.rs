//! Durations sorted into buckets of which each is an eighth of an octave wide: quantiles are right within 9 %.

use std::time::Duration;

/// Below this many nanoseconds (2^15, 33 µs) all is one bucket.
const LOWEST_BITS: u32 = 15;
/// Buckets in an octave, as a power of two.
const STEP_BITS: u32 = 3;
/// 33 µs to 36 minutes.
const OCTAVES: u32 = 26;

/// How many buckets there are.
pub(crate) const COUNT: usize = 1 + (OCTAVES << STEP_BITS) as usize;

/// The bucket of a duration.
pub(crate) fn of(duration: Duration) -> usize {
    let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX).max(1);
    let bits = nanos.ilog2();
    if bits < LOWEST_BITS {
        return 0;
    }
    let octave = bits - LOWEST_BITS;
    let step = (nanos >> (bits - STEP_BITS)) & ((1 << STEP_BITS) - 1);
    let at = 1 + ((octave as usize) << STEP_BITS) + usize::try_from(step).unwrap_or_default();
    at.min(COUNT - 1)
}

/// The upper edge of a bucket.
pub(crate) fn edge(bucket: usize) -> Duration {
    let octave = u32::try_from(bucket).unwrap_or_default().saturating_sub(1) >> STEP_BITS;
    let step = u64::try_from(bucket.saturating_sub(1)).unwrap_or_default() & ((1 << STEP_BITS) - 1);
    match bucket {
        0 => Duration::from_nanos(1 << LOWEST_BITS),
        _ => Duration::from_nanos(((1 << STEP_BITS) + step + 1) << (octave + LOWEST_BITS - STEP_BITS)),
    }
}

/// The duration that `share` (0 to 1) of all do not exceed, from counts by bucket; none if nothing was counted.
pub(crate) fn quantile(counts: &[u64], share: f64) -> Option<Duration> {
    let all: u64 = counts.iter().sum();
    if all == 0 {
        return None;
    }
    let rank = (share * all as f64).ceil().max(1.0);
    let mut seen = 0;
    for (bucket, count) in counts.iter().enumerate() {
        seen += count;
        if seen as f64 >= rank {
            return Some(within(bucket, rank - (seen - count) as f64, *count as f64));
        }
    }
    None
}

/// The place of the `nth` of `count` durations that lie evenly in the bucket.
fn within(bucket: usize, nth: f64, count: f64) -> Duration {
    let low = bucket.checked_sub(1).map_or(Duration::ZERO, edge);
    low + (edge(bucket) - low).mul_f64(nth / count)
}
