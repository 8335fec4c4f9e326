//! `[metrics]` of the settings, as far as it is about keeping samples.

use std::time::Duration;

use settings::{ByteSize, Section};

const DAY: Duration = Duration::from_secs(86_400);

/// Less would not hold a day of a busy machine.
const MAX_SIZE_MIN: ByteSize = ByteSize(100 << 20);

/// How samples are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What is older is deleted, by whole days and months.
    pub retention: Duration,
    /// Of what is older, five minutes become one number.
    pub retention_raw: Duration,
    /// What all samples together may take on disk.
    pub max_size: ByteSize,
}

impl Default for Config {
    fn default() -> Self {
        Self { retention: 365 * DAY, retention_raw: 60 * DAY, max_size: ByteSize(10 << 30) }
    }
}

impl Config {
    /// Reads `[metrics]` below `root`; what is faulty is recorded there and counts as not written.
    pub fn read(root: &Section<'_>) -> Self {
        let metrics = root.section("metrics");
        let usual = Self::default();
        Self {
            retention: retention(&metrics, "retention").unwrap_or(usual.retention),
            retention_raw: retention(&metrics, "retention_raw").unwrap_or(usual.retention_raw),
            max_size: max_size(&metrics).unwrap_or(usual.max_size),
        }
    }

    /// How long every sample is kept as it came.
    pub(crate) fn raw(&self) -> Duration {
        self.retention_raw.min(self.retention)
    }

    /// Whether days are rolled up: more is kept than their own samples.
    pub(crate) fn rolls(&self) -> bool {
        self.raw() != self.retention
    }
}

fn retention(metrics: &Section<'_>, key: &str) -> Option<Duration> {
    let duration = metrics.duration(key)?;
    if duration < DAY {
        metrics.fault(key, "files are kept by the day", "write 1d or more");
        return None;
    }
    Some(duration)
}

fn max_size(metrics: &Section<'_>) -> Option<ByteSize> {
    let size = metrics.size("max_size")?;
    if size < MAX_SIZE_MIN {
        metrics.fault("max_size", "too little to keep samples in", "write 100MiB or more");
        return None;
    }
    Some(size)
}

#[cfg(test)]
mod tests;
