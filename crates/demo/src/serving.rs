//! The shop as a whole: its story goes on in one task, another serves its API.

use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use tokio::net::UnixListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::api::{self, Api};
use crate::clock::{Clock, Running};
use crate::doors::{self, Doors};
use crate::engine::Engine;
use crate::redis;
use crate::reports::Outbox;
use crate::reports::sending::{self, Destination};
use crate::shop::Simulation;
use crate::visits::{self, Visits};

const SOCKET: &str = "docker.sock";
/// How often the story catches up with the clock.
const STEP: Duration = Duration::from_millis(100);
/// After a sleep of the machine the story is told in pieces of this, so that others get their turn.
const PIECE: Duration = Duration::from_secs(60);

/// How a shop is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What tells one story from another.
    pub seed: u64,
    /// What time it is.
    pub clock: Clock,
    /// How much has happened before the start.
    pub history: Duration,
}

impl Options {
    /// The shop at the machine's time, with an hour behind it.
    pub fn new(seed: u64) -> Self {
        Self { seed, clock: Clock::Machine, history: Duration::from_secs(3600) }
    }
}

/// A shop that is open. Dropping it closes it.
#[derive(Debug)]
pub struct Shop {
    socket: PathBuf,
    shutdown: CancellationToken,
    advances: mpsc::Sender<Advance>,
    destination: watch::Sender<Option<Destination>>,
    proxy: watch::Sender<Option<SocketAddr>>,
    tasks: Vec<JoinHandle<()>>,
}

/// A request to let time pass, answered when it has.
type Advance = (Duration, oneshot::Sender<()>);

impl Shop {
    /// Opens a shop with an hour behind it, whose Docker Engine API listens on a socket in `dir`.
    pub async fn start(dir: &Path, seed: u64) -> anyhow::Result<Self> {
        Self::start_with(dir, Options::new(seed)).await
    }

    /// [`Shop::start`] with a clock and a past of one's own.
    pub async fn start_with(dir: &Path, options: Options) -> anyhow::Result<Self> {
        let socket = dir.join(SOCKET);
        let listener = listen(&socket)?;
        let clock = options.clock.start();
        let (doors, listeners) = Doors::open().await?;
        let (outbox, reports) = Outbox::new();
        let (visits, planned) = Visits::new();
        let post = (outbox, visits);
        let simulation = tokio::task::spawn_blocking(move || past(options, clock, doors, post)).await?;
        let (destination, told) = watch::channel(None);
        let (proxy, found) = watch::channel(None);

        let shutdown = CancellationToken::new();
        let meters = simulation.meters().clone();
        let engine = simulation.engine().clone();
        let api = Api { engine, meters: meters.clone(), shutdown: shutdown.clone() };
        let (advances, asked) = mpsc::channel(1);
        let mut tasks = vec![
            tokio::spawn(go_on(simulation, clock, asked, shutdown.clone())),
            tokio::spawn(serve(listener, api, shutdown.clone())),
            tokio::spawn(redis::serve(listeners.redis, meters.clone(), shutdown.clone())),
            tokio::spawn(sending::send_all(reports, told, shutdown.clone())),
            tokio::spawn(visits::make_all(planned, found, shutdown.clone())),
        ];
        for (member, listener) in listeners.numbers {
            tasks.push(tokio::spawn(doors::serve(member, listener, meters.clone(), shutdown.clone())));
        }
        Ok(Self { socket, shutdown, advances, destination, proxy, tasks })
    }

    /// Where a Docker client finds the shop: `unix://…`.
    pub fn docker_host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Tells the shop's programs where to report their errors. What they had to report until then follows.
    pub fn report_to(&self, destination: Destination) {
        self.destination.send_replace(Some(destination));
    }

    /// Tells the shop's visitors where the proxy in front of it listens. Until then nobody really comes.
    pub fn visit_through(&self, proxy: SocketAddr) {
        self.proxy.send_replace(Some(proxy));
    }

    /// Lets time pass, beside what the clock does; returns when all of it has happened.
    pub async fn advance(&self, by: Duration) {
        let (done, happened) = oneshot::channel();
        // Both fail only where the shop is closing, and then nothing happens any more.
        let _ = self.advances.send((by, done)).await;
        let _ = happened.await;
    }

    /// Closes the shop: ends all answers and waits until all tasks are gone.
    pub async fn stop(mut self) {
        self.shutdown.cancel();
        for task in std::mem::take(&mut self.tasks) {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task of the simulated shop failed");
            }
        }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.shutdown.cancel();
        let _ = fs::remove_file(&self.socket);
    }
}

fn listen(socket: &Path) -> anyhow::Result<UnixListener> {
    match fs::remove_file(socket) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot replace {}", socket.display()));
        }
        _ => {}
    }
    UnixListener::bind(socket)
        .with_context(|| format!("cannot listen on {}; is its path longer than 107 bytes?", socket.display()))
}

fn past(options: Options, clock: Running, doors: Doors, post: (Outbox, Visits)) -> Simulation {
    let now = clock.started();
    let begun = now.minus(options.history);
    let mut simulation = Simulation::new(Engine::new(begun), doors, post, options.seed, begun, now);
    simulation.advance(now);
    simulation
}

async fn serve(listener: UnixListener, api: Api, shutdown: CancellationToken) {
    let served = axum::serve(listener, api::router(api)).with_graceful_shutdown(shutdown.cancelled_owned());
    if let Err(error) = served.await {
        tracing::error!(%error, "the simulated Docker engine stopped");
    }
}

async fn go_on(
    mut simulation: Simulation,
    clock: Running,
    mut asked: mpsc::Receiver<Advance>,
    shutdown: CancellationToken,
) {
    let mut steps = tokio::time::interval(STEP);
    steps.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            Some((by, done)) = asked.recv() => {
                simulation.advance(simulation.now().plus(by));
                let _ = done.send(());
            }
            _ = steps.tick() => catch_up(&mut simulation, clock, &shutdown).await,
        }
    }
}

async fn catch_up(simulation: &mut Simulation, clock: Running, shutdown: &CancellationToken) {
    let Some(now) = clock.now() else { return };
    while simulation.now() < now && !shutdown.is_cancelled() {
        simulation.advance(now.min(simulation.now().plus(PIECE)));
        tokio::task::yield_now().await;
    }
}
