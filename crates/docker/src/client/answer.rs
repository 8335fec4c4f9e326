//! An answer of the engine, read chunk by chunk.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::{Response, StatusCode};
use http_body_util::Empty;
use hyper::body::{Body, Frame, Incoming};
use hyper::client::conn::http1::Connection;
use hyper_util::rt::TokioIo;
use serde::Deserialize;

use super::{RequestError, Transport};

/// An error's text is short; what follows is not read.
const ERROR_BYTES_MAX: usize = 64 << 10;

/// The connection's state machine; it is large, so it stays in one place.
type Wire = Box<Connection<TokioIo<Transport>, Empty<Bytes>>>;

/// The head of an answer, as far as it counts, and its body, still on the wire.
pub(crate) struct Answer {
    status: StatusCode,
    is_raw_stream: bool,
    body: Incoming,
    /// `None` once the connection has ended; what is left of the body is then in `body`.
    wire: Option<Wire>,
}

impl Answer {
    /// Drives `wire` until the head of the answer is there.
    pub(super) async fn head(
        mut wire: Wire,
        response: impl Future<Output = hyper::Result<Response<Incoming>>>,
    ) -> Result<Self, RequestError> {
        let mut response = pin!(response);
        let mut ended = false;
        let response = poll_fn(|cx| {
            if !ended && Pin::new(&mut wire).poll(cx).is_ready() {
                ended = true;
            }
            response.as_mut().poll(cx)
        });
        let (head, body) = response.await.map_err(RequestError::Broken)?.into_parts();
        let content_type = head.headers.get(http::header::CONTENT_TYPE).map(http::HeaderValue::as_bytes);
        let is_raw_stream = content_type == Some(b"application/vnd.docker.raw-stream");
        Ok(Self { status: head.status, is_raw_stream, body, wire: (!ended).then_some(wire) })
    }

    /// Itself if the status is 200; else the engine's message.
    pub(super) async fn successful(self, path: &str) -> Result<Self, RequestError> {
        #[derive(Deserialize)]
        struct Refusal {
            message: String,
        }
        let status = self.status;
        if status.is_success() {
            return Ok(self);
        }
        let text = self.collect(ERROR_BYTES_MAX).await.unwrap_or_default();
        let message = serde_json::from_slice(&text)
            .map(|Refusal { message }| message)
            .unwrap_or_else(|_| String::from_utf8_lossy(&text).trim().chars().take(300).collect());
        Err(RequestError::Refused { path: path.to_owned(), status, message })
    }

    /// Whether the engine says that the body is a terminal's raw stream. Only engines from API 1.42 on say.
    pub(crate) fn is_raw_stream(&self) -> bool {
        self.is_raw_stream
    }

    /// The next bytes; `None` at the end that the engine made. A connection that broke is an error. Nothing
    /// is lost when the future is dropped.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, RequestError> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// All of the body.
    pub(super) async fn collect(mut self, bytes_max: usize) -> Result<BytesMut, RequestError> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if all.len() + chunk.len() > bytes_max {
                return Err(RequestError::TooLong { bytes_max });
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, RequestError>> {
        loop {
            if let Poll::Ready(chunk) = self.poll_body(cx) {
                return Poll::Ready(chunk);
            }
            let Some(wire) = &mut self.wire else { return Poll::Pending };
            if Pin::new(wire).poll(cx).is_pending() {
                // It may have handed something over just now.
                return self.poll_body(cx);
            }
            self.wire = None;
        }
    }

    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, RequestError>> {
        loop {
            let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
            match frame.transpose().map_err(RequestError::Broken)?.map(Frame::into_data) {
                None => return Poll::Ready(Ok(None)),
                Some(Ok(data)) => return Poll::Ready(Ok(Some(data))),
                Some(Err(_trailers)) => {}
            }
        }
    }
}
