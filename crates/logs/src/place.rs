//! Where things lie: the day and class of an entry, and the files that belong to them.

use std::fmt;
use std::path::{Path, PathBuf};

use model::{TimeRange, Timestamp, UtcDay};

use crate::class::Class;

/// One day of one class: the unit of files and of expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DayKey {
    pub(crate) day: UtcDay,
    pub(crate) class: Class,
}

impl DayKey {
    pub(crate) fn directory(self, root: &Path) -> PathBuf {
        root.join(self.day.to_string())
    }

    /// The file of the sealed blocks.
    pub(crate) fn data(self, root: &Path) -> PathBuf {
        self.directory(root).join(format!("{}.data.db", self.class))
    }

    /// The file that says which blocks there are.
    pub(crate) fn index(self, root: &Path) -> PathBuf {
        self.directory(root).join(format!("{}.index.db", self.class))
    }

    pub(crate) fn overlaps(self, range: TimeRange) -> bool {
        range.overlaps(self.day.start(), Timestamp::from_nanos(self.day.end().nanos().saturating_sub(1)))
    }
}

impl fmt::Display for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.day, self.class)
    }
}

/// Every day and class of which files lie below `root`.
pub(crate) fn list(root: &Path) -> std::io::Result<Vec<DayKey>> {
    let mut keys = Vec::new();
    for entry in std::fs::read_dir(root)? {
        let entry = entry?;
        let Some(day) = entry.file_name().to_str().and_then(UtcDay::parse) else { continue };
        let of_day = Class::ALL.map(|class| DayKey { day, class });
        keys.extend(
            of_day
                .into_iter()
                .filter(|key| store::exists(&key.data(root)) || store::exists(&key.index(root))),
        );
    }
    keys.sort_unstable();
    Ok(keys)
}
