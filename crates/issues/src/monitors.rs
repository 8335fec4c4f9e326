//! Jobs that report when they run, and what is missing: check-ins, schedules, and when silence is a failure.
//!
//! ```text
//! check-in ──► apply ──┐                         ┌─► Failed: so many bad runs in a row; an issue is made
//!                      ├─► a run ended, well or ──┤
//! time ──────► tick ───┘   badly, or is missing  └─► Recovered: so many good ones; it is resolved
//! ```
//!
//! A monitor is made by its first check-in; what the job tells about its schedule changes it. Each environment is
//! watched for itself. Without a schedule nothing is ever missed, but runs may fail or take too long.
//! Time is given: nothing here reads a clock.

mod answers;
mod crontab;
mod expiry;
mod handle;
mod look;
mod place;
mod runs;
mod schedule;
#[cfg(test)]
mod tests;
mod write;

pub use answers::{CheckInRow, Monitor, MonitorRow, Strip, monitor, monitors};
pub(crate) use expiry::{delete, expire};
pub(crate) use look::tick;
pub(crate) use write::{apply, opened};

/// The environment of check-ins that name none, as the SDKs call it.
const ENVIRONMENT: &str = "production";

/// How a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// None was seen yet.
    #[default]
    Unknown,
    /// It ended well.
    Ok,
    /// It runs.
    InProgress,
    /// It did not begin when it should have.
    Missed,
    /// It did not end when it should have.
    Timeout,
    /// It ended badly.
    Error,
}

impl State {
    const ALL: [Self; 6] =
        [Self::Unknown, Self::Ok, Self::InProgress, Self::Missed, Self::Timeout, Self::Error];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::InProgress => "in_progress",
            Self::Missed => "missed",
            Self::Timeout => "timeout",
            Self::Error => "error",
        }
    }

    fn read(word: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.name() == word).unwrap_or_default()
    }

    fn is_bad(self) -> bool {
        matches!(self, Self::Missed | Self::Timeout | Self::Error)
    }
}

/// A monitor begins to fail, or does no longer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Turn {
    pub(crate) project: event::ProjectId,
    pub(crate) monitor: i64,
    pub(crate) slug: String,
    pub(crate) environment: String,
    pub(crate) release: Option<String>,
    pub(crate) at_ms: i64,
    pub(crate) change: Change,
}

/// What changed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    /// It fails, or goes on failing.
    Failed {
        /// The last run.
        why: State,
        /// For people: what is wrong, in a few words.
        title: String,
        /// In a sentence.
        message: String,
    },
    /// It does not any longer.
    Recovered {
        /// The issue that was made for it.
        issue: Option<i64>,
    },
}

/// Reads a crontab and looks for its next run, for the fuzz targets.
#[cfg(any(fuzzing, test))]
pub(crate) fn parse_crontab(text: &str) {
    if let Ok(crontab) = crontab::Crontab::parse(text) {
        let at = jiff::Timestamp::UNIX_EPOCH;
        assert!(crontab.next(at, &jiff::tz::TimeZone::UTC).is_none_or(|next| next > at));
    }
}
