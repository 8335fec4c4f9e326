//! Windows that are over become chunks.

use std::collections::HashMap;

use model::Labels;
use rusqlite::{Connection, params};

use super::{Step, Storage, StorageError};
use crate::chunk::{Row, Run};
use crate::file::{self, ChunkWriter};
use crate::place::{Place, day_of};
use crate::shared::Shared;
use crate::window::{WINDOW_MS, Window};

/// So many series share a chunk: one row for each would cost a third more.
pub(super) const SERIES_PER_CHUNK: usize = 100;

/// A series with more runs than this has timestamps of its own, rather than gaps.
const RUNS_MAX: usize = 8;

/// So does one that has but one in so many of the window's.
const SPARSE: usize = 8;

impl Storage {
    /// Makes chunks of the windows that are over, and of all while the numbers in memory are too many.
    pub(crate) fn seal(&mut self) -> Result<(), StorageError> {
        if self.is_leased() {
            return Ok(());
        }
        let now = self.shared.clock.now();
        let is_full = self.is_full();
        let due = {
            let head = &self.shared.stored().head;
            match is_full {
                true => head.all(),
                false => head.done(now, &self.shared.limits),
            }
        };
        due.into_iter().try_for_each(|window| self.seal_window(window))
    }

    /// Whether there is so much in memory that it is to be sealed at once.
    pub(crate) fn is_full(&self) -> bool {
        self.shared.stored().head.bytes() > self.shared.limits.head_bytes
    }

    fn seal_window(&mut self, window: i64) -> Result<(), StorageError> {
        let place = Place::Day(day_of(window));
        self.tail.make_durable().map_err(StorageError::Tail)?;
        self.reached(Step::MadeDurable)?;
        let tail = self.tail.last_id().map_err(StorageError::Tail)?;
        if let Err(error) = write(&self.shared, place, window, tail) {
            if !error.is_damage() {
                return Err(error);
            }
            self.set_aside(place, &error)?;
            write(&self.shared, place, window, tail)?;
        }
        self.reached(Step::Sealed)?;
        let day = day_of(window);
        let mut stored = self.shared.stored_mut();
        stored.days.insert(day);
        stored.head.forget(window);
        drop(stored);
        self.unmerged.insert(day, self.shared.clock.now());
        self.tail.forget(window, window + WINDOW_MS, tail).map_err(StorageError::Tail)?;
        self.reached(Step::Forgotten)?;
        self.shared.catalogue.tidy();
        Ok(())
    }

    /// A file that is damaged goes out of the way, so that there is one for what comes.
    pub(super) fn set_aside(&mut self, place: Place, error: &StorageError) -> Result<(), StorageError> {
        let moved = file::set_aside(&self.shared.directory, place);
        let aside = moved.map_err(|reason| StorageError::Remove { place, reason })?;
        self.shared.indexes.forget(place);
        let message = format!(
            "{error}; it was moved to {} and its samples are missing in all answers",
            aside.display()
        );
        let subject = aside.file_name().unwrap_or_default().to_string_lossy();
        self.shared.faults.set(&format!("metrics/{subject}"), message);
        Ok(())
    }
}

/// Writes a window of the head as chunks, in one commit with the number of the last row of the tail that it holds.
fn write(shared: &Shared, place: Place, window_ms: i64, tail: i64) -> Result<(), StorageError> {
    let mut connection = file::open(&shared.directory, place)?;
    let told = StorageError::file(place);
    let transaction = connection.transaction().map_err(&told)?;
    let mut writer =
        ChunkWriter::new(&transaction, &shared.catalogue).map_err(StorageError::roster(place))?;
    {
        // Nobody but this thread changes the head, so it stands still while others read it too.
        let stored = shared.stored();
        for window in stored.head.window(window_ms) {
            write_target(&mut writer, window).map_err(&told)?;
        }
    }
    writer.finish().map_err(&told)?;
    mark_sealed(&transaction, window_ms, tail).map_err(&told)?;
    transaction.commit().map_err(&told)
}

fn mark_sealed(file: &Connection, window_ms: i64, tail: i64) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO sealed (window, tail) VALUES (?1, ?2) ON CONFLICT (window) DO UPDATE SET tail = ?2";
    file.execute(sql, params![window_ms, tail]).map(|_| ())
}

/// Series of one name stand together, since they are asked for together.
fn write_target(writer: &mut ChunkWriter<'_>, window: &Window) -> rusqlite::Result<()> {
    let mut sorted: Vec<_> = window.members.iter().filter(|member| member.row.end() > 0).collect();
    sorted.sort_by(|a, b| a.series.labels.cmp(&b.series.labels));
    let mut groups: HashMap<Vec<Run>, Vec<(&Labels, Row)>> = HashMap::new();
    for member in sorted {
        let row = member.row.whole();
        let is_apart = row.runs.len() > RUNS_MAX || window.timestamps_ms.len() > SPARSE * row.values.len();
        let own = if is_apart { row.runs.clone() } else { Vec::new() };
        let group = groups.entry(own.clone()).or_default();
        group.push((&member.series.labels, row));
        if group.len() == SERIES_PER_CHUNK {
            let full = std::mem::take(group);
            write_group(writer, &window.timestamps_ms, &own, full)?;
        }
    }
    let mut rest: Vec<_> = groups.into_iter().collect();
    rest.sort_by_key(|(own, _)| own.len());
    rest.into_iter().try_for_each(|(own, group)| write_group(writer, &window.timestamps_ms, &own, group))
}

/// Writes series of the same timestamps: all of the window, or those of their own runs.
fn write_group(
    writer: &mut ChunkWriter<'_>,
    timestamps_ms: &[i64],
    own: &[Run],
    group: Vec<(&Labels, Row)>,
) -> rusqlite::Result<()> {
    let (series, mut rows): (Vec<&Labels>, Vec<Row>) = group.into_iter().unzip();
    if own.is_empty() {
        return writer.write(timestamps_ms, series, &rows);
    }
    let places = own.iter().flat_map(|run| run.start..run.start + run.len);
    let timestamps_ms: Vec<i64> = places.map(|place| timestamps_ms[place as usize]).collect();
    for row in &mut rows {
        row.runs = vec![Run { start: 0, len: timestamps_ms.len() as u32 }];
    }
    writer.write(&timestamps_ms, series, &rows)
}
