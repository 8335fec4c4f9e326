//! One look at all files: which there are, which of them are known, and what is new in them.

mod begin;
mod find;
mod read;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use model::{Batch, Labels, Multiline, Position, Timestamp};
use store::Faults;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::follow::{Followed, Outlet};
use super::mark::{Fate, StoredMark};
use super::settings::FileSettings;

/// So many files are kept open while nothing comes.
const OPEN_MAX: usize = 256;

/// A file that brought nothing for so many rounds is closed.
const OPEN_ROUNDS: u32 = 60;

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

fn positions_only(base: &Labels, position: Position) -> Batch {
    Batch { labels: base.clone(), entries: Vec::new(), positions: vec![position], multiline: Multiline::Off }
}
