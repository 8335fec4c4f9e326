//! The HTTP client: GET over a Unix socket or TCP, one connection per request.
//!
//! Nothing here can change anything at the engine: there is no other verb. A connection has no task of its
//! own; whoever reads an [`Answer`] drives it, so a reader that waits holds back the engine and nothing
//! piles up in between.

mod address;
mod answer;
mod failure;
mod inspect;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

pub use address::Address;
pub(crate) use answer::Answer;
pub(crate) use failure::RequestError;
pub(crate) use inspect::{EndpointSettings, Inspect, Summary};

/// The newest API that this crate was written against; an older engine is spoken to in its own version.
const NEWEST_API_MINOR: u32 = 53;
/// The last API before the engine's reading of logs was written anew.
const BAD_FOLLOWER_API_MINOR: u32 = 41;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Until the head of an answer is there. An engine that is stopping a container answers late about it.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest JSON answer: the list of some thousands of containers.
const JSON_BYTES_MAX: usize = 32 << 20;
/// How much a connection reads ahead.
const READ_BUFFER_BYTES: usize = 64 << 10;

/// Asks one engine. A clone shares the negotiated version.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    address: Address,
    /// The minor of the version `1.N` that is spoken; 0 before it was negotiated.
    api_minor: Arc<AtomicU32>,
}

/// What an engine says of itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Version {
    #[serde(default)]
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) api_version: String,
}

impl Client {
    pub(crate) fn new(address: Address) -> Self {
        Self { address, api_minor: Arc::new(AtomicU32::new(0)) }
    }

    /// Asks the engine for its version and speaks the newest API that both sides know from here on.
    /// The result's `api_version` is that one.
    pub(crate) async fn negotiate(&self) -> Result<Version, RequestError> {
        let mut version: Version = self.send_json("/version").await?;
        let minor = version.api_version.strip_prefix("1.").and_then(|minor| minor.parse().ok());
        let spoken = minor.unwrap_or(NEWEST_API_MINOR).min(NEWEST_API_MINOR);
        self.api_minor.store(spoken, Ordering::Relaxed);
        version.api_version = format!("1.{spoken}");
        Ok(version)
    }

    /// Whether the engine follows logs badly, as up to 20.10 (API 1.41): followers may miss the last lines of
    /// a container that ends, and get lines twice when a new log file is begun.
    pub(crate) fn follows_badly(&self) -> bool {
        self.api_minor.load(Ordering::Relaxed) <= BAD_FOLLOWER_API_MINOR
    }

    /// The JSON at `path`, which begins with a slash and has no version.
    pub(crate) async fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, RequestError> {
        self.send_json(&self.versioned(path)).await
    }

    /// The body at `path` as it comes, for ever if need be.
    pub(crate) async fn stream(&self, path: &str) -> Result<Answer, RequestError> {
        self.send(&self.versioned(path)).await
    }

    fn versioned(&self, path: &str) -> String {
        match self.api_minor.load(Ordering::Relaxed) {
            0 => path.to_owned(),
            minor => format!("/v1.{minor}{path}"),
        }
    }

    async fn send_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, RequestError> {
        let answer = self.send(path).await?;
        let body =
            timeout(HEAD_TIMEOUT, answer.collect(JSON_BYTES_MAX)).await.map_err(|_| RequestError::Late)??;
        serde_json::from_slice(&body)
            .map_err(|source| RequestError::Unexpected { path: path.to_owned(), source })
    }

    async fn send(&self, path: &str) -> Result<Answer, RequestError> {
        let unreachable = |source| RequestError::Unreachable { address: self.address.clone(), source };
        let transport = timeout(CONNECT_TIMEOUT, self.connect())
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(unreachable)?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(READ_BUFFER_BYTES)
            .handshake(TokioIo::new(transport))
            .await
            .map_err(RequestError::Broken)?;
        let request = Request::get(path).header(http::header::HOST, "docker").body(Empty::<Bytes>::new());
        let request = request.map_err(|source| RequestError::Malformed { path: path.to_owned(), source })?;
        let response = sender.send_request(request);
        let answer = timeout(HEAD_TIMEOUT, Answer::head(Box::new(connection), response)).await;
        answer.map_err(|_| RequestError::Late)??.successful(path).await
    }

    async fn connect(&self) -> io::Result<Transport> {
        Ok(match &self.address {
            Address::Unix(path) => Box::new(UnixStream::connect(path).await?),
            Address::Tcp { host, port } => Box::new(TcpStream::connect((host.as_str(), *port)).await?),
        })
    }
}

/// Either kind of connection.
type Transport = Box<dyn ReadWrite>;

trait ReadWrite: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ReadWrite for T {}
