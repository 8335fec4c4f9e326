//! Starts and ends the tasks of probes as containers come and go, and publishes how all of them do.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use model::Ordered as _;
use model::Workload;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Config;
use super::discovery::{self, Wish};
use super::spec::{Kind, Place, Spec};
use super::state::ProbeState;
use super::worker::{Told, Worker};
use crate::appender::Appender;
use crate::broken::hand_on;
use crate::scrape::reach::Here;

/// Tasks wait while so many of their words were not heard yet.
const TOLD_MAX: usize = 64;

/// Probes what `config` says at the time, until `shutdown`. `status` always has all probes, by name; `faults` those that containers ask for in words
/// that are not understood: the container's name, and what to write instead.
pub async fn run<A: Appender>(
    mut config: watch::Receiver<Arc<Config>>,
    appender: A,
    mut workloads: watch::Receiver<Arc<[Workload]>>,
    status: watch::Sender<Vec<ProbeState>>,
    faults: watch::Sender<Vec<(String, String)>>,
    shutdown: CancellationToken,
) {
    let (sender, mut told) = mpsc::channel(TOLD_MAX);
    let mut probes = Probes::new(appender, sender, shutdown.clone());
    let (mut is_watching, mut may_change) = (true, true);
    loop {
        probes.settle(&config.borrow_and_update().specs);
        let found_faults = probes.follow(&workloads.borrow_and_update());
        faults.send_if_modified(|faults| std::mem::replace(faults, found_faults.clone()) != found_faults);
        status.send_replace(probes.states());
        // Until the containers or the settings are others.
        loop {
            tokio::select! {
                () = shutdown.cancelled() => {
                    // Nobody hears them any more: tasks that wait to tell go on.
                    drop(told);
                    return probes.end().await;
                }
                Some(ended) = probes.tasks.join_next() => hand_on(ended),
                Some((number, state)) = told.recv() => {
                    probes.take(number, state);
                    status.send_replace(probes.states());
                }
                changed = config.changed(), if may_change => {
                    may_change = changed.is_ok();
                    break;
                }
                changed = workloads.changed(), if is_watching => {
                    is_watching = changed.is_ok();
                    break;
                }
            }
        }
    }
}

/// All probes that run.
struct Probes<A: Appender> {
    appender: A,
    here: Here,
    told: mpsc::Sender<Told>,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
    numbers: u64,
    /// Those of the settings.
    written: Vec<(u64, Spec)>,
    /// Those of containers.
    wished: HashMap<Wish, u64>,
    running: BTreeMap<u64, Running>,
}

struct Running {
    state: ProbeState,
    place: watch::Sender<Place>,
    stop: CancellationToken,
    /// Its series have ended.
    done: CancellationToken,
}

impl<A: Appender> Probes<A> {
    fn new(appender: A, told: mpsc::Sender<Told>, shutdown: CancellationToken) -> Self {
        Self {
            appender,
            here: Here::look(),
            told,
            shutdown,
            tasks: JoinSet::new(),
            numbers: 0,
            written: Vec::new(),
            wished: HashMap::new(),
            running: BTreeMap::new(),
        }
    }

    /// Begins and ends probes so that they are those that are written; what is written as before goes on.
    fn settle(&mut self, specs: &[Spec]) {
        let (mut new, mut kept) = (Vec::new(), Vec::new());
        for spec in specs {
            match self.written.iter().position(|(_, known)| known.checks_as(spec)) {
                Some(at) => {
                    let (number, _) = self.written.swap_remove(at);
                    self.take_origin(number, spec);
                    kept.push((number, spec.clone()));
                }
                None => new.push(spec.clone()),
            }
        }
        let mut ending = HashMap::new();
        for (number, spec) in std::mem::replace(&mut self.written, kept) {
            if let Some(gone) = self.running.remove(&number) {
                gone.stop.cancel();
                ending.insert(spec.name, gone.done);
            }
        }
        for spec in new {
            let before = ending.remove(&spec.name);
            let number = self.start(spec.clone(), Place::Named(Vec::new()), before);
            self.written.push((number, spec));
        }
    }

    fn take_origin(&mut self, number: u64, spec: &Spec) {
        if let Some(running) = self.running.get_mut(&number) {
            running.state.origin = spec.origin.clone();
        }
    }

    /// Starts a task; `before`: whose series have to end first.
    fn start(&mut self, spec: Spec, place: Place, before: Option<CancellationToken>) -> u64 {
        self.numbers += 1;
        let number = self.numbers;
        let (place, placed) = watch::channel(place);
        let stop = self.shutdown.child_token();
        let done = CancellationToken::new();
        let running =
            Running { state: ProbeState::new(&spec), place, stop: stop.clone(), done: done.clone() };
        self.running.insert(number, running);
        let (appender, told, done) = (self.appender.clone(), self.told.clone(), done.drop_guard());
        self.tasks.spawn(async move {
            let _done = done;
            if let Some(before) = before {
                before.cancelled().await;
            }
            Worker::new(spec, appender).run(number, placed, told, stop).await;
        });
        number
    }

    /// Begins what containers newly ask for, ends what none asks for any more, and tells all where they are.
    fn follow(&mut self, workloads: &[Workload]) -> Vec<(String, String)> {
        for (number, spec) in &self.written {
            self.running[number].move_to(Place::Named(self.here.addresses(spec.host(), workloads)));
        }
        let (found, faults) = discovery::find(workloads, &self.here);
        let mut wished = HashMap::new();
        for found in found {
            let number = match self.wished.remove(&found.wish) {
                Some(number) => {
                    self.running[&number].move_to(found.place);
                    number
                }
                None => {
                    // It was found to be one.
                    let Ok(spec) = found.wish.spec() else { continue };
                    self.start(spec, found.place, None)
                }
            };
            wished.insert(found.wish, number);
        }
        for (_, number) in std::mem::replace(&mut self.wished, wished) {
            if let Some(gone) = self.running.remove(&number) {
                gone.stop.cancel();
            }
        }
        faults
    }

    fn take(&mut self, number: u64, state: ProbeState) {
        // One that was stopped may have a last word under way.
        if let Some(running) = self.running.get_mut(&number) {
            running.state = ProbeState { origin: running.state.origin.clone(), ..state };
        }
    }

    fn states(&self) -> Vec<ProbeState> {
        let mut states: Vec<ProbeState> =
            self.running.values().map(|running| running.state.clone()).collect();
        states.order_by(|a, b| (&a.name, &a.url).cmp(&(&b.name, &b.url)));
        states
    }

    /// Waits until all tasks have ended their series.
    async fn end(mut self) {
        drop(self.told);
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Running {
    fn move_to(&self, place: Place) {
        self.place.send_if_modified(|current| {
            let is_other = *current != place;
            *current = place;
            is_other
        });
    }
}

impl Spec {
    fn host(&self) -> &str {
        match &self.kind {
            Kind::Http(http) => http.url.host().unwrap_or_default(),
            Kind::Tcp(tcp) => &tcp.host,
        }
    }
}
