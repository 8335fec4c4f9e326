//! Keeps one task for each target of the current set: those of the settings, those that containers name, those within
//! Porthole.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use model::{Labels, Workload, label};
use outbound::Names;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::asker::Asker;
use super::found::Found;
use super::job::{Address, Job};
use super::reach::Here;
use super::report::Report;
use super::state::Overview;
use super::target::Target;
use super::worker::{self, Task};
use super::{DroppedTarget, Origin, discovery};
use crate::Appender;
use crate::broken::hand_on;
use crate::facade::FIRST_SET_MAX;

/// What the settings say of scraping.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jobs {
    /// `[[metrics.scrape]]`
    pub(crate) written: Vec<Job>,
    /// What holds for targets that containers name; `None`: they may name none.
    pub(crate) discovery: Option<Job>,
}

/// What is scraped.
pub(crate) struct Settings {
    /// As the settings say it now.
    pub(crate) jobs: watch::Receiver<Arc<Jobs>>,
    /// Targets within Porthole.
    pub(crate) within: Vec<Target>,
}

/// A job, and who asks its targets.
type Asked = (Arc<Job>, Arc<Asker>);

/// Keeps one task for each target.
pub(crate) struct Pool<A: Appender> {
    appender: A,
    wanted: watch::Receiver<Arc<Jobs>>,
    jobs: Vec<Asked>,
    discovery: Option<Asked>,
    within: Vec<Arc<Target>>,
    within_asker: Arc<Asker>,
    here: Here,
    workloads: watch::Receiver<Arc<[Workload]>>,
    /// Who stood behind the names of the settings' targets when they were seen last.
    identities: BTreeMap<String, Labels>,
    running: BTreeMap<Arc<str>, Running>,
    /// Tasks that have not ended yet, though their targets are gone.
    ending: BTreeMap<Arc<str>, CancellationToken>,
    tasks: JoinSet<()>,
    overview: watch::Sender<Arc<Overview>>,
}

/// A target that has a task.
pub(super) struct Running {
    target: watch::Sender<Arc<Target>>,
    report: watch::Receiver<Report>,
    done: CancellationToken,
}

/// A target that is to have a task.
type Wanted = (Arc<Target>, Arc<Asker>);

impl<A: Appender> Pool<A> {
    pub(crate) fn new(
        settings: Settings,
        workloads: watch::Receiver<Arc<[Workload]>>,
        appender: A,
        overview: watch::Sender<Arc<Overview>>,
    ) -> Self {
        let here = Here::look();
        let within = Arc::new(Job::new("", FIRST_SET_MAX));
        let within_asker = Arc::new(Asker::new(within, names(&here, &workloads)));
        Self {
            appender,
            wanted: settings.jobs,
            jobs: Vec::new(),
            discovery: None,
            within: settings.within.into_iter().map(Arc::new).collect(),
            within_asker,
            here,
            workloads,
            identities: BTreeMap::new(),
            running: BTreeMap::new(),
            ending: BTreeMap::new(),
            tasks: JoinSet::new(),
            overview,
        }
    }

    /// Follows the set of targets until `shutdown`.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let (mut may_come, mut may_change) = (true, true);
        let first_set = tokio::time::sleep(FIRST_SET_MAX);
        tokio::pin!(first_set);
        let mut is_first = true;
        self.take_jobs();
        loop {
            let workloads = self.workloads.borrow_and_update().clone();
            is_first &= workloads.is_empty();
            self.follow(&workloads, is_first, &shutdown);
            tokio::select! {
                () = shutdown.cancelled() => break,
                changed = self.workloads.changed(), if may_come => may_come = changed.is_ok(),
                changed = self.wanted.changed(), if may_change => match changed {
                    Ok(()) => self.take_jobs(),
                    Err(_) => may_change = false,
                },
                Some(ended) = self.tasks.join_next() => hand_on(ended),
                () = &mut first_set, if is_first => {}
            }
            is_first &= may_come && !first_set.as_ref().is_elapsed();
        }
        while let Some(ended) = self.tasks.join_next().await {
            hand_on(ended);
        }
    }

    /// Takes the jobs as they are written now. Those that are written as before go on being asked as before.
    fn take_jobs(&mut self) {
        let wanted = self.wanted.borrow_and_update().clone();
        let names = names(&self.here, &self.workloads);
        let known: Vec<Asked> = self.jobs.drain(..).chain(self.discovery.take()).collect();
        let asked = |job: &Job| {
            let job = Arc::new(job.clone());
            let same = known.iter().find(|(other, _)| other.scrapes_as(&job));
            let asker = same.map(|(_, asker)| asker.clone());
            (job.clone(), asker.unwrap_or_else(|| Arc::new(Asker::new(job, names.clone()))))
        };
        self.jobs = wanted.written.iter().map(asked).collect();
        self.discovery = wanted.discovery.as_ref().map(asked);
    }

    /// Gives each target of the set a task, and ends the tasks of those that are gone.
    fn follow(&mut self, workloads: &[Workload], is_first: bool, shutdown: &CancellationToken) {
        let mut dropped = Vec::new();
        let mut wanted: BTreeMap<Arc<str>, Wanted> = BTreeMap::new();
        for found in self.found(workloads, is_first) {
            match found {
                Ok((target, asker)) => add(&mut wanted, &mut dropped, target, asker),
                Err(why) => dropped.push(why),
            }
        }
        for target in &self.within {
            wanted.insert(target.name.clone(), (target.clone(), self.within_asker.clone()));
        }
        self.let_go(&wanted);
        for (name, (target, asker)) in wanted {
            self.keep(name, target, asker, shutdown);
        }
        self.publish(dropped);
    }

    /// Targets that are no longer wanted: their tasks end, when they have ended their series.
    fn let_go(&mut self, wanted: &BTreeMap<Arc<str>, Wanted>) {
        self.ending.retain(|_, done| !done.is_cancelled());
        let gone = self.running.extract_if(.., |name, _| !wanted.contains_key(name));
        self.ending.extend(gone.map(|(name, running)| (name, running.done)));
    }

    /// All targets, or why they are none.
    fn found(
        &mut self,
        workloads: &[Workload],
        is_first: bool,
    ) -> Vec<Result<(Target, Arc<Asker>), DroppedTarget>> {
        let mut all = Vec::new();
        for (job, asker) in &self.jobs {
            for address in &job.targets {
                // Its name may be a container's, and they are not known yet.
                if is_first && is_plain_name(address.name()) {
                    continue;
                }
                let found =
                    written(job, address, identity(&self.here, address, workloads, &mut self.identities));
                all.push(found.target(job).map(|target| (target, asker.clone())));
            }
        }
        if let Some((job, asker)) = &self.discovery {
            let found = discovery::containers(&self.here, workloads).into_iter();
            all.extend(found.map(|found| found?.target(job).map(|target| (target, asker.clone()))));
        }
        all
    }

    /// Lets the task of a target go on, with what is new of it, or begins one.
    fn keep(&mut self, name: Arc<str>, target: Arc<Target>, asker: Arc<Asker>, shutdown: &CancellationToken) {
        let before = match self.running.remove(&name) {
            Some(running) if running.target.borrow().has_series_of(&target) => {
                running.target.send_if_modified(|now| {
                    let is_other = !now.is(&target);
                    *now = target;
                    is_other
                });
                self.running.insert(name, running);
                return;
            }
            // Its series end before others of its name begin.
            Some(other) => other.done,
            None => self.ending.remove(&name).unwrap_or_else(done_already),
        };
        let (target, receiver) = watch::channel(target);
        let (sender, report) = watch::channel(Report::default());
        let done = CancellationToken::new();
        let task = Task {
            asker,
            appender: self.appender.clone(),
            report: sender,
            before,
            done: done.clone().drop_guard(),
        };
        self.tasks.spawn(worker::run(receiver, task, shutdown.clone()));
        self.running.insert(name, Running { target, report, done });
    }

    fn publish(&self, dropped: Vec<DroppedTarget>) {
        let active =
            self.running.values().map(|running| (running.target.borrow().clone(), running.report.clone()));
        self.overview.send_replace(Arc::new(Overview { active: active.collect(), dropped }));
    }
}

/// A target that the settings name.
fn written(job: &Job, address: &Address, identity: Labels) -> Found {
    let scheme = address.scheme.map(|scheme| ("__scheme__", scheme.text()));
    let path = address.path.as_ref().map(|path| ("__metrics_path__", path.as_str()));
    let labels = [("__address__", address.host.as_str())].into_iter().chain(scheme).chain(path);
    Found {
        labels: Labels::from_pairs(labels),
        identity,
        origin: Origin::File { line: job.line },
        hint: None,
    }
}

/// Two targets of one name would share their series: where all is the same the second is dropped, else it gets another
/// name.
fn add(
    wanted: &mut BTreeMap<Arc<str>, Wanted>,
    dropped: &mut Vec<DroppedTarget>,
    mut target: Target,
    asker: Arc<Asker>,
) {
    if let Some((other, _)) = wanted.get(&target.name) {
        if other.labels != target.labels {
            target.name = format!("{}, {:016x}", target.name, target.labels.fingerprint()).into();
        }
        if let Some((other, _)) = wanted.get(&target.name) {
            let why = format!("{} has the same labels and is scraped already", other.url);
            let Target { discovered, origin, .. } = target;
            return dropped.push(DroppedTarget { discovered, origin, why });
        }
    }
    wanted.insert(target.name.clone(), (Arc::new(target), asker));
}

/// Who is behind the name of an address, as far as it is a container's. It stays when the container is gone for a while.
fn identity(
    here: &Here,
    address: &Address,
    workloads: &[Workload],
    known: &mut BTreeMap<String, Labels>,
) -> Labels {
    let name = address.name();
    if !is_plain_name(name) {
        return Labels::default();
    }
    // A service is whichever of its containers answers.
    let of_service = |workload| discovery::identity(workload).filter(|name| name != label::CONTAINER);
    let all: BTreeSet<Labels> = here.named(name, workloads).into_iter().map(of_service).collect();
    let mut all = all.into_iter();
    if let Some(first) = all.next() {
        // Of several containers only what they have in common is said.
        let common = all.fold(first, |common, other| {
            Labels::from_pairs(common.iter().filter(|(name, value)| other.get(name) == Some(value)))
        });
        known.insert(name.to_owned(), common);
    }
    known.get(name).cloned().unwrap_or_default()
}

/// A name that may be a container's: no address of the internet, and not this machine.
fn is_plain_name(name: &str) -> bool {
    !name.contains(['.', ':']) && name != "localhost" && name.parse::<IpAddr>().is_err()
}

/// Containers by name.
fn names(here: &Here, workloads: &watch::Receiver<Arc<[Workload]>>) -> Names {
    let (here, workloads) = (here.clone(), workloads.clone());
    Names::new(move |name| here.addresses(name, &workloads.borrow()))
}

fn done_already() -> CancellationToken {
    let done = CancellationToken::new();
    done.cancel();
    done
}
