//! Opening alerts, and what runs: evaluation, time, delivering, the heartbeat.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use store::Clock;
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::deliver::{self, Completion, Heard, Kept};
use crate::evaluate::{Book, Evaluator, Schedule};
use crate::handle::{Alerts, Shared};
use crate::heartbeat::{Check, Heartbeat};
use crate::keep::Keep;
use crate::rules::Rules;
use crate::{Config, Senses};

/// What people answer waits here while `alerts.db` is written.
const HEARD_MAX: usize = 64;
/// Rules are looked at more often than that, and messages are delivered sooner: else something hangs.
const STUCK_MS: i64 = 10 * 60_000;
/// After a panic time goes by again so much later.
const TICK_AGAIN_MS: i64 = 1_000;

/// Why alerts cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot.
    #[error(transparent)]
    Store(#[from] store::OpenError),
    /// The rules made on the page cannot be read.
    #[error("the rules made on the page cannot be read: {0}")]
    Rules(String),
}

/// What runs; see [`Running::run`].
pub struct Running {
    alerts: Alerts,
    delivery: deliver::Running,
    heard: mpsc::Receiver<Heard>,
}

/// Opens `alerts.db` at `path`, which is made if it is not there. Nothing runs before [`Running::run`].
pub fn open(
    config: Config,
    path: &Path,
    senses: Arc<dyn Senses>,
    clock: Clock,
) -> Result<(Alerts, Running), OpenError> {
    let keep = Keep::open(path, config.policy.clone())?;
    let page = keep.page_rules().map_err(|error| OpenError::Rules(error.to_string()))?;
    let completion =
        Arc::new(Completion::new(keep.clone(), senses.clone(), &config.public_url, clock.clone()));
    let (heard_to, heard) = mpsc::channel(HEARD_MAX);
    let (delivery, delivering) = deliver::new(deliver::Parts {
        outbox: Arc::new(Kept { keep: keep.clone(), clock: clock.clone() }),
        complete: completion.clone(),
        receivers: config.receivers.clone(),
        tiers: config.tiers.clone(),
        heard: heard_to,
        clock: clock.clone(),
    });
    let heartbeat = watch::Sender::new(config.heartbeat.clone());
    let alerts = Alerts(Arc::new(Shared {
        keep,
        book: Book::default(),
        senses,
        clock,
        delivery,
        completion,
        rules: RwLock::new(Rules::new(config, page)),
        groups: watch::Sender::new(Vec::new()),
        news: Arc::new(Notify::new()),
        heartbeat,
        beating: Mutex::new(None),
    }));
    alerts.0.evaluate_anew();
    Ok((alerts.clone(), Running { alerts, delivery: delivering, heard }))
}

impl Running {
    /// Runs until `shutdown`, then waits for looks and messages that are under way.
    pub async fn run(self, shutdown: CancellationToken) {
        self.alerts.end_drills().await;
        let shared = self.alerts.0;
        let tasks = [
            tokio::spawn(evaluate(shared.clone(), shutdown.clone())),
            tokio::spawn(self.delivery.run(shutdown.clone())),
            tokio::spawn(tick(shared.clone(), shutdown.clone())),
            tokio::spawn(hear(shared.clone(), self.heard, shutdown.clone())),
            tokio::spawn(beat(shared, shutdown)),
        ];
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of alerting ended by a panic");
            }
        }
    }
}

/// Evaluates the rules that are in force.
async fn evaluate(shared: Arc<Shared>, shutdown: CancellationToken) {
    let public_url = shared.rules().config.public_url.clone();
    let evaluator = Evaluator::new(
        shared.senses.clone(),
        shared.keep.clone(),
        shared.book.clone(),
        shared.clock.clone(),
        &public_url,
    );
    let mut schedule = Schedule::new(evaluator, shared.news.clone());
    let mut groups = shared.groups.subscribe();
    loop {
        let now = groups.borrow_and_update().clone();
        schedule.set(&now);
        tokio::select! {
            () = shutdown.cancelled() => break,
            changed = groups.changed() => if changed.is_err() { break },
        }
    }
    schedule.end().await;
}

/// Lets the machine know that time goes by: whenever something is due, and after every change.
async fn tick(shared: Arc<Shared>, shutdown: CancellationToken) {
    let mut changed = shared.keep.changed();
    loop {
        changed.mark_unchanged();
        let (keep, now_ms) = (shared.keep.clone(), shared.now_ms());
        let ticked = tokio::task::spawn_blocking(move || keep.tick(now_ms)).await;
        let (turns, next_ms) = match ticked {
            Ok(ticked) => ticked,
            Err(error) if error.is_panic() => {
                // Without it nothing would be told in time any more.
                tracing::error!(%error, "time could not go by for alerts; it is tried again");
                (Vec::new(), now_ms + TICK_AGAIN_MS)
            }
            Err(_) => return,
        };
        shared.write_lines(&turns);
        let wait = u64::try_from(next_ms - shared.now_ms()).unwrap_or(0).max(1);
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = changed.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(Duration::from_millis(wait)) => {}
        }
    }
}

/// Acknowledges what people answer to receivers.
async fn hear(shared: Arc<Shared>, mut heard: mpsc::Receiver<Heard>, shutdown: CancellationToken) {
    loop {
        let one = tokio::select! {
            () = shutdown.cancelled() => return,
            one = heard.recv() => one,
        };
        let Some(Heard::Acknowledge { incident, by }) = one else { return };
        let (keep, now_ms) = (shared.keep.clone(), shared.now_ms());
        let done = tokio::task::spawn_blocking(move || keep.acknowledge(&incident, &by, None, now_ms)).await;
        if let Ok(Err(error)) = done {
            tracing::info!(%error, "an answer to a message came too late");
        }
    }
}

/// Sends heartbeats to where the settings say now.
async fn beat(shared: Arc<Shared>, shutdown: CancellationToken) {
    let mut configs = shared.heartbeat.subscribe();
    loop {
        let config = configs.borrow_and_update().clone();
        let stop = shutdown.child_token();
        let heartbeat = config.map(|config| Heartbeat::new(config, check(&shared), shared.clock.clone()));
        *shared.beating.lock().unwrap_or_else(PoisonError::into_inner) = heartbeat.clone();
        let running = heartbeat.map(|heartbeat| tokio::spawn(heartbeat.run(stop.clone())));
        tokio::select! {
            () = shutdown.cancelled() => {}
            changed = configs.changed() => if changed.is_err() { shutdown.cancelled().await },
        }
        stop.cancel();
        if let Some(running) = running {
            let _ = running.await;
        }
        if shutdown.is_cancelled() {
            return;
        }
    }
}

/// Whether alerting is well: rules are looked at, messages leave, the file can be written.
fn check(shared: &Arc<Shared>) -> Check {
    let shared = shared.clone();
    Arc::new(move || {
        let now_ms = shared.now_ms();
        let status = shared.keep.status().map_err(|error| format!("alerts.db cannot be read: {error}"))?;
        if let Some(fault) = status.fault {
            return Err(format!("alerts.db cannot be written: {fault}"));
        }
        if status.oldest_ms.is_some_and(|oldest| now_ms - oldest > STUCK_MS) {
            return Err("a message has waited for more than ten minutes".to_owned());
        }
        let last = shared.book.last_look_ms();
        match last.is_some_and(|last| now_ms - last <= STUCK_MS) || shared.rules().all().next().is_none() {
            true => Ok(()),
            false => Err("no rule was looked at for more than ten minutes".to_owned()),
        }
    })
}
