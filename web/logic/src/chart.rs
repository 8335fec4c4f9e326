//! The geometry of the volume histogram: bars stacked by level, and what lies under the pointer.

use api::{Histogram, Millis};

use crate::decimal::within;
use crate::level::TIERS;
use crate::ticks::round_up;
use crate::time::NANOS_PER_MILLI;

/// A histogram laid out on a plane of `width` by `height`, its origin at the top left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// One for each bucket that holds lines.
    pub bars: Vec<Bar>,
    /// What the upper edge stands for.
    pub value_max: u64,
    /// What the left edge stands for.
    pub start: Millis,
    /// What the right edge stands for.
    pub end: Millis,
    width: f64,
    buckets: usize,
}

/// A bucket's bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its left edge.
    pub x: f64,
    /// Its width.
    pub width: f64,
    /// Tier, upper edge and height, from the bottom up.
    pub segments: Vec<(usize, f64, f64)>,
}

/// Few errors among many lines must still be seen.
const SEGMENT_MIN: f64 = 2.0;
/// Between two bars, where there is room.
const GAP: f64 = 1.0;

impl Chart {
    /// Lays a histogram out.
    pub fn new(histogram: &Histogram, width: f64, height: f64) -> Self {
        let buckets = histogram.buckets.len();
        let most = histogram.buckets.iter().map(|bucket| bucket.counts.iter().sum()).max().unwrap_or(0);
        let start = histogram.start / NANOS_PER_MILLI;
        let end = (histogram.start + histogram.step * buckets as i64) / NANOS_PER_MILLI;
        let mut chart = Self { bars: Vec::new(), value_max: round_up(most), start, end, width, buckets };
        let pitch = chart.pitch();
        for (index, bucket) in histogram.buckets.iter().enumerate() {
            let segments = stack(&bucket.counts, height / chart.value_max as f64, height);
            if !segments.is_empty() {
                let gap = if pitch > 3.0 * GAP { GAP } else { 0.0 };
                chart.bars.push(Bar { x: index as f64 * pitch, width: pitch - gap, segments });
            }
        }
        chart
    }

    /// From one bucket to the next.
    pub fn pitch(&self) -> f64 {
        self.width / self.buckets.max(1) as f64
    }

    /// The bucket under a place.
    pub fn bucket_at(&self, x: f64) -> Option<usize> {
        let inside = self.buckets > 0 && (0.0..self.width).contains(&x);
        inside.then(|| (x / self.width * self.buckets as f64) as usize)
    }

    /// When a place on the time axis is; places outside are those of the edges.
    pub fn time_at(&self, x: f64) -> Millis {
        let part = if self.width > 0.0 { within(x / self.width, 0.0, 1.0) } else { 0.0 };
        self.start + ((self.end - self.start) as f64 * part) as i64
    }

    /// Where an instant is on the time axis.
    pub fn x_of(&self, at: Millis) -> f64 {
        (at - self.start) as f64 / ((self.end - self.start).max(1)) as f64 * self.width
    }

    /// When a bucket begins and ends.
    pub fn span_of(&self, bucket: usize) -> (Millis, Millis) {
        let at =
            |index: usize| self.start + (self.end - self.start) * index as i64 / self.buckets.max(1) as i64;
        (at(bucket), at(bucket + 1))
    }
}

/// The segments of a bar. The most severe level stands at the bottom: there its height can be compared.
fn stack(counts: &[u64; 8], scale: f64, height: f64) -> Vec<(usize, f64, f64)> {
    let mut segments = Vec::new();
    let mut y = height;
    for (place, tier) in TIERS.iter().enumerate().rev() {
        let lines: u64 = tier.levels.iter().map(|level| counts[usize::from(*level)]).sum();
        if lines == 0 {
            continue;
        }
        let segment = (lines as f64 * scale).max(SEGMENT_MIN).min(y);
        y -= segment;
        segments.push((place, y, segment));
    }
    segments
}

#[cfg(test)]
mod tests {
    use api::HistogramBucket;

    use super::*;

    fn histogram(buckets: &[(u64, u64)]) -> Histogram {
        let bucket =
            |(infos, errors): &(u64, u64)| HistogramBucket { counts: [0, 0, 0, *infos, 0, *errors, 0, 0] };
        Histogram {
            start: 1_000 * NANOS_PER_MILLI,
            step: 500 * NANOS_PER_MILLI,
            buckets: buckets.iter().map(bucket).collect(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn errors_stand_at_the_bottom_and_are_always_seen() {
        let chart = Chart::new(&histogram(&[(40, 10), (0, 0), (1_000, 1)]), 300.0, 100.0);
        assert_eq!(chart.value_max, 1_500);
        let places: Vec<(f64, usize)> = chart.bars.iter().map(|bar| (bar.x, bar.segments.len())).collect();
        assert_eq!(places, [(0.0, 2), (200.0, 2)]);
        let (tier, y, height) = chart.bars[1].segments[0];
        assert_eq!((TIERS[tier].name, y, height), ("error", 98.0, SEGMENT_MIN));
        let (tier, y, height) = chart.bars[1].segments[1];
        assert_eq!((TIERS[tier].name, y.round(), height.round()), ("info", 31.0, 67.0));
    }

    #[test]
    fn places_and_times_belong_together() {
        let chart = Chart::new(&histogram(&[(1, 0), (1, 0), (1, 0), (1, 0)]), 400.0, 100.0);
        assert_eq!((chart.start, chart.end), (1_000, 3_000));
        assert_eq!(
            (chart.bucket_at(-1.0), chart.bucket_at(0.0), chart.bucket_at(399.9)),
            (None, Some(0), Some(3))
        );
        assert_eq!((chart.bucket_at(400.0), chart.span_of(3)), (None, (2_500, 3_000)));
        assert_eq!((chart.time_at(200.0), chart.time_at(-5.0), chart.time_at(900.0)), (2_000, 1_000, 3_000));
        assert!((chart.x_of(2_000) - 200.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_is_no_chart() {
        let chart = Chart::new(&Histogram::default(), 400.0, 100.0);
        assert_eq!((chart.bars.len(), chart.bucket_at(10.0), chart.time_at(10.0)), (0, None, 0));
    }
}
