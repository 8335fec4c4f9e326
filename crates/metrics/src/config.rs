//! `[metrics]` of the settings.

use std::time::Duration;

use settings::Section;

const DAY: Duration = Duration::from_secs(86_400);

/// How samples are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Days older than this are deleted, whole.
    pub retention: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { retention: 365 * DAY }
    }
}

impl Config {
    /// Reads `[metrics]`; faults are told to the section.
    pub fn read(root: &Section<'_>) -> Self {
        let section = root.section("metrics");
        let usual = Self::default();
        let retention = section.duration("retention").unwrap_or(usual.retention);
        if retention < DAY {
            section.fault(
                "retention",
                "files hold whole days, so nothing is deleted sooner",
                "at least \"1d\"",
            );
            return usual;
        }
        Self { retention }
    }
}
