//! Opening: what the last run left, and days whose files turn out damaged.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Instant;

use store::Horizon;

use super::{Steps, Storage, StorageError, last_hour};
use crate::picture::Day;
use crate::place::{self, DayKey};
use crate::shared::Shared;
use crate::stream::Stream;
use crate::tail::{Found, NewRow, RowsUpTo, Tail};

/// Of so many days, newest first, small blocks are looked for after the start.
const DAYS_LOOKED_AT: usize = 6;

impl Storage {
    /// Opens the files below the root; makes them if there are none.
    pub(crate) fn open(shared: Arc<Shared>) -> Result<Self, StorageError> {
        fs::create_dir_all(&shared.root).map_err(StorageError::system("making the directory of the logs"))?;
        let tail = Tail::open(&shared.root).map_err(StorageError::open)?;
        let doubt = shared.limits.clock;
        let mut storage = Self {
            shared,
            tail,
            files: HashMap::new(),
            waiting: HashMap::new(),
            obsolete: Vec::new(),
            with_small: BTreeSet::new(),
            replaced: BTreeMap::new(),
            deleting: None,
            unreadable: BTreeSet::new(),
            horizon: Horizon::new(doubt, None),
            held: Vec::new(),
            lease: Weak::new(),
            steps: Steps::default(),
        };
        let (found, senseless) = storage.tail.read().map_err(StorageError::tail)?;
        if senseless > 0 {
            let message = format!("{senseless} rows of tail.db make no sense and are left out");
            storage.shared.faults.set("logs/tail.db", message);
        }
        for key in
            place::list(&storage.shared.root).map_err(StorageError::system("listing the days of logs"))?
        {
            storage.shared.picture.day(key);
        }
        *storage.shared.deletions.all() = storage.tail.deletions().map_err(StorageError::tail)?;
        storage.begin_horizon()?;
        storage.take_over(found)?;
        storage.expire(Instant::now())?;
        // What the last run left unmerged, as far as it is likely to matter.
        let newest = storage.shared.picture.days().into_iter().rev().take(DAYS_LOOKED_AT);
        storage.with_small.extend(newest.map(|day| day.key));
        last_hour::count(&storage.shared);
        Ok(storage)
    }

    /// The clock is believed as far as it was by the last run, or as the newest day tells.
    fn begin_horizon(&mut self) -> Result<(), StorageError> {
        let newest = self.shared.picture.days().last().map(|day| day.key.day.end());
        let known = self.tail.horizon().map_err(StorageError::tail)?.or(newest);
        let known = known.unwrap_or_else(|| self.shared.clock.now());
        self.horizon = Horizon::new(self.shared.limits.clock, Some(known));
        Ok(())
    }

    /// Shows the rows of the last run, except those that were sealed already.
    fn take_over(&mut self, found: Found) -> Result<(), StorageError> {
        *self.shared.positions() = found.positions;
        self.held = found.held;
        for (key, labels, row) in found.rows {
            let day = self.shared.picture.day(key);
            let stream = self.shared.streams.get(&labels);
            if row.seq_to <= self.last_seq(&day, &stream)? {
                self.obsolete.push(RowsUpTo { key, stream, seq_to: row.seq_to });
                continue;
            }
            self.shared.counters.seen(row.last);
            let new = NewRow { key, stream, row: Arc::new(row) };
            day.add_row(&new.stream, new.row.clone());
            self.wait_for_seal(&new, None);
        }
        Ok(())
    }

    /// The number of the stream's last line in the day.
    pub(super) fn last_seq(&mut self, day: &Day, stream: &Stream) -> Result<u64, StorageError> {
        loop {
            self.make_ready(day)?;
            // A query may have made room by letting go of this very day; then it is loaded once more.
            if let Some(seq) = day.last_seq(stream) {
                return Ok(seq);
            }
        }
    }

    /// Sees to it that lines can be added to the day: that it is known up to which number they are sealed. A
    /// damaged index cannot say so; it is put aside, and the day begins anew.
    pub(super) fn make_ready(&mut self, day: &Day) -> Result<(), StorageError> {
        match self.shared.load(day) {
            Ok(()) => return Ok(()),
            Err(error) if error.is_damage() => self.put_aside(day, &error.to_string())?,
            Err(error) if error.is_missing() => self.put_aside(day, "the index is missing")?,
            Err(reason) => return Err(StorageError::Index { key: day.key, reason }),
        }
        self.shared.load(day).map_err(|reason| StorageError::Index { key: day.key, reason })
    }

    /// Moves the day's files to names under which nobody reads them, and says so. Its tail rows stay: those
    /// that were sealed into the damaged files are sealed once more.
    pub(super) fn put_aside(&mut self, day: &Day, reason: &str) -> Result<(), StorageError> {
        let key = day.key;
        self.deleting = None;
        self.files.remove(&key);
        self.shared.forget_files(key);
        let seconds = self.shared.clock.now().seconds();
        for path in [key.index(&self.shared.root), key.data(&self.shared.root)] {
            aside(&path, seconds).map_err(StorageError::system("putting damaged files aside"))?;
        }
        day.unload();
        let message = format!(
            "they are damaged ({reason}); they were put aside as {}.*.damaged-{seconds} in logs/{} and new ones begun",
            key.class, key.day
        );
        self.shared.faults.set(&format!("logs of {key}, put aside"), message);
        Ok(())
    }
}

/// Renames a database and what belongs to it.
fn aside(path: &Path, seconds: i64) -> std::io::Result<()> {
    for suffix in ["-wal", "-shm", ""] {
        let name = |ending: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            name
        };
        match fs::rename(name(suffix), name(&format!(".damaged-{seconds}{suffix}"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Makes the directory of a day; its name is on disk before a file in it is.
pub(super) fn make_directory(root: &Path, key: DayKey) -> std::io::Result<()> {
    let directory = key.directory(root);
    if directory.is_dir() {
        return Ok(());
    }
    fs::create_dir(&directory)?;
    File::open(root)?.sync_all()
}
