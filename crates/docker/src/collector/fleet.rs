//! The containers, each with its workload and the reader of its log.

mod left;
mod lodging;
mod runs;
mod tell;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use model::Ordered as _;
use model::{Batch, Identity, Position, State, Workload};
use tokio::sync::watch;
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::client::{Inspect, Summary};
use crate::deploys::Deploys;
use crate::events::Event;
use crate::identity::{ContainerLabels, Surroundings, is_ignored, multiline, wants_logs};
use crate::reader::{Ended, Found, Reader, Subject, Surface};
use crate::status::{Engine, Published, Status, Unreadable};
use crate::workload::workload;
use left::Left;
use runs::Runs;

/// A container that goes on for so long after it was told to end is taken to have thought better of it.
const STOPPING_MAX: Duration = Duration::from_secs(600);

fn runs(workload: &Workload) -> bool {
    matches!(workload.state, State::Running | State::Paused)
}

/// Where a workload stands in the published list.
fn place(workload: &Workload) -> (&str, &str, &str, &str) {
    let identity = &workload.identity;
    (&identity.project, &identity.service, &identity.container, &workload.id)
}

/// All containers that the engine knows.
pub(super) struct Fleet {
    surface: Surface,
    published: Published,
    /// Known once an engine answered.
    surroundings: Option<Surroundings>,
    containers: HashMap<String, Container>,
    readers: JoinSet<Ended>,
    /// The containers that have one of `readers`, and which.
    reading: HashMap<String, task::Id>,
    left: Left,
    deploys: Deploys,
    /// Entries and positions on their way. The session sends them, and takes no events while there are many.
    outbox: VecDeque<Batch>,
    /// The container whose log is not collected: Porthole's own.
    hidden: Option<String>,
    shutdown: CancellationToken,
}

/// One container.
#[derive(Default)]
struct Container {
    /// `None` until the engine was asked, and for ever if the container is to be ignored.
    workload: Option<Workload>,
    /// The container in whose network it lives.
    host: Option<String>,
    /// Its line in the list when it was last looked at; `None` asks for another look.
    summary: Option<Summary>,
    /// Speaks to its reader.
    subject: Option<watch::Sender<Subject>>,
    /// Its reader has left it, since it was being removed, or its log can never be read.
    forsaken: bool,
    unreadable: bool,
    runs: Runs,
    /// Somebody asked it to end.
    asked_to_stop: bool,
    /// Likewise, and it has not ended since: requests are not to be sent to it any more.
    stopping_since: Option<Instant>,
    /// Its present run is not its first one.
    ran_before: bool,
}

impl Fleet {
    pub(super) fn new(
        surface: Surface,
        published: Published,
        positions: &[Position],
        hidden: Option<String>,
        shutdown: CancellationToken,
    ) -> Self {
        let deploys = Deploys::new(positions);
        published.deploys.send_replace(deploys.list());
        Self {
            surface,
            published,
            surroundings: None,
            containers: HashMap::new(),
            readers: JoinSet::new(),
            reading: HashMap::new(),
            left: Left::new(positions),
            deploys,
            outbox: VecDeque::new(),
            hidden,
            shutdown,
        }
    }

    /// Publishes how the engine does; tells whether that is news.
    pub(super) fn turn(&self, engine: Engine) -> bool {
        Status::turn(&self.published.status, engine)
    }

    pub(super) fn knows_surroundings(&self) -> bool {
        self.surroundings.is_some()
    }

    pub(super) fn set_surroundings(&mut self, surroundings: Surroundings) {
        self.surroundings = Some(surroundings);
    }

    /// A container started. Its log is opened at once, before anything else is asked about it.
    pub(super) fn started(&mut self, event: &Event) {
        let Some(here) = &self.surroundings else { return };
        let identity = here.identify(event.name(), &event.attributes);
        let container = self.containers.entry(event.id.clone()).or_default();
        if !container.runs.told(event.at) {
            return;
        }
        container.stopping_since = None;
        match &container.subject {
            Some(subject) => subject.send_modify(|subject| subject.starts += 1),
            None => {
                container.forsaken = false;
                self.follow(&event.id, identity, None, &event.attributes, Found::Starting);
            }
        }
    }

    /// A container ended. Its reader takes a last look at its log at once.
    pub(super) fn ended(&mut self, id: &str) {
        let Some(container) = self.containers.get_mut(id) else { return };
        container.stopping_since = None;
        if let Some(subject) = &container.subject {
            subject.send_modify(|subject| subject.ends += 1);
        }
    }

    /// Somebody tells a container to end: that is known at once, before the engine, which is busy with it, is asked.
    pub(super) fn stopping(&mut self, id: &str) {
        let Some(container) = self.containers.get_mut(id) else { return };
        container.stopping_since = Some(Instant::now());
        if let Some(workload) = container.workload.as_mut().filter(|workload| runs(workload)) {
            workload.stopping = true;
            self.publish();
        }
    }

    /// Somebody asked a container to end.
    pub(super) fn asked_to_stop(&mut self, id: &str) {
        if let Some(container) = self.containers.get_mut(id) {
            container.asked_to_stop = true;
        }
    }

    /// What the engine says of a container now.
    pub(super) fn inspected(&mut self, inspect: Inspect) {
        let Some(here) = &self.surroundings else { return };
        let host = lodging::host(&inspect.host_config.network_mode);
        let mut workload = workload(inspect, here);
        let container = self.containers.entry(workload.id.clone()).or_default();
        if is_ignored(&workload.labels) {
            return;
        }
        let before = container.workload.as_ref().and_then(|before| before.started_at);
        let stopping = container.stopping_since.is_some_and(|since| since.elapsed() < STOPPING_MAX);
        workload.stopping = stopping && runs(&workload);
        container.ran_before |= before.is_some_and(|before| workload.started_at > Some(before));
        let newly_started = workload.started_at.is_some_and(|at| container.runs.seen(at));
        if let Some(subject) = &container.subject {
            subject.send_if_modified(|subject| {
                let starts = subject.starts + u64::from(newly_started);
                let (identity, tty, ends) = (workload.identity.clone(), Some(workload.tty), subject.ends);
                let multiline = multiline(&workload.labels);
                let now = Subject { identity, multiline, tty, starts, ends };
                let before = std::mem::replace(subject, now);
                *subject != before
            });
        } else {
            let identity = workload.identity.clone();
            let found = if runs(&workload) { Found::Running } else { Found::Ended };
            self.follow(&workload.id, identity, Some(workload.tty), &workload.labels, found);
        }
        self.observe_deploy(&workload);
        if let Some(container) = self.containers.get_mut(&workload.id) {
            container.workload = Some(workload);
            container.host = host;
        }
    }

    /// Starts to follow a container's log, unless that is not wanted.
    fn follow(
        &mut self,
        id: &str,
        identity: Identity,
        tty: Option<bool>,
        labels: &ContainerLabels,
        found: Found,
    ) {
        let unwanted = is_ignored(labels) || !wants_logs(labels) || self.hidden.as_deref() == Some(id);
        let Some(container) = self.containers.get_mut(id) else { return };
        if unwanted || container.forsaken || container.unreadable || self.reading.contains_key(id) {
            return;
        }
        let starts = u64::from(container.runs != Runs::default());
        let multiline = multiline(labels);
        let (sender, subject) = watch::channel(Subject { identity, multiline, tty, starts, ends: 0 });
        container.subject = Some(sender);
        let bookmark = self.left.take(id);
        let reader = Reader::new(self.surface.clone(), id.to_owned(), subject, bookmark, found);
        let task = self.readers.spawn(reader.run(self.shutdown.clone()));
        self.reading.insert(id.to_owned(), task.id());
    }

    /// Does what is to be done meanwhile: sends one batch, or takes note of one reader's end. Nothing is lost
    /// when the future is dropped.
    pub(super) async fn tend(&mut self) {
        let Self { surface, outbox, readers, .. } = self;
        let ended = tokio::select! {
            Ok(permit) = surface.lines.reserve(), if !outbox.is_empty() => {
                if let Some(batch) = outbox.pop_front() {
                    permit.send(batch);
                }
                return;
            }
            Some(ended) = readers.join_next() => ended,
            else => std::future::pending().await,
        };
        match ended {
            Ok(ended) => self.retire(ended),
            Err(error) => self.failed(&error),
        }
    }

    /// A reader panicked. Where it stood is not known, so its container is left alone until the next start,
    /// which goes on from what was stored.
    fn failed(&mut self, error: &JoinError) {
        tracing::error!(%error, "a reader of logs failed");
        let Some(id) = self.reading.iter().find(|(_, task)| **task == error.id()).map(|(id, _)| id.clone())
        else {
            return;
        };
        self.reading.remove(&id);
        let Some(container) = self.containers.get_mut(&id) else { return };
        container.subject = None;
        container.unreadable = true;
        let name = container.workload.as_ref().map_or(&id, |workload| &workload.identity.container).clone();
        let reason =
            "reading it failed inside Porthole, whose own log says why; restart Porthole to go on".to_owned();
        Status::unreadable(&self.published.status, Unreadable { container_id: id, container: name, reason });
    }

    fn retire(&mut self, ended: Ended) {
        let Ended { container_id, bookmark, unreadable } = ended;
        self.reading.remove(&container_id);
        if let Some(container) = self.containers.get_mut(&container_id) {
            container.subject = None;
            container.forsaken = true;
            container.unreadable = unreadable;
        }
        self.left.put(container_id, bookmark);
        self.forget_removed();
    }

    /// The engine no longer knows a container. `removed`: it said so itself.
    pub(super) fn gone(&mut self, id: &str, removed: bool) {
        let known = self.containers.remove(id).is_some();
        if known || self.left.holds(id) {
            self.left.leave(id, removed);
        }
        Status::readable(&self.published.status, id);
        self.forget_removed();
    }

    /// Forgets the positions of containers that are no more, once their logs were read to the end.
    fn forget_removed(&mut self) {
        let present = |id: &str| self.containers.contains_key(id) || self.reading.contains_key(id);
        let positions = self.left.forget(present);
        if let (false, Some(here)) = (positions.is_empty(), &self.surroundings) {
            self.outbox.push_back(tell::positions_only(here, positions));
        }
    }

    /// Takes the list of all containers; gives the ids of those to look at (again).
    pub(super) fn listed(&mut self, summaries: Vec<Summary>) -> Vec<String> {
        let ids: HashSet<&str> = summaries.iter().map(|summary| summary.id.as_str()).collect();
        // The list may be older than what an event told: those that are missing are asked for by name.
        let mut doubtful: Vec<String> =
            self.containers.keys().filter(|id| !ids.contains(id.as_str())).cloned().collect();
        for summary in summaries {
            let container = self.containers.entry(summary.id.clone()).or_default();
            // If it is there all the same, the look starts another reader.
            let forsaken = std::mem::take(&mut container.forsaken);
            if forsaken || container.summary.as_ref() != Some(&summary) {
                doubtful.push(summary.id.clone());
                container.summary = Some(summary);
            }
        }
        self.forget_removed();
        doubtful
    }

    /// What is known of a container may be wrong: the next list shall have it looked at again.
    pub(super) fn doubt(&mut self, id: &str) {
        if let Some(container) = self.containers.get_mut(id) {
            container.summary = None;
        }
    }

    /// The same for all containers.
    pub(super) fn doubt_all(&mut self) {
        self.containers.values_mut().for_each(|container| container.summary = None);
    }

    /// Publishes the current set, if it is another one than before.
    pub(super) fn publish(&self) {
        let known =
            self.containers.values().filter_map(|container| Some((container.workload.as_ref()?, container)));
        let mut workloads: Vec<Cow<'_, Workload>> =
            known.map(|(workload, container)| self.at_home(workload, container.host.as_deref())).collect();
        workloads.order_by(|a, b| place(a).cmp(&place(b)));
        self.published.workloads.send_if_modified(|published| {
            if published.iter().eq(workloads.iter().map(Cow::as_ref)) {
                return false;
            }
            *published = workloads.into_iter().map(Cow::into_owned).collect::<Arc<[Workload]>>();
            true
        });
    }

    /// How many batches wait to be sent.
    pub(super) fn waiting(&self) -> usize {
        self.outbox.len()
    }
}
