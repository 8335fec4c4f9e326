//! How a file is read on in, until it is gone.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use model::Timestamp;

use super::Rounds;
use super::find::{Found, changed, is_compressed};
use crate::file::follow::{Followed, Turn};
use crate::file::mark::{Fate, Mark, StoredMark};

/// A file that was renamed to something that nobody asked for is left after so many rounds without a line.
const RENAMED_ROUNDS: u32 = 3600;

/// What stands behind a file's last line break becomes a line when nothing came for so long.
const LINE_WAIT: Duration = Duration::from_secs(60);

impl Rounds {
    /// Begins with a file if it is new, and reads on.
    pub(super) fn take(&mut self, key: &str, found: &Found, now: Timestamp) -> io::Result<bool> {
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
    pub(super) fn was(&mut self, key: &str, stored: StoredMark, now: Timestamp) {
        let (key, gone) = (format!("{key}/was"), stored.gone(now));
        self.send_position(&key, gone.encode());
        self.known.insert(key, gone);
    }

    /// A file is not there any more. What it still had can be read while it is open.
    pub(super) fn end(&mut self, key: &str, now: Timestamp) {
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
}

impl StoredMark {
    fn gone(self, now: Timestamp) -> Self {
        Self { fate: Fate::Gone(now.seconds().unsigned_abs()), ..self }
    }
}
