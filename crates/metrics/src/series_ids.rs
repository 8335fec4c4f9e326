//! The ids that series have in a file: every file has a table `series   id │ labels` of its own.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::series::Series;

/// Ids that were looked up, by the series' numbers in this process.
#[derive(Debug, Default)]
pub(crate) struct SeriesIds(HashMap<u32, i64>);

impl SeriesIds {
    /// The id of a series; it is given one if it has none.
    pub(crate) fn get(&mut self, file: &Connection, series: &Series) -> rusqlite::Result<i64> {
        if let Some(id) = self.0.get(&series.number) {
            return Ok(*id);
        }
        let labels = series.labels.to_string();
        file.prepare_cached("INSERT OR IGNORE INTO series (labels) VALUES (?1)")?.execute([&labels])?;
        let mut find = file.prepare_cached("SELECT id FROM series WHERE labels = ?1")?;
        let id = find.query_row([&labels], |row| row.get(0))?;
        self.0.insert(series.number, id);
        Ok(id)
    }

    /// Ids that a transaction gave out are not to be trusted after it failed, nor any when the table was emptied.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
