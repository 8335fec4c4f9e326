//! The files, and the protocol by which samples go through them. Everything here is synchronous and runs on the
//! writer's thread alone. It is written so that the process may end after any step:
//!
//! 1. *commit*: the scrapes, in one transaction of `tail.db`;
//! 2. *seal*, once a window is over: `tail.db` is made durable, so that a loss of power never leaves chunks whose rows
//!    `tail.db` forgot; then the chunks and the number of the last row that they hold go into the day's file in one
//!    transaction, which publishes them;
//! 3. the rows of the tail are deleted; readers and the recovery take no notice of those up to that number;
//! 4. *merge*, once the day is over: chunks that share series become chunks of a quarter of it, in one transaction;
//! 5. *roll up*: the day's five minutes go into the month's file, in one transaction;
//! 6. *expire*: whole files go, a day only once it is rolled up.

mod commit;
mod error;
mod expire;
mod horizon;
mod merge;
mod recover;
mod roll;
mod room;
mod seal;

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use model::{Timestamp, UtcDay};
use rusqlite::Connection;
use store::Horizon;

use crate::shared::Shared;
use crate::tail::{self, Tail};

pub use error::OpenError;
pub(crate) use error::StorageError;

/// Samples further ahead of the clock are refused: clocks differ, but not by that much.
pub const AHEAD_MAX: Duration = Duration::from_secs(10 * 60);

/// The open files, and what is shared with the readers.
pub(crate) struct Storage {
    pub(crate) shared: Arc<Shared>,
    tail: Tail,
    horizon: Horizon,
    /// Days that are to be merged and rolled up, and since when nothing was added to them.
    unmerged: BTreeMap<UtcDay, Timestamp>,
    /// Whether days are rolled up by the settings, as they were last seen.
    rolls: bool,
    /// While a backup holds it, no file changes but the tail.
    lease: Weak<()>,
    pub(crate) steps: Steps,
}

/// Permission to copy the files: they do not change while it lives, except for `tail.db`, of which `tail` sees the state
/// at the moment of the lease.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) tail: Connection,
    _held: Arc<()>,
}

impl Storage {
    /// Holds the files still for a backup.
    pub(crate) fn lease(&mut self) -> Result<Lease, StorageError> {
        let path = self.shared.directory.join(tail::FILE);
        let snapshot = store::open_reader(&path, &tail::SCHEMA)?;
        let pin = || {
            snapshot.execute_batch("BEGIN")?;
            snapshot.query_row("SELECT believed FROM clock", [], |_| Ok(()))
        };
        pin().map_err(StorageError::Tail)?;
        let held = Arc::new(());
        self.lease = Arc::downgrade(&held);
        Ok(Lease { tail: snapshot, _held: held })
    }

    fn is_leased(&self) -> bool {
        self.lease.strong_count() > 0
    }

    fn reached(&mut self, step: Step) -> Result<(), StorageError> {
        self.steps.reached(step)
    }
}

/// The places after which the process may end; the tests end it at each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Committed,
    MadeDurable,
    Sealed,
    Forgotten,
    Merged,
    Vacuumed,
    Rolled,
    Removed,
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
