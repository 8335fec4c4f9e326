//! The proxy as it is at one moment, for whoever shows it: the page, Traefik's API.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use model::Timestamp;

use crate::name::Name;
use crate::plan::Plan;

/// What can be seen of a proxy.
pub trait Shown: Send + Sync {
    /// How it is at this moment. One that is off has no entrypoints.
    fn picture(&self) -> Picture;

    /// Its numbers in Prometheus' text format.
    fn exposition(&self) -> String;
}

/// The proxy at one moment.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Where requests come in.
    pub entrypoints: Vec<Entrance>,
    /// What is in force.
    pub plan: Arc<Plan>,
    /// Servers that fail the proxy's own checks: the service that they are of, and their address (`172.18.0.3:8000`).
    pub failing: BTreeSet<(Name, String)>,
    /// Certificates that are served, or wanted.
    pub certificates: Vec<Certificate>,
    /// Entrypoints by name.
    pub live_entrypoints: BTreeMap<String, Live>,
    /// Routers by name with provider.
    pub live_routers: BTreeMap<String, Live>,
}

/// An entrypoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entrance {
    /// `[proxy.entrypoints.<name>]`
    pub name: String,
    /// Where it listens.
    pub address: String,
    /// Whether routers that name no entrypoint use it.
    pub as_default: bool,
}

/// A certificate that is served, or one that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Host names, `*.` in front of some.
    pub names: Vec<String>,
    /// The resolver that gets it, `files`, or `own` for the one that the proxy made itself.
    pub source: String,
    /// Whether it is served where no other fits.
    pub default: bool,
    /// Who signed it; empty: there is none yet.
    pub issuer: String,
    /// From when until when it holds; `None`: there is none yet.
    pub holds: Option<(Timestamp, Timestamp)>,
    /// From when a successor is asked for.
    pub renew_at: Option<Timestamp>,
    /// When it is tried again, after a failure.
    pub next_try: Option<Timestamp>,
    /// Failures since the last success.
    pub failures: u32,
    /// When the last one was, and what it said.
    pub last_failure: Option<(Timestamp, String)>,
}

/// An entrypoint, router or service at this moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// Requests under way.
    pub in_flight: u64,
    /// Open connections; of entrypoints only.
    pub connections: u64,
    /// Requests since the start.
    pub requests: u64,
    /// The last minute.
    pub window: Window,
}

/// Requests of the last minute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Window {
    /// What the window covers: a minute, or less after the start.
    pub span: Duration,
    /// By the first digit of their status, from 1 to 5; others at 0.
    pub classes: [u64; 6],
    /// The duration that half of them did not exceed.
    pub p50: Option<Duration>,
    /// That 95 % did not exceed.
    pub p95: Option<Duration>,
    /// That 99 % did not exceed.
    pub p99: Option<Duration>,
}

impl Window {
    /// All requests of the window.
    pub fn requests(&self) -> u64 {
        self.classes.iter().sum()
    }
}

/// A proxy that is off.
#[derive(Clone, Copy, Debug, Default)]
pub struct Off;

impl Shown for Off {
    fn picture(&self) -> Picture {
        Picture::default()
    }

    fn exposition(&self) -> String {
        String::new()
    }
}
