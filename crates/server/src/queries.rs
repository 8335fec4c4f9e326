//! Where queries are computed: off the runtime's threads, a few at a time, for a bounded time, and no longer
//! than somebody waits for the answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use logql::Budget;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;

/// More queries than this wait in line; those beyond are refused.
const WAITING_MAX: usize = 64;
const TIME_MAX: Duration = Duration::from_secs(60);
const RETRY_AFTER_S: u64 = 3;
/// Lines of one answer.
const ANSWER_BYTES_MAX: usize = 32 << 20;

/// The pool.
#[derive(Clone)]
pub(crate) struct Queries {
    room: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// What a query may still spend. It looks here now and then and ends when there is nothing left.
#[derive(Clone)]
pub(crate) struct Allowance {
    deadline: Instant,
    left: CancellationToken,
}

impl Allowance {
    /// Whether to go on: the time is not over and the client is still there.
    pub(crate) fn lasts(&self) -> bool {
        !self.left.is_cancelled() && Instant::now() < self.deadline
    }

    /// Hands the same limits to an evaluator.
    pub(crate) fn spend<T>(&self, evaluate: impl FnOnce(&Budget<'_>) -> T) -> T {
        let stop = || !self.lasts();
        evaluate(&Budget { bytes_kept: ANSWER_BYTES_MAX, stop: &stop, ..Budget::generous() })
    }
}

impl Default for Queries {
    fn default() -> Self {
        // One core stays free for what comes in.
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self::new((cores - 1).clamp(2, 8), WAITING_MAX)
    }
}

impl Queries {
    fn new(at_once: usize, waiting_max: usize) -> Self {
        let room = Arc::new(Semaphore::new(at_once + waiting_max));
        Self { room, turns: Arc::new(Semaphore::new(at_once)) }
    }

    /// Computes `work` when its turn comes. Dropping the future (the client left) ends the work. Work that ran
    /// out of time answers with what it has, and says so.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&Allowance) -> T + Send + 'static,
    {
        let _place = self.room.try_acquire().map_err(|_| {
            Fault::too_many(
                "more queries wait than can be answered soon; try again in a moment",
                RETRY_AFTER_S,
            )
        })?;
        let turn = self.turns.clone().acquire_owned().await.expect("the semaphore is never closed");
        let left = CancellationToken::new();
        let _leaving = left.clone().drop_guard();
        let allowance = Allowance { deadline: Instant::now() + TIME_MAX, left };
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&allowance)
        });
        match task.await {
            Ok(answer) => Ok(answer),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// What is said of an answer that cannot be given in part.
pub(crate) fn timed_out() -> Fault {
    let message =
        format!("the query took longer than {} s; narrow its time range or its selector", TIME_MAX.as_secs());
    Fault::new(StatusCode::GATEWAY_TIMEOUT, message)
}

#[cfg(test)]
mod tests;
