//! The sizes and times by which the writer works. Tests make them small.

use std::time::Duration;

use store::Doubt;

/// See the fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Scrapes are gathered for so long, unless somebody waits for their commit.
    pub(crate) gather: Duration,
    /// How often it is looked for what is due by age.
    pub(crate) upkeep_every: Duration,
    /// The wait after a failure.
    pub(crate) retry: Duration,
    /// A window is sealed so long after its end: senders may be late.
    pub(crate) grace: Duration,
    /// A window is sealed, and a day merged, so long after something was added to it.
    pub(crate) quiet: Duration,
    /// With more bytes of series and numbers in memory all windows are sealed early.
    pub(crate) head_bytes: usize,
    /// With so many series senders get no new ones. Those that are silent are forgotten when their window is sealed.
    pub(crate) series_max: usize,
    /// A day is merged so long after its end.
    pub(crate) merge_after: Duration,
    /// Merging pauses after so long, for what waits to be committed.
    pub(crate) merge_slice: Duration,
    /// When the clock is doubted: then nothing is deleted.
    pub(crate) clock: Doubt,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            gather: Duration::from_millis(200),
            upkeep_every: Duration::from_secs(30),
            retry: Duration::from_secs(1),
            grace: Duration::from_secs(5 * 60),
            quiet: Duration::from_secs(60),
            head_bytes: 80 << 20,
            series_max: 500_000,
            merge_after: Duration::from_secs(20 * 60),
            merge_slice: Duration::from_millis(250),
            clock: Doubt { leap: Duration::from_secs(86_400), stays: Duration::from_secs(6 * 3600) },
        }
    }
}
