//! The sizes and times by which the writers work. Tests make them small.

use std::time::Duration;

/// See the fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes on their way into the spool; who brings more waits.
    pub(crate) waiting_bytes: u32,
    /// Who waits longer is refused.
    pub(crate) wait: Duration,
    /// With more bytes in the spool that are not worked in yet, everything is refused.
    pub(crate) backlog_bytes: u64,
    /// Rows that are worked in with one commit.
    pub(crate) batch_rows: usize,
    /// Bytes that are worked in with one commit, as stored.
    pub(crate) batch_bytes: usize,
    /// What comes is gathered for so long before it is worked in.
    pub(crate) gather: Duration,
    /// Likewise while much comes: what many events change is then written once for more of them.
    pub(crate) gather_much: Duration,
    /// How often it is looked for what is due by time.
    pub(crate) upkeep_every: Duration,
    /// The wait after a failure.
    pub(crate) retry: Duration,
    /// Rows that are deleted with one commit.
    pub(crate) slice_rows: usize,
    /// Free pages of the file that stay in it, to be used again.
    pub(crate) pages_free: i64,
    /// A clock that is further ahead than this since it was last believed is doubted: nothing is deleted.
    pub(crate) clock_leap: Duration,
    /// So long it has to stay there until it is believed.
    pub(crate) clock_doubted: Duration,
    /// New values of a tag that are kept for a fingerprint; others are counted together.
    pub(crate) values_max: usize,
    /// Tags that are kept for a fingerprint.
    pub(crate) keys_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            waiting_bytes: 32 << 20,
            wait: Duration::from_secs(5),
            backlog_bytes: 512 << 20,
            batch_rows: 512,
            batch_bytes: 4 << 20,
            gather: Duration::from_millis(40),
            gather_much: Duration::from_millis(400),
            upkeep_every: Duration::from_secs(3),
            retry: Duration::from_secs(1),
            slice_rows: 500,
            pages_free: 2048,
            clock_leap: Duration::from_secs(86_400),
            clock_doubted: Duration::from_secs(6 * 3600),
            values_max: 200,
            keys_max: 60,
        }
    }
}
