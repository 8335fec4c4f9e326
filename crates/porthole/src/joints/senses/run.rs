//! Off the runtime's threads, a few at a time, for a bounded time, and no longer than somebody waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Questions that are worked on at once; others wait for their turn.
const AT_ONCE: usize = 2;
/// A rule that takes longer is at fault.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Where questions of rules are answered.
pub(super) struct Run {
    turns: Arc<Semaphore>,
}

impl Default for Run {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// What a question may still take.
pub(super) struct Limit {
    deadline: Instant,
    left: CancellationToken,
}

impl Limit {
    /// Whether to stop: time is up, or nobody waits any more.
    pub(super) fn is_over(&self) -> bool {
        self.left.is_cancelled() || Instant::now() >= self.deadline
    }
}

/// What is said of a question that took too long.
pub(super) fn too_long() -> String {
    format!(
        "it took longer than {} s; narrow its selector or its range, or evaluate it less often",
        TIME_MAX.as_secs()
    )
}

impl Run {
    /// Works when it is its turn. Dropping the future ends the work.
    pub(super) async fn off<T, F>(&self, work: F) -> Result<T, String>
    where
        T: Send + 'static,
        F: FnOnce(&Limit) -> Result<T, String> + Send + 'static,
    {
        let turn = self.turns.clone().acquire_owned().await.expect("the semaphore is never closed");
        let left = CancellationToken::new();
        let _leaving = left.clone().drop_guard();
        let limit = Limit { deadline: Instant::now() + TIME_MAX, left };
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&limit)
        });
        match task.await {
            Ok(answer) => answer,
            // A panic here would end the evaluation of the rule for good; so it is the rule's fault, and told.
            Err(error) => Err(format!("it ended by a fault of Porthole itself: {error}")),
        }
    }
}
