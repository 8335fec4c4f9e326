//! The proxy's routes and certificates.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET routes?`[`RoutesRequest`] | [`Routes`] | everybody |
//! | `GET routes/{name}?`[`RoutesRequest`] | [`RoutePage`]; `name`: `web@docker`; 404 | everybody |
//! | `GET certificates` | [`Certificates`] | everybody |

use serde::{Deserialize, Serialize};

use crate::{Chart, Fault, Millis, Pair, RequestRow};

/// The time that numbers are of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutesRequest {
    /// The first instant; 0: an hour before the end.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
}

/// All routes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Routes {
    /// In the order in which they are tried.
    pub rows: Vec<RouteRow>,
    /// What is wrong besides, or worth knowing: of containers without a route, of files, of settings.
    pub findings: Vec<RouteFinding>,
    /// Where requests come in; none: the proxy is off.
    pub entrypoints: Vec<EntrypointRow>,
    /// What is wrong with the proxy itself, and what to do.
    pub faults: Vec<Fault>,
}

/// How a route does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RouteState {
    /// All of its servers take requests.
    #[default]
    Working,
    /// Some of its servers do not.
    Partly,
    /// None of its servers does: it answers 503.
    Unavailable,
    /// It is not written well: it answers 503, or nothing at all.
    Broken,
}

/// A router.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RouteRow {
    /// With its provider: `web@docker`.
    pub name: String,
    /// As it is written.
    pub rule: String,
    /// Where its requests come in.
    pub entrypoints: Vec<String>,
    /// In the order in which requests pass them, with providers.
    pub middlewares: Vec<String>,
    /// The service that it sends requests to, in Traefik's sense: `web-shop@docker`.
    pub target: String,
    /// The higher is tried first.
    pub priority: i64,
    /// Over TLS only.
    pub tls: bool,
    /// Who gets its certificate; empty: nobody.
    pub resolver: String,
    /// When the certificate of its first host ends.
    pub certificate_ends: Option<Millis>,
    /// How it does.
    pub state: RouteState,
    /// Why, and what to do, a sentence each; none while all is well.
    pub reasons: Vec<String>,
    /// Whose requests these are; empty: nobody's that is known.
    pub service: String,
    /// Its compose project.
    pub project: String,
    /// The slug of the project that its service's errors go to; empty: none is known.
    pub issues: String,
    /// Where requests go.
    pub servers: Vec<RouteServer>,
    /// What is wrong with how it is written, or worth knowing.
    pub findings: Vec<RouteFinding>,
    /// Where it is written: `label traefik.http.routers.web.rule of shop-web-1`.
    pub place: String,
    /// Requests a second; `None`: not measured.
    pub per_second: Option<f64>,
    /// The share that ended in 5xx, 0 to 1; `None`: there were none.
    pub error_rate: Option<f64>,
    /// Half of the requests took no longer.
    pub p50_ms: Option<f64>,
    /// 95 % took no longer.
    pub p95_ms: Option<f64>,
    /// 99 % took no longer.
    pub p99_ms: Option<f64>,
    /// Requests under way.
    pub in_flight: u64,
    /// Requests a second over the time, oldest first.
    pub trend: Vec<Option<f64>>,
}

/// Where a router's requests go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteServer {
    /// The container's name, else the address.
    pub name: String,
    /// `http://172.18.0.3:8000`; empty: it has none at the moment.
    pub address: String,
    /// Whether it gets requests.
    pub ready: bool,
    /// `ready`, `starting`, `unhealthy`, `unreachable`, `stopping`, `stopped`, `failing its checks`.
    pub state: String,
}

/// Something about how routes are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteFinding {
    /// `error`, `warning`, `note`.
    pub severity: String,
    /// The label, line or setting.
    pub place: String,
    /// The router, service or middleware; empty: none.
    pub object: String,
    /// What is so.
    pub what: String,
    /// What to write instead; empty: nothing need be done.
    pub instead: String,
}

/// Where requests come in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EntrypointRow {
    /// `web`
    pub name: String,
    /// `0.0.0.0:80`
    pub address: String,
    /// Open connections.
    pub connections: u64,
    /// Requests under way.
    pub in_flight: u64,
    /// Requests a second.
    pub per_second: Option<f64>,
}

/// One router with all that is known of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RoutePage {
    /// As in the list.
    pub row: RouteRow,
    /// What its requests pass: each middleware's name and what it does.
    pub middlewares: Vec<Pair>,
    /// To be drawn through `metrics/numbers`.
    pub charts: Vec<Chart>,
    /// The latest requests that failed, newest first.
    pub failing: Vec<RequestRow>,
    /// The slowest requests, the slowest first.
    pub slowest: Vec<RequestRow>,
    /// LogQL of its access entries.
    pub access_query: String,
}

/// All certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificates {
    /// By name.
    pub rows: Vec<CertificateRow>,
}

/// A certificate, or one that is to be got.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateRow {
    /// The names that it is for.
    pub names: Vec<String>,
    /// The resolver that gets it, `files`, or `own` for the one that Porthole made itself.
    pub source: String,
    /// It is served where no other fits.
    pub default: bool,
    /// Who signed it; empty: there is none yet.
    pub issuer: String,
    /// When it began.
    pub begins: Option<Millis>,
    /// When it ends.
    pub ends: Option<Millis>,
    /// When it is to be renewed.
    pub renew_at: Option<Millis>,
    /// When it is tried again, after a failure.
    pub next_try: Option<Millis>,
    /// Failures since the last success.
    pub failures: u32,
    /// What the last one said; empty: none.
    pub problem: String,
    /// When that was.
    pub problem_at: Option<Millis>,
    /// Routers that it serves.
    pub routers: Vec<String>,
}
