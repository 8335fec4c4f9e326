//! The numbers of one entrypoint, router or target.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Ordered as _;

use super::{buckets, shard};
use crate::tls::HandshakeFault;

/// The upper edges of Traefik's buckets, in milliseconds.
pub(crate) const TRAEFIK_MILLIS: [u64; 4] = [100, 300, 1_200, 5_000];
/// More kinds of requests than this are counted by the hundreds of their status.
const KINDS_MAX: usize = 64;

/// What was spoken over a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// HTTP.
    #[default]
    Http,
    /// Upgraded to a websocket.
    Websocket,
    /// Server-sent events.
    Sse,
}

impl Protocol {
    /// Traefik's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Websocket => "websocket",
            Self::Sse => "sse",
        }
    }
}

/// What requests are counted apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Kind {
    pub(crate) code: u16,
    /// `GET`, …; `EXTENSION_METHOD` for those that HTTP does not define.
    pub(crate) method: &'static str,
    pub(crate) protocol: Protocol,
    pub(crate) tls: bool,
}

/// The requests of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Count {
    pub(crate) requests: u64,
    pub(crate) nanos: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    /// Those within each of Traefik's buckets, and above all.
    pub(crate) within: [u64; 5],
}

impl Count {
    pub(crate) fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.nanos += other.nanos;
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
        for (sum, count) in self.within.iter_mut().zip(other.within) {
            *sum += count;
        }
    }
}

/// One request, as it is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) kind: Kind,
    pub(crate) duration: Duration,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
}

/// Everything that was counted, of all threads together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    /// By kind, sorted.
    pub(crate) kinds: Vec<(Kind, Count)>,
    /// By [`buckets`].
    pub(crate) durations: Vec<u64>,
    pub(crate) in_flight: i64,
    pub(crate) connections: i64,
    pub(crate) retries: u64,
}

/// The numbers of one entrypoint, router or target. Each thread counts in a copy of its own.
#[derive(Debug)]
pub struct Series {
    name: Box<str>,
    shards: Box<[Shard]>,
    /// Of an entrypoint, by [`HandshakeFault::ALL`].
    handshakes: [AtomicU64; HandshakeFault::ALL.len()],
}

/// What one thread counts; far enough from the next one's that their cores do not share a cache line.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard {
    in_flight: AtomicI64,
    connections: AtomicI64,
    retries: AtomicU64,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    /// The kind that came last stands first: it is likely to come again.
    kinds: Vec<(Kind, Count)>,
    /// By [`buckets`]; empty until the first request.
    durations: Vec<u64>,
}

impl Series {
    /// Without any request yet.
    pub(crate) fn new(name: &str) -> Self {
        let shards = (0..shard::count()).map(|_| Shard::default()).collect();
        Self { name: name.into(), shards, handshakes: Default::default() }
    }

    /// Whose numbers these are: an entrypoint's name, or a router's or target's with its provider.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn enter(&self) {
        self.own().in_flight.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn leave(&self) {
        self.own().in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn connected(&self, by: i64) {
        self.own().connections.fetch_add(by, Ordering::Relaxed);
    }

    /// A handshake of TLS came to nothing.
    pub(crate) fn handshake_failed(&self, fault: HandshakeFault) {
        self.handshakes[fault as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many did, by reason.
    pub(crate) fn failed_handshakes(&self) -> impl Iterator<Item = (HandshakeFault, u64)> {
        let counts = self.handshakes.iter().map(|count| count.load(Ordering::Relaxed));
        HandshakeFault::ALL.into_iter().zip(counts)
    }

    pub(crate) fn count(&self, request: &Request, retries: u32) {
        let own = self.own();
        if retries > 0 {
            own.retries.fetch_add(u64::from(retries), Ordering::Relaxed);
        }
        locked(&own.counts).count(request);
    }

    /// How many requests are under way.
    pub fn in_flight(&self) -> u64 {
        let sum: i64 = self.shards.iter().map(|shard| shard.in_flight.load(Ordering::Relaxed)).sum();
        u64::try_from(sum).unwrap_or_default()
    }

    /// All threads' numbers together.
    pub(crate) fn sums(&self) -> Sums {
        let mut sums = Sums { durations: vec![0; buckets::COUNT], ..Sums::default() };
        for shard in &self.shards {
            sums.in_flight += shard.in_flight.load(Ordering::Relaxed);
            sums.connections += shard.connections.load(Ordering::Relaxed);
            sums.retries += shard.retries.load(Ordering::Relaxed);
            locked(&shard.counts).add_to(&mut sums);
        }
        sums.kinds.order_by_key(|(kind, _)| *kind);
        sums
    }

    fn own(&self) -> &Shard {
        &self.shards[shard::thread() % self.shards.len()]
    }
}

impl Counts {
    fn count(&mut self, request: &Request) {
        if self.durations.is_empty() {
            self.durations = vec![0; buckets::COUNT];
        }
        self.durations[buckets::of(request.duration)] += 1;
        let count = self.of(request.kind);
        count.requests += 1;
        count.nanos += u64::try_from(request.duration.as_nanos()).unwrap_or(u64::MAX);
        count.bytes_in += request.bytes_in;
        count.bytes_out += request.bytes_out;
        let limits = TRAEFIK_MILLIS.map(Duration::from_millis);
        count.within[limits.iter().position(|limit| request.duration <= *limit).unwrap_or(limits.len())] += 1;
    }

    fn of(&mut self, kind: Kind) -> &mut Count {
        let at = self.place(kind);
        if at > 0 {
            self.kinds.swap(0, at);
        }
        &mut self.kinds[0].1
    }

    fn place(&mut self, kind: Kind) -> usize {
        if let Some(at) = self.kinds.iter().position(|(other, _)| *other == kind) {
            return at;
        }
        let kind = match self.kinds.len() < KINDS_MAX {
            true => kind,
            false => Kind { code: kind.code / 100 * 100, method: OTHER_METHOD, ..kind },
        };
        if let Some(at) = self.kinds.iter().position(|(other, _)| *other == kind) {
            return at;
        }
        self.kinds.push((kind, Count::default()));
        self.kinds.len() - 1
    }

    fn add_to(&self, sums: &mut Sums) {
        for (kind, count) in &self.kinds {
            match sums.kinds.iter_mut().find(|(other, _)| other == kind) {
                Some((_, sum)) => sum.add(count),
                None => sums.kinds.push((*kind, *count)),
            }
        }
        for (sum, count) in sums.durations.iter_mut().zip(&self.durations) {
            *sum += count;
        }
    }
}

/// Traefik's word for methods that HTTP does not define.
const OTHER_METHOD: &str = "EXTENSION_METHOD";

/// The method's name, as it is counted: there are only so many.
pub(crate) fn method_word(method: &http::Method) -> &'static str {
    match *method {
        http::Method::GET => "GET",
        http::Method::POST => "POST",
        http::Method::PUT => "PUT",
        http::Method::DELETE => "DELETE",
        http::Method::HEAD => "HEAD",
        http::Method::OPTIONS => "OPTIONS",
        http::Method::CONNECT => "CONNECT",
        http::Method::PATCH => "PATCH",
        http::Method::TRACE => "TRACE",
        _ => OTHER_METHOD,
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
