//! Expiry by age: a day's files of a class are deleted once the class's retention has passed over the whole
//! day.

use std::io::ErrorKind;

use model::Timestamp;

use super::{Step, Storage, StorageError};
use crate::config::Config;
use crate::place::DayKey;
use crate::tail::{Commit, Survive};

/// Whether nothing of the day is kept any more.
pub(crate) fn is_expired(key: DayKey, config: &Config, now: Timestamp) -> bool {
    key.day.end().plus(config.retention(key.class)) <= now
}

impl Storage {
    /// Deletes what is past its retention.
    pub(crate) fn expire(&mut self) -> Result<(), StorageError> {
        if self.is_leased() {
            return Ok(());
        }
        let (config, now) = (self.shared.config(), self.shared.clock.now());
        let days = self.shared.picture.days();
        let expired: Vec<DayKey> =
            days.iter().map(|day| day.key).filter(|key| is_expired(*key, &config, now)).collect();
        if expired.is_empty() {
            return Ok(());
        }
        let commit = Commit { expired: &expired, ..Commit::default() };
        self.tail.commit(&commit, Survive::Crash).map_err(StorageError::tail)?;
        self.reached(Step::TailExpired)?;
        for key in expired {
            self.delete(key)?;
        }
        Ok(())
    }

    fn delete(&mut self, key: DayKey) -> Result<(), StorageError> {
        self.files.remove(&key);
        self.waiting.retain(|(_, other), _| *other != key);
        self.obsolete.retain(|rows| rows.key != key);
        self.shared.picture.remove(key);
        self.shared.readers.forget(key);
        let told = || StorageError::system("deleting a day that expired");
        store::remove(&key.index(&self.shared.root)).map_err(told())?;
        self.reached(Step::IndexRemoved)?;
        store::remove(&key.data(&self.shared.root)).map_err(told())?;
        self.delete_rest(key).map_err(told())?;
        self.shared.faults.forget(&format!("logs of {key}"));
        tracing::info!(day = %key.day, class = %key.class, "deleted the logs of a day that expired");
        Ok(())
    }

    /// Files of the class that were put aside, and the directory once it is empty.
    fn delete_rest(&self, key: DayKey) -> std::io::Result<()> {
        let directory = key.directory(&self.shared.root);
        let entries = match std::fs::read_dir(&directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let is_aside =
                |name: &str| name.starts_with(&format!("{}.", key.class)) && name.contains(".damaged-");
            if entry.file_name().to_str().is_some_and(is_aside) {
                std::fs::remove_file(entry.path())?;
            }
        }
        match std::fs::remove_dir(&directory) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
            done => done,
        }
    }
}
