//! What a request or an answer carries: one type for every place it can come from, that counts what passes and does not
//! wait for ever.
//!
//! hyper's own bodies pass through as they are; nothing on the way to a server or back is boxed but what a middleware
//! makes anew.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use tokio::time::Sleep;

use crate::pool::Hold;

/// Why a body broke off.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body that somebody else makes.
pub type Boxed = UnsyncBoxBody<Bytes, BodyError>;

/// What a request or an answer carries.
#[derive(Debug, Default)]
pub struct Body {
    kind: Kind,
    flow: Option<Arc<Flow>>,
    idle: Option<Idle>,
    /// The connection that it is read from.
    hold: Option<Hold>,
}

#[derive(Debug, Default)]
enum Kind {
    #[default]
    Empty,
    Full(Bytes),
    Incoming(Incoming),
    /// Whoever holds it alone needs no lock; it is there so that the body may be looked at from several threads.
    Boxed(Mutex<Boxed>),
}

fn locked(body: &Mutex<Boxed>) -> MutexGuard<'_, Boxed> {
    body.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How far a body has come, for whoever does not hold it any more.
#[derive(Debug, Default)]
pub struct Flow {
    bytes: AtomicU64,
    begun: AtomicBool,
    ended: AtomicBool,
    timed_out: AtomicBool,
    broken: AtomicBool,
}

impl Flow {
    /// The bytes that have passed.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether anything was asked of it: what has begun cannot be sent again.
    pub fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Acquire)
    }

    /// Whether all of it has passed.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Whether nothing came for too long.
    pub fn has_timed_out(&self) -> bool {
        self.timed_out.load(Ordering::Acquire)
    }

    /// Whether whoever sent it broke it off.
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }
}

/// Nothing came for so long.
#[derive(Debug, thiserror::Error)]
#[error("nothing came for {0:?}")]
pub struct IdleTooLong(pub Duration);

#[derive(Debug)]
struct Idle {
    max: Duration,
    /// Made when there is first something to wait for; most bodies are there at once.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Idle {
    /// Whether it has waited for too long; registers for being woken when it has.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let max = self.max;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(max)));
        timer.as_mut().poll(cx).is_ready()
    }
}

impl Body {
    /// No body.
    pub fn empty() -> Self {
        Self::default()
    }

    /// All of it at once.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let kind = if bytes.is_empty() { Kind::Empty } else { Kind::Full(bytes) };
        Self { kind, ..Self::default() }
    }

    /// One that hyper reads from a connection.
    pub fn incoming(incoming: Incoming) -> Self {
        let kind = if incoming.is_end_stream() { Kind::Empty } else { Kind::Incoming(incoming) };
        Self { kind, ..Self::default() }
    }

    /// Any other.
    pub fn boxed<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let kind = Kind::Boxed(Mutex::new(body.map_err(Into::into).boxed_unsync()));
        Self { kind, ..Self::default() }
    }

    /// The same; fails once nothing has come for `max`.
    #[must_use]
    pub fn idle_max(mut self, max: Duration) -> Self {
        self.idle = Some(Idle { max, timer: None });
        self
    }

    /// The same, counted: what is there already, and what will be, is told by the [`Flow`].
    pub fn counted(mut self) -> (Self, Arc<Flow>) {
        let flow = self.flow.get_or_insert_default().clone();
        (self, flow)
    }

    /// The same; lets go of the connection that it is read from when it has ended.
    #[must_use]
    pub(crate) fn holding(mut self, mut hold: Hold) -> Self {
        match self.is_end_stream() {
            true => hold.complete(),
            false => self.hold = Some(hold),
        }
        self
    }

    /// Whether there is nothing in it and never will be.
    pub fn is_empty(&self) -> bool {
        matches!(self.kind, Kind::Empty)
    }

    fn poll_kind(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.kind {
            Kind::Empty => Poll::Ready(None),
            Kind::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                self.kind = Kind::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Kind::Incoming(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
            Kind::Boxed(body) => {
                let body = body.get_mut().unwrap_or_else(PoisonError::into_inner);
                Pin::new(body).poll_frame(cx)
            }
        }
    }

    fn note(&mut self, polled: Option<&Result<Frame<Bytes>, BodyError>>) {
        let ended = polled.is_none() || (matches!(polled, Some(Ok(_))) && self.is_end_stream());
        if ended && let Some(mut hold) = self.hold.take() {
            hold.complete();
        }
        let Some(flow) = &self.flow else { return };
        match polled {
            None => flow.ended.store(true, Ordering::Release),
            Some(Err(_)) => flow.broken.store(true, Ordering::Release),
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                flow.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
                if ended {
                    flow.ended.store(true, Ordering::Release);
                }
            }
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        if let Some(flow) = &this.flow {
            flow.begun.store(true, Ordering::Release);
        }
        let polled = match this.poll_kind(cx) {
            Poll::Ready(polled) => polled,
            Poll::Pending => {
                let Some(idle) = &mut this.idle else { return Poll::Pending };
                ready!(if idle.is_over(cx) { Poll::Ready(()) } else { Poll::Pending });
                let max = idle.max;
                this.kind = Kind::Empty;
                if let Some(flow) = &this.flow {
                    flow.timed_out.store(true, Ordering::Release);
                }
                Some(Err(IdleTooLong(max).into()))
            }
        };
        if let Some(idle) = &mut this.idle {
            idle.timer = None;
        }
        this.note(polled.as_ref());
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Empty => true,
            Kind::Full(_) => false,
            Kind::Incoming(body) => body.is_end_stream(),
            Kind::Boxed(body) => locked(body).is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Incoming(body) => body.size_hint(),
            Kind::Boxed(body) => locked(body).size_hint(),
        }
    }
}
