//! Which files there are: those that the settings name, and those that had such a name before.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use model::Timestamp;
use store::Faults;

use super::Rounds;
use crate::file::PREFIX;
use crate::file::mark::Fate;

/// More files are not followed.
const FILES_MAX: usize = 10_000;

/// A file that is there.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) settings: usize,
    pub(super) metadata: Metadata,
    /// Whether its name is none that the settings know.
    pub(super) is_renamed: bool,
}

impl Rounds {
    /// The files that the settings name, by their keys.
    pub(super) fn find(&self, faults: &Faults) -> BTreeMap<String, Found> {
        let mut found = BTreeMap::new();
        let mut is_full = false;
        for (number, settings) in self.settings.iter().enumerate() {
            for glob in &settings.paths {
                glob.walk(&mut |path| {
                    let Ok(metadata) = fs::metadata(&path) else { return };
                    is_full |= found.len() >= FILES_MAX;
                    if !is_full && !settings.excludes(&path) {
                        found.entry(key(&metadata)).or_insert(Found {
                            path,
                            settings: number,
                            metadata,
                            is_renamed: false,
                        });
                    }
                });
            }
        }
        const SUBJECT: &str = "log files";
        if is_full {
            faults.set(SUBJECT, format!("[[logs.file]] names more than {FILES_MAX} files; name fewer"));
        } else {
            faults.clear(SUBJECT);
        }
        found
    }

    /// Adds files that were renamed to what the settings do not name.
    pub(super) fn find_renamed(&self, found: &mut BTreeMap<String, Found>) {
        let followed = self.files.iter().map(|(key, file)| (key, file.mark.path.as_str(), file.settings));
        let last_run = self.known.iter().filter(|(_, mark)| self.is_first && mark.fate == Fate::Grows);
        let last_run = last_run.filter_map(|(key, mark)| {
            Some((key, mark.path.as_str(), self.settings_of(Path::new(&mark.path))?))
        });
        let missing = followed.chain(last_run).filter(|(key, _, _)| !found.contains_key(*key));
        let missing: Vec<_> = missing.collect();
        let mut directories: HashMap<&Path, BTreeMap<String, (PathBuf, Metadata)>> = HashMap::new();
        for (missing, path, settings) in missing {
            let Some(directory) = Path::new(path).parent() else { continue };
            let siblings = directories.entry(directory).or_insert_with(|| siblings(directory));
            if let Some((path, metadata)) = siblings.remove(missing) {
                found.insert(missing.clone(), Found { path, settings, metadata, is_renamed: true });
            }
        }
    }

    fn settings_of(&self, path: &Path) -> Option<usize> {
        self.settings.iter().position(|settings| settings.names(path))
    }
}

/// Of the position of a file.
pub(super) fn key(metadata: &Metadata) -> String {
    format!("{PREFIX}{}:{}", metadata.dev(), metadata.ino())
}

pub(super) fn changed(metadata: &Metadata) -> Timestamp {
    metadata.modified().map(Timestamp::from).unwrap_or_default()
}

pub(super) fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "gz")
}

/// The files of a directory by their keys.
fn siblings(directory: &Path) -> BTreeMap<String, (PathBuf, Metadata)> {
    let entries = fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    let files = entries.filter_map(|entry| {
        let metadata = entry.metadata().ok().filter(Metadata::is_file)?;
        Some((key(&metadata), (entry.path(), metadata)))
    });
    files.collect()
}
