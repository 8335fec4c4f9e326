//! Between the steps: the many small rows of a quiet unit become one.

use std::sync::Arc;

use super::commit::tail_row;
use super::{Step, Storage, StorageError};
use crate::columns::Columns;
use crate::place::DayKey;
use crate::row;
use crate::tail::{Commit, NewRow, RowsUpTo, Survive};

impl Storage {
    /// Merges the rows of every unit that has too many.
    pub(crate) fn merge(&mut self) -> Result<(), StorageError> {
        let rows_max = self.shared.limits.rows_max;
        let many = self.waiting.iter().filter(|(_, unit)| unit.rows >= rows_max).map(|(unit, _)| *unit);
        let mut merged = Vec::new();
        for unit in many.collect::<Vec<_>>() {
            merged.extend(self.merged(unit)?);
        }
        if merged.is_empty() {
            return Ok(());
        }
        let replaced = merged.iter().map(|NewRow { key, stream, row }| RowsUpTo {
            key: *key,
            stream: stream.clone(),
            seq_to: row.seq_to,
        });
        let replaced: Vec<_> = replaced.collect();
        let commit = Commit { obsolete: &replaced, rows: &merged, ..Commit::default() };
        self.tail.commit(&commit, Survive::Crash).map_err(StorageError::tail)?;
        self.reached(Step::Merged)?;
        for new in merged {
            self.shared.picture.day(new.key).merge_rows(&new.stream, new.row);
        }
        Ok(())
    }

    /// One row in the place of all of the unit's; `None` if one of them is damaged, which is told when they
    /// are sealed.
    fn merged(&mut self, unit: (u32, DayKey)) -> Result<Option<NewRow>, StorageError> {
        let Some(waiting) = self.waiting.get_mut(&unit) else { return Ok(None) };
        // Counts from here on, also if the rows cannot be merged now.
        waiting.rows = 1;
        let rows = waiting.day.rows(&waiting.stream);
        let Some(last) = rows.last() else { return Ok(None) };
        let mut columns = Columns::default();
        for row in &rows {
            let Ok(part) = row::unpack(&row.data) else { return Ok(None) };
            columns.append(&part);
        }
        let row = Arc::new(tail_row(&columns, last.seq_to)?);
        Ok(Some(NewRow { key: unit.1, stream: waiting.stream.clone(), row }))
    }
}
