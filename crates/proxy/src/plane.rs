//! What all connections share.

use std::collections::HashMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use crate::names::Names;
use arc_swap::ArcSwap;
use http::{Request, Response, Uri, header};
use route::declared::Scheme;
use route::name::{Name, Provider};
use route::plan;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::acme::Challenges;
use crate::body::{Body, Boxed};
use crate::measure::{self, Why};
use crate::pool::{Hold, SendError, Sender};
use crate::room::Room;
use crate::server::{Key, Server};
use crate::table::Table;
use crate::tls;
use crate::transport::{ConnectError, Transport};

/// A request for Porthole itself.
pub struct InternalRequest {
    /// What is asked for: the page, Traefik's API.
    pub what: plan::Internal,
    /// The request, with the headers that a server would get.
    pub request: Request<Body>,
    /// Who sent it.
    pub client: std::net::IpAddr,
    /// Whether the client speaks TLS.
    pub https: bool,
    /// Whether a middleware asked who it is before it let the request pass.
    pub guarded: bool,
}

/// Answers requests for Porthole itself.
pub type Internal =
    Arc<dyn Fn(InternalRequest) -> Pin<Box<dyn Future<Output = Response<Boxed>> + Send>> + Send + Sync>;

/// What all connections share.
pub(crate) struct Plane {
    pub(crate) table: ArcSwap<Table>,
    pub(crate) meter: Arc<measure::Meter>,
    pub(crate) front: tls::Front,
    pub(crate) challenges: Challenges,
    pub(crate) internal: Internal,
    pub(crate) names: Names,
    pub(crate) temporary: PathBuf,
    /// Connections, and tunnels that outlive theirs.
    pub(crate) tasks: TaskTracker,
    /// Nothing new is taken.
    pub(crate) stopping: CancellationToken,
    /// What has not ended by now is cut.
    pub(crate) cut: CancellationToken,
    /// Whom middlewares ask.
    others: Mutex<HashMap<Other, Arc<Server>>>,
    plain: [Arc<Transport>; 2],
    /// For bodies that are held whole.
    pub(crate) room: Room,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Other {
    authority: String,
    scheme: Scheme,
    insecure: bool,
}

/// More addresses than this are never asked by middlewares.
const OTHERS_MAX: usize = 256;

/// Why a middleware got no answer.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct FetchError {
    /// Of which kind.
    pub why: Why,
    /// In words.
    pub detail: String,
}

impl From<ConnectError> for FetchError {
    fn from(ConnectError { why, detail }: ConnectError) -> Self {
        Self { why, detail }
    }
}

/// What a plane is made of.
pub(crate) struct Ingredients {
    pub(crate) meter: Arc<measure::Meter>,
    pub(crate) front: tls::Front,
    pub(crate) challenges: Challenges,
    pub(crate) internal: Internal,
    pub(crate) names: Names,
    pub(crate) temporary: PathBuf,
    pub(crate) connect_timeout: std::time::Duration,
}

impl Plane {
    pub(crate) fn new(of: Ingredients) -> Self {
        let insecure = route::declared::ServersTransport { insecure_skip_verify: true, ..Default::default() };
        let plain = [None, Some(&insecure)];
        Self {
            table: ArcSwap::from_pointee(Table::default()),
            meter: of.meter,
            front: of.front,
            challenges: of.challenges,
            internal: of.internal,
            names: of.names,
            temporary: of.temporary,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            cut: CancellationToken::new(),
            others: Mutex::default(),
            plain: plain.map(|declared| Arc::new(Transport::new(declared, of.connect_timeout))),
            room: Room::default(),
        }
    }

    /// The answer of whoever is at the absolute address of `request`.
    pub(crate) async fn fetch(
        &self,
        mut request: Request<Body>,
        insecure: bool,
    ) -> Result<Response<Body>, FetchError> {
        let server = self.other(request.uri(), insecure)?;
        let failed = |error: hyper::Error| FetchError { why: Why::UpstreamClosed, detail: error.to_string() };
        let again = request.body().is_empty().then(|| head(&request));
        let mut taken = server.pool.take(true, server.transport.idle_timeout);
        if let Some(sender) = &mut taken
            && sender.ready().await.is_err()
        {
            taken = None;
        }
        let hold = Hold::new(server.clone(), None);
        if let Some(sender) = taken {
            match send(sender, hold, request).await {
                Ok(response) => return Ok(response),
                // It may just have been closed: a new connection tells.
                Err(SendError { unsent, error }) => match unsent.or(again) {
                    Some(back) => request = back,
                    None => return Err(failed(error)),
                },
            }
        }
        let mut sender = server.connect(&self.names).await?;
        sender.ready().await.map_err(failed)?;
        let hold = Hold::new(server, None);
        send(sender, hold, request).await.map_err(|failure| failed(failure.error))
    }

    fn other(&self, uri: &Uri, insecure: bool) -> Result<Arc<Server>, FetchError> {
        let senseless = || FetchError {
            why: Why::ConnectFailed,
            detail: format!("{uri} is no address to ask; write it with http:// or https://"),
        };
        let authority = uri.authority().ok_or_else(senseless)?;
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err(senseless()),
        };
        let other = Other { authority: authority.as_str().to_owned(), scheme, insecure };
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = others.get(&other) {
            return Ok(server.clone());
        }
        if others.len() >= OTHERS_MAX {
            others.clear();
        }
        let port = authority.port_u16().unwrap_or(if scheme == Scheme::Https { 443 } else { 80 });
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let planned = plan::Server {
            scheme,
            host: host.parse().map_or_else(|_| plan::Host::Name(host.to_owned()), plan::Host::Address),
            port,
            path: String::new(),
            weight: 1,
            container: None,
            label: authority.to_string(),
            state: plan::ServerState::Ready,
        };
        let key = Key::new(&Name::new("", Provider::Internal), &planned);
        let measured = measure::Server::new(authority.as_str(), None);
        let transport = self.plain[usize::from(insecure)].clone();
        let server = Arc::new(Server::new(&planned, measured, &key, transport));
        others.insert(other, server.clone());
        Ok(server)
    }

    /// Closes what was idle for too long.
    pub(crate) fn sweep(&self) {
        for server in self.table.load().servers() {
            server.pool.sweep(server.transport.idle_timeout);
        }
        for server in self.others.lock().unwrap_or_else(PoisonError::into_inner).values() {
            server.pool.sweep(server.transport.idle_timeout);
        }
    }
}

/// The same request; of one without a body nothing is missing.
fn head(request: &Request<Body>) -> Request<Body> {
    let mut same = Request::new(Body::empty());
    *same.method_mut() = request.method().clone();
    *same.uri_mut() = request.uri().clone();
    *same.headers_mut() = request.headers().clone();
    same
}

async fn send(
    mut sender: Sender,
    mut hold: Hold,
    request: Request<Body>,
) -> Result<Response<Body>, SendError> {
    let scheme = if request.uri().scheme_str() == Some("https") { Scheme::Https } else { Scheme::Http };
    let whole = request.uri().clone();
    let request = absolute(request, sender.is_http2(), scheme);
    match sender.send(request).await {
        Ok(response) => {
            hold.keep(sender);
            Ok(response.map(|incoming| Body::incoming(incoming).holding(hold)))
        }
        Err(mut failure) => {
            if let Some(unsent) = &mut failure.unsent {
                *unsent.uri_mut() = whole;
            }
            Err(failure)
        }
    }
}

/// HTTP/1 has the host in a header and a target without it; HTTP/2 the whole.
pub(crate) fn absolute(mut request: Request<Body>, is_http2: bool, scheme: Scheme) -> Request<Body> {
    *request.version_mut() = if is_http2 { http::Version::HTTP_2 } else { http::Version::HTTP_11 };
    let target = request.uri().path_and_query().cloned();
    let authority = request.uri().authority().cloned();
    let host = request.headers().get(header::HOST).cloned();
    if !is_http2 {
        if let (None, Some(authority)) = (host, authority)
            && let Ok(host) = header::HeaderValue::from_str(authority.as_str())
        {
            request.headers_mut().insert(header::HOST, host);
        }
        *request.uri_mut() = target.map_or_else(Uri::default, Uri::from);
        return request;
    }
    request.headers_mut().remove(header::HOST);
    let named = host.and_then(|host| http::uri::Authority::try_from(host.as_bytes()).ok());
    let mut parts = http::uri::Parts::default();
    let is_tls = scheme == Scheme::Https;
    parts.scheme = Some(if is_tls { http::uri::Scheme::HTTPS } else { http::uri::Scheme::HTTP });
    parts.authority = named.or(authority);
    parts.path_and_query = target.or_else(|| Some(http::uri::PathAndQuery::from_static("/")));
    *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
    request
}
