//! One look at all files: which there are, which of them are known, and what is new in them.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, Metadata};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use model::{Batch, Labels, Multiline, Position, Timestamp};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::PREFIX;
use super::follow::{Followed, Outlet, Turn};
use super::mark::{Fate, Mark, StoredMark};
use super::settings::FileSettings;
use crate::status::Faults;

/// More files are not followed.
const FILES_MAX: usize = 10_000;

/// So many files are kept open while nothing comes.
const OPEN_MAX: usize = 256;

/// A file that brought nothing for so many rounds is closed.
const OPEN_ROUNDS: u32 = 60;

/// A file that was renamed to something that nobody asked for is left after so many rounds without a line.
const RENAMED_ROUNDS: u32 = 3600;

/// What stands behind a file's last line break becomes a line when nothing came for so long.
const LINE_WAIT: Duration = Duration::from_secs(60);

/// A compressed file is read when it was not changed for so long: until then it is being written.
const COMPRESSED_WAIT: Duration = Duration::from_secs(5);

/// A file that is gone is remembered for so long: its compressed copy may yet appear.
const GONE_KEPT: Duration = Duration::from_secs(14 * 86_400);

/// Everything that is known of the files.
#[derive(Debug)]
pub(crate) struct Rounds {
    settings: Vec<FileSettings>,
    outlets: Vec<Outlet>,
    intake: mpsc::Sender<Batch>,
    base: Labels,
    /// By the keys of their positions.
    files: BTreeMap<String, Followed>,
    /// Files of the last run that were not seen yet, and those that are gone.
    known: BTreeMap<String, StoredMark>,
    /// Of each of the settings: whether no file of it was ever read.
    is_new: Vec<bool>,
    is_first: bool,
}

/// A file that is there.
struct Found {
    path: PathBuf,
    settings: usize,
    metadata: Metadata,
    /// Whether its name is none that the settings know.
    is_renamed: bool,
}

impl Rounds {
    pub(crate) fn new(
        settings: Vec<FileSettings>,
        base: &Labels,
        positions: &[Position],
        intake: mpsc::Sender<Batch>,
    ) -> Self {
        let outlet = |settings: &FileSettings| Outlet {
            labels: settings.labels(base),
            multiline: settings.multiline.clone(),
            intake: intake.clone(),
        };
        let known = positions.iter().filter_map(|position| {
            Some((position.key.clone(), StoredMark::decode(position.value.as_ref()?)?))
        });
        let known: BTreeMap<String, StoredMark> = known.collect();
        let is_new =
            |settings: &FileSettings| !known.values().any(|mark| settings.names(Path::new(&mark.path)));
        Self {
            outlets: settings.iter().map(outlet).collect(),
            is_new: settings.iter().map(is_new).collect(),
            settings,
            base: base.clone(),
            files: BTreeMap::new(),
            known,
            is_first: true,
            intake,
        }
    }

    /// Whether anybody takes what is read.
    pub(crate) fn is_open(&self) -> bool {
        !self.intake.is_closed()
    }

    /// Looks at all files and reads what is new. Tells whether there is more already.
    pub(crate) fn look(&mut self, now: Timestamp, faults: &Faults, shutdown: &CancellationToken) -> bool {
        let mut found = self.find(faults);
        self.find_renamed(&mut found);
        // First those that are gone: their compressed copies are among the new ones.
        let gone: Vec<String> = self.files.keys().filter(|key| !found.contains_key(*key)).cloned().collect();
        gone.iter().for_each(|key| self.end(key, now));
        let mut has_more = false;
        for (key, found) in &found {
            if shutdown.is_cancelled() || !self.is_open() {
                return false;
            }
            has_more |= self.note(faults, &found.path, |rounds| rounds.take(key, found, now));
        }
        self.is_first = false;
        self.close_idle();
        self.forget(now);
        has_more
    }

    /// Runs a step for one file. A failure is a fault, which ends with the next success.
    fn note(
        &mut self,
        faults: &Faults,
        path: &Path,
        step: impl FnOnce(&mut Self) -> io::Result<bool>,
    ) -> bool {
        let subject = format!("log file {}", path.display());
        match step(self) {
            Ok(has_more) => {
                faults.clear(&subject);
                has_more
            }
            Err(error) => {
                let message =
                    format!("it cannot be read ({error}); make it readable, or take it out of [[logs.file]]");
                faults.set(&subject, message);
                false
            }
        }
    }

    /// The files that the settings name, by their keys.
    fn find(&self, faults: &Faults) -> BTreeMap<String, Found> {
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
    fn find_renamed(&self, found: &mut BTreeMap<String, Found>) {
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

    /// Begins to follow a file: where it was left, where that of which it is a copy was left, or at its
    /// beginning.
    fn begin(&mut self, key: &str, found: &Found, now: Timestamp) -> io::Result<()> {
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

    /// Begins with a file if it is new, and reads on.
    fn take(&mut self, key: &str, found: &Found, now: Timestamp) -> io::Result<bool> {
        if !self.files.contains_key(key) {
            self.begin(key, found, now)?;
        }
        let has_more = self.read(key, found, now)?;
        let is_over = |file: &Followed| found.is_renamed && file.idle > RENAMED_ROUNDS;
        if self.files.get(key).is_some_and(is_over) {
            self.end(key, now);
        }
        Ok(has_more)
    }

    /// Reads on in a file.
    fn read(&mut self, key: &str, found: &Found, now: Timestamp) -> io::Result<bool> {
        let Some(file) = self.files.get_mut(key) else { return Ok(false) };
        file.mark.path = found.path.to_string_lossy().into_owned();
        let (size, changed) = (found.metadata.len(), changed(&found.metadata).min(now));
        let is_compressed = is_compressed(&found.path);
        let ends = is_compressed || now >= changed.plus(LINE_WAIT);
        let is_unchanged = file.read_at == Some((size, changed));
        if is_unchanged && (is_compressed || file.mark.offset == size || !ends) {
            file.idle = file.idle.saturating_add(1);
            return Ok(false);
        }
        let outlet = &self.outlets[file.settings];
        let turn = if is_compressed {
            let mut reader = MultiGzDecoder::new(File::open(&found.path)?);
            if file.mark.stored(Fate::Grows).skip_in(&mut reader, &file.mark.path)?.is_none() {
                file.mark = Mark::new(&file.mark.path);
                return Ok(true);
            }
            // It would have to be expanded from its beginning at each turn.
            loop {
                match file.read(&mut reader, changed, ends, outlet)? {
                    Turn::More => {}
                    turn => break turn,
                }
            }
        } else {
            let mut open = match file.file.take() {
                Some(open) => open,
                None => File::open(&found.path)?,
            };
            let stored = file.mark.stored(Fate::Grows);
            if stored.find_in(&mut open, &file.mark.path)?.is_none() {
                // Something else was written in its place.
                file.mark = Mark::new(&file.mark.path);
                file.read_at = None;
                self.was(key, stored, now);
                return Ok(true);
            }
            open.seek(SeekFrom::Start(file.mark.offset))?;
            let turn = file.read(&mut open, changed, ends, outlet)?;
            file.file = Some(open);
            turn
        };
        file.idle = 0;
        file.read_at = (turn == Turn::End).then_some((size, changed));
        if is_compressed && turn == Turn::End {
            let value = file.mark.encode(Fate::Read);
            self.send_position(key, value);
        }
        Ok(turn == Turn::More)
    }

    /// A file was truncated, or another has its inode now. Its copy may be about to appear.
    fn was(&mut self, key: &str, stored: StoredMark, now: Timestamp) {
        let (key, gone) = (format!("{key}/was"), stored.gone(now));
        self.send_position(&key, gone.encode());
        self.known.insert(key, gone);
    }

    /// A file is not there any more. What it still had can be read while it is open.
    fn end(&mut self, key: &str, now: Timestamp) {
        let Some(mut file) = self.files.remove(key) else { return };
        if let Some(mut open) = file.file.take() {
            let outlet = &self.outlets[file.settings];
            let read = open.seek(SeekFrom::Start(file.mark.offset)).and_then(|_| {
                while file.read(&mut open, now, true, outlet)? == Turn::More {}
                Ok(())
            });
            if let Err(error) = read {
                tracing::warn!(
                    path = file.mark.path,
                    "the rest of a deleted log file cannot be read: {error}"
                );
            }
        }
        let gone = file.mark.stored(Fate::Grows).gone(now);
        self.send_position(key, gone.encode());
        self.known.insert(key.to_owned(), gone);
    }

    fn close_idle(&mut self) {
        let is_over = self.files.values().filter(|file| file.file.is_some()).count() > OPEN_MAX;
        let rounds = if is_over { 1 } else { OPEN_ROUNDS };
        self.files.values_mut().filter(|file| file.idle >= rounds).for_each(|file| file.file = None);
    }

    /// Forgets files that are gone for long.
    fn forget(&mut self, now: Timestamp) {
        let long_ago = now.minus(GONE_KEPT).seconds().unsigned_abs();
        let is_old = |mark: &StoredMark| matches!(mark.fate, Fate::Gone(at) if at < long_ago);
        let old: Vec<String> =
            self.known.iter().filter(|(_, mark)| is_old(mark)).map(|(key, _)| key.clone()).collect();
        for key in old {
            self.known.remove(&key);
            // Nobody takes it when the store has ended; then it is forgotten after the next start.
            let _ = self.intake.blocking_send(positions_only(&self.base, Position { key, value: None }));
        }
    }

    fn send_position(&self, key: &str, value: Vec<u8>) {
        let position = Position { key: key.to_owned(), value: Some(value) };
        // The same: what is not stored now is found out again.
        let _ = self.intake.blocking_send(positions_only(&self.base, position));
    }
}

/// What a file is a copy of.
enum Original {
    /// It is still there, with all that was read of it.
    Stands,
    /// So far it was read.
    Left(Mark),
}

impl StoredMark {
    fn gone(self, now: Timestamp) -> Self {
        Self { fate: Fate::Gone(now.seconds().unsigned_abs()), ..self }
    }

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
    let metadata = fs::metadata(&stored.path).ok().filter(|metadata| self::key(metadata) == key)?;
    let found = stored.find_in(&mut File::open(&stored.path).ok()?, &stored.path).ok()?;
    found.map(|_| metadata.len())
}

/// Of the position of a file.
fn key(metadata: &Metadata) -> String {
    format!("{PREFIX}{}:{}", metadata.dev(), metadata.ino())
}

fn changed(metadata: &Metadata) -> Timestamp {
    metadata.modified().map(Timestamp::from).unwrap_or_default()
}

fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "gz")
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

/// The files of a directory by their keys.
fn siblings(directory: &Path) -> BTreeMap<String, (PathBuf, Metadata)> {
    let entries = fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    let files = entries.filter_map(|entry| {
        let metadata = entry.metadata().ok().filter(Metadata::is_file)?;
        Some((key(&metadata), (entry.path(), metadata)))
    });
    files.collect()
}

fn positions_only(base: &Labels, position: Position) -> Batch {
    Batch { labels: base.clone(), entries: Vec::new(), positions: vec![position], multiline: Multiline::Off }
}
