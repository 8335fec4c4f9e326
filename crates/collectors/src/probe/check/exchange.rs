//! One request and its answer over a connection of its own.

use std::future::Future;
use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http::header::{HOST, HeaderMap};
use http::{Request, StatusCode, Uri, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::time::Instant;

use super::connection::{Protocol, Stream};
use super::{Outcome, Step};

/// A longer answer is no answer: nobody says when it would end.
const BODY_BYTES_MAX: usize = 8 << 20;

/// An answer, all of it.
pub(super) struct Response {
    pub(super) status: StatusCode,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Sends the request, whose address is absolute, and reads the whole answer.
pub(super) async fn exchange(
    stream: Stream,
    protocol: Protocol,
    request: Request<Bytes>,
    outcome: &mut Outcome,
) -> Result<Response, String> {
    let io = TokioIo::new(stream);
    match protocol {
        Protocol::Http1 => {
            let (mut sender, connection) = http1::handshake(io).await.map_err(|error| words(&error))?;
            let answer = answer(sender.send_request(relative(request)), outcome);
            while_driven(connection, answer).await
        }
        Protocol::Http2 => {
            let (mut sender, connection) =
                http2::handshake(TokioExecutor::new(), io).await.map_err(|error| words(&error))?;
            let answer = answer(sender.send_request(without_host(request)), outcome);
            while_driven(connection, answer).await
        }
    }
}

/// Nothing moves unless the connection is polled; that it ends does not mean that the answer is not there.
async fn while_driven<T>(
    connection: impl Future<Output = hyper::Result<()>>,
    answer: impl Future<Output = T>,
) -> T {
    let (mut connection, mut answer) = (pin!(connection), pin!(answer));
    tokio::select! {
        biased;
        answer = &mut answer => return answer,
        _ = &mut connection => {}
    }
    answer.await
}

async fn answer(
    response: impl Future<Output = hyper::Result<http::Response<Incoming>>>,
    outcome: &mut Outcome,
) -> Result<Response, String> {
    let begin = Instant::now();
    let response = response.await.map_err(|error| words(&error))?;
    outcome.phases.processing += begin.elapsed();
    outcome.step = Step::Body;
    let begin = Instant::now();
    let (head, incoming) = response.into_parts();
    let body = body(incoming).await;
    outcome.phases.transfer += begin.elapsed();
    Ok(Response { status: head.status, version: head.version, headers: head.headers, body: body? })
}

async fn body(mut incoming: Incoming) -> Result<Bytes, String> {
    let mut body = BytesMut::new();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| format!("the answer began, then {}", words(&error)))?;
        let Some(data) = frame.data_ref() else { continue };
        if body.len() + data.len() > BODY_BYTES_MAX {
            return Err(format!("the answer is longer than {} MiB", BODY_BYTES_MAX >> 20));
        }
        body.extend_from_slice(data);
    }
    Ok(body.freeze())
}

/// As HTTP/1.1 has it: a path in the first line, the host in a header.
fn relative(request: Request<Bytes>) -> Request<Full<Bytes>> {
    let mut request = request.map(Full::new);
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map(Uri::from).unwrap_or_default();
    request
}

/// As HTTP/2 has it: the host is part of the address; one that was written as a header takes its place.
fn without_host(request: Request<Bytes>) -> Request<Full<Bytes>> {
    let mut request = request.map(Full::new);
    let host = request.headers_mut().remove(HOST);
    let mut parts = request.uri().clone().into_parts();
    if let Some(authority) = host.and_then(|host| host.to_str().ok()?.parse().ok()) {
        parts.authority = Some(authority);
    }
    if let Ok(url) = Uri::from_parts(parts) {
        *request.uri_mut() = url;
    }
    request
}

fn words(error: &hyper::Error) -> String {
    let inner = std::error::Error::source(error).map(ToString::to_string);
    if error.is_incomplete_message() {
        return "the connection was closed before the answer was whole".to_owned();
    }
    if error.is_parse() {
        return format!("what came is no HTTP: {}", inner.unwrap_or_else(|| error.to_string()));
    }
    format!("the connection broke: {}", inner.unwrap_or_else(|| error.to_string()))
}
