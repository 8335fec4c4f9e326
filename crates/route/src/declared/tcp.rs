//! Routers, services and middlewares of TCP and UDP.

use super::fields::Fields;
use super::router::{Domain, syntax};
use super::service::{WeightedService, port};
use crate::net::Cidr;
use crate::rule::Syntax;

/// Which connections go to which service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TcpRouter {
    /// The rule as it was written.
    pub rule: String,
    /// In which syntax, where that is said.
    pub syntax: Option<Syntax>,
    /// The entrypoints it listens on; none means the default ones.
    pub entrypoints: Vec<String>,
    /// References.
    pub middlewares: Vec<String>,
    /// A reference.
    pub service: Option<String>,
    /// Greater goes first; 0 means the length of the rule.
    pub priority: i64,
    /// What makes it a router of encrypted connections.
    pub tls: Option<TcpTls>,
}

/// How a TCP router's connections are encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TcpTls {
    /// Whether the service decrypts, and not Porthole.
    pub passthrough: bool,
    /// Who gets the certificates.
    pub resolver: Option<String>,
    /// The names of the certificates.
    pub domains: Vec<Domain>,
    /// A reference to TLS options.
    pub options: Option<String>,
}

/// Who answers connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TcpService {
    /// Servers side by side.
    LoadBalancer(TcpLoadBalancer),
    /// Services, each with a share of the connections; files only.
    Weighted(Vec<WeightedService>),
    /// It cannot be used; why, in a sentence.
    Broken(String),
}

/// Servers side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TcpLoadBalancer {
    /// The servers; in labels at most one, whose address is the container's.
    pub servers: Vec<TcpServer>,
    /// The version of the PROXY protocol that it is sent.
    pub proxy_protocol: Option<u8>,
}

/// One server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TcpServer {
    /// `host:port`
    pub address: Option<String>,
    /// The port of the container.
    pub port: Option<u16>,
    /// Whether it is spoken to over TLS.
    pub tls: bool,
}

/// What is done to connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TcpMiddleware {
    /// Lets only clients with certain addresses pass.
    IpAllowList(Vec<Cidr>),
    /// Bounds how many connections one client may have at once.
    InFlight(u64),
    /// It cannot be used; why, in a sentence.
    Broken(String),
}

/// Which packets go to which service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UdpRouter {
    /// The entrypoints it listens on.
    pub entrypoints: Vec<String>,
    /// A reference.
    pub service: Option<String>,
}

/// Who answers packets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UdpService {
    /// The servers.
    pub servers: Vec<TcpServer>,
}

impl TcpRouter {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            rule: fields.text("rule").unwrap_or_default(),
            syntax: syntax(fields),
            entrypoints: fields.list("entryPoints"),
            middlewares: fields.list("middlewares"),
            service: fields.text("service"),
            priority: fields.number("priority").unwrap_or_default(),
            tls: fields.switch("tls", TcpTls::read),
        }
    }
}

impl TcpTls {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            passthrough: fields.flag("passthrough").unwrap_or_default(),
            resolver: fields.text("certResolver"),
            domains: Domain::read_all(fields),
            options: fields.text("options"),
        }
    }
}

impl TcpService {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let balancer = fields.object("loadBalancer", TcpLoadBalancer::read);
        let weighted = |fields: &mut Fields<'_, '_>| {
            let _ = fields.switch("healthCheck", |_| ());
            fields.objects("services", WeightedService::read)
        };
        let weighted = if fields.in_labels() { None } else { fields.object("weighted", weighted) };
        match (balancer, weighted) {
            (Some(balancer), None) => Self::LoadBalancer(balancer),
            (None, Some(services)) => Self::Weighted(services),
            (Some(_), Some(_)) => Self::Broken("it is of several kinds; write two services".to_owned()),
            (None, None) => Self::Broken("it says nothing of who answers; write loadbalancer.…".to_owned()),
        }
    }
}

impl TcpLoadBalancer {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        for key in ["serversTransport", "terminationDelay", "healthCheck"] {
            fields.unsupported(key, &format!("`{key}` is not supported for TCP"), "leave it out");
        }
        Self {
            servers: TcpServer::read_all(fields),
            proxy_protocol: fields.switch("proxyProtocol", proxy_protocol),
        }
    }
}

fn proxy_protocol(fields: &mut Fields<'_, '_>) -> u8 {
    match fields.number("version") {
        Some(1) => 1,
        None | Some(2) => 2,
        Some(other) => {
            fields.error("version", format!("the PROXY protocol has no version {other}"), "write 1 or 2");
            2
        }
    }
}

impl TcpServer {
    fn read_all(fields: &mut Fields<'_, '_>) -> Vec<Self> {
        if fields.in_labels() {
            return fields.object("server", Self::read).into_iter().collect();
        }
        fields.objects("servers", Self::read)
    }

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let address = if fields.in_labels() { None } else { fields.text("address") };
        Self {
            address,
            port: fields.parsed("port", port, "a port from 1 to 65535"),
            tls: fields.flag("tls").unwrap_or_default(),
        }
    }
}

impl TcpMiddleware {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let ranges = |fields: &mut Fields<'_, '_>| {
            fields.parsed_list("sourceRange", Cidr::parse, "an address or a range, such as 10.0.0.0/8")
        };
        let errors = fields.notes.errors();
        let white = fields.object("ipWhiteList", ranges);
        let allow = fields.object("ipAllowList", ranges).or(white);
        let in_flight = fields.object("inFlightConn", |fields| fields.number("amount").unwrap_or_default());
        let whole = fields.notes.errors() == errors;
        match (allow, in_flight) {
            (Some(ranges), None) if whole && !ranges.is_empty() => Self::IpAllowList(ranges),
            (None, Some(amount)) => Self::InFlight(amount),
            (Some(_), None) => Self::Broken("its ranges of addresses cannot be read".to_owned()),
            (Some(_), Some(_)) => Self::Broken("it is of several kinds; write one for each".to_owned()),
            (None, None) => Self::Broken("it says nothing that Porthole knows".to_owned()),
        }
    }
}

impl UdpRouter {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self { entrypoints: fields.list("entryPoints"), service: fields.text("service") }
    }
}

impl UdpService {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self { servers: fields.object("loadBalancer", TcpServer::read_all).unwrap_or_default() }
    }
}
