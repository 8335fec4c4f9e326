//! Our HTTP client: what Porthole asks of others, it asks through here.
//!
//! A [`Client`] is made once for each set of [`Options`] and keeps connections open. Every request has a time limit and
//! a limit for the answer's body; redirects are answers like any other, so that no secret follows one to another host:
//! [`redirect`] says where one leads.
//!
//! The roots of trust are built in: an image from scratch has none of its own.

#![forbid(unsafe_code)]

mod guard;
mod names;
mod redirect;
mod tls;
mod words;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{FixedServerNameResolver, HttpsConnector};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

pub use guard::Guard;
pub use names::Names;
pub use redirect::{redirect, same_origin};
pub use tls::{Tls, TlsError};

use names::Resolver;
use words::told;

/// Connections that nobody uses are closed after so long.
const IDLE: Duration = Duration::from_secs(90);

/// How a client connects.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whom to trust, and who we are.
    pub tls: Tls,
    /// Which addresses may be connected to.
    pub guard: Guard,
    /// Addresses of names that the system does not know.
    pub names: Names,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: Method,
    /// `http://` or `https://`.
    pub url: Uri,
    /// Besides those that the protocol needs.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Bytes,
    /// From the first step to the last byte of the answer.
    pub time_max: Duration,
    /// A longer answer is an error.
    pub body_max: usize,
}

impl Request {
    /// A `GET`.
    pub fn get(url: Uri, time_max: Duration, body_max: usize) -> Self {
        let (method, headers, body) = (Method::GET, HeaderMap::new(), Bytes::new());
        Self { method, url, headers, body, time_max, body_max }
    }
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What the other side makes of the request.
    pub status: StatusCode,
    /// About the answer.
    pub headers: HeaderMap,
    /// The answer itself.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The request makes no sense.
    #[error("{0}")]
    Senseless(String),
    /// No connection: no such name, nobody listens, no trust, not allowed.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// It took too long.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// The body is too long.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(usize),
    /// The connection broke, or what came was no HTTP.
    #[error("the connection broke: {0}")]
    Broken(String),
}

/// The client. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Client {
    inner: legacy::Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
    guard: Guard,
}

impl Client {
    /// Makes a client; fails if a file of `options` cannot be read.
    pub fn new(options: &Options) -> Result<Self, TlsError> {
        let mut plain =
            HttpConnector::new_with_resolver(Resolver { guard: options.guard, names: options.names.clone() });
        plain.enforce_http(false);
        plain.set_nodelay(true);
        let connector =
            hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(options.tls.config()?).https_or_http();
        let connector = match options.tls.server_name()? {
            Some(name) => connector.with_server_name_resolver(FixedServerNameResolver::new(name)),
            None => connector,
        };
        let connector = connector.enable_all_versions().wrap_connector(plain);
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(hyper_util::rt::TokioTimer::new())
            .build(connector);
        Ok(Self { inner: client, guard: options.guard })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn send(&self, request: Request) -> Result<Answer, RequestError> {
        let time_max = request.time_max;
        let answered = tokio::time::timeout(time_max, self.answer(request)).await;
        answered.unwrap_or(Err(RequestError::TimedOut(time_max)))
    }

    async fn answer(&self, request: Request) -> Result<Answer, RequestError> {
        let Request { method, url, headers, body, body_max, .. } = request;
        let host = url.host().ok_or_else(|| RequestError::Senseless(format!("{url} names no host")))?;
        // Addresses need no resolver, so the guard is asked about them here.
        self.guard.check_host(host).map_err(RequestError::Connect)?;
        let mut built = http::Request::builder().method(method).uri(url);
        if let Some(own) = built.headers_mut() {
            own.extend(headers);
        }
        let request =
            built.body(Full::new(body)).map_err(|error| RequestError::Senseless(error.to_string()))?;
        let answer = self.inner.request(request).await.map_err(failed)?;
        let (parts, mut incoming) = answer.into_parts();
        let mut body = BytesMut::new();
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(|error| RequestError::Broken(told(&error)))?;
            let Some(data) = frame.data_ref() else { continue };
            if body.len() + data.len() > body_max {
                return Err(RequestError::TooLarge(body_max));
            }
            body.extend_from_slice(data);
        }
        Ok(Answer { status: parts.status, headers: parts.headers, body: body.freeze() })
    }
}

fn failed(error: legacy::Error) -> RequestError {
    let why = told(&error);
    if error.is_connect() { RequestError::Connect(why) } else { RequestError::Broken(why) }
}
