//! An HTTP client that knows nothing of the server.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;

use crate::Shop;

pub(super) async fn request(shop: &Shop, method: Method, path: &str) -> Response<Incoming> {
    let host = shop.docker_host();
    let socket = host.strip_prefix("unix://").expect("a unix socket");
    let stream = UnixStream::connect(socket).await.expect("a listening socket");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
    tokio::spawn(connection);
    let request = Request::builder().method(method).uri(path).header("host", "docker");
    sender.send_request(request.body(Empty::<Bytes>::new()).expect("a request")).await.expect("an answer")
}

pub(super) async fn get(shop: &Shop, path: &str) -> (StatusCode, Bytes) {
    let response = request(shop, Method::GET, path).await;
    let status = response.status();
    (status, response.into_body().collect().await.expect("a whole body").to_bytes())
}

pub(super) async fn json(shop: &Shop, path: &str) -> Value {
    let (status, body) = get(shop, path).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    serde_json::from_slice(&body).expect("JSON")
}

/// One frame of a log: stream, timestamp, and the bytes after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) stream: u8,
    pub(super) at: String,
    pub(super) text: String,
}

/// All frames of a log that was asked for with timestamps.
pub(super) fn frames(mut bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let [stream, 0, 0, 0, a, b, c, d, rest @ ..] = bytes {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let payload = std::str::from_utf8(&rest[..length]).expect("UTF-8");
        let (at, text) = payload.split_once(' ').expect("a timestamp");
        assert_eq!(at.len(), 30, "{at}");
        frames.push(Frame { stream: *stream, at: at.to_owned(), text: text.to_owned() });
        bytes = &rest[length..];
    }
    assert!(bytes.is_empty(), "{} bytes that are no frame", bytes.len());
    frames
}

/// The whole log of a container, with both streams and timestamps.
pub(super) async fn log(shop: &Shop, container: &str, more: &str) -> Vec<Frame> {
    let path = format!("/containers/{container}/logs?stdout=1&stderr=1&timestamps=1{more}");
    let (status, body) = get(shop, &path).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    frames(&body)
}

/// An answer that goes on. Where its pieces begin and end means nothing.
pub(super) struct Following {
    body: Incoming,
    unread: Vec<u8>,
}

impl Following {
    pub(super) async fn open(shop: &Shop, path: &str) -> Self {
        let response = request(shop, Method::GET, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        Self { body: response.into_body(), unread: Vec::new() }
    }

    /// Waits for more; false at the end.
    pub(super) async fn more(&mut self) -> bool {
        let Some(frame) = self.body.frame().await else { return false };
        self.unread.extend_from_slice(frame.expect("an unbroken body").data_ref().expect("data"));
        true
    }

    /// The next of many lines of JSON.
    pub(super) async fn json(&mut self) -> Value {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return serde_json::from_slice(&line).expect("JSON");
            }
            assert!(self.more().await, "the answer ended");
        }
    }

    /// The next frames, as many as that.
    pub(super) async fn frames(&mut self, count: usize) -> Vec<Frame> {
        loop {
            if let Some(end) = end_of(count, &self.unread) {
                return frames(&self.unread.drain(..end).collect::<Vec<u8>>());
            }
            assert!(self.more().await, "the answer ended");
        }
    }

    /// All that is still to come.
    pub(super) async fn rest(mut self) -> Vec<u8> {
        while self.more().await {}
        self.unread
    }
}

/// Where the frame with that number ends, if it is there.
fn end_of(count: usize, bytes: &[u8]) -> Option<usize> {
    (0..count).try_fold(0, |at, _| {
        let head = bytes.get(at..at + 8)?;
        let length = u32::from_be_bytes(head[4..].try_into().expect("four bytes")) as usize;
        Some(at + 8 + length).filter(|end| *end <= bytes.len())
    })
}
