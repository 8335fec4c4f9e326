//! The requests for deletion, and how far they are.

use model::{TimeRange, Timestamp, UtcDay};
use rusqlite::params;

use super::{Survive, Tail};
use crate::deletion::{DONE_MAX, Deletion, DeletionState};

impl Tail {
    /// Every request that is remembered, oldest first.
    pub(crate) fn deletions(&self) -> rusqlite::Result<Vec<Deletion>> {
        let mut select = self
            .connection
            .prepare("SELECT id, query, first, until, created, day, lines, done FROM deletion ORDER BY id")?;
        let found = select.query_map([], |row| {
            let (id, lines): (i64, i64) = (row.get(0)?, row.get(6)?);
            let time = |at: i64| Timestamp::from_nanos(at);
            let (start, from) = (time(row.get(2)?), UtcDay::from_days(row.get(5)?));
            let state = match row.get(7)? {
                true => DeletionState::Done,
                false if from > start.day() => DeletionState::Running,
                false => DeletionState::Waiting,
            };
            Ok(Deletion {
                id: id as u64,
                query: row.get(1)?,
                range: TimeRange { start, end: time(row.get(3)?) },
                created: time(row.get(4)?),
                state,
                lines: lines as u64,
                from,
            })
        })?;
        found.collect()
    }

    /// Keeps a new request, through a loss of power. Tells its number, which none had before.
    pub(crate) fn add_deletion(&mut self, new: &Deletion) -> rusqlite::Result<u64> {
        self.choose(Survive::PowerLoss)?;
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO deletion (query, first, until, created, day) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let Deletion { query, range, created, from, .. } = new;
        let id = insert.insert(params![
            query,
            range.start.nanos(),
            range.end.nanos(),
            created.nanos(),
            from.days()
        ])?;
        Ok(id as u64)
    }

    /// The days before `from` are done; they lost so many lines.
    pub(crate) fn deletion_came_to(&mut self, id: u64, from: UtcDay, lines: u64) -> rusqlite::Result<()> {
        let sql = "UPDATE deletion SET day = ?2, lines = lines + ?3 WHERE id = ?1 AND day < ?2";
        self.connection.prepare_cached(sql)?.execute(params![id as i64, from.days(), lines as i64])?;
        Ok(())
    }

    /// Nothing is left to do of it. Of those that are done the latest are remembered.
    pub(crate) fn end_deletion(&mut self, id: u64) -> rusqlite::Result<()> {
        self.connection.execute("UPDATE deletion SET done = 1 WHERE id = ?1", [id as i64])?;
        let sql = "DELETE FROM deletion WHERE done AND id NOT IN
                   (SELECT id FROM deletion WHERE done ORDER BY id DESC LIMIT ?1)";
        self.connection.execute(sql, [DONE_MAX as i64])?;
        Ok(())
    }

    /// It never was.
    pub(crate) fn forget_deletion(&mut self, id: u64) -> rusqlite::Result<()> {
        self.connection.execute("DELETE FROM deletion WHERE id = ?1", [id as i64]).map(|_| ())
    }
}
