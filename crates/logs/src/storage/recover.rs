//! Opening: what the last run left, and days whose files turn out damaged.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::{Arc, Weak};

use super::{Steps, Storage, StorageError};
use crate::picture::{Day, TailRow};
use crate::place::{self, DayKey};
use crate::readers::{Part, ReadError};
use crate::shared::Shared;
use crate::sidecar::{MINUTE, Sidecar, minute_of};
use crate::status::DropReason;
use crate::stream::Stream;
use crate::tail::{Found, NewRow, RowsUpTo, Tail};

impl Storage {
    /// Opens the files below the root; makes them if there are none.
    pub(crate) fn open(shared: Arc<Shared>) -> Result<Self, StorageError> {
        fs::create_dir_all(&shared.root).map_err(StorageError::system("making the directory of the logs"))?;
        let tail = Tail::open(&shared.root).map_err(StorageError::open)?;
        let mut storage = Self {
            shared,
            tail,
            files: HashMap::new(),
            waiting: HashMap::new(),
            obsolete: Vec::new(),
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
        storage.take_over(found)?;
        storage.expire()?;
        storage.count_last_hour();
        Ok(storage)
    }

    /// Shows the rows of the last run, except those that were sealed already.
    fn take_over(&mut self, found: Found) -> Result<(), StorageError> {
        *self.shared.positions() = found.positions;
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
            self.wait_for_seal(&new);
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
            Err(error) if error.is_missing() => self.begin_index(day)?,
            Err(reason) => return Err(StorageError::Index { key: day.key, reason }),
        }
        self.shared.load(day).map_err(|reason| StorageError::Index { key: day.key, reason })
    }

    /// There is a data file without an index. If nothing was ever published in it, a crash came between the
    /// making of the two; else the index was lost.
    fn begin_index(&mut self, day: &Day) -> Result<(), StorageError> {
        let count = "SELECT count(*) FROM block";
        let blocks = self.shared.readers.with(day.key, Part::Data, |data| {
            data.query_row(count, [], |row| row.get::<_, i64>(0)).map_err(ReadError::from)
        });
        match blocks {
            Ok(0) => {}
            Err(error) if error.is_missing() => {}
            Ok(_) => return self.put_aside(day, "its index is missing"),
            Err(error) if error.is_damage() => return self.put_aside(day, &error.to_string()),
            Err(reason) => return Err(StorageError::Index { key: day.key, reason }),
        }
        self.shared.readers.forget(day.key);
        self.files(day.key).map(|_| ())
    }

    /// Moves the day's files to names under which nobody reads them, and says so. Its tail rows stay: those
    /// that were sealed into the damaged files are sealed once more.
    pub(super) fn put_aside(&mut self, day: &Day, reason: &str) -> Result<(), StorageError> {
        let key = day.key;
        self.files.remove(&key);
        self.shared.readers.forget(key);
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

    /// Counts the lines of the last hour, as if they had just arrived.
    fn count_last_hour(&self) {
        let now = self.shared.clock.now();
        let oldest = (minute_of(now) - 60) * MINUTE;
        for day in self.shared.picture.days().iter().filter(|day| day.key.day.end().nanos() > oldest) {
            if day.key.day.start() > now || self.shared.load(day).is_err() {
                continue;
            }
            for (stream, sidecar) in self.recent_sidecars(day, oldest) {
                self.shared.activity().add(&stream.service, &sidecar, now);
            }
        }
    }

    fn recent_sidecars(&self, day: &Day, oldest: i64) -> Vec<(Arc<Stream>, Sidecar)> {
        let everything = model::Selector::default();
        let range =
            model::TimeRange { start: model::Timestamp::from_nanos(oldest), end: model::Timestamp::MAX };
        let units = day.select(&mut crate::picture::Selection::new(&everything), range);
        units.iter().flat_map(|unit| &unit.blocks).for_each(|block| self.shared.counters.seen(block.last));
        let blocks =
            units.iter().flat_map(|unit| unit.blocks.iter().map(|block| (block.id, unit.stream.clone())));
        let streams: HashMap<i64, Arc<Stream>> = blocks.collect();
        let rows = units.iter().flat_map(|unit| {
            unit.rows.iter().map(|row: &Arc<TailRow>| (unit.stream.clone(), row.sidecar.clone()))
        });
        let mut found: Vec<_> = rows.collect();
        // Derived data: where it cannot be read, the activity begins with what arrives from now on.
        let sidecars = self.shared.sidecars(day.key, streams.keys().copied()).unwrap_or_default();
        found.extend(
            sidecars.into_iter().filter_map(|(id, sidecar)| Some((streams.get(&id)?.clone(), sidecar))),
        );
        found
    }

    /// Counts rows that can never be read.
    pub(super) fn count_damaged(&self, lines: u64) {
        self.shared.counters.dropped(DropReason::Damaged, lines);
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
