//! The sizes and times by which the writer works. Tests make them small.

use std::time::Duration;

use store::Doubt;

use crate::joining::JoiningLimits;

/// See the fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Lines wait at most this long for their commit.
    pub(crate) commit_after: Duration,
    /// Pushed lines, whose sender waits, at most this long: what arrives meanwhile shares the commit.
    pub(crate) push_commit_after: Duration,
    /// So many bytes are committed at once, however short they waited.
    pub(crate) commit_bytes: usize,
    /// A unit whose rows have this weight (about their bytes of text) is sealed into a block.
    pub(crate) block_weight: u64,
    /// A unit is sealed when its oldest line in the tail is of this age.
    pub(crate) seal_after: Duration,
    /// The same once the unit's day is over by as much.
    pub(crate) seal_past_day_after: Duration,
    /// How often it is looked for what is due by age.
    pub(crate) upkeep_every: Duration,
    /// Blocks that were merged stay so long for queries that chose them before.
    pub(crate) replaced_kept: Duration,
    /// With so many tail rows a unit's are merged into one.
    pub(crate) rows_max: usize,
    /// With more weight in the tail the largest units are sealed early.
    pub(crate) tail_weight: u64,
    /// With more than this nothing is taken in until blocks could be written again.
    pub(crate) tail_weight_max: u64,
    /// How many streams may bring lines within an hour; entries of further ones are dropped.
    pub(crate) streams_max: usize,
    /// Entries further ahead of the clock are dropped.
    pub(crate) ahead_max: Duration,
    /// When the clock is doubted: then nothing is deleted.
    pub(crate) clock: Doubt,
    /// Of the lines that are held back to be joined.
    pub(crate) joining: JoiningLimits,
    /// How often log files are looked at.
    pub(crate) files_every: Duration,
    /// How many batches of collectors may wait.
    pub(crate) intake_batches: usize,
    /// How many bytes of pushed lines may wait.
    pub(crate) push_bytes: usize,
    /// The longest wait between two attempts to write.
    pub(crate) retry_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            commit_after: Duration::from_millis(250),
            push_commit_after: Duration::from_millis(20),
            commit_bytes: 1 << 20,
            block_weight: 256 << 10,
            seal_after: Duration::from_secs(3600),
            seal_past_day_after: Duration::from_secs(600),
            upkeep_every: Duration::from_secs(30),
            replaced_kept: Duration::from_secs(600),
            rows_max: 64,
            tail_weight: 64 << 20,
            tail_weight_max: 256 << 20,
            streams_max: 20_000,
            ahead_max: Duration::from_secs(86_400),
            clock: Doubt { leap: Duration::from_secs(86_400), stays: Duration::from_secs(6 * 3600) },
            joining: JoiningLimits::default(),
            files_every: Duration::from_secs(1),
            intake_batches: 64,
            push_bytes: 32 << 20,
            retry_max: Duration::from_secs(10),
        }
    }
}
