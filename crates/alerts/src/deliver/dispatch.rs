//! What runs: looks what is due, begins at most one attempt for each receiver, and goes to sleep until something happens.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::attempt::{Finished, Outcome, ask, attempt, keep, report};
use super::others::{SWITCH_MS, hand_on, is_urgent, note};
use super::{Complete, Delivery, Directory, Heard, Row};

/// Without any news the outbox is looked at so often.
const LOOK: Duration = Duration::from_secs(5);
/// What is under way when the process ends may take so long.
const DRAIN: Duration = Duration::from_secs(5);
/// What was handed on is remembered for so many rows.
const HANDED_ON_MAX: usize = 4096;

/// Delivers until it is told to stop.
pub(crate) struct Running {
    delivery: Delivery,
    complete: Arc<dyn Complete>,
    heard: mpsc::Sender<Heard>,
    /// Receivers with an attempt under way.
    busy: HashSet<String>,
    /// When a receiver may next be told something.
    free_at: HashMap<String, Instant>,
    /// When a receiver's first row is tried again.
    retry_at: HashMap<String, Instant>,
    /// What became of rows, as far as the outbox could not be told.
    untold: HashMap<i64, Outcome>,
    /// Rows whose call rings: nobody else needs to know yet.
    underway: HashSet<i64>,
    /// Rows that were given to the others.
    handed_on: HashSet<i64>,
    attempts: JoinSet<Finished>,
}

impl Running {
    pub(super) fn new(delivery: Delivery, complete: Arc<dyn Complete>, heard: mpsc::Sender<Heard>) -> Self {
        Self {
            delivery,
            complete,
            heard,
            busy: HashSet::new(),
            free_at: HashMap::new(),
            retry_at: HashMap::new(),
            untold: HashMap::new(),
            underway: HashSet::new(),
            handed_on: HashSet::new(),
            attempts: JoinSet::new(),
        }
    }

    /// Delivers until `shutdown`; then waits a little for what is under way.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let mut changed = self.delivery.outbox.changed();
        let mut directories = self.delivery.directory.subscribe();
        let (mut listening, mut ears) = self.listen(&shutdown);
        loop {
            changed.mark_unchanged();
            let wake = self.look().await;
            tokio::select! {
                () = shutdown.cancelled() => break,
                Ok(()) = changed.changed() => {}
                Ok(()) = directories.changed() => {
                    listening.cancel();
                    ears.shutdown().await;
                    (listening, ears) = self.listen(&shutdown);
                }
                Some(finished) = self.attempts.join_next() => self.finish(finished).await,
                () = tokio::time::sleep_until(wake) => {}
            }
        }
        let _ = tokio::time::timeout(DRAIN, async {
            while let Some(finished) = self.attempts.join_next().await {
                self.finish(finished).await;
            }
        })
        .await;
    }

    /// Begins what can be begun, and gives when to look again.
    async fn look(&mut self) -> Instant {
        let now_ms = self.delivery.now_ms();
        let rows =
            ask(&self.delivery, move |outbox| Ok((outbox.due(now_ms)?, outbox.late(now_ms - SWITCH_MS)?)));
        let (due, late) = match rows.await {
            Ok(rows) => rows,
            Err(error) => {
                report::<()>(Err(error));
                return Instant::now() + LOOK;
            }
        };
        for row in late {
            self.switch(row).await;
        }
        let directory = self.delivery.directory.borrow().clone();
        let now = Instant::now();
        self.retry_at.retain(|_, at| *at > now);
        let mut wake = self.retry_at.values().copied().fold(now + LOOK, Instant::min);
        for row in due {
            if self.busy.contains(&row.receiver) {
                continue;
            }
            match self.free_at.get(&row.receiver) {
                Some(free_at) if *free_at > now => wake = wake.min(*free_at),
                _ => self.begin(&directory, row, now_ms),
            }
        }
        wake
    }

    fn begin(&mut self, directory: &Directory, row: Row, now_ms: i64) {
        let (delivery, name) = (self.delivery.clone(), row.receiver.clone());
        if let Some(outcome) = self.untold.get(&row.id) {
            // It must not be sent again because our disk was full.
            if matches!(outcome, Outcome::Later { next_ms, .. } | Outcome::Underway { next_ms, .. } if *next_ms <= now_ms)
            {
                self.untold.remove(&row.id);
            } else {
                let outcome = outcome.clone();
                self.free_at.insert(name.clone(), Instant::now() + LOOK);
                self.busy.insert(name);
                self.attempts.spawn(async move { keep(&delivery, row, outcome).await });
                return;
            }
        }
        match directory.receivers.get(&name) {
            None => {
                let why = format!("there is no receiver {name} any more");
                self.attempts.spawn(async move { keep(&delivery, row, Outcome::Dead { why }).await });
            }
            Some(receiver) => {
                self.free_at.insert(name.clone(), Instant::now() + receiver.pace());
                let (receiver, complete) = (receiver.clone(), self.complete.clone());
                self.attempts.spawn(async move { attempt(&delivery, &complete, &receiver, row).await });
            }
        }
        self.busy.insert(name);
    }

    async fn finish(&mut self, finished: Result<Finished, tokio::task::JoinError>) {
        let finished = match finished {
            Ok(finished) => finished,
            Err(error) => {
                // Whose it was is not known; nobody is busy for ever.
                tracing::error!(%error, "an attempt to deliver a message ended by itself");
                self.busy.clear();
                return;
            }
        };
        let Finished { row, outcome, is_kept } = &finished;
        self.busy.remove(&row.receiver);
        if let Outcome::Later { next_ms, .. } | Outcome::Underway { next_ms, .. } = outcome {
            let wait = u64::try_from(next_ms - self.delivery.now_ms()).unwrap_or(0);
            // The outbox counts in whole milliseconds.
            self.retry_at.insert(row.receiver.clone(), Instant::now() + Duration::from_millis(wait + 1));
        }
        match outcome {
            Outcome::Underway { .. } => self.underway.insert(row.id),
            _ => self.underway.remove(&row.id),
        };
        let was_untold = match is_kept {
            true => self.untold.remove(&row.id).is_some(),
            false => self.untold.insert(row.id, outcome.clone()).is_some(),
        };
        if was_untold {
            return;
        }
        if !self.delivery.receivers().0.iter().any(|receiver| receiver.name == row.receiver) {
            return;
        }
        note(&self.delivery, row, outcome).await;
        // Nobody may be waiting for it.
        let _ = self.delivery.finished.send(finished);
    }

    /// Gives a critical message that waits too long to the others, once.
    async fn switch(&mut self, row: Row) {
        if !is_urgent(&row) || self.underway.contains(&row.id) || self.handed_on.contains(&row.id) {
            return;
        }
        if self.handed_on.len() >= HANDED_ON_MAX {
            self.handed_on.clear();
        }
        self.handed_on.insert(row.id);
        hand_on(&self.delivery, &row).await;
    }

    /// Begins to hear what people answer.
    fn listen(&self, shutdown: &CancellationToken) -> (CancellationToken, JoinSet<()>) {
        let (token, mut ears) = (shutdown.child_token(), JoinSet::new());
        for receiver in self.delivery.receivers().0 {
            let (told, token) = (self.heard.clone(), token.clone());
            ears.spawn(async move { receiver.listen(told, &token).await });
        }
        (token, ears)
    }
}
