//! Which lines are asked for, and what is answered.

use std::fmt;
use std::str::FromStr;

use model::{Labels, Level, Metadata, TimeRange, Timestamp};

use crate::{Stats, Warning};

/// Which lines come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// The newest.
    #[default]
    Backward,
    /// The oldest. The exact reverse of [`Direction::Backward`].
    Forward,
}

/// Which lines of a query's answer.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only lines of these instants.
    pub range: TimeRange,
    /// Which come first.
    pub direction: Direction,
    /// At most this many.
    pub limit: usize,
    /// Go on where the page before ended; its [`Rows::next`].
    pub after: Option<Cursor>,
}

impl Page {
    /// The instants that can still give lines, the cursor's own among them.
    pub(super) fn remaining(&self) -> TimeRange {
        let TimeRange { start, end } = self.range;
        match (self.after, self.direction) {
            (None, _) => self.range,
            (Some(cursor), Direction::Forward) => TimeRange { start: start.max(cursor.at), end },
            (Some(cursor), Direction::Backward) => TimeRange { start, end: end.min(next_instant(cursor.at)) },
        }
    }
}

/// The nanosecond after `at`.
pub(super) fn next_instant(at: Timestamp) -> Timestamp {
    Timestamp::from_nanos(at.nanos().saturating_add(1))
}

/// A place between two lines of an answer: all lines before an instant, in the order of the answer, and some of
/// that instant were given. Written as `<nanoseconds>.<lines>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The instant.
    pub at: Timestamp,
    /// How many lines of that very nanosecond were given.
    pub given: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.nanos(), self.given)
    }
}

/// Why a text is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor; pass on what the page before gave as `next`")]
pub struct ParseCursorError;

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (nanos, given) = text.split_once('.').ok_or(ParseCursorError)?;
        let nanos = nanos.parse().map_err(|_| ParseCursorError)?;
        let given = given.parse().map_err(|_| ParseCursorError)?;
        Ok(Self { at: Timestamp::from_nanos(nanos), given })
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its stream.
    pub labels: Labels,
    /// When it was written.
    pub timestamp: Timestamp,
    /// The level found in it.
    pub level: Level,
    /// The text.
    pub line: String,
    /// What is known beside the line.
    pub metadata: Metadata,
    /// How many lines of the stream have the same timestamp and arrived earlier. Stream, timestamp and this
    /// number name the line for good.
    pub nth: u64,
}

/// A page of lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// By time, then by the labels of their stream, then by arrival; or the reverse. Nothing is left out in
    /// between, but what a warning names.
    pub rows: Vec<Row>,
    /// Where the next page begins; `None`: there are no more lines.
    pub next: Option<Cursor>,
    /// What was read.
    pub stats: Stats,
    /// What was left out.
    pub warnings: Vec<Warning>,
}
