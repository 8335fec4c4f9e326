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
    /// Where the page before ended, if that was within an instant.
    pub(super) fn half_given(&self) -> Option<Cursor> {
        self.after.filter(|cursor| cursor.given > 0 && self.range.contains(cursor.at))
    }

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
/// that instant were given. Written as `<nanoseconds>.<lines>`. Of a query with `distinct` it counts all lines that
/// were given.
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
    /// Its stream, whatever the query did to the labels.
    pub labels: Labels,
    /// When it was written.
    pub timestamp: Timestamp,
    /// The level found in it.
    pub level: Level,
    /// The text as the query left it.
    pub line: String,
    /// What was stored beside the line.
    pub metadata: Metadata,
    /// The labels as the query left them.
    pub categories: Categories,
    /// The line does not belong to the answer, but stands near one that does (`| context 3`).
    pub is_context: bool,
    /// How many lines of the stream have the same timestamp and arrived earlier. Stream, timestamp and this
    /// number name the line for good.
    pub nth: u64,
}

/// Labels by where they come from. No name stands in two of them. Except in `stream` values may be empty, which is
/// not the same as no label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Categories {
    /// Those of the stream that are left.
    pub stream: Labels,
    /// Structured metadata, the level among them; sorted by name.
    pub metadata: Metadata,
    /// What the query found in the line or made up, errors among them; sorted by name.
    pub parsed: Metadata,
}

impl Categories {
    /// The value of a label of any category.
    pub fn get(&self, name: &str) -> Option<&str> {
        let beside = self.metadata.iter().chain(&self.parsed).find(|(other, _)| **other == *name);
        beside.map(|(_, value)| &**value).or_else(|| self.stream.get(name))
    }

    /// All of them, by category.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let beside = self.metadata.iter().chain(&self.parsed).map(|(name, value)| (&**name, &**value));
        self.stream.iter().chain(beside)
    }
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
