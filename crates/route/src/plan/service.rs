//! What requests are sent to.

use std::net::IpAddr;
use std::path::PathBuf;

use super::router::Target;
use crate::declared::{Cookie, Flush, HealthCheck, PassiveHealthCheck, Scheme, Strategy};
use crate::name::Name;
use crate::node::Place;

/// A service of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// What it is.
    pub kind: ServiceKind,
    /// Middlewares that every request passes just before it, after those of the router.
    pub middlewares: Vec<Name>,
    /// Whose requests these are.
    pub target: Target,
    /// Where it is written.
    pub place: Place,
}

/// What a service does with a request.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceKind {
    /// Sends it to one of several equal servers.
    LoadBalancer(Box<LoadBalancer>),
    /// Sends it to one of several services, by weight.
    Weighted(Weighted),
    /// Sends it to one of several services, always to the same for the same client address.
    HighestRandomWeight(Vec<Share>),
    /// Sends it to a service, or to another while that has no healthy server.
    Failover {
        /// The first.
        service: Name,
        /// The other.
        fallback: Name,
    },
    /// Sends it to a service and copies of some to others, whose answers are thrown away.
    Mirroring(Mirroring),
    /// Answers with files of a folder.
    Files(Files),
    /// Answers itself.
    Internal(Internal),
}

/// Equal servers.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancer {
    /// Those that are not ready too, so that it can be said why there is none. Sorted by container, then address.
    pub servers: Vec<Server>,
    /// How one of them is chosen.
    pub strategy: Strategy,
    /// Whether a client keeps its server.
    pub sticky: Option<Cookie>,
    /// Requests of our own that tell whether a server works.
    pub health_check: Option<HealthCheck>,
    /// Failing requests tell that too.
    pub passive_health_check: Option<PassiveHealthCheck>,
    /// Whether servers see the `Host` that the client sent.
    pub pass_host_header: bool,
    /// When what a server has sent is sent on.
    pub flush: Flush,
    /// A key of the plan's `transports`; `None`: the usual way.
    pub transport: Option<Name>,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// What is spoken.
    pub scheme: Scheme,
    /// Where it is.
    pub host: Host,
    /// Its port.
    pub port: u16,
    /// Put before the path of each request; empty unless a file asks for it.
    pub path: String,
    /// How many requests it gets beside the others.
    pub weight: u32,
    /// The id of the container that it is, where it is one.
    pub container: Option<String>,
    /// The container's name, else the address: for people.
    pub label: String,
    /// Whether requests may be sent to it.
    pub state: ServerState,
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// At this address.
    Address(IpAddr),
    /// Wherever this name leads when it is connected to.
    Name(String),
    /// Nowhere at the moment: the container has no address.
    Nowhere,
}

/// Whether requests may be sent to a server, as far as Docker says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServerState {
    /// They may.
    Ready,
    /// Its container is about to start, or its health check is in its start period.
    Starting,
    /// Its container's health check fails.
    Unhealthy,
    /// It runs, but it has no address that Porthole could reach.
    Unreachable,
    /// Its container was told to stop.
    Stopping,
    /// Its container does not run.
    Stopped,
}

/// A service with its share of the requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// A key of the plan's `services`.
    pub service: Name,
    /// How many requests it gets beside the others.
    pub weight: u32,
}

/// Services, each with a share of the requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// The services.
    pub services: Vec<Share>,
    /// Whether a client stays with its service.
    pub sticky: Option<Cookie>,
}

/// A service whose requests others get copies of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirroring {
    /// The service that answers.
    pub service: Name,
    /// Whether bodies are copied too.
    pub mirror_body: bool,
    /// Larger bodies are not copied; none means all are.
    pub body_bytes_max: Option<u64>,
    /// Who gets copies, and of how many in a hundred.
    pub mirrors: Vec<(Name, u8)>,
}

/// A folder whose files are answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The folder.
    pub folder: PathBuf,
    /// Taken off the path of a request before the file is looked for; ends without a slash.
    pub prefix: String,
}

/// What Porthole answers itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Internal {
    /// `api@internal`, `dashboard@internal`: Traefik's API.
    Api,
    /// `ping@internal`: `OK`.
    Ping,
    /// `noop@internal`: nothing; it is behind middlewares that answer.
    Noop,
    /// `page@internal`: Porthole's page.
    Page,
}
