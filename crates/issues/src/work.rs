//! The writer of `issues.db`: works the items of the spool in, carries out what people change, deletes what is past its
//! time. One thing after the other, in slices, so that nothing waits long; intake waits for none of it.
//!
//! The protocol, so that the process may end after any step:
//!
//! 1. *spool*: the items of an envelope in one commit of `spool.db` that survives loss of power; then the sender has its
//!    answer;
//! 2. *work in*: a batch of items, everything that follows from them, and the number of the last one, in one commit of
//!    `issues.db` that survives loss of power;
//! 3. the items up to that number are deleted from `spool.db`; until then they are passed over.

mod aside;
mod batch;
mod count;
mod error;
mod escalation;
mod event;
mod facets;
mod group;
mod issue;
mod monitor;
mod other;
mod regression;
mod sampling;

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ::event::ProjectId;
use rusqlite::{Connection, TransactionBehavior};

use crate::database;
use crate::shared::Shared;
use crate::spool;
use crate::upkeep::Due;

use batch::Batch;
use facets::FullKeys;
use group::Newcomers;

pub(crate) use error::WorkError;
pub(crate) use group::next_number;
pub(crate) use issue::IssueState;

/// The single value that tells up to which item everything is worked in.
const WORKED: &str = "worked";

/// From whom and when an item came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received {
    pub(crate) project: ProjectId,
    pub(crate) received_ms: i64,
}

/// What is remembered from batch to batch, and may be forgotten.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    newcomers: Newcomers,
    full_keys: FullKeys,
}

/// The open files of the writer.
pub(crate) struct Storage {
    pub(crate) shared: Arc<Shared>,
    pub(crate) connection: Connection,
    /// Reads the spool.
    spool: Connection,
    memory: Memory,
    pub(crate) due: Due,
    pub(crate) steps: Steps,
}

impl Storage {
    /// The spool has to be there already.
    pub(crate) fn open(shared: Arc<Shared>) -> Result<Self, crate::OpenError> {
        let connection = database::open(&shared.directory)?;
        let spool = store::open_reader(&shared.directory.join(spool::FILE), &spool::SCHEMA)?;
        let due = Due::new(&connection)?;
        Ok(Self { shared, connection, spool, memory: Memory::default(), due, steps: Steps::default() })
    }

    /// Up to which item everything is worked in.
    pub(crate) fn worked(&self) -> rusqlite::Result<i64> {
        database::state(&self.connection, WORKED)
    }

    /// Works a batch in. Gives whether there may be more.
    pub(crate) fn work(&mut self) -> Result<bool, WorkError> {
        match self.work_batch(self.shared.limits.batch_rows) {
            Err(error) if error.is_of_an_item() => self.work_one_by_one(),
            other => other,
        }
    }

    /// One commit. Whatever is wrong with an item, it is not to end the process, which would meet it again at each start.
    fn work_batch(&mut self, rows_max: usize) -> Result<bool, WorkError> {
        let worked = std::panic::catch_unwind(AssertUnwindSafe(|| self.try_batch(rows_max)));
        worked.unwrap_or_else(|panic| {
            // It may be half changed; the transaction was rolled back.
            self.memory = Memory::default();
            Err(WorkError::of_panic(&*panic))
        })
    }

    fn try_batch(&mut self, rows_max: usize) -> Result<bool, WorkError> {
        let worked = self.shared.worked.load(Ordering::Acquire);
        let bytes_max = self.shared.limits.batch_bytes;
        let rows = spool::read_after(&self.spool, worked, rows_max, bytes_max).map_err(WorkError::Spool)?;
        let Some(last) = rows.last().map(|row| row.id) else { return Ok(false) };
        let bytes: usize = rows.iter().map(|row| row.meta.len() + row.data.len()).sum();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut batch = Batch::new(&transaction, &self.shared, &mut self.memory);
        for row in rows {
            self.steps.meets(row.id);
            batch.add(row)?;
        }
        let done = batch.finish()?;
        database::set_state(&transaction, WORKED, last)?;
        self.steps.reached(Step::Worked)?;
        transaction.commit()?;
        self.steps.reached(Step::Committed)?;
        self.shared.worked.store(last, Ordering::Release);
        self.shared.backlog.fetch_sub(bytes as u64, Ordering::Relaxed);
        done.tell(&self.shared);
        self.shared.index.nudge();
        Ok(true)
    }

    /// One of the items makes a statement fail that has to work: the others are worked in, and that one is named and left
    /// out.
    fn work_one_by_one(&mut self) -> Result<bool, WorkError> {
        for _ in 0..self.shared.limits.batch_rows {
            match self.work_batch(1) {
                Ok(true) => {}
                Err(error) if error.is_of_an_item() => self.leave_out(&error)?,
                other => return other,
            }
        }
        Ok(true)
    }

    /// What jobs did not do in time.
    pub(crate) fn look_at_monitors(&mut self) -> Result<(), WorkError> {
        let now_ms = self.shared.now_ms();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let turns = crate::monitors::tick(&transaction, now_ms)?;
        let mut batch = Batch::new(&transaction, &self.shared, &mut self.memory);
        batch.monitors_turned(turns, now_ms)?;
        let done = batch.finish()?;
        transaction.commit()?;
        done.tell(&self.shared);
        Ok(())
    }

    fn leave_out(&mut self, error: &WorkError) -> Result<(), WorkError> {
        let worked = self.shared.worked.load(Ordering::Acquire);
        let rows = spool::read_after(&self.spool, worked, 1, 0).map_err(WorkError::Spool)?;
        let Some(row) = rows.first() else { return Ok(()) };
        let transaction = self.connection.transaction()?;
        aside::put(&transaction, row, &error.to_string())?;
        database::set_state(&transaction, WORKED, row.id)?;
        transaction.commit()?;
        aside::tell(&self.shared, row, &error.to_string());
        self.shared.worked.store(row.id, Ordering::Release);
        let bytes = row.meta.len() + row.data.len();
        self.shared.backlog.fetch_sub(bytes as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Whether an attachment that is not worked in yet names the file. Asked at the start only.
    pub(crate) fn is_spooled(&self, file: &str) -> Result<bool, WorkError> {
        let sql = "SELECT 1 FROM item WHERE kind = ?1 AND id > ?3 AND instr(meta, CAST(?2 AS BLOB)) > 0";
        let mut select = self.spool.prepare_cached(sql).map_err(WorkError::Spool)?;
        let kind = spool::Kind::Attachment as i64;
        let worked = self.shared.worked.load(Ordering::Acquire);
        select.exists(rusqlite::params![kind, file, worked]).map_err(WorkError::Spool)
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.shared.directory
    }
}

/// The places after which the process may end; the tests end it at each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A batch is worked in and not committed.
    Worked,
    /// It is committed, and the spool still has it.
    Committed,
    /// Something was deleted, and the files that belonged to it are still there.
    Deleted,
}

/// Counts the steps, and in tests stops at the one chosen.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    #[cfg(test)]
    pub(crate) until_crash: Option<usize>,
    #[cfg(test)]
    pub(crate) taken: Vec<Step>,
    /// The item that the writer stumbles over.
    #[cfg(test)]
    pub(crate) stumbles_at: Option<i64>,
}

impl Steps {
    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "only tests stop at a step")]
    pub(crate) fn reached(&mut self, _step: Step) -> Result<(), WorkError> {
        Ok(())
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "only tests stumble")]
    fn meets(&self, _item: i64) {}

    #[cfg(test)]
    fn meets(&self, item: i64) {
        assert_ne!(self.stumbles_at, Some(item), "the test stumbles");
    }

    #[cfg(test)]
    pub(crate) fn reached(&mut self, step: Step) -> Result<(), WorkError> {
        self.taken.push(step);
        match &mut self.until_crash {
            None => Ok(()),
            Some(0) => Err(WorkError::Crashed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }
}
