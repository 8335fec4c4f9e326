//! One check: what is done, and what comes of it.

mod connection;
mod exchange;
mod http;
mod redirect;
mod trust;

use std::net::IpAddr;
use std::time::Duration;

use model::Timestamp;
use tokio::time::Instant;

use super::spec::{Kind, Place, Spec, TcpSpec};
use connection::{Destination, Protocol};
#[cfg(fuzzing)]
pub(super) use redirect::target as redirect_target;

/// What came of a check. What it did not come to has its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// Why it failed, in words; `None`: it passed.
    pub(super) failure: Option<String>,
    /// How long it took.
    pub(super) took: Duration,
    /// How long its parts took, over all redirects.
    pub(super) phases: Phases,
    /// The address that it spoke to last.
    pub(super) address: Option<IpAddr>,
    /// It failed since the body is not as it should be.
    pub(super) failed_due_to_regex: bool,
    /// The last answer of HTTP.
    pub(super) answer: Option<Answer>,
    /// How often it was sent elsewhere.
    pub(super) redirects: usize,
    /// What the other side showed over TLS.
    pub(super) tls: Option<TlsShown>,
    /// What it is at, for the words of a time-out.
    step: Step,
}

/// How long the parts of a check took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Phases {
    pub(super) resolve: Duration,
    pub(super) connect: Duration,
    pub(super) tls: Duration,
    pub(super) processing: Duration,
    pub(super) transfer: Duration,
}

/// An answer of HTTP.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// As the other side says.
    pub(super) content_length: Option<u64>,
    /// What was read.
    pub(super) body_length: usize,
    /// 1.0, 1.1 or 2.0.
    pub(super) version: f64,
    /// It came over TLS.
    pub(super) is_secure: bool,
}

/// What the other side showed over TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TlsShown {
    /// `TLS 1.3`; empty where no connection came of it.
    pub(super) version: String,
    /// `TLS_AES_128_GCM_SHA256`
    pub(super) cipher: String,
    /// The first end of all certificates that were shown.
    pub(super) earliest_expiry: Option<Timestamp>,
    /// The first end of those by which it is trusted.
    pub(super) chain_expiry: Option<Timestamp>,
}

/// What a check is at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Begin,
    Resolve(String),
    Connect(String),
    Handshake(String),
    Answer,
    Body,
}

/// Does one check. Never takes longer than the spec's time-out.
pub(super) async fn check(spec: &Spec, place: &Place) -> Outcome {
    let begin = Instant::now();
    let mut outcome = Outcome::default();
    let done = tokio::time::timeout(spec.timeout, attempt(spec, place, begin, &mut outcome)).await;
    outcome.took = begin.elapsed();
    outcome.failure = match done {
        Ok(Ok(())) => spec.too_late(outcome.took),
        Ok(Err(why)) => Some(why),
        Err(_) => Some(outcome.step.timed_out(spec.timeout)),
    };
    outcome
}

async fn attempt(spec: &Spec, place: &Place, begin: Instant, outcome: &mut Outcome) -> Result<(), String> {
    let deadline = begin + spec.timeout;
    match &spec.kind {
        Kind::Http(http) => http::check(http, place, deadline, outcome).await,
        Kind::Tcp(tcp) => connect(tcp, place, deadline, outcome).await,
    }
}

async fn connect(
    tcp: &TcpSpec,
    place: &Place,
    deadline: Instant,
    outcome: &mut Outcome,
) -> Result<(), String> {
    let destination = Destination { host: &tcp.host, port: tcp.port, place, deadline };
    connection::open(&destination, tcp.tls.as_ref(), &[], outcome).await.map(|_: (_, Protocol)| ())
}

impl Spec {
    fn too_late(&self, took: Duration) -> Option<String> {
        let limit = self.expect_within.filter(|limit| took > *limit)?;
        Some(format!("it took {took:.0?}, longer than expect_within = {limit:?}"))
    }
}

impl Step {
    fn timed_out(&self, limit: Duration) -> String {
        match self {
            Self::Begin => format!("nothing came of it within {limit:?}"),
            Self::Resolve(host) => format!("the address of {host} was not found within {limit:?}"),
            Self::Connect(address) => format!("{address} did not take the connection within {limit:?}"),
            Self::Handshake(address) => {
                format!("{address} did not finish the TLS handshake within {limit:?}")
            }
            Self::Answer => format!("connected, but no answer came within {limit:?}"),
            Self::Body => format!("the answer began, but did not end within {limit:?}"),
        }
    }
}
