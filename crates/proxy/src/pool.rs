//! Open connections to one server. The one used last is used first, so that those beyond need fall idle and are closed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};

use crate::body::Body;
use crate::server::Server;
use crate::transport::Upstream;

/// A request that must not be sent twice takes no connection that was idle for longer: the server may just be closing it.
const FRESH: Duration = Duration::from_secs(1);
/// A server's headers of more lines are no answer.
const HEADERS_MAX: usize = 200;

/// A way to send requests to a server.
pub(crate) enum Sender {
    Http1(http1::SendRequest<Body>),
    Http2(http2::SendRequest<Body>),
}

/// What sending failed with, and the request if nothing of it was sent.
pub(crate) struct SendError {
    pub(crate) error: hyper::Error,
    pub(crate) unsent: Option<Request<Body>>,
}

impl Sender {
    /// Speaks HTTP over a new connection.
    pub(crate) async fn new(upstream: Upstream, is_http2: bool) -> hyper::Result<Self> {
        let io = TokioIo::new(upstream);
        if is_http2 {
            let (sender, connection) = http2::Builder::new(TokioExecutor::new())
                .timer(hyper_util::rt::TokioTimer::new())
                .keep_alive_interval(Duration::from_secs(30))
                .max_header_list_size(64 << 10)
                .handshake(io)
                .await?;
            tokio::spawn(connection);
            return Ok(Self::Http2(sender));
        }
        let (sender, connection) = http1::Builder::new().max_headers(HEADERS_MAX).handshake(io).await?;
        tokio::spawn(connection.with_upgrades());
        Ok(Self::Http1(sender))
    }

    pub(crate) fn is_http2(&self) -> bool {
        matches!(self, Self::Http2(_))
    }

    /// Waits until it takes a request.
    pub(crate) async fn ready(&mut self) -> hyper::Result<()> {
        match self {
            Self::Http1(sender) => sender.ready().await,
            Self::Http2(sender) => sender.ready().await,
        }
    }

    pub(crate) async fn send(&mut self, request: Request<Body>) -> Result<Response<Incoming>, SendError> {
        let sent = match self {
            Self::Http1(sender) => sender.try_send_request(request).await,
            Self::Http2(sender) => sender.try_send_request(request).await,
        };
        sent.map_err(|mut error| SendError { unsent: error.take_message(), error: error.into_error() })
    }
}

/// Connections that nobody uses at the moment.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Mutex<Vec<Idle>>,
    /// HTTP/2 needs one connection only.
    shared: Mutex<Option<http2::SendRequest<Body>>>,
    closed: AtomicBool,
}

struct Idle {
    sender: http1::SendRequest<Body>,
    since: Instant,
}

impl Pool {
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that is open as far as is known.
    pub(crate) fn take(&self, must_be_fresh: bool, idle_timeout: Option<Duration>) -> Option<Sender> {
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = shared.as_ref().filter(|sender| !sender.is_closed()) {
            return Some(Sender::Http2(sender.clone()));
        }
        drop(shared);
        let age_max = if must_be_fresh { Some(FRESH) } else { idle_timeout };
        let mut idle = self.idle();
        // The last was idle for the shortest time: if it is too old all are, though fit for others.
        while let Some(last) = idle.last() {
            if age_max.is_some_and(|max| last.since.elapsed() > max) {
                return None;
            }
            let Idle { sender, .. } = idle.pop()?;
            if !sender.is_closed() {
                return Some(Sender::Http1(sender));
            }
        }
        None
    }

    /// Keeps a connection for whoever needs one next.
    fn put(&self, sender: http1::SendRequest<Body>, idle_max: usize) {
        if sender.is_closed() || self.closed.load(Ordering::Acquire) {
            return;
        }
        let mut idle = self.idle();
        if idle.len() < idle_max {
            idle.push(Idle { sender, since: Instant::now() });
        }
    }

    /// Lets others use a new connection of HTTP/2 too.
    pub(crate) fn share(&self, sender: &Sender) {
        if let Sender::Http2(sender) = sender
            && !self.closed.load(Ordering::Acquire)
        {
            *self.shared.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender.clone());
        }
    }

    /// Closes what was idle for too long.
    pub(crate) fn sweep(&self, idle_timeout: Option<Duration>) {
        let Some(max) = idle_timeout else { return };
        self.idle().retain(|idle| !idle.sender.is_closed() && idle.since.elapsed() < max);
    }

    /// Closes what is idle now, and what comes back later.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.idle().clear();
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Takes back what [`Pool::close`] did.
    pub(crate) fn open(&self) {
        self.closed.store(false, Ordering::Release);
    }

    pub(crate) fn idle_count(&self) -> usize {
        self.idle().len()
    }
}

/// A connection in use: counts at its server until it is dropped, and goes back to the pool if its answer was read to
/// the end.
pub(crate) struct Hold {
    server: Arc<Server>,
    sender: Option<http1::SendRequest<Body>>,
    sent: Option<Arc<crate::body::Flow>>,
}

impl Hold {
    pub(crate) fn new(server: Arc<Server>, sent: Option<Arc<crate::body::Flow>>) -> Self {
        server.enter();
        Self { server, sender: None, sent }
    }

    /// It is to go back when all is read.
    pub(crate) fn keep(&mut self, sender: Sender) {
        if let Sender::Http1(sender) = sender {
            self.sender = Some(sender);
        }
    }

    /// The answer was read to its end.
    pub(crate) fn complete(&mut self) {
        let Some(sender) = self.sender.take() else { return };
        // A request that is still being sent keeps the connection busy, and may never end.
        if self.sent.as_ref().is_none_or(|flow| flow.has_ended()) {
            self.server.pool.put(sender, self.server.transport.idle_max);
        }
    }
}

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hold(…)")
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.server.leave();
    }
}
