//! The one place where requests are reported.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use mask::Masker;
use model::{Entry, Identity, Labels, Timestamp, label};
use route::shown::Live;

use super::entry;
use super::finished::Finished;
use super::live::Past;
use super::ring::Ring;
use super::series::{Kind, Request, Series, method_word};
use super::why::Why;

/// More routers, or targets, than this share one series.
const SERIES_MAX: usize = 4_096;
/// Their name.
const OTHERS: &str = "(others)";
/// The stream of access entries.
const ACCESS: &str = "access";
/// The service of requests that no router takes.
const UNROUTED: &str = "porthole";

/// A router, as requests are measured by it.
#[derive(Debug)]
pub struct Route {
    name: Box<str>,
    /// The stream of its access entries where no server is known.
    labels: Labels,
    /// Of its access entries' stream.
    service: Box<str>,
    recorded: Recorded,
    pub(super) series: Arc<Series>,
}

/// What is recorded of a router's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Access entries.
    pub entries: bool,
    /// Counters and histograms, of the entrypoint and the service too.
    pub numbers: bool,
}

impl Default for Recorded {
    fn default() -> Self {
        Self { entries: true, numbers: true }
    }
}

impl Route {
    /// The router's name with its provider: `web@docker`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A server, as it stands in access entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// `172.18.0.3:8000`
    pub address: Box<str>,
    /// The stream of the container's access entries; none where the server is no container.
    pub labels: Option<Labels>,
}

impl Server {
    /// A server with the container that it is, if it is one.
    pub fn new(address: &str, container: Option<&Identity>) -> Self {
        Self { address: address.into(), labels: container.map(|identity| identity.stream_labels(ACCESS)) }
    }
}

/// Counts requests and takes their access entries. Cheap to share; nothing in it waits.
#[derive(Debug)]
pub struct Meter {
    mask: Arc<Masker>,
    /// The host and environment that all streams have.
    identity: Identity,
    unrouted: Labels,
    entrypoints: Registry,
    routers: Registry,
    targets: Registry,
    pub(super) ring: Ring,
}

impl Meter {
    /// A meter that has counted nothing; `identity` names the host and the environment, `mask` goes over queries.
    pub fn new(identity: Identity, mask: Arc<Masker>) -> Self {
        let identity = Identity { project: String::new(), container: String::new(), ..identity };
        let unrouted = Identity { service: UNROUTED.into(), ..identity.clone() }.stream_labels(ACCESS);
        Self {
            mask,
            identity,
            unrouted,
            entrypoints: Registry::default(),
            routers: Registry::default(),
            targets: Registry::default(),
            ring: Ring::new(),
        }
    }

    /// The series of an entrypoint, by its name.
    pub fn entrypoint(&self, name: &str) -> Arc<Series> {
        self.entrypoints.get(name, &Labels::default())
    }

    /// The router `name`, which passes requests to the target `target` (both with their providers). They are for `service`
    /// of the compose project `project`; both may be empty. Its numbers go on from the last table that had it.
    pub fn route(
        &self,
        name: &str,
        target: &str,
        project: &str,
        service: &str,
        recorded: Recorded,
    ) -> Arc<Route> {
        let service = if service.is_empty() { UNROUTED } else { service };
        let identity = Identity { service: service.into(), project: project.into(), ..self.identity.clone() };
        let about = [("target", target), (label::SERVICE, service), (label::PROJECT, project)];
        Arc::new(Route {
            name: name.into(),
            labels: identity.stream_labels(ACCESS),
            service: service.into(),
            recorded,
            series: self.routers.get(name, &Labels::from_pairs(about)),
        })
    }

    /// The series of a service that requests are passed to, by its name with its provider.
    pub fn target(&self, name: &str, project: &str, service: &str) -> Arc<Series> {
        self.targets.get(name, &Labels::from_pairs([(label::SERVICE, service), (label::PROJECT, project)]))
    }

    /// Reports a request that is over: once, before its ticket is dropped.
    pub fn finished(&self, finished: &Finished<'_>) {
        let request = Request {
            kind: Kind {
                code: finished.status,
                method: method_word(finished.method),
                protocol: finished.protocol,
                tls: finished.tls.is_some(),
            },
            duration: finished.duration,
            bytes_in: finished.bytes_in,
            bytes_out: finished.bytes_out,
        };
        let ticket = finished.ticket;
        let recorded = ticket.route().map_or(Recorded::default(), |route| route.recorded);
        // What never became a request is not one of them.
        if recorded.numbers && finished.why != Some(Why::Handshake) {
            ticket.entrypoint().count(&request, 0);
            if let Some(route) = ticket.route() {
                route.series.count(&request, 0);
            }
            if let Some(target) = ticket.target() {
                target.count(&request, finished.retries);
            }
        }
        if recorded.entries && !self.ring.is_closed() {
            self.note(finished);
        }
    }

    fn note(&self, finished: &Finished<'_>) {
        let route = finished.ticket.route();
        let server = finished.server.and_then(|server| server.labels.as_ref());
        let labels = server.or(route.map(|route| &route.labels)).unwrap_or(&self.unrouted);
        let service = route.map_or(UNROUTED, |route| &route.service);
        let line = entry::line(finished, self.mask.of(service));
        let ended = finished.ticket.started_at + finished.duration;
        let nanos = ended.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let timestamp = Timestamp::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX));
        self.ring.push(labels.clone(), Entry { timestamp, line, metadata: Vec::new() });
    }

    /// How many access entries were dropped, for the logs not keeping up.
    pub fn dropped(&self) -> u64 {
        self.ring.dropped()
    }

    /// The entrypoints at this moment, by name.
    pub fn live_entrypoints(&self) -> BTreeMap<String, Live> {
        self.entrypoints.live()
    }

    /// The routers at this moment, by name with provider.
    pub fn live_routers(&self) -> BTreeMap<String, Live> {
        self.routers.live()
    }

    /// The services at this moment, by name with provider.
    pub fn live_targets(&self) -> BTreeMap<String, Live> {
        self.targets.live()
    }

    /// Looks at the counters, for the window of the last minute.
    pub(super) fn look(&self) {
        for registry in [&self.entrypoints, &self.routers, &self.targets] {
            registry.look();
        }
    }

    pub(super) fn all_entrypoints(&self) -> Vec<(Arc<Series>, Labels)> {
        self.entrypoints.all()
    }

    pub(super) fn all_routers(&self) -> Vec<(Arc<Series>, Labels)> {
        self.routers.all()
    }

    pub(super) fn all_targets(&self) -> Vec<(Arc<Series>, Labels)> {
        self.targets.all()
    }
}

/// Series by name. What no table uses any more stays until its place is needed: its counters must not start anew when a
/// container is recreated.
#[derive(Debug, Default)]
struct Registry(Mutex<BTreeMap<Box<str>, Kept>>);

#[derive(Debug)]
struct Kept {
    series: Arc<Series>,
    /// Whose it is, for the labels of Porthole's own metrics.
    about: Labels,
    past: Past,
}

impl Registry {
    fn get(&self, name: &str, about: &Labels) -> Arc<Series> {
        let mut kept = self.locked();
        if !kept.contains_key(name) && kept.len() >= SERIES_MAX {
            kept.retain(|_, kept| Arc::strong_count(&kept.series) > 1);
        }
        let name = if kept.contains_key(name) || kept.len() < SERIES_MAX { name } else { OTHERS };
        let new =
            || Kept { series: Arc::new(Series::new(name)), about: about.clone(), past: Past::default() };
        let kept = kept.entry(name.into()).or_insert_with(new);
        if name != OTHERS {
            kept.about = about.clone();
        }
        Arc::clone(&kept.series)
    }

    fn all(&self) -> Vec<(Arc<Series>, Labels)> {
        self.locked().values().map(|kept| (Arc::clone(&kept.series), kept.about.clone())).collect()
    }

    fn look(&self) {
        for kept in self.locked().values_mut() {
            kept.past.look(&kept.series.sums());
        }
    }

    fn live(&self) -> BTreeMap<String, Live> {
        #[allow(clippy::borrowed_box, reason = "it is what the map's keys are")]
        let live = |(name, kept): (&Box<str>, &Kept)| {
            let sums = kept.series.sums();
            let live = Live {
                in_flight: u64::try_from(sums.in_flight).unwrap_or_default(),
                connections: u64::try_from(sums.connections).unwrap_or_default(),
                requests: sums.kinds.iter().map(|(_, count)| count.requests).sum(),
                window: kept.past.window(),
            };
            (name.to_string(), live)
        };
        self.locked().iter().map(live).collect()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<Box<str>, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
