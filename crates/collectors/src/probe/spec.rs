//! What is probed, and how.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use model::Labels;
use outbound::Tls;
use regex::Regex;

use crate::scrape::Origin;

/// What is probed, and how.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    /// What people call it.
    pub(super) name: String,
    /// As people read it, and the label `instance`.
    pub(super) url: String,
    /// Given to each of its series.
    pub(super) labels: Labels,
    /// How often.
    pub(super) interval: Duration,
    /// How long a check may take, from the first step to the last byte.
    pub(super) timeout: Duration,
    /// A check that passes, but later than this, fails.
    pub(super) expect_within: Option<Duration>,
    /// What is asked.
    pub(super) kind: Kind,
    /// Who named it.
    pub(super) origin: Origin,
}

impl Spec {
    /// Whether one checks what the other does, wherever they stand.
    pub(super) fn checks_as(&self, other: &Self) -> bool {
        // The text hides secrets, and is all there is to tell of patterns.
        let shown = |spec: &Self| format!("{:?}", Self { origin: Origin::BuiltIn, ..spec.clone() });
        let hidden = |spec: &Self| match &spec.kind {
            Kind::Http(http) => Some((http.headers.clone(), http.body.clone(), http.tls.clone())),
            Kind::Tcp(_) => None,
        };
        hidden(self) == hidden(other) && shown(self) == shown(other)
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A request of HTTP, and what its answer shall be.
    Http(Box<HttpSpec>),
    /// A connection.
    Tcp(TcpSpec),
}

/// A request of HTTP, and what its answer shall be.
#[derive(Clone, Debug)]
pub(super) struct HttpSpec {
    pub(super) method: Method,
    pub(super) url: Uri,
    /// Sent to no other origin that redirects lead to.
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) follow_redirects: bool,
    pub(super) expect_status: Vec<Statuses>,
    pub(super) expect_body: Option<Regex>,
    pub(super) reject_body: Option<Regex>,
    pub(super) tls: Tls,
}

/// A connection.
#[derive(Clone, Debug)]
pub(super) struct TcpSpec {
    pub(super) host: String,
    pub(super) port: u16,
    /// Whom to trust, where it speaks TLS.
    pub(super) tls: Option<Tls>,
}

/// Statuses that are as they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statuses {
    /// `204`
    One(u16),
    /// `2xx`
    Class(u16),
}

/// Where a probe's host is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Where its name leads; besides, at these addresses of containers of that name.
    Named(Vec<IpAddr>),
    /// At one of these.
    At(Vec<SocketAddr>),
    /// Nowhere, and why.
    Nowhere(String),
}

impl Statuses {
    /// Reads `204` or `2xx`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let class = text.to_ascii_lowercase();
        if let Some(digit) = class.strip_suffix("xx") {
            return digit.parse().ok().filter(|class| (1..=5).contains(class)).map(Self::Class);
        }
        text.parse().ok().filter(|status| (100..=599).contains(status)).map(Self::One)
    }

    /// Whether the status is one of them.
    pub(super) fn has(self, status: StatusCode) -> bool {
        match self {
            Self::One(one) => status.as_u16() == one,
            Self::Class(class) => status.as_u16() / 100 == class,
        }
    }
}

impl std::fmt::Display for Statuses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(status) => write!(f, "{status}"),
            Self::Class(class) => write!(f, "{class}xx"),
        }
    }
}
