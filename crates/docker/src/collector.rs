//! The task that keeps up with the engine.
//!
//! A session lasts as long as the stream of events does. It subscribes to events first and lists containers
//! after, so nothing falls between; every event is followed by a fresh look at its container, in the order of
//! the events. The readers of logs outlive sessions: they find their way back by themselves.

mod fleet;
mod session;

use std::pin::pin;
use std::time::{Duration, SystemTime};

use model::{Batch, Position, Timestamp};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::client::{Client, Version};
use crate::clock::Clock;
use crate::config::Config;
use crate::cursor::{Cursor, Progress};
use crate::events::Event;
use crate::identity::Surroundings;
use crate::own;
use crate::reader::Surface;
use crate::status::{Engine, Published, Status};
use fleet::Fleet;
use session::{Session, SessionError};

/// Where the events were left.
const EVENTS_KEY: &str = "docker/events";

/// A session that lasted so long was a good one: the next is tried soon.
const GOOD_SESSION: Duration = Duration::from_secs(5);

/// Keeps up with one engine; see [`Collector::run`].
pub struct Collector {
    config: Config,
    client: Client,
    positions: Vec<Position>,
    lines: mpsc::Sender<Batch>,
    published: Published,
}

impl Collector {
    pub(crate) fn new(
        config: Config,
        client: Client,
        positions: Vec<Position>,
        lines: mpsc::Sender<Batch>,
        published: Published,
    ) -> Self {
        Self { config, client, positions, lines, published }
    }

    /// Runs until `shutdown`, then hands over what was read and returns. An engine that is absent is asked
    /// again for ever.
    pub async fn run(self, shutdown: CancellationToken) {
        if !self.config.enabled {
            let problem = "Docker is switched off: [docker] enabled is false".to_owned();
            Status::turn(&self.published.status, Engine::Away { problem });
            return shutdown.cancelled().await;
        }
        let mut keeper = Keeper::new(self, &shutdown);
        if shutdown.run_until_cancelled(keeper.keep_up()).await.is_none() {
            keeper.hand_over().await;
        }
    }
}

/// What lasts from session to session.
struct Keeper {
    client: Client,
    clock: Clock,
    fleet: Fleet,
    events: Progress<Event>,
    /// Since when events are asked for while none was told yet.
    started_at: Timestamp,
    config: Config,
}

impl Keeper {
    fn new(collector: Collector, shutdown: &CancellationToken) -> Self {
        let Collector { config, client, positions, lines, published } = collector;
        let clock = Clock::new();
        let surface = Surface {
            client: client.clone(),
            lines,
            clock_steps: clock.steps(),
            status: published.status.clone(),
            counters: published.counters.clone(),
        };
        let cursor = positions.iter().find(|position| position.key == EVENTS_KEY);
        let cursor = cursor.and_then(|position| Cursor::decode(position.value.as_deref()?));
        let hidden = own::container_id().filter(|_| !config.own_logs);
        Self {
            fleet: Fleet::new(surface, published, &positions, hidden, shutdown.clone()),
            client,
            clock,
            events: Progress::new(cursor),
            started_at: SystemTime::now().into(),
            config,
        }
    }

    /// One session after the other. Never returns.
    async fn keep_up(&mut self) {
        let mut backoff = Backoff::new();
        loop {
            let begun_at = Instant::now();
            let error = match self.begin().await {
                Ok(version) => Session::new(self, version).run().await,
                Err(error) => error,
            };
            if begun_at.elapsed() > GOOD_SESSION {
                backoff.reset();
            }
            // The stream of events may end in good order (a proxy's time limit): then it is just asked for
            // again.
            if !matches!(error, SessionError::End) {
                let problem = error.to_string();
                if self.fleet.turn(Engine::Away { problem }) {
                    tracing::warn!(%error, "the Docker engine is away");
                }
            }
            let pause = tokio::time::sleep(backoff.step());
            self.tend_until(pause).await;
        }
    }

    async fn tend_until(&mut self, end: impl Future<Output = ()>) {
        let mut end = pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return,
                () = self.fleet.tend() => {}
            }
        }
    }

    /// Finds out with whom it speaks, and what to call the machine.
    async fn begin(&mut self) -> Result<Version, SessionError> {
        let version = self.client.negotiate().await?;
        if !self.fleet.knows_surroundings() {
            let host = match &self.config.host {
                Some(host) => host.clone(),
                None => self.host().await,
            };
            let environment = self.config.environment.clone();
            self.fleet.set_surroundings(Surroundings { environment, host });
        }
        Ok(version)
    }

    /// The machine's name. In a container the hostname is the container's id, which changes with every update
    /// of Porthole; then the engine is asked, if a socket proxy lets it be.
    async fn host(&self) -> String {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Info {
            name: String,
        }
        let hostname = own::hostname();
        if !own::container_id().is_some_and(|id| id.starts_with(&hostname)) {
            return hostname;
        }
        match self.client.json::<Info>("/info").await {
            Ok(Info { name }) if !name.is_empty() => name,
            _ => hostname,
        }
    }

    async fn hand_over(self) {
        self.fleet.hand_over().await;
    }
}
