//! The task that looks at the containers.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use model::Ordered as _;
use model::usage::Usage;
use model::{State, Timestamp, Workload};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::books::Books;
use super::cgroup::name_disks;
use super::finder::{Finder, Wanted};
use super::lives::Lives;
use super::{Config, Stats, families};
use crate::appender::Appender;
use crate::host::Host;
use crate::scrape::schedule::Schedule;

/// How many containers the engine is asked about at once.
const QUESTIONS_MAX: usize = 4;

/// How long the engine may take to answer about one.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);

/// Where what is known of a fault goes: its subject, and what is wrong and what to do.
pub(crate) type Faults = watch::Sender<Vec<(String, String)>>;

/// Looks at the containers once in an interval until `shutdown`; then their series end.
pub async fn run<A: Appender, S: Stats>(
    config: Config,
    stats: S,
    appender: A,
    mut workloads: watch::Receiver<Arc<[Workload]>>,
    faults: Faults,
    shutdown: CancellationToken,
) {
    let interval = config.interval;
    let mut worker = Worker::new(config, stats, appender, faults);
    tokio::select! {
        () = shutdown.cancelled() => return,
        () = first(&mut workloads, interval) => {}
    }
    let mut schedule = Schedule::new(now(), interval);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(schedule.wait(now())) => {
                let current = workloads.borrow().clone();
                tokio::select! {
                    // An engine that says nothing must not hold up the end.
                    () = shutdown.cancelled() => break,
                    () = worker.pass(&current, schedule.begin(now())) => {}
                }
            }
            Ok(()) = workloads.changed() => worker.see(&workloads.borrow_and_update()),
        }
    }
    worker.end(now()).await;
}

/// Waits until containers are known, which takes the engine's answer.
async fn first(workloads: &mut watch::Receiver<Arc<[Workload]>>, limit: Duration) {
    // Either way the first look is next.
    let _ = tokio::time::timeout(limit, workloads.wait_for(|workloads| !workloads.is_empty())).await;
}

pub(super) struct Worker<A: Appender, S: Stats> {
    host: Host,
    stats: S,
    appender: A,
    target: Arc<str>,
    /// `None` while it reads.
    finder: Option<Finder>,
    books: Books<A>,
    lives: Lives,
    faults: Faults,
}

impl<A: Appender, S: Stats> Worker<A, S> {
    pub(super) fn new(config: Config, stats: S, appender: A, faults: Faults) -> Self {
        let target: Arc<str> = "containers".into();
        families::describe(&appender, &target);
        Self {
            finder: Some(Finder::new(config.host.clone())),
            host: config.host,
            stats,
            books: Books::new(appender.clone()),
            appender,
            target,
            lives: Lives::default(),
            faults,
        }
    }

    /// Takes in what changed between two passes.
    pub(super) fn see(&mut self, workloads: &[Workload]) {
        self.lives.see(workloads);
    }

    /// One look at all containers, which counts as made at `at`.
    pub(super) async fn pass(&mut self, workloads: &[Workload], at: Timestamp) {
        self.see(workloads);
        let running: Vec<&Workload> = workloads.iter().filter(|workload| is_running(workload)).collect();
        let usages = self.usages(&running).await;
        for workload in workloads.iter().filter(|workload| !is_running(workload)) {
            let events = self.lives.oom_events(&workload.id, None);
            families::put_state(self.books.of(workload), workload, events);
        }
        for (workload, usage) in running.into_iter().zip(&usages) {
            let kills = usage.as_ref().and_then(|usage| usage.oom_kills);
            let events = self.lives.oom_events(&workload.id, kills);
            let book = self.books.of(workload);
            families::put_state(book, workload, events);
            families::put_running(book, workload, at);
            if let Some(usage) = usage {
                families::put_usage(book, usage);
            }
        }
        self.append(at).await;
    }

    /// Ends all series.
    pub(super) async fn end(&mut self, at: Timestamp) {
        // A pass that names nobody.
        self.append(at).await;
    }

    async fn append(&mut self, at: Timestamp) {
        let samples = self.books.take();
        if !samples.is_empty() {
            self.appender.append(&self.target, at, samples).await;
        }
    }

    /// What each uses: from the kernel, else from the engine.
    async fn usages(&mut self, running: &[&Workload]) -> Vec<Option<Usage>> {
        let wanted: Vec<Wanted> = running.iter().map(|workload| wanted(workload)).collect();
        let mut finder = self.finder.take().unwrap_or_else(|| Finder::new(self.host.clone()));
        let read = tokio::task::spawn_blocking(move || (finder.usages(&wanted), finder)).await;
        let mut usages = match read {
            Ok((usages, finder)) => {
                self.finder = Some(finder);
                usages
            }
            Err(_) => vec![None; running.len()],
        };
        let missing: Vec<usize> = (0..running.len()).filter(|index| usages[*index].is_none()).collect();
        let mut unknown = Vec::new();
        let mut answers = futures_util::stream::iter(missing)
            .map(|index| ask(&self.stats, running[index], index))
            .buffer_unordered(QUESTIONS_MAX);
        while let Some((index, answer)) = answers.next().await {
            match answer {
                Ok(usage) => usages[index] = Some(self.host.told_by_engine(usage)),
                Err(why) => unknown.push((running[index].identity.container.as_str(), why)),
            }
        }
        drop(answers);
        self.tell(unknown);
        usages
    }

    /// Says of which containers it is not known what they use.
    fn tell(&self, mut unknown: Vec<(&str, String)>) {
        unknown.order();
        let fault = unknown.first().map(|(name, why)| {
            let others = match unknown.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let text = format!(
                "what {name}{others} uses is not known: {why}; mount the host's /proc and /sys read-only into \
                 Porthole's container and name them in [metrics.host] proc and sys"
            );
            ("containers".to_owned(), text)
        });
        let faults: Vec<_> = fault.into_iter().collect();
        self.faults.send_if_modified(|told| {
            let is_new = *told != faults;
            *told = faults;
            is_new
        });
    }
}

async fn ask(stats: &impl Stats, workload: &Workload, index: usize) -> (usize, Result<Usage, String>) {
    let answer = tokio::time::timeout(ANSWER_TIME_MAX, stats.stats(&workload.id)).await;
    let late = || Err(format!("Docker did not answer within {ANSWER_TIME_MAX:?}"));
    (index, answer.unwrap_or_else(|_| late()))
}

impl Host {
    /// What the engine tells, as the kernel would: disks have names, and a limit that is all of the machine's memory
    /// is none.
    fn told_by_engine(&self, mut usage: Usage) -> Usage {
        name_disks(&mut usage.disks, &self.sys);
        let total = self.memory_bytes();
        usage.memory_limit_bytes = usage.memory_limit_bytes.map(|limit| match total {
            Some(total) if limit >= total => 0,
            _ => limit,
        });
        usage
    }

    fn memory_bytes(&self) -> Option<u64> {
        let text = std::fs::read_to_string(self.proc.join("meminfo")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kibibytes << 10)
    }
}

fn is_running(workload: &Workload) -> bool {
    matches!(workload.state, State::Running | State::Paused)
}

fn wanted(workload: &Workload) -> Wanted {
    let has_network = workload.networks.iter().any(|network| !matches!(&*network.name, "host" | "none"));
    Wanted { id: workload.id.clone(), started_at: workload.started_at, has_network }
}

fn now() -> Timestamp {
    SystemTime::now().into()
}
