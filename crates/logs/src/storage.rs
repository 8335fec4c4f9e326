//! The files, and the protocol by which lines go through them. Everything here is synchronous and runs on the
//! writer's thread alone. It is written so that the process may end after any step:
//!
//! 1. *commit*: the packed lines and the collectors' positions, in one transaction of `tail.db`;
//! 2. *seal*, once a unit has enough lines: `tail.db` is made durable, so that a loss of power never leaves a
//!    block whose lines `tail.db` forgot; then the block goes into `.data.db`; then its row with `seq_to` into
//!    `.index.db`, which publishes it;
//! 3. the rows of the tail are deleted, together with the next commit.
//!
//! Whoever reads takes no notice of tail rows up to the published `seq_to`, nor of a block without an index
//! row. The filters of published blocks are cut into slices, a lane of them at a time (`slice` of the day's files).
//! Small blocks are merged in the same way, blocks lose lines that were deleted, and days that are past their retention
//! go (`compact`, `delete`, `expire`).

mod commit;
mod compact;
mod delete;
mod error;
mod expire;
mod last_hour;
mod merge;
mod recover;
mod seal;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Weak};
use std::time::Instant;

use rusqlite::Connection;
use store::Horizon;

use crate::columns::Columns;
use crate::day::DayFiles;
use crate::joining::HeldLines;
use crate::picture::Day;
use crate::place::DayKey;
use crate::shared::Shared;
use crate::stream::Stream;
use crate::tail::{self, RowsUpTo, Tail};

pub(crate) use commit::Packed;
use delete::Deleting;
pub(crate) use error::StorageError;
pub(crate) use expire::is_expired;

/// The open files and what is known about the tail.
pub(crate) struct Storage {
    shared: Arc<Shared>,
    tail: Tail,
    files: HashMap<DayKey, OpenFiles>,
    /// The units that have tail rows, by stream number and day.
    waiting: HashMap<(u32, DayKey), Waiting>,
    /// Rows that are sealed but still in the file.
    obsolete: Vec<RowsUpTo>,
    /// Days that may have small blocks to merge.
    with_small: BTreeSet<DayKey>,
    /// Since when a day has blocks that were replaced and are still in its file.
    replaced: BTreeMap<DayKey, Instant>,
    /// The deletion that is being worked on.
    deleting: Option<Deleting>,
    /// Damaged blocks, which cannot be merged.
    unreadable: BTreeSet<(DayKey, i64)>,
    horizon: Horizon,
    /// What the last run held back to be joined, until it is asked for.
    held: Vec<HeldLines>,
    /// While a backup holds it, no block is sealed and no file deleted.
    lease: Weak<()>,
    steps: Steps,
}

struct OpenFiles {
    files: DayFiles,
    used: Instant,
}

/// A unit's part of the tail.
struct Waiting {
    day: Arc<Day>,
    stream: Arc<Stream>,
    weight: u64,
    rows: usize,
    /// Since when its oldest line waits.
    since: Instant,
    /// What each of its rows holds, while that is little and new: then they need not be unpacked for the seal.
    columns: Option<Vec<Columns>>,
}

/// Permission to copy the files: they do not change while it lives, except for `tail.db`, of which `tail` sees
/// the state at the moment of the lease.
pub(crate) struct Lease {
    pub(crate) tail: Connection,
    _held: Arc<()>,
}

impl Storage {
    /// The weight of all rows of the tail.
    pub(crate) fn tail_weight(&self) -> u64 {
        self.waiting.values().map(|unit| unit.weight).sum()
    }

    /// Gives back what is kept of rows that were not sealed soon.
    pub(crate) fn forget_columns(&mut self) {
        self.waiting.values_mut().for_each(|unit| unit.columns = None);
    }

    /// Whether rows are still to be deleted.
    pub(crate) fn has_obsolete(&self) -> bool {
        !self.obsolete.is_empty()
    }

    /// Fails while nothing can be written.
    pub(crate) fn probe(&mut self) -> Result<(), StorageError> {
        self.tail.probe().map_err(StorageError::tail)
    }

    /// The lines that the last run held back to be joined with others.
    pub(crate) fn take_held(&mut self) -> Vec<HeldLines> {
        std::mem::take(&mut self.held)
    }

    /// Holds the files still for a backup.
    pub(crate) fn lease(&mut self) -> Result<Lease, StorageError> {
        let path = self.shared.root.join(tail::FILE);
        let snapshot = store::open_reader(&path, &tail::SCHEMA).map_err(StorageError::open)?;
        let pin = || {
            snapshot.execute_batch("BEGIN")?;
            snapshot.query_row("SELECT commits FROM durable", [], |_| Ok(()))
        };
        pin().map_err(StorageError::tail)?;
        let held = Arc::new(());
        self.lease = Arc::downgrade(&held);
        Ok(Lease { tail: snapshot, _held: held })
    }

    /// Forgets the streams that nothing refers to any more.
    pub(crate) fn prune(&mut self) -> Result<(), StorageError> {
        self.shared.streams.prune();
        self.tail.prune().map_err(StorageError::tail)
    }

    fn is_leased(&self) -> bool {
        self.lease.strong_count() > 0
    }

    /// Gives back what is kept for days on which no block was sealed for a while. Those that are over hardly get any
    /// more.
    pub(crate) fn close_idle(&mut self, now: Instant) -> Result<(), StorageError> {
        if self.is_leased() {
            return Ok(());
        }
        let idle = self.shared.limits.seal_past_day_after;
        let is_idle =
            |(key, open): &(&DayKey, &OpenFiles)| (now.duration_since(open.used) >= idle).then_some(**key);
        let keys: Vec<DayKey> = self.files.iter().filter_map(|open| is_idle(&open)).collect();
        let mut done = Ok(());
        for key in keys {
            let Some(mut open) = self.files.remove(&key) else { continue };
            if key.day.end() <= self.shared.clock.now() {
                let sliced = open.files.slice(true).map(|_| ());
                done = done.and(sliced.map_err(|reason| StorageError::Day { key, reason }));
            }
        }
        done
    }

    fn reached(&mut self, step: Step) -> Result<(), StorageError> {
        self.steps.reached(step)
    }
}

/// The places after which the process may end; the tests end it at each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Begun,
    Committed,
    MadeDurable,
    DataWritten,
    IndexWritten,
    Published,
    Sliced,
    Merged,
    Replaced,
    ReplacedDeleted,
    DeletionKept,
    DeletionCame,
    TailExpired,
    IndexRemoved,
}

/// Counts the steps, and in tests stops at the one chosen.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    #[cfg(test)]
    pub(crate) until_crash: Option<usize>,
    #[cfg(test)]
    pub(crate) taken: Vec<Step>,
}

impl Steps {
    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "only tests stop at a step")]
    fn reached(&mut self, _step: Step) -> Result<(), StorageError> {
        Ok(())
    }

    #[cfg(test)]
    fn reached(&mut self, step: Step) -> Result<(), StorageError> {
        self.taken.push(step);
        match &mut self.until_crash {
            None => Ok(()),
            Some(0) => Err(StorageError::Crashed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
