//! What the writer does: commits, sealing, expiry, and the recovery at start.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Timestamp, UtcDay};

use crate::config::Config;
use crate::day;
use crate::head::check;
use crate::recent::Shared;
use crate::series::Scrape;
use crate::tail::Tail;
use crate::window::{WINDOW_MS, window_of};

/// A window stays open for so long after its end: senders may be late.
const GRACE_MS: i64 = 5 * 60_000;

/// Clocks of targets are no further ahead than this.
const AHEAD_MAX_MS: i64 = 10 * 60_000;

/// Why the storage cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or read.
    #[error("{path} cannot be used ({error})", path = path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's words.
        error: std::io::Error,
    },
    /// One of the files.
    #[error(transparent)]
    File(#[from] store::OpenError),
    /// The tail cannot be read back.
    #[error("{path} cannot be read back ({error})", path = path.display())]
    Tail {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        error: rusqlite::Error,
    },
}

/// Why samples could not be stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error("tail.db: {0}")]
    Tail(rusqlite::Error),
    #[error("{0}")]
    Open(#[from] store::OpenError),
    #[error("the samples of {day}: {error}")]
    Day { day: UtcDay, error: rusqlite::Error },
    #[error("{0}")]
    Remove(std::io::Error),
}

/// The open files, and what is shared with the readers.
pub(crate) struct Storage {
    pub(crate) shared: Arc<Shared>,
    config: Config,
    tail: Tail,
}

impl Storage {
    /// Opens the tail and brings its samples back into memory.
    pub(crate) fn open(config: Config, shared: Arc<Shared>) -> Result<Self, OpenError> {
        let directory = &shared.directory;
        let told = |error| OpenError::Directory { path: directory.clone(), error };
        std::fs::create_dir_all(directory).map_err(told)?;
        let tail = Tail::open(directory)?;
        let days = day::days(directory).map_err(told)?;
        shared.stored_mut().days.extend(days);
        let mut storage = Self { shared: shared.clone(), config, tail };
        let path = directory.join("tail.db");
        let damaged = storage.recover().map_err(|error| OpenError::Tail { path, error })?;
        if damaged > 0 {
            shared.set_fault(Some(format!("{damaged} scrapes in tail.db are damaged and were left out")));
        }
        Ok(storage)
    }

    fn recover(&mut self) -> rusqlite::Result<u64> {
        let shared = self.shared.clone();
        let mut sealed: HashMap<i64, i64> = HashMap::new();
        let mut stored = shared.stored_mut();
        let days = stored.days.clone();
        self.tail.read(&shared.catalogue, |id, scrape| {
            let window = window_of(scrape.at_ms);
            let sealed_to =
                *sealed.entry(window).or_insert_with(|| sealed_to(&shared.directory, &days, window));
            if id > sealed_to {
                stored.head.push(&scrape, &shared.counters);
            }
        })
    }

    /// Keeps scrapes: in the tail first, then in memory, where queries find them.
    pub(crate) fn commit(&mut self, mut scrapes: Vec<Scrape>, now: Timestamp) -> Result<(), StorageError> {
        let (oldest_ms, newest_ms) = (self.oldest_ms(now), now.millis() + AHEAD_MAX_MS);
        scrapes.retain(|scrape| match check(scrape.at_ms, oldest_ms, newest_ms) {
            Ok(()) => true,
            Err(why) => {
                scrape.samples.iter().for_each(|_| self.shared.counters.refused(why));
                false
            }
        });
        if scrapes.is_empty() {
            return Ok(());
        }
        self.tail.write(&scrapes).map_err(StorageError::Tail)?;
        let mut stored = self.shared.stored_mut();
        scrapes.iter().for_each(|scrape| stored.head.push(scrape, &self.shared.counters));
        Ok(())
    }

    /// Makes chunks of the windows that are over.
    pub(crate) fn seal(&mut self, now: Timestamp) -> Result<(), StorageError> {
        let due = self.shared.stored().head.begun_before(now.millis() - WINDOW_MS - GRACE_MS);
        due.into_iter().try_for_each(|window| self.seal_window(window))
    }

    fn seal_window(&mut self, window: i64) -> Result<(), StorageError> {
        let day = day::day_of(window);
        let tail = self.tail.last_id().map_err(StorageError::Tail)?;
        let mut file = day::open(&self.shared.directory, window)?;
        {
            // Nobody but this thread changes the head, so it stands still while others read it too.
            let stored = self.shared.stored();
            day::seal(&mut file, &stored.head, window, tail)
                .map_err(|error| StorageError::Day { day, error })?;
        }
        let mut stored = self.shared.stored_mut();
        stored.days.insert(day);
        stored.head.forget(window);
        self.shared.indexes.forget(day);
        drop(stored);
        let (first_ms, end_ms) = day::bounds(window);
        self.tail.forget(first_ms, end_ms, tail).map_err(StorageError::Tail)?;
        self.shared.catalogue.tidy();
        Ok(())
    }

    /// Deletes the files of days that are no longer kept.
    pub(crate) fn expire(&mut self, now: Timestamp) -> Result<(), StorageError> {
        let oldest = Timestamp::from_millis(self.oldest_ms(now)).day();
        let gone: Vec<UtcDay> = self.shared.stored().days.range(..oldest).copied().collect();
        for day in gone {
            self.shared.stored_mut().days.remove(&day);
            self.shared.indexes.forget(day);
            store::remove(&day::path(&self.shared.directory, day)).map_err(StorageError::Remove)?;
        }
        Ok(())
    }

    fn oldest_ms(&self, now: Timestamp) -> i64 {
        now.minus(self.config.retention).day().start().millis()
    }
}

/// What cannot be read is taken as not sealed: samples twice in a window that nobody can read do no harm.
fn sealed_to(directory: &Path, days: &std::collections::BTreeSet<UtcDay>, window: i64) -> i64 {
    let day = day::day_of(window);
    if !days.contains(&day) {
        return 0;
    }
    let found = crate::index::open(directory, day).map(|file| day::sealed_to(&file, window));
    found.ok().and_then(Result::ok).unwrap_or(0)
}
