//! One server of a service, for as long as it is in the plan: its connections, how busy it is, and how it does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::names::Names;
use route::declared::Scheme;
use route::name::Name;
use route::plan::{self, ServerState};

use crate::measure;
use crate::pool::{Pool, Sender};
use crate::transport::{ConnectError, Transport};

/// A server that could not be connected to is left alone for so long, while there are others.
const COOL_DOWN: Duration = Duration::from_secs(2);
/// How fast older answers lose weight in the average: an eighth with each.
const AVERAGE_SHIFT: u32 = 3;

/// What tells one server from another across plans.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    service: Name,
    container: Option<String>,
    host: plan::Host,
    port: u16,
    scheme: Scheme,
    path: String,
}

impl Key {
    pub(crate) fn new(service: &Name, server: &plan::Server) -> Self {
        Self {
            service: service.clone(),
            container: server.container.clone(),
            host: server.host.clone(),
            port: server.port,
            scheme: server.scheme,
            path: server.path.clone(),
        }
    }
}

/// A server at work.
pub struct Server {
    /// As it is planned. Its `state` is that of when it was made; see [`Server::state`].
    pub planned: plan::Server,
    /// As access entries name it.
    pub measured: measure::Server,
    /// What a cookie that keeps a client with it says.
    pub(crate) cookie: Box<str>,
    pub(crate) transport: Arc<Transport>,
    pub(crate) pool: Pool,
    /// `Host` of requests that do not pass on the client's.
    pub(crate) authority: http::uri::Authority,
    born: Instant,
    state: AtomicU8,
    weight: AtomicU32,
    open: AtomicUsize,
    /// Whether its health check fails.
    ill: AtomicBool,
    /// Until when it is left alone, in milliseconds since it was made.
    resting_until: AtomicI64,
    failures: AtomicU32,
    first_failure: AtomicI64,
    /// How long answers took on average, in nanoseconds.
    average_nanos: AtomicU64,
}

const STATES: [ServerState; 6] = [
    ServerState::Ready,
    ServerState::Starting,
    ServerState::Unhealthy,
    ServerState::Unreachable,
    ServerState::Stopping,
    ServerState::Stopped,
];

impl Server {
    pub(crate) fn new(
        planned: &plan::Server,
        measured: measure::Server,
        key: &Key,
        transport: Arc<Transport>,
    ) -> Self {
        let server = Self {
            measured,
            cookie: cookie(key),
            transport,
            pool: Pool::default(),
            authority: authority(planned),
            born: Instant::now(),
            state: AtomicU8::new(0),
            weight: AtomicU32::new(planned.weight),
            open: AtomicUsize::new(0),
            ill: AtomicBool::new(false),
            resting_until: AtomicI64::new(0),
            failures: AtomicU32::new(0),
            first_failure: AtomicI64::new(0),
            average_nanos: AtomicU64::new(0),
            planned: planned.clone(),
        };
        server.plan_again(planned);
        server
    }

    /// Takes over what a new plan says of it. A server that takes no more requests closes its idle connections; those in
    /// use end with their requests.
    pub(crate) fn plan_again(&self, planned: &plan::Server) {
        let index = STATES.iter().position(|state| *state == planned.state).unwrap_or_default();
        let before = self.state.swap(index as u8, Ordering::AcqRel);
        self.weight.store(planned.weight, Ordering::Relaxed);
        let gone = matches!(planned.state, ServerState::Stopping | ServerState::Stopped);
        match gone {
            true => self.pool.close(),
            false if usize::from(before) != index => {
                self.pool.open();
                self.resting_until.store(0, Ordering::Relaxed);
            }
            false => {}
        }
    }

    /// What Docker says of it at the moment.
    pub fn state(&self) -> ServerState {
        STATES[usize::from(self.state.load(Ordering::Acquire)).min(STATES.len() - 1)]
    }

    /// Whether its own health check fails.
    pub fn is_ill(&self) -> bool {
        self.ill.load(Ordering::Relaxed)
    }

    pub(crate) fn set_ill(&self, ill: bool) {
        self.ill.store(ill, Ordering::Relaxed);
    }

    /// Its share beside the others.
    pub fn weight(&self) -> u32 {
        self.weight.load(Ordering::Relaxed)
    }

    /// Requests that it is answering.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Connections that wait for a request.
    pub fn idle_connections(&self) -> usize {
        self.pool.idle_count()
    }

    /// How long it has taken to begin its answers of late.
    pub fn average(&self) -> Duration {
        Duration::from_nanos(self.average_nanos.load(Ordering::Relaxed))
    }

    /// Whether requests may be sent to it at all.
    pub fn is_ready(&self) -> bool {
        self.state() == ServerState::Ready && !self.is_ill()
    }

    /// Whether it is left alone for a while, after it failed.
    pub fn is_resting(&self) -> bool {
        self.now() < self.resting_until.load(Ordering::Relaxed)
    }

    fn now(&self) -> i64 {
        i64::try_from(self.born.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn rest(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        self.resting_until.store(self.now().saturating_add(millis), Ordering::Relaxed);
    }

    /// It could not be connected to.
    pub(crate) fn unreachable(&self) {
        self.rest(COOL_DOWN);
    }

    /// A request to it failed: so many within so long, and it is left alone for as long.
    pub(crate) fn failed(&self, attempts_max: u32, window: Duration) {
        let (now, window_millis) = (self.now(), i64::try_from(window.as_millis()).unwrap_or(i64::MAX));
        if now.saturating_sub(self.first_failure.load(Ordering::Relaxed)) > window_millis {
            self.first_failure.store(now, Ordering::Relaxed);
            self.failures.store(0, Ordering::Relaxed);
        }
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= attempts_max.max(1) {
            self.rest(window);
        }
    }

    /// It began its answer after so long.
    pub(crate) fn answered(&self, after: Duration) {
        let nanos = u64::try_from(after.as_nanos()).unwrap_or(u64::MAX);
        let before = self.average_nanos.load(Ordering::Relaxed);
        let average = match before {
            0 => nanos,
            _ => before - (before >> AVERAGE_SHIFT) + (nanos >> AVERAGE_SHIFT),
        };
        self.average_nanos.store(average, Ordering::Relaxed);
    }

    pub(crate) fn enter(&self) {
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn leave(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// A new connection to it.
    pub(crate) async fn connect(&self, names: &Names) -> Result<Sender, ConnectError> {
        let planned = &self.planned;
        let connecting = self.transport.connect(names, &planned.host, planned.port, planned.scheme);
        let (upstream, is_http2) = connecting.await?;
        let sender = Sender::new(upstream, is_http2).await.map_err(|error| ConnectError {
            why: measure::Why::UpstreamMalformed,
            detail: error.to_string(),
        })?;
        self.pool.share(&sender);
        Ok(sender)
    }
}

/// What tells nobody what the server is.
fn cookie(key: &Key) -> Box<str> {
    let name = key.container.clone().unwrap_or_else(|| format!("{:?}", key.host));
    crate::balance::digits_of(&format!("{name}:{}{}", key.port, key.path)).into()
}

fn authority(planned: &plan::Server) -> http::uri::Authority {
    let host = match &planned.host {
        plan::Host::Address(std::net::IpAddr::V6(address)) => format!("[{address}]"),
        plan::Host::Address(address) => address.to_string(),
        plan::Host::Name(name) => name.clone(),
        plan::Host::Nowhere => "nowhere".to_owned(),
    };
    let usual = if planned.scheme == Scheme::Https { 443 } else { 80 };
    let text = if planned.port == usual { host } else { format!("{host}:{}", planned.port) };
    text.parse().unwrap_or_else(|_| http::uri::Authority::from_static("server"))
}
