//! A connection of a client, and the entrypoint that it came in on: what its requests have in common.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderValue;
use route::net::Cidr;

use crate::config::EntrypointConfig;
use crate::entrypoint::Place;
use crate::measure;
use crate::tls;

/// An entrypoint at work.
pub struct Entrypoint {
    /// Its settings.
    pub config: EntrypointConfig,
    /// What is counted of it.
    pub series: Arc<measure::Series>,
    /// Where the entrypoint that it redirects to listens.
    pub redirect_port: Option<u16>,
    /// The port, as a header's value.
    pub(crate) port: HeaderValue,
}

impl Entrypoint {
    pub(crate) fn new(
        config: EntrypointConfig,
        series: Arc<measure::Series>,
        redirect_port: Option<u16>,
    ) -> Self {
        let port = HeaderValue::from(config.address.port());
        Self { config, series, redirect_port, port }
    }

    /// Whether what `address` says of others is believed.
    pub fn trusts(&self, address: IpAddr) -> bool {
        any_contains(&self.config.trusted_ips, address)
    }
}

/// Whether `address` is in any of `ranges`.
pub(crate) fn any_contains(ranges: &[Cidr], address: IpAddr) -> bool {
    ranges.iter().any(|range| range.contains(address))
}

/// A connection of a client.
pub struct Connection {
    /// Where it came in.
    pub entrypoint: Arc<Entrypoint>,
    /// Who is at the other end; whom a trusted proxy speaks for by the PROXY protocol.
    pub peer: SocketAddr,
    /// What was agreed on, if TLS is spoken.
    pub session: Option<tls::Session>,
    /// Whether what the peer says of others is believed.
    pub trusted: bool,
    /// The peer's address, as a header's value.
    pub(crate) peer_value: HeaderValue,
    pub(crate) pulse: Pulse,
    _counted: measure::Connection,
    /// Among those that there may be; a tunnel keeps it.
    _place: Place,
}

impl Connection {
    pub(crate) fn new(
        entrypoint: Arc<Entrypoint>,
        peer: SocketAddr,
        session: Option<tls::Session>,
        pulse: Pulse,
        place: Place,
    ) -> Self {
        let ip = peer.ip().to_canonical();
        let peer = SocketAddr::new(ip, peer.port());
        let value = HeaderValue::try_from(ip.to_string()).expect("an address is a header's value");
        let counted = measure::Connection::new(entrypoint.series.clone());
        let trusted = entrypoint.trusts(ip);
        Self {
            entrypoint,
            peer,
            session,
            trusted,
            peer_value: value,
            pulse,
            _counted: counted,
            _place: place,
        }
    }

    /// A request has begun.
    pub(crate) fn enter(&self) {
        self.pulse.0.open.fetch_add(1, Ordering::Relaxed);
    }

    /// A request is over.
    pub(crate) fn leave(&self) {
        self.pulse.0.open.fetch_sub(1, Ordering::Relaxed);
        self.pulse.beat(&self.pulse.0.quiet_since);
    }
}

/// What a connection is doing, shared by those who read and write it and the one who ends it in time.
#[derive(Clone, Debug)]
pub(crate) struct Pulse(Arc<Beats>);

#[derive(Debug)]
struct Beats {
    born: Instant,
    open: AtomicU32,
    /// Since when there is no request; milliseconds since birth, as all times here.
    quiet_since: AtomicU64,
    /// Since when a head is being read; 0 while none is.
    head_since: AtomicU64,
    /// Since when the other side takes nothing; 0 while it does.
    stalled_since: AtomicU64,
    /// Pieces of answers that were given to HTTP/2 and not asked on for since, by number: it has nowhere to put more.
    held: Mutex<HashMap<u64, u64>>,
    numbers: AtomicU64,
    /// The connection is to end after the request that is being served.
    last: AtomicBool,
    /// Something has come.
    spoken: AtomicBool,
    /// It was given over to a tunnel.
    tunnel: AtomicBool,
    /// What came was no well-formed request; an index into [`crate::head::HeadFault`]'s words, 0 for none.
    fault: AtomicU32,
}

impl Pulse {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Beats {
            born: Instant::now(),
            open: AtomicU32::new(0),
            quiet_since: AtomicU64::new(0),
            // A connection that says nothing is as one that begins a head.
            head_since: AtomicU64::new(1),
            stalled_since: AtomicU64::new(0),
            held: Mutex::default(),
            numbers: AtomicU64::new(0),
            last: AtomicBool::new(false),
            spoken: AtomicBool::new(false),
            tunnel: AtomicBool::new(false),
            fault: AtomicU32::new(0),
        }))
    }

    fn now(&self) -> u64 {
        1 + u64::try_from(self.0.born.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
    }

    fn beat(&self, place: &AtomicU64) {
        place.store(self.now(), Ordering::Relaxed);
    }

    fn since(&self, place: &AtomicU64) -> Option<Duration> {
        let since = place.load(Ordering::Relaxed);
        (since != 0).then(|| Duration::from_millis(self.now().saturating_sub(since)))
    }

    pub(crate) fn set_head(&self, reading: bool) {
        let place = &self.0.head_since;
        match (reading, place.load(Ordering::Relaxed)) {
            (true, 0) => self.beat(place),
            (false, since) if since != 0 => {
                place.store(0, Ordering::Relaxed);
                self.beat(&self.0.quiet_since);
            }
            _ => {}
        }
    }

    /// Something has come.
    pub(crate) fn heard(&self) {
        self.0.spoken.store(true, Ordering::Relaxed);
    }

    /// Whether anything has come at all: browsers open connections that they then do not use.
    pub(crate) fn has_spoken(&self) -> bool {
        self.0.spoken.load(Ordering::Relaxed)
    }

    pub(crate) fn set_stalled(&self, stalled: bool) {
        let place = &self.0.stalled_since;
        match (stalled, place.load(Ordering::Relaxed)) {
            (true, 0) => self.beat(place),
            (false, since) if since != 0 => place.store(0, Ordering::Relaxed),
            _ => {}
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<u64, u64>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when the answer that waits longest has waited for its client to take more.
    fn longest_held(&self) -> Option<Duration> {
        let since = self.held().values().min().copied()?;
        Some(Duration::from_millis(self.now().saturating_sub(since)))
    }

    pub(crate) fn set_last(&self) {
        self.0.last.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_last(&self) -> bool {
        self.0.last.load(Ordering::Relaxed)
    }

    pub(crate) fn set_tunnel(&self) {
        self.0.tunnel.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_tunnel(&self) -> bool {
        self.0.tunnel.load(Ordering::Relaxed)
    }

    pub(crate) fn set_fault(&self, fault: crate::head::HeadFault) {
        self.0.fault.store(1 + fault as u32, Ordering::Relaxed);
    }

    pub(crate) fn fault(&self) -> Option<crate::head::HeadFault> {
        use crate::head::HeadFault::{BareLineFeed, Fragment};
        let fault = self.0.fault.load(Ordering::Relaxed);
        [BareLineFeed, Fragment].into_iter().find(|candidate| 1 + *candidate as u32 == fault)
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.0.open.load(Ordering::Relaxed) == 0
    }

    /// Whether the connection has used up its time, and why.
    pub(crate) fn verdict(&self, config: &EntrypointConfig) -> Verdict {
        if self.is_tunnel() {
            return Verdict::GoOn;
        }
        let stalled = [self.since(&self.0.stalled_since), self.longest_held()];
        if stalled.into_iter().flatten().any(|time| time >= config.write_timeout) {
            return Verdict::Stalled;
        }
        if !self.is_idle() {
            return Verdict::GoOn;
        }
        if self.since(&self.0.head_since).is_some_and(|time| time >= config.header_timeout) {
            return Verdict::SlowHead;
        }
        match self.since(&self.0.quiet_since) {
            // What was given to HTTP/2 whole may still be on its way, or nobody takes it.
            Some(time) if time >= config.idle_timeout + config.write_timeout => Verdict::Stalled,
            Some(time) if time >= config.idle_timeout => Verdict::Idle,
            _ => Verdict::GoOn,
        }
    }
}

/// An answer over HTTP/2, whose client may stop taking it while the connection as a whole goes on.
pub(crate) struct Held {
    pulse: Pulse,
    number: u64,
    holds: bool,
}

impl Held {
    pub(crate) fn new(pulse: &Pulse) -> Self {
        let number = pulse.0.numbers.fetch_add(1, Ordering::Relaxed);
        Self { pulse: pulse.clone(), number, holds: false }
    }

    /// More is asked for.
    pub(crate) fn taken(&mut self) {
        if std::mem::take(&mut self.holds) {
            self.pulse.held().remove(&self.number);
        }
    }

    /// A piece was given.
    pub(crate) fn given(&mut self) {
        self.holds = true;
        let now = self.pulse.now();
        self.pulse.held().insert(self.number, now);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.taken();
    }
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes on.
    GoOn,
    /// It has had no request for long.
    Idle,
    /// A head takes too long.
    SlowHead,
    /// The other side takes nothing.
    Stalled,
}
