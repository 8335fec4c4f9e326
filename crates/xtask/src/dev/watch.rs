//! Noticing that a file changed, by looking: a few hundred files, a few times a second, and nothing to set up.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folders, and when their files were last written.
pub(super) struct Watch {
    folders: Vec<PathBuf>,
    seen: BTreeMap<PathBuf, SystemTime>,
}

impl Watch {
    /// Begins with what is there now.
    pub(super) fn new(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let folders: Vec<PathBuf> = folders.into_iter().collect();
        let seen = look(&folders);
        Self { folders, seen }
    }

    /// Whether a file was written, made or removed since the last call.
    pub(super) fn changed(&mut self) -> bool {
        let now = look(&self.folders);
        let changed = now != self.seen;
        self.seen = now;
        changed
    }
}

fn look(folders: &[PathBuf]) -> BTreeMap<PathBuf, SystemTime> {
    let mut seen = BTreeMap::new();
    folders.iter().for_each(|folder| collect(folder, &mut seen));
    seen
}

/// A file that goes away while we look is simply not there.
fn collect(folder: &Path, seen: &mut BTreeMap<PathBuf, SystemTime>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(about) = entry.metadata() else { continue };
        if !about.is_dir() {
            seen.insert(path, about.modified().unwrap_or(SystemTime::UNIX_EPOCH));
        } else if !is_output(&path) {
            collect(&path, seen);
        }
    }
}

/// What the build itself writes must not set off the next build; nor do editors' hidden files.
fn is_output(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    matches!(&*name, "dist" | "target") || name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_seen_once_and_output_never() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for inner in ["src", "dist"] {
            fs::create_dir(at(inner)).unwrap();
        }
        fs::write(at("src/a.rs"), "1").unwrap();
        let mut watch = Watch::new([folder.path().to_owned()]);
        assert!(!watch.changed());
        let file = fs::File::options().write(true).open(at("src/a.rs")).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert!(watch.changed());
        assert!(!watch.changed());
        fs::write(at("dist/page.js"), "1").unwrap();
        assert!(!watch.changed());
        fs::remove_file(at("src/a.rs")).unwrap();
        assert!(watch.changed());
    }
}
