//! A request on its way to a server, as often as it may go.

use bytes::Bytes;
use http::request::Parts;
use http::uri::{PathAndQuery, Scheme, Uri};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Version, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use route::declared;

use super::attempt::Failure;
use crate::body::{Body, IdleTooLong};
use crate::exchange::{Exchange, RetryWish};
use crate::headers;
use crate::measure::Why;
use crate::room::Room;
use crate::server::Server;

/// A request, ready for a server but for what depends on which.
pub(super) struct Outgoing {
    parts: Option<Parts>,
    /// As they were before they were addressed to a server.
    uri: Uri,
    host: Option<HeaderValue>,
    body: Payload,
    /// Whether doing it twice is as good as doing it once.
    repeatable: bool,
    cookies: HeaderMap,
    upgrades: bool,
}

enum Payload {
    None,
    /// It can be sent as often as need be.
    Kept(Bytes),
    /// It comes from the client as it goes to the server.
    Once(Body),
    /// It is on its way, or gone.
    Gone,
}

impl Outgoing {
    pub(super) async fn new(
        request: Request<Body>,
        room: &Room,
        exchange: &mut Exchange,
        wish: Option<&RetryWish>,
    ) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let upgrades = exchange.upgrade.is_some();
        headers::strip_hop(&mut parts.headers, upgrades);
        if !exchange.hide_client {
            headers::append_forwarded_for(&mut parts.headers, exchange);
        }
        let idempotent = is_idempotent(&parts.method);
        let repeatable = idempotent || wish.is_some_and(|wish| wish.non_idempotent);
        let body = match body.is_empty() {
            true => {
                // A length without its bytes would have the server wait for those of the next request.
                if parts.headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0") {
                    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
                }
                Payload::None
            }
            false => payload(body, room, exchange, wish.filter(|_| repeatable)).await?,
        };
        Ok(Self::ready(parts, body, repeatable, upgrades))
    }

    /// A copy that nobody waits for.
    pub(super) fn copied(request: Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        let body = if body.is_empty() { Payload::None } else { Payload::Once(body) };
        Self::ready(parts, body, false, false)
    }

    fn ready(parts: Parts, body: Payload, repeatable: bool, upgrades: bool) -> Self {
        let (uri, host) = (parts.uri.clone(), parts.headers.get(header::HOST).cloned());
        Self { parts: Some(parts), uri, host, body, repeatable, cookies: HeaderMap::new(), upgrades }
    }

    /// The request's headers; none once it is gone.
    pub(super) fn headers(&self) -> &HeaderMap {
        self.parts.as_ref().map_or(&self.cookies, |parts| &parts.headers)
    }

    /// What the client's cookies were.
    pub(super) fn cookies(&self) -> &HeaderMap {
        &self.cookies
    }

    /// Keeps the client's cookies for when the answer is there.
    pub(super) fn remember_cookies(&mut self) {
        let Some(parts) = &self.parts else { return };
        for value in parts.headers.get_all(header::COOKIE) {
            self.cookies.append(header::COOKIE, value.clone());
        }
    }

    pub(super) fn upgrades(&self) -> bool {
        self.upgrades
    }

    /// Whether it can be sent again though a server has had it.
    pub(super) fn can_go_again(&self) -> bool {
        self.repeatable && self.parts.is_some() && !matches!(self.body, Payload::Once(_) | Payload::Gone)
    }

    /// Whether it should only go over a connection that is surely open.
    pub(super) fn must_arrive(&self) -> bool {
        !self.repeatable || matches!(self.body, Payload::Once(_))
    }

    /// The request for `server`. What can go again stays; else nothing is left.
    pub(super) fn request(
        &mut self,
        server: &Server,
        pass_host: bool,
        is_http2: bool,
    ) -> Option<Request<Body>> {
        let again = self.repeatable && !matches!(self.body, Payload::Once(_) | Payload::Gone);
        let mut parts = if again { self.parts.clone()? } else { self.parts.take()? };
        let body = match &mut self.body {
            Payload::None => Body::empty(),
            Payload::Kept(bytes) => Body::full(bytes.clone()),
            once @ Payload::Once(_) => match std::mem::replace(once, Payload::Gone) {
                Payload::Once(body) => body,
                _ => return None,
            },
            Payload::Gone => return None,
        };
        address(&mut parts, server, pass_host, is_http2);
        // hyper gives methods that have none as a rule no body of unknown length unless it is told.
        let is_told = body.is_empty() || parts.headers.contains_key(header::CONTENT_LENGTH);
        if !is_told && !is_http2 && http_body::Body::size_hint(&body).exact().is_none() {
            parts.headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
        Some(Request::from_parts(parts, body))
    }

    /// Nothing of it was sent: all of it is here again.
    pub(super) fn take_back(&mut self, request: Request<Body>) {
        let (mut parts, body) = request.into_parts();
        parts.uri = self.uri.clone();
        if let Some(host) = &self.host {
            parts.headers.insert(header::HOST, host.clone());
        }
        self.parts.get_or_insert(parts);
        if matches!(self.body, Payload::Gone) {
            self.body = Payload::Once(body);
        }
    }
}

/// Says where to and how.
fn address(parts: &mut Parts, server: &Server, pass_host: bool, is_http2: bool) {
    let planned = &server.planned;
    let target = match planned.path.is_empty() {
        true => parts.uri.path_and_query().cloned(),
        false => below(&planned.path, &parts.uri),
    };
    let target = target.unwrap_or_else(|| PathAndQuery::from_static("/"));
    if !is_http2 {
        parts.version = Version::HTTP_11;
        if parts.uri.authority().is_some() || !planned.path.is_empty() {
            parts.uri = Uri::from(target);
        }
        if !pass_host && let Ok(host) = HeaderValue::from_str(server.authority.as_str()) {
            parts.headers.insert(header::HOST, host);
        }
        headers::for_http1(&mut parts.headers);
        return;
    }
    let host = parts.headers.get(header::HOST).filter(|_| pass_host);
    let authority = host.and_then(|host| http::uri::Authority::try_from(host.as_bytes()).ok());
    let mut uri = http::uri::Parts::default();
    uri.scheme = Some(if planned.scheme == declared::Scheme::Https { Scheme::HTTPS } else { Scheme::HTTP });
    uri.authority = Some(authority.unwrap_or_else(|| server.authority.clone()));
    uri.path_and_query = Some(target);
    parts.uri = Uri::from_parts(uri).unwrap_or_default();
    parts.version = Version::HTTP_2;
    headers::for_http2(&mut parts.headers);
}

fn below(folder: &str, uri: &Uri) -> Option<PathAndQuery> {
    let target = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    format!("{}{target}", folder.trim_end_matches('/')).parse().ok()
}

/// Whether doing it twice is as good as doing it once.
fn is_idempotent(method: &Method) -> bool {
    method.is_idempotent()
}

/// Bodies that find no room go on as they come, and are not sent again.
async fn payload(
    body: Body,
    room: &Room,
    exchange: &mut Exchange,
    wish: Option<&RetryWish>,
) -> Result<Payload, Failure> {
    let (body, flow) = body.counted();
    exchange.sent = Some(flow);
    let length = http_body::Body::size_hint(&body).upper();
    let kept = wish.zip(length).filter(|(wish, length)| *length <= wish.body_bytes_max as u64);
    let Some((wish, share)) = kept.and_then(|(wish, length)| Some((wish, room.share(length)?))) else {
        return Ok(Payload::Once(body));
    };
    exchange.guards.push(Box::new(share));
    match Limited::new(body, wish.body_bytes_max).collect().await {
        Ok(whole) => Ok(Payload::Kept(whole.to_bytes())),
        Err(error) => Err(broken(&*error)),
    }
}

/// Why the client's body did not come to its end.
pub(crate) fn broken(error: &(dyn std::error::Error + 'static)) -> Failure {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(idle) = error.downcast_ref::<IdleTooLong>() {
            return Failure::of_client(StatusCode::REQUEST_TIMEOUT, Why::ClientTimeout, idle.to_string());
        }
        if error.is::<LengthLimitError>() {
            let detail = "the body is longer than the route allows";
            return Failure::of_client(StatusCode::PAYLOAD_TOO_LARGE, Why::BodyTooLarge, detail);
        }
        cause = error.source();
    }
    let status = StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST);
    Failure::of_client(status, Why::ClientGone, "the client broke its request off")
}
