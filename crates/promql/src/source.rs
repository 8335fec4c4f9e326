//! What PromQL reads: samples of series.

use std::sync::Arc;

use model::{Labels, Matcher};

/// A sample of this value says that its series has ended here: no look back may pass it. A NaN with bits of its own,
/// as Prometheus writes it; any other NaN is a number like all others.
pub const STALE: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

/// Whether a sample is [`STALE`].
pub(crate) fn is_stale(value: f64) -> bool {
    value.to_bits() == STALE.to_bits()
}

/// Reads stored samples.
pub trait Source: Sync {
    /// The series that match and have samples in the range, in any order, with just those samples.
    fn select(&self, selection: &Selection) -> Result<Vec<Samples>, SourceError>;

    /// The same for a query that wants but one thing of the samples. A source that has only what is left of them makes
    /// samples that give it that; others need not care.
    fn select_for(&self, wanted: Wanted, selection: &Selection) -> Result<Vec<Samples>, SourceError> {
        let _ = wanted;
        self.select(selection)
    }
}

/// What a query does with the samples of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// It takes them as they are, the newest most often.
    #[default]
    Newest,
    /// It takes the least.
    Least,
    /// It takes the greatest.
    Greatest,
    /// It adds them up, counts them, or asks how they are spread.
    Weighted,
    /// It asks how much a counter has grown.
    Growth,
}

impl Wanted {
    /// What the function wants.
    pub(crate) fn of(function: &str) -> Self {
        match function {
            "min_over_time" => Self::Least,
            "max_over_time" => Self::Greatest,
            "avg_over_time" | "sum_over_time" | "count_over_time" | "quantile_over_time"
            | "stddev_over_time" | "stdvar_over_time" => Self::Weighted,
            "rate" | "increase" | "irate" => Self::Growth,
            _ => Self::Newest,
        }
    }
}

/// Which samples.
#[derive(Clone, Debug)]
pub struct Selection {
    /// All of them must match; an absent label is an empty one.
    pub matchers: Vec<Matcher>,
    /// The first millisecond since the epoch.
    pub first_ms: i64,
    /// The last millisecond since the epoch, which counts too.
    pub last_ms: i64,
    /// No more samples than these are of use; reading more would be in vain.
    pub samples_max: usize,
}

/// Samples of one series, oldest first, no two at one millisecond. Series of one target share their timestamps.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// What tells the series from others; its name is `__name__`.
    pub labels: Labels,
    /// Milliseconds since the epoch.
    pub timestamps_ms: Arc<[i64]>,
    /// One for each of them.
    pub values: Vec<f64>,
}

/// Why stored samples cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub String);
