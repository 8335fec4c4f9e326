//! Where queries are computed: off the runtime's threads, a few at a time, for a bounded time, and no longer
//! than somebody waits for the answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use logql::{Budget, Warning};
use model::Timestamp;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::Clock;
use crate::fault::Fault;

mod tallies;
pub(crate) use tallies::Tallies;

/// More queries than this wait in line; those beyond are refused.
const WAITING_MAX: usize = 64;
const TIME_MAX: Duration = Duration::from_secs(60);
const RETRY_AFTER_S: u64 = 3;
/// Samples that one query reads and makes on the way: some 400 MB.
const SAMPLES_MAX: usize = 25_000_000;
/// Lines of one answer.
const ANSWER_BYTES_MAX: usize = 32 << 20;

/// The pool.
#[derive(Clone)]
pub(crate) struct Queries {
    room: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    tallies: Arc<Tallies>,
    clock: Clock,
}

/// What a query may still spend. It looks here now and then and ends when there is nothing left.
#[derive(Clone)]
pub(crate) struct Allowance {
    deadline: Instant,
    left: CancellationToken,
    /// The present, for templates that ask for it.
    now: Timestamp,
}

impl Allowance {
    /// Whether to go on: the time is not over and the client is still there.
    pub(crate) fn lasts(&self) -> bool {
        !self.left.is_cancelled() && Instant::now() < self.deadline
    }

    /// Hands the same limits to an evaluator.
    pub(crate) fn spend<T>(&self, evaluate: impl FnOnce(&Budget<'_>) -> T) -> T {
        self.spend_up_to(ANSWER_BYTES_MAX, evaluate)
    }

    /// Hands the same limits to an evaluator of samples.
    pub(crate) fn spend_on_samples<T>(&self, evaluate: impl FnOnce(&promql::Budget<'_>) -> T) -> T {
        let stop = || !self.lasts();
        evaluate(&promql::Budget { samples: SAMPLES_MAX, stop: &stop, ..promql::Budget::generous() })
    }

    /// The same for an answer of fewer bytes.
    pub(crate) fn spend_up_to<T>(&self, bytes_kept: usize, evaluate: impl FnOnce(&Budget<'_>) -> T) -> T {
        let stop = || !self.lasts();
        evaluate(&Budget { bytes_kept, now: self.now, stop: &stop, ..Budget::generous() })
    }
}

impl Queries {
    /// As many at once as there are cores, but for one that stays free for what comes in.
    pub(crate) fn new(clock: Clock) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self::with_places((cores - 1).clamp(2, 8), WAITING_MAX, clock)
    }

    fn with_places(at_once: usize, waiting_max: usize, clock: Clock) -> Self {
        let room = Arc::new(Semaphore::new(at_once + waiting_max));
        Self { room, turns: Arc::new(Semaphore::new(at_once)), tallies: Arc::default(), clock }
    }

    /// What was counted since the start.
    pub(crate) fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    /// Computes `work` when its turn comes. Dropping the future (the client left) ends the work. Work that ran
    /// out of time answers with what it has, and says so.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&Allowance) -> T + Send + 'static,
    {
        self.run_within(TIME_MAX, work).await
    }

    /// Like [`Queries::run`], for a shorter time.
    pub(crate) async fn run_within<T, F>(&self, time: Duration, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&Allowance) -> T + Send + 'static,
    {
        let _place = self.room.try_acquire().map_err(|_| {
            self.tallies.refused();
            Fault::too_many(
                "more queries wait than can be answered soon; try again in a moment",
                RETRY_AFTER_S,
            )
        })?;
        let turn = self.turns.clone().acquire_owned().await.expect("the semaphore is never closed");
        let left = CancellationToken::new();
        let _leaving = left.clone().drop_guard();
        let allowance =
            Allowance { deadline: Instant::now() + time.min(TIME_MAX), left, now: self.clock.now() };
        let tallies = self.tallies.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let began = Instant::now();
            let answer = work(&allowance);
            tallies.ran(began.elapsed(), allowance.deadline <= Instant::now());
            answer
        });
        match task.await {
            Ok(answer) => Ok(answer),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// Lines in part are better than none, but a count in part is a wrong count: a fault that names the limit.
pub(crate) fn whole(warnings: &[Warning]) -> Result<(), Fault> {
    for warning in warnings {
        match warning {
            Warning::Stopped => return Err(timed_out()),
            Warning::ReadEnough(bytes) => {
                let message = format!(
                    "the query reads more than {} GiB of lines, the limit for one query; narrow its time range or its selector",
                    bytes >> 30
                );
                return Err(Fault::bad_request(message));
            }
            Warning::Damaged(_) | Warning::MoreDamaged(_) | Warning::KeptEnough(_) => {}
        }
    }
    Ok(())
}

/// What is said of an answer that cannot be given in part.
pub(crate) fn timed_out() -> Fault {
    let message =
        format!("the query took longer than {} s; narrow its time range or its selector", TIME_MAX.as_secs());
    Fault::new(StatusCode::GATEWAY_TIMEOUT, message)
}

#[cfg(test)]
mod tests;
