//! What a query may spend, what it spent, and what it had to leave out.

use std::fmt;

use model::Timestamp;

use crate::SourceError;

/// The limits of one query. A query that reaches `bytes_read`, `bytes_kept` or is told to stop answers with what
/// it has and a [`Warning`]; one that asks for too much from the start is an error.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// Text to decode.
    pub bytes_read: u64,
    /// Text of the lines of an answer.
    pub bytes_kept: usize,
    /// Series of an answer, as in Loki.
    pub series: usize,
    /// Points of each series, as in Loki.
    pub points: usize,
    /// Numbers that a query may hold at once, which are its series times its points, at each step on the way.
    pub numbers: usize,
    /// Threads that read and evaluate at once.
    pub threads: usize,
    /// The present, for templates that ask for it.
    pub now: Timestamp,
    /// Whether to stop now: the client is gone, or time is up. Asked before every chunk.
    pub stop: &'a dyn Fn() -> bool,
}

impl Budget<'_> {
    /// Generous limits for one appliance, never stopped.
    pub fn generous() -> Self {
        Self {
            bytes_read: 64 << 30,
            bytes_kept: 64 << 20,
            series: 500,
            points: 11_000,
            numbers: 8 << 20,
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            now: Timestamp::from_nanos(0),
            stop: &|| false,
        }
    }
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("bytes_read", &self.bytes_read)
            .field("bytes_kept", &self.bytes_kept)
            .field("series", &self.series)
            .field("points", &self.points)
            .field("numbers", &self.numbers)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// What a query did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Chunks decoded.
    pub chunks: u64,
    /// Entries in them.
    pub entries: u64,
    /// Text in them.
    pub bytes: u64,
}

/// Why an answer is not the whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A chunk could not be read and was left out.
    Damaged(SourceError),
    /// More chunks could not be read than are named.
    MoreDamaged(u64),
    /// [`Budget::bytes_read`] was reached.
    ReadEnough(u64),
    /// [`Budget::bytes_kept`] was reached; the rows are the first ones, without a gap.
    KeptEnough(usize),
    /// [`Budget::stop`] said so.
    Stopped,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(error) => write!(f, "left out what cannot be read: {error}"),
            Self::MoreDamaged(count) => write!(f, "left out {count} more that cannot be read"),
            Self::ReadEnough(bytes) => {
                write!(
                    f,
                    "stopped after reading {} MiB; ask for a shorter time or fewer streams",
                    bytes >> 20
                )
            }
            Self::KeptEnough(bytes) => {
                write!(f, "stopped at {} MiB of lines; there are more within the limit", bytes >> 20)
            }
            Self::Stopped => f.write_str("stopped before everything was read"),
        }
    }
}
