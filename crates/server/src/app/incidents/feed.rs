//! The look: every few seconds, once for everybody, whether or not somebody watches; what was seen is kept until the
//! next one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use answers::seen::Alert;
use answers::{Calm, Watch, sentence};
use api::{Evidence, Incident, Situation};
use model::{Labels, Timestamp};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::around::Surroundings;
use super::changes::Changes;
use super::gather::{Gather, Gathered, Sources};
use super::tiles::Tiles;
use super::week::Week;
use crate::Clock;
use crate::accounts::Accounts;
use crate::fault::Fault;
use crate::queries::{Allowance, Queries};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(5);
/// Nobody looks again sooner.
const AGAIN_AFTER_MS: i64 = 2_000;
/// What was seen longer ago is looked at anew before it is shown.
const FRESH_FOR: Duration = Duration::from_secs(15);
/// A look that takes longer is given up; the next one has more luck.
const LONGEST: Duration = Duration::from_secs(10);
/// Open incidents are written so often, for a start after a crash.
const SAVE_EVERY: Duration = Duration::from_secs(60);
const CHANGES_MAX: usize = 30;

/// Tells which alerts fire.
pub(crate) type AlertSource = Arc<dyn Fn() -> Vec<Alert> + Send + Sync>;

/// The latest situation, for all who look.
#[derive(Clone)]
pub(crate) struct SituationFeed {
    sources: Sources,
    alerts: AlertSource,
    accounts: Accounts,
    queries: Queries,
    clock: Clock,
    state: Arc<Mutex<State>>,
    latest: watch::Sender<Option<Arc<Situation>>>,
}

#[derive(Default)]
struct State {
    gather: Gather,
    /// `None`: the open incidents of the run before are not read yet.
    watch: Option<Watch>,
    tiles: Tiles,
    changes: Changes,
    week: Week,
    last: Option<Incident>,
    saved: Option<(Timestamp, Vec<String>)>,
}

impl SituationFeed {
    pub(crate) fn new(
        sources: Sources,
        alerts: AlertSource,
        accounts: Accounts,
        queries: Queries,
        clock: Clock,
    ) -> Self {
        let (latest, _) = watch::channel(None);
        Self { sources, alerts, accounts, queries, clock, state: Arc::default(), latest }
    }

    /// Looks until `shutdown`.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if let Err(fault) = self.look().await {
                tracing::debug!(?fault, "a look at what is broken was given up");
            }
        }
    }

    /// What was seen last; looked at now if that is long ago.
    pub(crate) async fn current(&self) -> Result<Arc<Situation>, Fault> {
        let now = self.clock.now();
        let latest = self.latest.borrow().clone();
        match latest {
            Some(seen) if now.since(Timestamp::from_millis(seen.at)) < FRESH_FOR => Ok(seen),
            _ => self.look().await,
        }
    }

    /// Wakes whoever shows it.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Option<Arc<Situation>>> {
        self.latest.subscribe()
    }

    pub(super) fn sources(&self) -> &Sources {
        &self.sources
    }

    async fn look(&self) -> Result<Arc<Situation>, Fault> {
        let feed = self.clone();
        let at = self.clock.now();
        let seen = self.queries.run_within(LONGEST, move |allowance| {
            let mut state = feed.state.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever waited for another's look takes what that one saw.
            let latest = feed.latest.borrow().clone();
            if let Some(seen) = latest.filter(|seen| (at.millis() - seen.at).abs() < AGAIN_AFTER_MS) {
                return seen;
            }
            Arc::new(state.look(&feed, allowance, at))
        });
        let seen = seen.await?;
        self.latest.send_if_modified(|latest| {
            let is_other =
                latest.as_ref().is_none_or(|shown| Situation { at: seen.at, ..(**shown).clone() } != *seen);
            *latest = Some(seen.clone());
            is_other
        });
        Ok(seen)
    }
}

/// What stands around a moment; empty where there is no time to look.
pub(crate) async fn evidence(queries: &Queries, sources: Sources, labels: Labels, at: Timestamp) -> Evidence {
    let found = queries.run_within(LONGEST, move |allowance| {
        answers::evidence(&Surroundings { sources: &sources, allowance }, &labels, at)
    });
    found.await.unwrap_or_else(|_| Evidence { at: at.millis(), ..Evidence::default() })
}

impl State {
    fn look(&mut self, feed: &SituationFeed, allowance: &Allowance, at: Timestamp) -> Situation {
        let accounts = &feed.accounts;
        if self.watch.is_none() {
            self.watch = Some(Watch::with(accounts.open_incidents().unwrap_or_default()));
            self.last = accounts.ended_incidents().unwrap_or_default().into_iter().next();
        }
        let gathered = self.gather.look(&feed.sources, (feed.alerts)(), allowance, at);
        // What was cut short shows less than there is: nothing may end by it.
        let latest = feed.latest.borrow().clone();
        if let Some(seen) = latest.filter(|_| !allowance.lasts()) {
            return (*seen).clone();
        }
        let looked = self.watch.get_or_insert_default().look(&gathered.seen);
        self.save(accounts, &looked.open, &looked.ended, at);
        if let Some(ended) = looked.ended.into_iter().max_by_key(|incident| incident.ended) {
            self.last = Some(ended);
        }
        let mut changes = self.changes.look(&feed.sources, allowance, at).to_vec();
        changes.truncate(CHANGES_MAX);
        Situation {
            at: at.millis(),
            sentence: sentence(&looked.open, self.last.as_ref(), calm(&gathered)),
            tiles: self.tiles.look(&feed.sources, &gathered, &looked.open, allowance, at),
            incidents: looked.open,
            last: self.last.clone(),
            changes,
            week: self.week.look(&feed.sources, allowance, at),
        }
    }

    /// Keeps what opened or ended at once, and the rest now and then.
    fn save(&mut self, accounts: &Accounts, open: &[Incident], ended: &[Incident], at: Timestamp) {
        let names: Vec<String> = open.iter().map(|incident| incident.id.clone()).collect();
        let is_due = match &self.saved {
            Some((saved, known)) => *known != names || at.since(*saved) >= SAVE_EVERY && !names.is_empty(),
            None => !names.is_empty(),
        };
        if !is_due && ended.is_empty() {
            return;
        }
        let all: Vec<&Incident> = open.iter().chain(ended).collect();
        match accounts.keep_incidents(&all) {
            Ok(()) => self.saved = Some((at, names)),
            Err(error) => tracing::warn!(%error, "incidents could not be kept"),
        }
    }
}

fn calm(gathered: &Gathered) -> Calm {
    let running = gathered.seen.services.iter().filter(|service| {
        service.containers.iter().any(|container| container.state == api::RunState::Running)
    });
    let (requests, failed) = gathered
        .tallies
        .values()
        .fold((0, 0), |(all, failed), one| (all + one.requests, failed + one.failed));
    Calm {
        running: running.count() as u64,
        per_minute: (!gathered.tallies.is_empty()).then_some(requests as f64),
        failed: failed as f64 / (requests as f64).max(1.0),
    }
}
