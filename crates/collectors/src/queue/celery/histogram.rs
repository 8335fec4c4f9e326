//! Seconds, counted by buckets.

/// celery-exporter's bounds of run times.
pub(super) const RUNTIME: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// Its bounds of the time between sending and beginning.
pub(super) const WAIT: &[f64] =
    &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0];

/// Seconds, counted by buckets.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    bounds: &'static [f64],
    /// One for each bound and one for what is beyond.
    counts: Vec<u64>,
    sum: f64,
}

impl Histogram {
    pub(super) fn new(bounds: &'static [f64]) -> Self {
        Self { bounds, counts: vec![0; bounds.len() + 1], sum: 0.0 }
    }

    pub(super) fn observe(&mut self, seconds: f64) {
        let bucket = self.bounds.partition_point(|bound| *bound < seconds);
        self.counts[bucket] += 1;
        self.sum += seconds;
    }

    pub(super) fn sum(&self) -> f64 {
        self.sum
    }

    pub(super) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Each bound as it stands in the label `le`, and how many are not beyond it.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (String, u64)> {
        let bounds = self.bounds.iter().map(|bound| written(*bound)).chain(["+Inf".to_owned()]);
        let sums = self.counts.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        bounds.zip(sums)
    }
}

/// As Python's client writes bounds: `1.0`, not `1`.
fn written(bound: f64) -> String {
    format!("{bound:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_hold_their_bounds() {
        let mut histogram = Histogram::new(&[0.5, 1.0]);
        for seconds in [0.1, 0.5, 0.7, 1.0, 9.0] {
            histogram.observe(seconds);
        }
        let buckets: Vec<_> = histogram.buckets().collect();
        let expected = [("0.5", 2), ("1.0", 4), ("+Inf", 5)].map(|(le, count)| (le.to_owned(), count));
        assert_eq!(buckets, expected);
        assert_eq!(histogram.count(), 5);
        assert!((histogram.sum() - 11.3).abs() < 1e-9);
    }
}
