//! One request and its answer: everything that is known of it, from its head to the last byte of the answer.
//!
//! An [`Exchange`] is made when the head has come, goes with the request through the table, the middlewares and the
//! balancer, and with the answer back. When the answer's body has ended, or nobody wants it any more, it is reported to
//! the meter, once.

use std::any::Any;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, Version, header};

use http_body::{Body as _, Frame, SizeHint};
use hyper::upgrade::OnUpgrade;

use crate::body::{Body, BodyError, Flow};
use crate::connection::{Connection, Held};
use crate::measure::{self, Finished, Ids, Protocol, Ticket, Why};
use crate::middleware::Passed;
use crate::refuse;
use crate::server::Server;
use crate::table::Route;
use crate::upgrade::Tunnel;

/// Everything that is known of one request.
pub struct Exchange {
    /// What it came in on: entrypoint, peer, TLS.
    pub connection: Arc<Connection>,
    /// Where it goes, and when it began.
    pub ticket: Ticket,
    /// Its ids.
    pub ids: Ids,
    /// Who sent it: the peer, or whom trusted proxies say that they speak for.
    pub client: IpAddr,
    /// Whether the client speaks TLS, to us or to a trusted proxy before us.
    pub https: bool,
    /// The request's head, as it came.
    pub asked: Asked,
    /// The router that takes it.
    pub route: Option<Arc<Route>>,
    /// The server that it was last sent to.
    pub server: Option<Arc<Server>>,
    /// How often it was sent.
    pub attempts: u32,
    /// Whether and how it is to be sent again.
    pub retry: Option<RetryWish>,
    /// What each step's `before` leaves to its `after`.
    pub passed: Vec<Passed>,
    /// Whether the server is not to be told who the client is.
    pub hide_client: bool,
    /// Whether a middleware has asked who sends it, and let it pass: `basicAuth`, `forwardAuth`.
    pub guarded: bool,
    /// What is let go when the exchange is over: places in a limit of requests at a time.
    pub guards: Guards,
    /// The request's body.
    pub sent: Option<Arc<Flow>>,
    /// From handing it to a server until the head of its answer.
    pub upstream: Option<Duration>,
    /// What is spoken over it.
    pub protocol: Protocol,
    /// Why the answer is not simply the application's.
    pub why: Option<Why>,
    /// Particulars of that.
    pub detail: String,
    /// Through how many services it is on its way, so that none leads back to itself.
    pub(crate) depth: u8,
    /// Whether what is asked now is not what the client asked for: a page for an error.
    pub(crate) aside: bool,
    /// The client's end, where it asked for another protocol.
    pub(crate) upgrade: Option<OnUpgrade>,
    /// Both ends, where it got it.
    pub(crate) tunnel: Option<Tunnel>,
}

/// What is let go when an exchange is over.
pub type Guards = Vec<Box<dyn Any + Send + Sync>>;

/// The head of a request, as far as it is asked for afterwards.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET`, …
    pub method: Method,
    /// What it was sent as.
    pub version: Version,
    /// The target, its path as it is routed.
    pub uri: Uri,
    /// The host in lower case, without port.
    pub host: Box<str>,
    /// The port that stands behind the host.
    pub port: Option<u16>,
    /// `User-Agent`.
    pub user_agent: Option<HeaderValue>,
    /// `Referer`.
    pub referer: Option<HeaderValue>,
    /// Whether a page reads better to whoever asks than a line of text.
    pub wants_html: bool,
}

/// How a request is to be sent again where nothing came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryWish {
    /// How often it is sent, with the first time.
    pub attempts: u32,
    /// How long the second waits; the third waits twice as long, and so on.
    pub initial_interval: Duration,
    /// What is over after so long is not sent again.
    pub timeout: Option<Duration>,
    /// Answers with these are as good as none.
    pub statuses: Vec<std::ops::RangeInclusive<u16>>,
    /// Whether failing to reach a server, or to get its answer, counts.
    pub network_errors: bool,
    /// Whether methods are sent again that may do something twice: `POST`.
    pub non_idempotent: bool,
    /// Larger bodies are not kept to be sent again.
    pub body_bytes_max: usize,
}

impl Asked {
    /// The path, as it is routed.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// What stands behind the question mark.
    pub fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// Of a request whose host is known.
    pub(crate) fn new<B>(request: &Request<B>, host: Box<str>, port: Option<u16>) -> Self {
        let headers = request.headers();
        let accept = headers.get(header::ACCEPT).map_or(&b""[..], HeaderValue::as_bytes);
        Self {
            method: request.method().clone(),
            version: request.version(),
            uri: request.uri().clone(),
            host,
            port,
            user_agent: headers.get(header::USER_AGENT).cloned(),
            referer: headers.get(header::REFERER).cloned(),
            wants_html: accept.windows(9).any(|word| word == b"text/html"),
        }
    }
}

impl Exchange {
    /// Of a request that has just come in.
    pub(crate) fn new(connection: Arc<Connection>, ids: Ids, asked: Asked) -> Self {
        let ticket = Ticket::new(connection.entrypoint.series.clone());
        Self {
            client: connection.peer.ip(),
            https: connection.session.is_some(),
            connection,
            ticket,
            ids,
            asked,
            route: None,
            server: None,
            attempts: 0,
            retry: None,
            passed: Vec::new(),
            hide_client: false,
            guarded: false,
            guards: Vec::new(),
            sent: None,
            upstream: None,
            protocol: Protocol::Http,
            why: None,
            detail: String::new(),
            aside: false,
            depth: 0,
            upgrade: None,
            tunnel: None,
        }
    }

    /// The router's name with its provider, `web@docker`; empty before one has taken it.
    pub fn router(&self) -> &str {
        self.route.as_ref().map_or("", |route| route.measured.name())
    }

    /// Since its head had come.
    pub fn elapsed(&self) -> Duration {
        self.ticket.started.elapsed()
    }

    /// Records why the answer is not simply the application's.
    pub fn note(&mut self, why: Why, detail: impl Into<String>) {
        self.why = Some(why);
        self.detail = detail.into();
    }

    /// An answer of our own. `detail` is for the access entry and for whoever asks why, never for the client.
    pub fn refuse(&mut self, status: StatusCode, why: Why, detail: impl Into<String>) -> Response<Body> {
        self.note(why, detail);
        refuse::answer(status, why, &self.asked, &self.ids)
    }

    fn finished(&self, status: u16, bytes_out: u64, why: Option<Why>) -> Finished<'_> {
        Finished {
            ticket: &self.ticket,
            ids: &self.ids,
            server: self.server.as_ref().map(|server| &server.measured),
            method: &self.asked.method,
            version: self.asked.version,
            protocol: self.protocol,
            tls: self.connection.session.as_ref().map(|session| session.version),
            host: &self.asked.host,
            path: self.asked.path(),
            query: self.asked.query(),
            user_agent: told(self.asked.user_agent.as_ref()),
            referer: told(self.asked.referer.as_ref()),
            client: self.client,
            status,
            duration: self.elapsed(),
            upstream: self.upstream,
            bytes_in: self.sent.as_ref().map_or(0, |flow| flow.bytes()),
            bytes_out,
            retries: self.attempts.saturating_sub(1),
            why,
            detail: &self.detail,
        }
    }
}

/// What is no text is not told.
fn told(value: Option<&HeaderValue>) -> &str {
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// An exchange whose answer is not complete: reports it when it is, or when nobody waits for it any more.
pub(crate) struct Pending {
    exchange: Option<Box<Exchange>>,
    meter: Arc<measure::Meter>,
    status: u16,
    bytes_in: Option<u64>,
    bytes_out: u64,
}

/// The status that is reported where the client went away before there was one.
const CLIENT_GONE: u16 = 499;

impl Pending {
    pub(crate) fn new(exchange: Exchange, meter: Arc<measure::Meter>) -> Self {
        Self { exchange: Some(Box::new(exchange)), meter, status: CLIENT_GONE, bytes_in: None, bytes_out: 0 }
    }

    /// The exchange; there until it is reported.
    pub(crate) fn exchange(&mut self) -> &mut Exchange {
        self.exchange.as_mut().expect("an exchange is reported last of all")
    }

    /// The head of the answer was made.
    pub(crate) fn answered(&mut self, status: StatusCode) {
        self.status = status.as_u16();
    }

    pub(crate) fn passed(&mut self, bytes: usize) {
        self.bytes_out += bytes as u64;
    }

    /// So much went through its tunnel.
    pub(crate) fn tunnelled(&mut self, from_client: u64, from_server: u64) {
        (self.bytes_in, self.bytes_out) = (Some(from_client), from_server);
    }

    /// Reports it. With `cut` the answer is not complete for that reason, if no other is known.
    pub(crate) fn finish(&mut self, cut: Option<Why>) {
        let Some(exchange) = self.exchange.take() else { return };
        let why = exchange.why.or(cut);
        let mut finished = exchange.finished(self.status, self.bytes_out, why);
        if let Some(bytes) = self.bytes_in {
            finished.bytes_in = bytes;
        }
        self.meter.finished(&finished);
        exchange.connection.leave();
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.finish(Some(Why::ClientGone));
    }
}

/// The answer's body on its way to the client.
pub(crate) struct Answer {
    body: Body,
    /// None where somebody else reports.
    pending: Option<Pending>,
    /// Over HTTP/2 only.
    held: Option<Held>,
    /// It broke off.
    broken: Option<BodyError>,
}

impl Answer {
    pub(crate) fn new(body: Body, pending: Option<Pending>) -> Self {
        let mut answer = Self { body, pending, held: None, broken: None };
        answer.end_if_over();
        answer
    }

    /// The same; its connection ends if the client does not take it.
    pub(crate) fn held(self, held: Held) -> Self {
        Self { held: Some(held), ..self }
    }

    fn finish(&mut self, cut: Option<Why>) {
        if let Some(mut pending) = self.pending.take() {
            pending.finish(cut);
        }
    }

    /// hyper drops a body that has ended without asking for more.
    fn end_if_over(&mut self) {
        if self.body.is_end_stream() {
            self.finish(None);
        }
    }
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Some(error) = self.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        if let Some(held) = &mut self.held {
            held.taken();
        }
        let polled = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let (Some(held), Some(Ok(_))) = (&mut self.held, &polled) {
            held.given();
        }
        match &polled {
            None => self.finish(None),
            Some(Err(_)) => {
                self.finish(Some(Why::UpstreamCut));
                // hyper forgets what it has not written yet when it hears of it: what came is sent before.
                self.broken = polled.and_then(Result::err);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Ok(frame)) => {
                if let Some(pending) = &mut self.pending {
                    pending.passed(frame.data_ref().map_or(0, Bytes::len));
                }
                self.end_if_over();
            }
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.broken.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
