//! A body whose first bytes somebody had to see, and which is whole again afterwards.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::body::{Body, BodyError};

/// What was seen of a body.
pub(super) struct Peeked {
    /// In the order in which it came.
    pub(super) seen: Vec<Bytes>,
    /// Whether enough of it came in time.
    pub(super) is_enough: bool,
    /// What ended it, or came instead of data.
    last: Option<Result<Frame<Bytes>, BodyError>>,
    rest: Body,
}

impl Peeked {
    /// Reads until `enough` bytes are there, the body is over, or `patience` is.
    pub(super) async fn at(mut body: Body, enough: u64, patience: Duration) -> Self {
        let deadline = Instant::now() + patience;
        let (mut seen, mut count) = (Vec::new(), 0);
        let mut last = None;
        while count < enough {
            match timeout_at(deadline, body.frame()).await {
                Err(_) => return Self { seen, is_enough: true, last: None, rest: body },
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => {
                        count += data.len() as u64;
                        seen.push(data);
                    }
                    Err(trailers) => {
                        last = Some(Ok(trailers));
                        break;
                    }
                },
                Ok(end) => {
                    last = end;
                    break;
                }
            }
        }
        Self { seen, is_enough: count >= enough, last, rest: body }
    }

    /// The body as it was.
    pub(super) fn whole(self) -> Body {
        if self.seen.is_empty() && self.last.is_none() {
            return self.rest;
        }
        Body::boxed(Whole { seen: self.seen.into(), last: self.last, rest: self.rest })
    }
}

struct Whole {
    seen: VecDeque<Bytes>,
    last: Option<Result<Frame<Bytes>, BodyError>>,
    rest: Body,
}

impl http_body::Body for Whole {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Some(data) = self.seen.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.last.take() {
            Some(last) => Poll::Ready(Some(last)),
            None => Pin::new(&mut self.rest).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.seen.is_empty() && self.last.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let seen: u64 = self.seen.iter().map(|data| data.len() as u64).sum();
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(seen));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(seen)) {
            hint.set_upper(upper);
        }
        hint
    }
}
