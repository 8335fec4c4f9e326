//! The proxy as the rest of Porthole knows it: a cheap handle for looking, and what runs.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use mask::Masker;
use model::{Batch, Identity, Workload};
use route::plan::Plan;
use route::shown::{Entrance, Picture, Shown};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::connection::Entrypoint;
use crate::measure::{Meter, Recorder};
use crate::names::Names;
use crate::plane::{Ingredients, Internal, Plane};
use crate::planner::Planner;
use crate::{Config, EntrypointConfig, acme, dynamic, entrypoint, picture, tls};

/// Batches of access entries that may wait for the logs; what finds no room stays in the meter's ring.
const BATCHES_MAX: usize = 16;
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 4096;
/// How often idle connections to servers are looked through.
const SWEEP: std::time::Duration = std::time::Duration::from_secs(10);

/// What the proxy is given of the rest of Porthole.
pub struct Surroundings {
    /// The host and the environment that access entries are of.
    pub identity: Identity,
    /// The current set of containers.
    pub workloads: watch::Receiver<Arc<[Workload]>>,
    /// The id of the container that Porthole runs in; none on the machine itself.
    pub own_container: Option<String>,
    /// Masks queries in access entries.
    pub masker: Arc<Masker>,
    /// Answers for Porthole itself.
    pub internal: Internal,
}

/// Why there is no proxy.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No key for the certificate that the proxy makes for itself.
    #[error("the proxy's own certificate cannot be made: {0}")]
    Certificate(String),
    /// Certificates cannot be kept.
    #[error(transparent)]
    Acme(#[from] acme::OpenError),
    /// What is too large for memory cannot be put anywhere.
    #[error("the proxy cannot use {path}: {error}")]
    Directory {
        /// The folder.
        path: String,
        /// Why.
        #[source]
        error: std::io::Error,
    },
}

/// Why an entrypoint cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address} (entrypoint {entrypoint}): {error}; free the port, or write another address at \
     [proxy.entrypoints.{entrypoint}]"
)]
pub struct BindError {
    /// Its name.
    pub entrypoint: String,
    /// Where.
    pub address: SocketAddr,
    /// Why.
    #[source]
    pub error: std::io::Error,
}

/// A cheap handle for looking.
#[derive(Clone)]
pub struct Proxy {
    plane: Arc<Plane>,
    certificates: tls::Certificates,
    config: Arc<ArcSwap<Config>>,
    changed: Arc<watch::Sender<()>>,
    access: Arc<Mutex<Option<mpsc::Receiver<Batch>>>>,
}

/// What serves while it runs.
pub struct Running {
    config: Config,
    plane: Arc<Plane>,
    planner: Planner,
    keeper: acme::Keeper,
    files: tls::Files,
    recorder: Recorder,
    listeners: Vec<(TcpListener, Arc<Entrypoint>)>,
}

/// Makes the two halves. `directory` is for certificates and what else outlives a start. Nothing listens yet.
pub fn open(
    config: Config,
    directory: &Path,
    surroundings: Surroundings,
) -> Result<(Proxy, Running), OpenError> {
    let Surroundings { identity, workloads, own_container, masker, internal } = surroundings;
    let config = dynamic::completed(config);
    let certificates = tls::Certificates::new().map_err(|error| OpenError::Certificate(error.to_string()))?;
    let front =
        tls::Front::new(certificates.clone()).map_err(|error| OpenError::Certificate(error.to_string()))?;
    let temporary = directory.join("temporary");
    if config.is_on() {
        prepare(&temporary)?;
    }
    let keeper = acme::Keeper::open(&config.acme, directory, certificates.clone())?;
    let meter = Arc::new(Meter::new(identity, masker));
    let (batches, access) = mpsc::channel(BATCHES_MAX);
    let plane = Arc::new(Plane::new(Ingredients {
        meter: meter.clone(),
        front,
        challenges: keeper.challenges(),
        internal,
        names: Names::new(workloads.clone(), own_container.as_deref()),
        temporary,
        connect_timeout: config.connect_timeout,
    }));
    let (changed, changes) = watch::channel(());
    let settings = Arc::new(ArcSwap::from_pointee(config.clone()));
    let planner = Planner::new(plane.clone(), settings.clone(), changes, workloads, own_container);
    let proxy = Proxy {
        plane: plane.clone(),
        certificates: certificates.clone(),
        config: settings,
        changed: Arc::new(changed),
        // Nobody takes them: the recorder finds that out, and no more are made.
        access: Arc::new(Mutex::new(Some(access).filter(|_| config.access_log))),
    };
    let files = tls::Files::new(certificates);
    let recorder = Recorder::new(meter, batches);
    Ok((proxy, Running { config, plane, planner, keeper, files, recorder, listeners: Vec::new() }))
}

/// An empty folder, for nobody else to look into: what an earlier run left there is of no use.
fn prepare(folder: &Path) -> Result<(), OpenError> {
    let made = match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder),
    };
    made.map_err(|error| OpenError::Directory { path: folder.display().to_string(), error })
}

impl Proxy {
    /// The plan in force.
    pub fn plan(&self) -> Arc<Plan> {
        self.plane.table.load().plan.clone()
    }

    /// What is served, and what is to be.
    pub fn certificates(&self) -> &tls::Certificates {
        &self.certificates
    }

    /// Counts and histograms.
    pub fn meter(&self) -> &Meter {
        &self.plane.meter
    }

    /// The batches of access entries; there once.
    pub fn take_access(&self) -> Option<mpsc::Receiver<Batch>> {
        self.access.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Goes on with other settings. Entrypoints, limits of time and resolvers wait for a restart: what is told back are
    /// the keys that do.
    pub fn reload(&self, config: Config) -> Vec<&'static str> {
        let (before, config) = (self.config.load(), dynamic::completed(config));
        let mut waiting = Vec::new();
        if before.entrypoints != config.entrypoints {
            waiting.push("proxy.entrypoints");
        }
        if before.acme != config.acme {
            waiting.push("proxy.acme");
        }
        if (before.grace, before.connect_timeout, before.access_log)
            != (config.grace, config.connect_timeout, config.access_log)
        {
            waiting.push("proxy.grace, connect_timeout and access_log");
        }
        let (entrypoints, acme) = (before.entrypoints.clone(), before.acme.clone());
        self.config.store(Arc::new(Config { entrypoints, acme, ..config }));
        self.changed.send_replace(());
        waiting
    }
}

impl Shown for Proxy {
    fn picture(&self) -> Picture {
        let (config, table) = (self.config.load(), self.plane.table.load());
        let entrances = config.entrypoints.iter().map(|entrypoint| Entrance {
            name: entrypoint.name.clone(),
            address: entrypoint.address.to_string(),
            as_default: entrypoint.as_default,
        });
        let failing = table.balancers().flat_map(|(name, balancer)| {
            let ill = balancer.servers.iter().filter(|server| server.is_ill());
            ill.map(|server| (name.clone(), server.measured.address.to_string()))
        });
        Picture {
            entrypoints: entrances.collect(),
            plan: table.as_made(),
            failing: failing.collect(),
            certificates: self.certificates.list().into_iter().map(picture::certificate).collect(),
            live_entrypoints: self.plane.meter.live_entrypoints(),
            live_routers: self.plane.meter.live_routers(),
        }
    }

    fn exposition(&self) -> String {
        if !self.config.load().is_on() {
            return String::new();
        }
        self.plane.meter.exposition() + &self.certificates.exposition()
    }
}

impl Running {
    /// Binds every entrypoint.
    pub async fn bind(&mut self) -> Result<(), BindError> {
        let mut bound = Vec::new();
        for config in &self.config.entrypoints {
            let failed =
                |error| BindError { entrypoint: config.name.clone(), address: config.address, error };
            let listener = listen(config.address).map_err(failed)?;
            let address = listener.local_addr().map_err(failed)?;
            bound.push((listener, EntrypointConfig { address, ..config.clone() }));
        }
        let ports: Vec<(String, u16)> =
            bound.iter().map(|(_, config)| (config.name.clone(), config.address.port())).collect();
        for (listener, config) in bound {
            let to = config.redirect.as_ref().and_then(|redirect| {
                ports.iter().find(|(name, _)| *name == redirect.entrypoint).map(|(_, port)| *port)
            });
            let series = self.plane.meter.entrypoint(&config.name);
            self.listeners.push((listener, Arc::new(Entrypoint::new(config, series, to))));
        }
        Ok(())
    }

    /// Where each entrypoint listens, by name; once bound.
    pub fn addresses(&self) -> Vec<(String, SocketAddr)> {
        let bound = self.listeners.iter();
        let told = bound.filter_map(|(listener, entrypoint)| {
            Some((entrypoint.config.name.clone(), listener.local_addr().ok()?))
        });
        told.collect()
    }

    /// Serves until `shutdown`; then takes nothing new and lets what is open end within its grace.
    pub async fn run(self, shutdown: CancellationToken) {
        let Self { config, plane, planner, keeper, mut files, recorder, listeners } = self;
        if listeners.is_empty() {
            return shutdown.cancelled().await;
        }
        let [working, recording] = [(); 2].map(|()| CancellationToken::new());
        let mut background = tokio::task::JoinSet::new();
        let (wanted, pairs) = planner.outlets();
        background.spawn(keeper.run(wanted, working.clone()));
        let record = tokio::spawn(recorder.run(recording.clone()));
        let ready = planner.first().await;
        files.load(&pairs.borrow().clone()); // Before the first handshake.
        background.spawn(files.run(pairs, working.clone()));
        background.spawn(ready.run(working.clone()));
        background.spawn(sweep(plane.clone(), working.clone()));
        let mut accepting = tokio::task::JoinSet::new();
        for (listener, entrypoint) in listeners {
            accepting.spawn(entrypoint::run(listener, entrypoint, plane.clone()));
        }
        shutdown.cancelled().await;
        plane.stopping.cancel();
        while accepting.join_next().await.is_some() {}
        plane.tasks.close();
        if tokio::time::timeout(config.grace, plane.tasks.wait()).await.is_err() {
            plane.cut.cancel();
            plane.tasks.wait().await;
        }
        working.cancel();
        while background.join_next().await.is_some() {}
        recording.cancel();
        let _ = record.await;
    }
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn sweep(plane: Arc<Plane>, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(SWEEP);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        plane.sweep();
    }
}
