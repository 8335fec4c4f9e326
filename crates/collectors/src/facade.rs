//! The whole of the collectors: a handle for looking, and what runs.

use std::sync::Arc;
use std::time::Duration;

use model::usage::Usage;
use model::{Labels, Workload, label};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::broken::hand_on;
use crate::containers::Stats;
use crate::host::Host;
use crate::probe::ProbeState;
use crate::queue::QueueState;
use crate::scrape::pool::{Pool, Settings};
use crate::scrape::{DroppedTarget, Overview, Target, TargetState};
use crate::wishes::{Fixed, Wanted, Wishes};
use crate::{Appender, Config, containers, here, probe, queue};

/// The text of Porthole's own metrics, made when it is asked for.
pub type OwnMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What a person should know of: its subject, and what is wrong and what to do.
pub type Fault = (String, String);

/// What the collectors are given of the rest of Porthole.
#[derive(Clone)]
pub struct Surroundings {
    /// This machine: the labels `host` and `environment`.
    pub identity: Labels,
    /// The current set of containers.
    pub workloads: watch::Receiver<Arc<[Workload]>>,
    /// Porthole's own metrics, which become those of `job="porthole"`.
    pub own: Option<OwnMetrics>,
}

/// Makes the two halves: the handle, and what runs. Nothing is asked of anybody yet.
pub fn open<A: Appender>(
    config: Config,
    surroundings: Surroundings,
    appender: A,
) -> (Collectors, Collecting<A>) {
    let (overview, targets) = watch::channel(Arc::default());
    let (probing, probes) = watch::channel(Vec::new());
    let (queueing, queues) = watch::channel(Vec::new());
    let (faults, told): (Vec<_>, Vec<_>) = Part::ALL.map(|_| watch::channel(Vec::new())).into_iter().unzip();
    let told_of = Told { overview, probes: probing, queues: queueing, faults };
    let (wishes, wanted) = Wishes::of(config);
    let collecting = Collecting { wanted, surroundings, appender, stats: Nobody, told: told_of };
    (Collectors { targets, probes, queues, faults: told, wishes: Arc::new(wishes) }, collecting)
}

/// How long the first set of containers is waited for where things depend on it.
pub(crate) const FIRST_SET_MAX: Duration = Duration::from_secs(3);

/// The parts that tell of faults.
#[derive(Clone, Copy)]
enum Part {
    Host,
    Containers,
    Probes,
}

impl Part {
    const ALL: [Self; 3] = [Self::Host, Self::Containers, Self::Probes];
}

/// What is known of all that is collected. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Collectors {
    targets: watch::Receiver<Arc<Overview>>,
    probes: watch::Receiver<Vec<ProbeState>>,
    queues: watch::Receiver<Vec<QueueState>>,
    faults: Vec<watch::Receiver<Vec<Fault>>>,
    wishes: Arc<Wishes>,
}

impl Collectors {
    /// Puts other settings into effect: what is scraped, probed and watched. What is written as before goes on without a
    /// gap. Tells which keys differ and take effect only at the next start.
    pub fn apply(&self, config: Config) -> Vec<&'static str> {
        self.wishes.apply(config)
    }

    /// What is scraped, and how each does; sorted by job and instance.
    pub fn targets(&self) -> Vec<TargetState> {
        let overview = self.targets.borrow().clone();
        overview.targets()
    }

    /// What could be scraped and is not, and why.
    pub fn dropped(&self) -> Vec<DroppedTarget> {
        self.targets.borrow().dropped()
    }

    /// What is probed, and how each does.
    pub fn probes(&self) -> Vec<ProbeState> {
        self.probes.borrow().clone()
    }

    /// The queues of each broker, and how they do.
    pub fn queues(&self) -> Vec<QueueState> {
        self.queues.borrow().clone()
    }

    /// What a person should know of, besides what targets, probes and queues say of themselves.
    pub fn faults(&self) -> Vec<Fault> {
        self.faults.iter().flat_map(|faults| faults.borrow().clone()).collect()
    }
}

/// What collects while it runs.
pub struct Collecting<A: Appender, S: Stats = Nobody> {
    wanted: Wanted,
    surroundings: Surroundings,
    appender: A,
    stats: S,
    told: Told,
}

/// The writing ends of [`Collectors`].
struct Told {
    overview: watch::Sender<Arc<Overview>>,
    probes: watch::Sender<Vec<ProbeState>>,
    queues: watch::Sender<Vec<QueueState>>,
    faults: Vec<watch::Sender<Vec<Fault>>>,
}

/// Knows nothing of any container.
#[derive(Clone, Debug)]
pub struct Nobody;

impl Stats for Nobody {
    async fn stats(&self, _: &str) -> Result<Usage, String> {
        Err("nobody can be asked for it".to_owned())
    }
}

impl<A: Appender> Collecting<A> {
    /// Whom to ask for what containers use, where the kernel's files cannot be read.
    pub fn asking<S: Stats>(self, stats: S) -> Collecting<A, S> {
        let Self { wanted, surroundings, appender, told, .. } = self;
        Collecting { wanted, surroundings, appender, stats, told }
    }
}

impl<A: Appender, S: Stats> Collecting<A, S> {
    /// Collects until `shutdown`.
    pub async fn run(self, shutdown: CancellationToken) {
        let Self { wanted, mut surroundings, appender, stats, told } = self;
        tokio::select! {
            () = shutdown.cancelled() => return,
            identity = settled(&surroundings, wanted.fixed.host.as_ref()) => surroundings.identity = identity,
        }
        let faults = |part: Part| told.faults[part as usize].clone();
        let workloads = || surroundings.workloads.clone();
        let mut tasks = JoinSet::new();
        if let Some(config) = wanted.fixed.containers.clone() {
            let faults = faults(Part::Containers);
            tasks.spawn(containers::run(
                config,
                stats,
                appender.clone(),
                workloads(),
                faults,
                shutdown.clone(),
            ));
        }
        let (probing, stop) = (faults(Part::Probes), shutdown.clone());
        tasks.spawn(probe::run(wanted.probes, appender.clone(), workloads(), told.probes, probing, stop));
        let (identity, stop) = (surroundings.identity.clone(), shutdown.clone());
        tasks.spawn(queue::run(wanted.queues, appender.clone(), identity, workloads(), told.queues, stop));
        let within = within(wanted.fixed, &surroundings, faults(Part::Host));
        let settings = Settings { jobs: wanted.jobs, within };
        let pool = Pool::new(settings, workloads(), appender, told.overview);
        tasks.spawn(pool.run(shutdown));
        while let Some(ended) = tasks.join_next().await {
            hand_on(ended);
        }
    }
}

/// Who this machine is. What the kernel calls a container is no name of the machine: that is known by the engine, which
/// gives it to its containers, or by the machine's own files.
async fn settled(surroundings: &Surroundings, host: Option<&Host>) -> Labels {
    let Surroundings { identity, workloads, .. } = surroundings;
    let Some(id) = here::container_id() else { return identity.clone() };
    let mut workloads = workloads.clone();
    let first = workloads.wait_for(|workloads| here::own(Some(&id), workloads).is_some());
    let found = tokio::time::timeout(FIRST_SET_MAX, first).await;
    let found = found.ok().and_then(Result::ok).map(|workloads| workloads.clone()).unwrap_or_default();
    let by_engine = here::own(Some(&id), &found).map(|own| own.identity.host.clone());
    let is_containers = identity.get(label::HOST).is_some_and(|name| id.starts_with(name));
    let by_file = || host.filter(|_| is_containers).and_then(Host::name);
    match by_engine.or_else(by_file) {
        Some(name) => identity.with(label::HOST, &name),
        None => identity.clone(),
    }
}

/// What is scraped besides what settings and containers name: the host, and Porthole itself.
fn within(config: Fixed, surroundings: &Surroundings, faults: watch::Sender<Vec<Fault>>) -> Vec<Target> {
    let identity = &surroundings.identity;
    let instance = identity.get(label::HOST).unwrap_or("localhost");
    let within = |job, make| Target::within(job, instance, identity.clone(), config.interval, make);
    let host = config.host.map(|host| within("node", host_metrics(host, faults)));
    let own = surroundings.own.clone().map(|own| within("porthole", own));
    host.into_iter().chain(own).collect()
}

/// The host's numbers, and what of them is missing.
fn host_metrics(host: Host, faults: watch::Sender<Vec<Fault>>) -> OwnMetrics {
    Arc::new(move || {
        let (text, unreadable) = host.text();
        let told = unreadable.iter().filter(|(group, _)| ESSENTIAL.contains(group));
        let told: Vec<Fault> = told.map(|(group, why)| (format!("host: {group}"), words(why))).collect();
        faults.send_if_modified(|known| {
            let is_other = *known != told;
            *known = told;
            is_other
        });
        text
    })
}

/// What every Linux has: where it cannot be read, Porthole looks in the wrong place.
const ESSENTIAL: [&str; 3] = ["stat", "meminfo", "filesystem"];

fn words(why: &crate::host::Unreadable) -> String {
    format!(
        "{why}; mount the host's /proc, /sys and / and name them in [metrics.host], or set its enabled to false"
    )
}
