//! How a file is begun with: where it was left, where that of which it is a copy was left, or at its beginning.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use model::Timestamp;

use super::Rounds;
use super::find::{Found, changed, is_compressed};
use crate::file::follow::Followed;
use crate::file::mark::{Fate, Mark, StoredMark};

/// A compressed file is read when it was not changed for so long: until then it is being written.
const COMPRESSED_WAIT: Duration = Duration::from_secs(5);

/// What a file is a copy of.
enum Original {
    /// It is still there, with all that was read of it.
    Stands,
    /// So far it was read.
    Left(Mark),
}

impl Rounds {
    /// Begins to follow a file: where it was left, where that of which it is a copy was left, or at its
    /// beginning.
    pub(super) fn begin(&mut self, key: &str, found: &Found, now: Timestamp) -> io::Result<()> {
        let path = found.path.to_string_lossy().into_owned();
        let is_compressed = is_compressed(&found.path);
        let known = self.known.get(key).cloned();
        let is_read = known.as_ref().is_some_and(|known| known.fate == Fate::Read && known.path == path);
        if is_compressed && (is_read || now < changed(&found.metadata).plus(COMPRESSED_WAIT)) {
            return Ok(());
        }
        let left = match &known {
            Some(known) => known.find(found, &path)?,
            None => None,
        };
        if let Some(known) = known.filter(|known| left.is_none() && known.offset > 0) {
            self.was(key, known, now);
        }
        let mark = match left {
            Some(mark) => Some(mark),
            None => match self.original(found, &path)? {
                // As long as the original has all that the copy has, the copy brings nothing new.
                Some(Original::Stands) => return Ok(()),
                Some(Original::Left(mark)) => Some(mark),
                None => None,
            },
        };
        let mark = match mark {
            Some(mark) => mark,
            None if self.is_unwanted(found) => Mark::at_end(&mut File::open(&found.path)?, &path)?,
            None => Mark::new(&path),
        };
        self.known.remove(key);
        let file = Followed::new(key.to_owned(), mark, found.settings);
        if file.mark.offset > 0 {
            // Before anything is read: by then the original may be forgotten.
            self.send_position(key, file.mark.encode(Fate::Grows));
        }
        self.files.insert(key.to_owned(), file);
        Ok(())
    }

    /// Whether the file's content was there before anybody asked for it.
    fn is_unwanted(&self, found: &Found) -> bool {
        self.is_first && self.is_new[found.settings] && !self.settings[found.settings].from_beginning
    }

    /// The mark of the file that this one is a copy of: rotation with `copytruncate` and compression make some.
    fn original(&self, found: &Found, path: &str) -> io::Result<Option<Original>> {
        let followed = self.files.iter().map(|(key, file)| (key, file.mark.stored(Fate::Grows)));
        let known = self.known.iter().map(|(key, stored)| (key, stored.clone()));
        // Of several that fit, that counts of which the most was read.
        let mut best: Option<(&String, StoredMark, Mark)> = None;
        for (key, stored) in followed.chain(known) {
            let is_less = best.as_ref().is_some_and(|(_, best, _)| best.offset >= stored.offset);
            if is_less || stored.offset == 0 || !is_related(&stored.path, path) {
                continue;
            }
            if let Some(mark) = stored.find(found, path)? {
                best = Some((key, stored, mark));
            }
        }
        let Some((key, stored, mark)) = best else { return Ok(None) };
        let has_more = found.metadata.len() > mark.offset && !is_compressed(&found.path);
        Ok(Some(match stands(key, &stored) {
            Some(size) if size > stored.offset || !has_more => Original::Stands,
            _ => Original::Left(mark),
        }))
    }
}

impl StoredMark {
    /// The mark in a file, if it is the one that was read or a copy of it.
    fn find(&self, found: &Found, path: &str) -> io::Result<Option<Mark>> {
        let mut file = File::open(&found.path)?;
        if is_compressed(&found.path) {
            return self.skip_in(&mut MultiGzDecoder::new(file), path);
        }
        self.find_in(&mut file, path)
    }
}

/// The size of the file of this key, if it is still there with all that was read of it.
fn stands(key: &str, stored: &StoredMark) -> Option<u64> {
    let metadata = fs::metadata(&stored.path).ok().filter(|metadata| super::find::key(metadata) == key)?;
    let found = stored.find_in(&mut File::open(&stored.path).ok()?, &stored.path).ok()?;
    found.map(|_| metadata.len())
}

/// Whether one path may be the other's after rotation: `app.log`, `app.log.1`, `app-20261122.log.gz`.
fn is_related(known: &str, path: &str) -> bool {
    let (known, path) = (Path::new(known), Path::new(path));
    let name =
        |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (known_name, name) = (name(known), name(path));
    let stem = known_name.split('.').next().unwrap_or_default();
    known.parent() == path.parent() && !stem.is_empty() && name.starts_with(stem)
}
