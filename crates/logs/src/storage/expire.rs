//! Expiry: a day's files of a class are deleted once the class's retention has passed over the whole day, and
//! earlier if all logs together take more room than they may.

use std::io::ErrorKind;
use std::time::Instant;

use model::Timestamp;
use settings::ByteSize;

use super::{Step, Storage, StorageError};
use crate::config::Config;
use crate::disk;
use crate::place::DayKey;
use crate::tail::{Commit, Survive};

/// The subject of the fault that tells of days deleted for their size.
const SIZE: &str = "size of the logs";

/// The subject of the fault that tells of a doubtful clock.
const CLOCK: &str = "clock";

/// Whether nothing of the day is kept any more.
pub(crate) fn is_expired(key: DayKey, config: &Config, as_of: Timestamp) -> bool {
    key.day.end().plus(config.retention(key.class)) <= as_of
}

impl Storage {
    /// Deletes what is past its retention, then what there is no room for.
    pub(crate) fn expire(&mut self, now: Instant) -> Result<(), StorageError> {
        if self.is_leased() {
            return Ok(());
        }
        let as_of = self.look_at_clock(now)?;
        let config = self.shared.config();
        let days = self.shared.picture.days();
        let expired = days.iter().map(|day| day.key).filter(|key| is_expired(*key, &config, as_of)).collect();
        self.delete_all(expired)?;
        self.make_room(as_of, config.max_size())
    }

    /// The instant that retention is counted back from.
    fn look_at_clock(&mut self, now: Instant) -> Result<Timestamp, StorageError> {
        let clock = self.shared.clock.now();
        let believed = self.horizon.look(clock, now);
        self.shared.set_horizon(self.horizon.latest());
        match self.horizon.problem(clock, "logs") {
            Some(problem) => self.shared.faults.set(CLOCK, problem),
            None => self.shared.faults.clear(CLOCK),
        }
        self.tail.keep_horizon(believed).map_err(StorageError::tail)?;
        Ok(self.shared.kept_as_of(clock))
    }

    /// Deletes the oldest days of the class that is kept shortest, then those of the next, until the rest fits.
    /// The day that goes on stays.
    fn make_room(&mut self, as_of: Timestamp, max: ByteSize) -> Result<(), StorageError> {
        let root = &self.shared.root;
        let mut days: Vec<(DayKey, u64)> =
            self.shared.picture.days().iter().map(|day| (day.key, disk::bytes_of(root, day.key))).collect();
        let mut bytes = disk::bytes_of_tail(root) + days.iter().map(|(_, bytes)| bytes).sum::<u64>();
        days.retain(|(key, _)| key.day.end() <= as_of);
        days.sort_by_key(|(key, _)| (key.class, key.day));
        let mut room_for = Vec::new();
        for (key, of_day) in days {
            if bytes <= max.0 {
                break;
            }
            bytes -= of_day;
            self.shared.counters.deleted_for_size(of_day);
            room_for.push(key);
        }
        if let Some(last) = room_for.last() {
            let message = format!(
                "logs reached {max} on disk: days up to {last} were deleted before their time; raise [logs] max_size or lower a retention"
            );
            self.shared.faults.set(SIZE, message);
        } else if bytes > max.0 {
            let message = format!(
                "the logs of the days that go on take {} on disk, of {max} in all; raise [logs] max_size or write less",
                ByteSize(bytes)
            );
            self.shared.faults.set(SIZE, message);
        }
        self.delete_all(room_for)
    }

    fn delete_all(&mut self, keys: Vec<DayKey>) -> Result<(), StorageError> {
        if keys.is_empty() {
            return Ok(());
        }
        let commit = Commit { expired: &keys, ..Commit::default() };
        self.tail.commit(&commit, Survive::Crash).map_err(StorageError::tail)?;
        self.reached(Step::TailExpired)?;
        keys.into_iter().try_for_each(|key| self.delete(key))
    }

    fn delete(&mut self, key: DayKey) -> Result<(), StorageError> {
        self.deleting = None;
        self.files.remove(&key);
        self.waiting.retain(|(_, other), _| *other != key);
        self.obsolete.retain(|rows| rows.key != key);
        self.with_small.remove(&key);
        self.replaced.remove(&key);
        self.unreadable.retain(|(other, _)| *other != key);
        self.shared.picture.remove(key);
        self.shared.forget_files(key);
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
