//! `[proxy.entrypoints.<name>]`.

use std::net::SocketAddr;
use std::time::Duration;

use route::net::Cidr;
use settings::{ByteSize, Section};

/// An address that is listened on, and how what comes in is treated.
#[derive(Clone, Debug, PartialEq)]
pub struct EntrypointConfig {
    /// `web`.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// Whether routers that name no entrypoint are on it. Where no entrypoint is, all are.
    pub as_default: bool,
    /// Everything that comes in is sent on to another entrypoint.
    pub redirect: Option<Redirect>,
    /// Its routers have TLS with certificates of this resolver; `default` for those at hand.
    pub tls: Option<String>,
    /// The TLS options of its routers.
    pub tls_options: Option<String>,
    /// Before those of its routers.
    pub middlewares: Vec<String>,
    /// Whose `X-Forwarded-*` are believed.
    pub trusted_ips: Vec<Cidr>,
    /// Who speaks the PROXY protocol.
    pub proxy_protocol: Vec<Cidr>,
    /// Whether `//`, `/./` and `/../` are taken out of paths.
    pub sanitize_path: bool,
    /// What becomes of headers with underscores in their names.
    pub underscore_headers: UnderscoreHeaders,
    /// Longer targets are answered 414.
    pub uri_bytes_max: usize,
    /// Longer heads are answered 431.
    pub header_bytes_max: usize,
    /// More headers are answered 431.
    pub headers_max: usize,
    /// How long a head may take from its first byte to its last.
    pub header_timeout: Duration,
    /// How long the next piece of a request's body may take.
    pub body_timeout: Duration,
    /// How long the client may take to accept the next piece of an answer.
    pub write_timeout: Duration,
    /// How long a connection without a request is kept.
    pub idle_timeout: Duration,
    /// How long a websocket or another tunnel may be silent.
    pub tunnel_timeout: Duration,
    /// More connections are closed at once.
    pub connections_max: usize,
    /// Likewise, of one address; trusted ones are not counted.
    pub connections_per_ip_max: usize,
    /// Requests that one HTTP/2 connection may have open.
    pub streams_max: u32,
}

/// Where everything is sent on to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The entrypoint by whose port.
    pub entrypoint: String,
    /// `https` as a rule.
    pub scheme: String,
    /// 308 and 301, else 307 and 302.
    pub permanent: bool,
}

/// What becomes of headers with underscores in their names. WSGI cannot tell `X_User` from `X-User`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UnderscoreHeaders {
    /// They are taken out.
    #[default]
    Delete,
    /// They pass, but for those that look like `X-Forwarded-*`.
    Keep,
    /// The request is answered 400.
    Reject,
}

impl EntrypointConfig {
    /// An entrypoint with everything by default.
    pub fn new(name: &str, address: SocketAddr) -> Self {
        Self {
            name: name.to_owned(),
            address,
            as_default: false,
            redirect: None,
            tls: None,
            tls_options: None,
            middlewares: Vec::new(),
            trusted_ips: Vec::new(),
            proxy_protocol: Vec::new(),
            sanitize_path: true,
            underscore_headers: UnderscoreHeaders::Delete,
            uri_bytes_max: 16 << 10,
            header_bytes_max: 64 << 10,
            headers_max: 100,
            header_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(180),
            tunnel_timeout: Duration::from_secs(3600),
            connections_max: 20_000,
            connections_per_ip_max: 4096,
            streams_max: 250,
        }
    }

    /// Reads one; `None` without an address.
    pub(super) fn read(name: &str, section: &Section<'_>) -> Option<Self> {
        let address = section.socket_address("address");
        if address.is_none() && !section.is_set("address") {
            section.fault("address", "is missing", "write where to listen, such as address = \":80\"");
        }
        let mut read = Self::new(name, address.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0))));
        read.routing(section);
        read.limits(section);
        read.times(section);
        address.map(|_| read)
    }

    fn routing(&mut self, section: &Section<'_>) {
        set(&mut self.as_default, section.boolean("as_default"));
        self.tls = section.string("tls");
        self.tls_options = section.string("tls_options");
        set(&mut self.middlewares, section.strings("middlewares"));
        self.trusted_ips = nets(section, "trusted_ips");
        self.proxy_protocol = nets(section, "proxy_protocol");
        set(&mut self.sanitize_path, section.boolean("sanitize_path"));
        let words = [
            ("delete", UnderscoreHeaders::Delete),
            ("keep", UnderscoreHeaders::Keep),
            ("reject", UnderscoreHeaders::Reject),
        ];
        set(&mut self.underscore_headers, section.choice("underscore_headers", &words));
        let (to, scheme) = (section.string("redirect_to"), section.string("redirect_scheme"));
        let permanent = section.boolean("redirect_permanent").unwrap_or(true);
        self.redirect = to.map(|entrypoint| Redirect {
            entrypoint,
            scheme: scheme.unwrap_or_else(|| "https".to_owned()),
            permanent,
        });
    }

    fn limits(&mut self, section: &Section<'_>) {
        const MIB: usize = 1 << 20;
        set(&mut self.uri_bytes_max, bytes(section, "uri_bytes_max", 256..=MIB));
        set(&mut self.header_bytes_max, bytes(section, "header_bytes_max", 8192..=MIB));
        set(&mut self.headers_max, count(section, "headers_max", 10..=10_000));
        set(&mut self.connections_max, count(section, "connections_max", 1..=1_000_000));
        set(&mut self.connections_per_ip_max, count(section, "connections_per_ip_max", 1..=1_000_000));
        let streams = section.integer("streams_max", 1..=10_000);
        set(&mut self.streams_max, streams.and_then(|streams| u32::try_from(streams).ok()));
    }

    fn times(&mut self, section: &Section<'_>) {
        set(&mut self.header_timeout, section.duration("header_timeout"));
        set(&mut self.body_timeout, section.duration("body_timeout"));
        set(&mut self.write_timeout, section.duration("write_timeout"));
        set(&mut self.idle_timeout, section.duration("idle_timeout"));
        set(&mut self.tunnel_timeout, section.duration("tunnel_timeout"));
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn nets(section: &Section<'_>, key: &str) -> Vec<Cidr> {
    let mut nets = Vec::new();
    for text in section.strings(key).unwrap_or_default() {
        match Cidr::parse(&text) {
            Some(range) => nets.push(range),
            None => section.fault(
                key,
                format!("{text:?} is no address or range of addresses"),
                "write it as \"10.0.0.0/8\", \"192.0.2.7\" or \"fd00::/8\"",
            ),
        }
    }
    nets
}

fn bytes(section: &Section<'_>, key: &str, range: std::ops::RangeInclusive<usize>) -> Option<usize> {
    let size = usize::try_from(section.size(key)?.0).ok();
    let within = size.filter(|size| range.contains(size));
    if within.is_none() {
        let [from, to] = [range.start(), range.end()].map(|bytes| ByteSize(*bytes as u64));
        section.fault(key, "is out of range", format!("write a size from {from} to {to}"));
    }
    within
}

fn count(section: &Section<'_>, key: &str, range: std::ops::RangeInclusive<i64>) -> Option<usize> {
    section.integer(key, range).and_then(|count| usize::try_from(count).ok())
}
