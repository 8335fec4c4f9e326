//! One probe's task.

use std::sync::Arc;
use std::time::SystemTime;

use model::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::check::{Outcome, check};
use super::families;
use super::spec::{Place, Spec};
use super::state::{LastCheck, ProbeState};
use crate::appender::Appender;
use crate::book::Book;
use crate::scrape::Health;
use crate::scrape::schedule::Schedule;

/// What a task tells after each check: whose it is, and how it does.
pub(super) type Told = (u64, ProbeState);

/// Checks until `shutdown`, and tells how it went after each check. At the end its series end.
pub(super) struct Worker<A: Appender> {
    spec: Spec,
    appender: A,
    target: Arc<str>,
    book: Book<A>,
    state: ProbeState,
}

impl<A: Appender> Worker<A> {
    pub(super) fn new(spec: Spec, appender: A) -> Self {
        let target: Arc<str> = format!("probe {}", spec.name).into();
        families::describe(&appender, &target);
        let book = Book::new(appender.clone(), spec.labels.clone());
        let state = ProbeState::new(&spec);
        Self { spec, appender, target, book, state }
    }

    pub(super) async fn run(
        mut self,
        number: u64,
        place: watch::Receiver<Place>,
        told: mpsc::Sender<Told>,
        shutdown: CancellationToken,
    ) {
        let mut schedule = Schedule::new(now(), self.spec.interval);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = tokio::time::sleep(schedule.wait(now())) => {}
            }
            let at = schedule.begin(now());
            let current = place.borrow().clone();
            tokio::select! {
                // What is half done at the end is not done.
                () = shutdown.cancelled() => break,
                outcome = check(&self.spec, &current) => self.keep(at, &outcome).await,
            }
            if told.send((number, self.state.clone())).await.is_err() {
                break;
            }
        }
        // Later than the last check, even where both fall into one millisecond: a series has one sample there.
        let last = self.state.last.as_ref().map_or(i64::MIN, |last| last.at.millis());
        let ended = Timestamp::from_millis(now().millis().max(last.saturating_add(1)));
        let samples = self.book.end();
        self.appender.append(&self.target, ended, samples).await;
    }

    /// Keeps what came of a check that counts as made at `at`.
    pub(super) async fn keep(&mut self, at: Timestamp, outcome: &Outcome) {
        families::put(&mut self.book, &self.spec.kind, outcome);
        self.appender.append(&self.target, at, self.book.take()).await;
        let health = outcome.failure.clone().map_or(Health::Up, Health::Down);
        let status = outcome.answer.as_ref().map(|answer| answer.status);
        let expires = outcome.tls.as_ref().and_then(|tls| tls.earliest_expiry);
        self.state.turn(health, LastCheck { at, took: outcome.took, status }, expires);
    }
}

fn now() -> Timestamp {
    SystemTime::now().into()
}
