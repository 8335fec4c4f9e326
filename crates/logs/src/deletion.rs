//! Deletion by query: what is asked for, and how far it is.
//!
//! A request is durable before it is answered, and is worked off behind the commits: blocks that hold such lines are
//! written anew without them, a day at a time. It takes what was committed when it was made; lines of its range that
//! arrive while it runs may go too. Whatever ends the process, every line goes once and is counted once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use logql::ast::Stage;
use logql::{Expr, LogQuery};
use model::{TimeRange, Timestamp, UtcDay};

use crate::intake::PushError;

/// So many requests may wait.
pub(crate) const WAITING_MAX: usize = 1000;

/// So many that are done are remembered.
pub(crate) const DONE_MAX: usize = 100;

/// A request for the deletion of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Names it.
    pub id: u64,
    /// Which lines, in LogQL.
    pub query: String,
    /// Of which time.
    pub range: TimeRange,
    /// When it was made.
    pub created: Timestamp,
    /// How far it is.
    pub state: DeletionState,
    /// So many lines were deleted; those of the day that is worked on are not counted yet.
    pub lines: u64,
    /// The days before this one are done.
    pub(crate) from: UtcDay,
}

/// How far a deletion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionState {
    /// Nothing was deleted yet.
    Waiting,
    /// Lines are being deleted.
    Running,
    /// All of them are gone.
    Done,
}

/// Why lines will not be deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeleteError {
    /// The query is not one for lines, or is wrong.
    #[error("{0}")]
    Query(String),
    /// Others have to be worked off first.
    #[error("{WAITING_MAX} deletions are waiting; ask again when some of them are done")]
    TooMany,
    /// The request could not be written down.
    #[error(transparent)]
    Store(#[from] PushError),
}

/// Why a deletion goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CancelError {
    /// There is none of this number.
    #[error("could not find delete request with given id")]
    Unknown,
    /// It has begun.
    #[error(
        "deletion of request which is in process or already processed is not allowed; force=true keeps what is left"
    )]
    Begun,
    /// That could not be written down.
    #[error(transparent)]
    Store(#[from] PushError),
}

/// The query, if lines can be deleted by it.
pub(crate) fn query(text: &str) -> Result<LogQuery, DeleteError> {
    let told = |message: String| DeleteError::Query(message);
    let Expr::Log(log) = logql::parse(text).map_err(|error| told(error.to_string()))? else {
        return Err(told("only queries for lines can be deleted by; write a selector and filters".into()));
    };
    let looks_around =
        |stage: &logql::Spanned<Stage>| matches!(stage.node, Stage::Distinct(_) | Stage::Context(_));
    if log.stages.iter().any(looks_around) {
        return Err(told("`distinct` and `context` do not say which lines to delete; write filters".into()));
    }
    LogQuery::new(&log).map_err(|error| told(error.to_string()))
}

/// All requests that are known, oldest first. The writer alone changes them.
#[derive(Debug, Default)]
pub(crate) struct DeletionBook(Mutex<Vec<Deletion>>);

impl DeletionBook {
    pub(crate) fn list(&self) -> Vec<Deletion> {
        self.all().clone()
    }

    pub(crate) fn all(&self) -> MutexGuard<'_, Vec<Deletion>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one to be worked on.
    pub(crate) fn next(&self) -> Option<Deletion> {
        self.all().iter().find(|deletion| deletion.state != DeletionState::Done).cloned()
    }

    pub(crate) fn change(&self, id: u64, change: impl FnOnce(&mut Deletion)) {
        if let Some(deletion) = self.all().iter_mut().find(|deletion| deletion.id == id) {
            change(deletion);
        }
    }
}
