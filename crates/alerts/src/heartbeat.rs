//! The heartbeat: once a minute somebody outside is told that all is well here, after Porthole has looked at itself. When
//! it stays away, they tell people; that is the one alert that Porthole cannot send itself.
//!
//! ```toml
//! [alerts.heartbeat]
//! url = "https://hc-ping.com/…"
//! interval = "1m"
//! ```

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use outbound::{Client, Options};
use settings::{Secret, Section};
use store::Clock;
use tokio_util::sync::CancellationToken;

use crate::receivers::attempt::Failure;
use crate::receivers::{Ask, Endpoint, without};

const INTERVAL: Duration = Duration::from_secs(60);
const INTERVAL_MIN: Duration = Duration::from_secs(10);
const INTERVAL_MAX: Duration = Duration::from_secs(3600);

/// Where the heartbeat goes.
#[derive(Clone, Debug)]
pub struct Config {
    url: Endpoint,
    secret: Secret,
    interval: Duration,
    client: Client,
}

impl Config {
    /// Reads `[alerts.heartbeat]` below `[alerts]`; `None` where it is not written.
    pub(crate) fn read(alerts: &Section<'_>) -> Option<Self> {
        let section = alerts.section("heartbeat");
        let url = Endpoint::secret(&section, "url");
        let interval = section.duration("interval").unwrap_or(INTERVAL);
        if !section.is_present() {
            return None;
        }
        if !section.is_set("url") && !section.is_set("url_file") {
            section.fault(
                "url",
                "it is missing",
                "write url or url_file: an address that is asked each minute",
            );
        }
        if !(INTERVAL_MIN..=INTERVAL_MAX).contains(&interval) {
            section.fault("interval", "out of bounds", "write a duration from 10s to 1h");
        }
        let client = Client::new(&Options::default()).ok()?;
        let (url, secret) = url?;
        Some(Self { url, secret, interval, client })
    }
}

/// Looks at what Porthole is made of: `Err` says what is not well. Waits for the disk where it must.
pub type Check = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// How the last one went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// When one was last taken, milliseconds since 1970.
    pub sent_ms: Option<i64>,
    /// Why the last was not sent or not taken; empty if it was.
    pub fault: String,
}

/// Sends heartbeats.
#[derive(Clone)]
pub struct Heartbeat {
    config: Config,
    check: Check,
    clock: Clock,
    last: Arc<Mutex<Last>>,
}

impl fmt::Debug for Heartbeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heartbeat").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Heartbeat {
    /// Sends to where `config` says, whenever `check` finds nothing.
    pub fn new(config: Config, check: Check, clock: Clock) -> Self {
        Self { config, check, clock, last: Arc::default() }
    }

    /// How the last one went.
    pub fn last(&self) -> Last {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Beats until `shutdown`.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(self.config.interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = ticks.tick() => self.beat().await,
            }
        }
    }

    /// One heartbeat.
    async fn beat(&self) {
        let fault = self.send().await.err().unwrap_or_default();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.is_empty() {
            last.sent_ms = Some(self.clock.now().millis());
        } else if fault != last.fault {
            tracing::warn!(%fault, "no heartbeat was sent");
        }
        last.fault = fault;
    }

    async fn send(&self) -> Result<(), String> {
        let check = self.check.clone();
        let checked = tokio::task::spawn_blocking(move || check()).await;
        checked.map_err(|error| format!("the check of Porthole itself ended: {error}"))??;
        let asked = Ask::get(self.config.url.uri()).send(&self.config.client).await;
        asked.map(|_| ()).map_err(|failure| match failure {
            Failure::Later { why, .. } | Failure::Refused { why } | Failure::Underway { what: why, .. } => {
                without(&why, &self.config.secret)
            }
        })
    }
}

#[cfg(test)]
mod tests;
