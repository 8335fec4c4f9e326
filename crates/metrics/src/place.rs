//! The files of samples: one for each day, and one for each month of what is older.

use std::fmt;
use std::path::{Path, PathBuf};

use model::{Timestamp, UtcDay};

/// A month: `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Month {
    first: UtcDay,
    /// The first of the next month.
    end: UtcDay,
}

impl Month {
    /// The month that a day is in.
    pub(crate) fn of(day: UtcDay) -> Self {
        let name = day.to_string();
        let is_same = |other: UtcDay| other.to_string()[..7] == name[..7];
        let at = |days: i32| UtcDay::from_days(day.days() + days);
        let first = (0..31).map(|back| at(-back)).take_while(|day| is_same(*day)).last().unwrap_or(day);
        let last = (0..31).map(at).take_while(|day| is_same(*day)).last().unwrap_or(day);
        Self { first, end: UtcDay::from_days(last.days() + 1) }
    }

    /// The instant after its last.
    pub(crate) fn end(self) -> Timestamp {
        self.end.start()
    }

    /// Its first instant.
    pub(crate) fn start(self) -> Timestamp {
        self.first.start()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.first.to_string()[..7])
    }
}

/// One of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// Every sample of a day.
    Day(UtcDay),
    /// Five minutes of a month's samples as one number.
    Rollup(Month),
}

impl Place {
    /// Its path.
    pub(crate) fn path(self, directory: &Path) -> PathBuf {
        directory.join(self.to_string())
    }

    /// The file of this name; nothing for other files' names.
    fn parse(name: &str) -> Option<Self> {
        match name.strip_suffix(".rollup.db") {
            Some(month) => UtcDay::parse(&format!("{month}-01")).map(|day| Self::Rollup(Month::of(day))),
            None => name.strip_suffix(".db").and_then(UtcDay::parse).map(Self::Day),
        }
        .filter(|place| place.to_string() == name)
    }

    /// Those that are in the directory.
    pub(crate) fn all(directory: &Path) -> std::io::Result<Vec<Self>> {
        let mut places = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            places.extend(entry?.file_name().to_str().and_then(Self::parse));
        }
        places.sort();
        Ok(places)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}.db"),
            Self::Rollup(month) => write!(f, "{month}.rollup.db"),
        }
    }
}

/// The day that an instant belongs to.
pub(crate) fn day_of(at_ms: i64) -> UtcDay {
    Timestamp::from_millis(at_ms).day()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        for name in ["2026-02-28.db", "2024-02.rollup.db", "2026-12.rollup.db"] {
            assert_eq!(Place::parse(name).map(|place| place.to_string()), Some(name.to_owned()));
        }
        for name in ["tail.db", "2026-02-28.db-wal", "2026-13.rollup.db", "2026-02-28.db.damaged-1", ".db"] {
            assert_eq!(Place::parse(name), None, "{name}");
        }
        let month = Month::of(UtcDay::parse("2024-02-29").unwrap());
        assert_eq!(month.start().day(), UtcDay::parse("2024-02-01").unwrap());
        assert_eq!(month.end().day(), UtcDay::parse("2024-03-01").unwrap());
    }
}
