//! The few shapes that files of control groups have.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A group's folder.
pub(super) struct Folder(pub(super) PathBuf);

/// Lines of a name and a number.
pub(super) struct Table(HashMap<String, u64>);

impl Folder {
    /// The text of a file, if it is there.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.0.join(name)).ok()
    }

    /// A file that is one number.
    pub(super) fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.trim().parse().ok()
    }

    /// A file that is a limit; `max` is told as 0.
    pub(super) fn limit(&self, name: &str) -> Option<u64> {
        let text = self.text(name)?;
        if text.trim() == "max" { Some(0) } else { text.trim().parse().ok() }
    }

    /// A file of lines `name number`.
    pub(super) fn table(&self, name: &str) -> Option<Table> {
        let text = self.text(name)?;
        let rows = text.lines().filter_map(|line| {
            let (name, number) = line.split_once(' ')?;
            Some((name.to_owned(), number.trim().parse().ok()?))
        });
        Some(Table(rows.collect()))
    }

    /// How many processes are in it. Version 1 names only those that are in our own namespace of processes; a running
    /// container has at least one.
    pub(super) fn processes(&self) -> Option<u64> {
        Some(self.text("cgroup.procs")?.lines().count() as u64).filter(|count| *count > 0)
    }
}

impl From<&Path> for Folder {
    fn from(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Table {
    /// The number of that name.
    pub(super) fn get(&self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }
}
