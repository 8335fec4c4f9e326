//! A merged day is rolled up into the file of its month.

use model::{Labels, UtcDay};
use rusqlite::{Connection, OptionalExtension, params};

use super::merge::{BATCH, gather, sorted_series};
use super::seal::SERIES_PER_CHUNK;
use super::{Step, Storage, StorageError};
use crate::chunk::Row;
use crate::file::{self, ChunkWriter};
use crate::index::{ChunkRow, Index};
use crate::place::{Month, Place};
use crate::rollup::Columns;

impl Storage {
    /// Rolls the day up, if its month has not this state of it already.
    pub(super) fn roll(&mut self, day: UtcDay, file: &Connection) -> Result<(), StorageError> {
        if !self.shared.config().rolls() {
            return Ok(());
        }
        let month = Month::of(day);
        let place = Place::Rollup(month);
        let generation = file::generation(file).map_err(StorageError::file(Place::Day(day)))?;
        match self.roll_into(place, day, file, generation) {
            // The day stays as it is for as long as anything is kept.
            Err(StorageError::Read { reason, .. }) if reason.is_of_a_chunk() => {
                self.shared.tell_damage(Place::Day(day), &reason);
                return Ok(());
            }
            Err(error) if error.is_damage() => {
                self.set_aside(place, &error)?;
                self.shared.stored_mut().months.remove(&month);
                // Other days of the month that are still there can be rolled up again.
                let others: Vec<UtcDay> = self.shared.stored().days.iter().copied().collect();
                let now = self.shared.clock.now();
                let again = others.into_iter().filter(|other| Month::of(*other) == month);
                self.unmerged.extend(again.map(|other| (other, now)));
                self.roll_into(place, day, file, generation)?;
            }
            done => done?,
        }
        self.reached(Step::Rolled)?;
        self.shared.stored_mut().months.entry(month).or_default().insert(day);
        Ok(())
    }

    /// Writes the day's rows in one transaction, in place of those of another state of it.
    fn roll_into(
        &self,
        place: Place,
        day: UtcDay,
        file: &Connection,
        generation: i64,
    ) -> Result<(), StorageError> {
        let mut connection = file::open(&self.shared.directory, place)?;
        let told = StorageError::file(place);
        let transaction = connection.transaction().map_err(&told)?;
        if rolled(&transaction, day).map_err(&told)? == Some(generation) {
            return Ok(());
        }
        let bounds = params![day.start().millis(), day.end().millis()];
        transaction
            .execute("DELETE FROM chunk WHERE first_ms >= ?1 AND first_ms < ?2", bounds)
            .map_err(&told)?;
        let mut writer =
            ChunkWriter::new(&transaction, &self.shared.catalogue).map_err(StorageError::roster(place))?;
        let of_day = StorageError::read(Place::Day(day));
        let index = Index::read(file, &self.shared.catalogue).map_err(&of_day)?;
        let chunks: Vec<&ChunkRow> = index.chunks.iter().collect();
        for batch in sorted_series(&index, &chunks).chunks(BATCH) {
            let samples = gather(file, &index, &chunks, batch).map_err(&of_day)?;
            let rolled: Vec<(&Labels, Columns)> = samples
                .iter()
                .map(|samples| (&samples.labels, Columns::of(&samples.timestamps_ms, &samples.values)))
                .filter(|(_, columns)| !columns.ends_ms.is_empty())
                .collect();
            rolled.chunks(SERIES_PER_CHUNK).try_for_each(|group| write(&mut writer, group)).map_err(&told)?;
        }
        writer.finish().map_err(&told)?;
        let sql = "INSERT INTO rolled (day, generation) VALUES (?1, ?2)
                   ON CONFLICT (day) DO UPDATE SET generation = ?2";
        transaction.execute(sql, params![day.days(), generation]).map_err(&told)?;
        transaction.commit().map_err(&told)
    }
}

fn rolled(month: &Connection, day: UtcDay) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT generation FROM rolled WHERE day = ?1";
    month.query_row(sql, [day.days()], |row| row.get(0)).optional()
}

fn write(writer: &mut ChunkWriter<'_>, group: &[(&Labels, Columns)]) -> rusqlite::Result<()> {
    let mut ends_ms: Vec<i64> =
        group.iter().flat_map(|(_, columns)| columns.ends_ms.iter().copied()).collect();
    ends_ms.sort_unstable();
    ends_ms.dedup();
    let rows: Vec<Row> = group.iter().flat_map(|(_, columns)| columns.rows(&ends_ms)).collect();
    writer.write(&ends_ms, group.iter().map(|(labels, _)| *labels), &rows)
}
