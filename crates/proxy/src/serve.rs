//! From a request's head to its answer: what comes before the table, the middlewares, and after.

use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use http::header::{CONNECTION, COOKIE, HOST, LOCATION};
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::Incoming;
use route::rule::Seen;

use crate::body::Body;
use crate::connection::{Connection, Held};
use crate::exchange::{Answer, Asked, Exchange, Pending};
use crate::measure::{Ids, Why};
use crate::plane::Plane;
use crate::table::{Route, Table};
use crate::tls::HandshakeFault;
use crate::tools::Tools;
use crate::{forward, headers, path};

/// Answers a request. Never fails, and no panic leaves it.
pub(crate) async fn request(
    plane: Arc<Plane>,
    connection: Arc<Connection>,
    mut request: Request<Incoming>,
) -> Response<Answer> {
    connection.enter();
    let upgrade = headers::wants_upgrade(request.headers()).then(|| hyper::upgrade::on(&mut request));
    let body_timeout = connection.entrypoint.config.body_timeout;
    let mut request = request.map(|incoming| Body::incoming(incoming).idle_max(body_timeout));
    let few_enough = few_enough(request.headers(), connection.entrypoint.config.headers_max);
    headers::strip_listed(request.headers_mut());
    let unsafe_header = headers::clean(
        request.headers_mut(),
        connection.trusted,
        connection.entrypoint.config.underscore_headers,
    );
    let ids = Ids::settle(request.headers_mut());
    let host = host(&mut request);
    let (name, port) = host.as_ref().ok().cloned().unwrap_or_default();
    let mut exchange = Exchange::new(connection.clone(), ids, Asked::new(&request, name, port));
    exchange.client = headers::client(request.headers(), &connection);
    exchange.https = headers::is_https(request.headers(), &connection);
    exchange.upgrade = upgrade;

    let mut pending = Pending::new(exchange, plane.meter.clone());
    let exchange = pending.exchange();
    let fault = unsafe_header
        .map_err(|refused| format!("the header {} has an underscore", refused.0))
        .and(host.map(|_| ()))
        .map_err(|detail| (StatusCode::BAD_REQUEST, Why::Malformed, detail))
        .and(few_enough);
    let routed = AssertUnwindSafe(async {
        match fault {
            Ok(()) => route(&plane, request, exchange).await,
            Err((status, why, detail)) => exchange.refuse(status, why, detail),
        }
    });
    let response = match routed.catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            let detail = "a fault of Porthole's own; its log tells where";
            pending.exchange().refuse(StatusCode::INTERNAL_SERVER_ERROR, Why::Proxy, detail)
        }
    };
    finish(&plane, &connection, response, pending)
}

/// HTTP/1's are counted before they are here; of HTTP/2's only the bytes are.
fn few_enough(headers: &HeaderMap, max: usize) -> Result<(), (StatusCode, Why, String)> {
    // Browsers send each cookie as a header of its own.
    let crumbs = headers.get_all(COOKIE).iter().count();
    let count = headers.len() - crumbs.saturating_sub(1);
    if count <= max {
        return Ok(());
    }
    let detail = format!("it has {count} headers, and the entrypoint takes {max}");
    Err((StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, Why::HeadTooLarge, detail))
}

/// Sees to the end of the answer.
fn finish(
    plane: &Plane,
    connection: &Connection,
    response: Response<Body>,
    mut pending: Pending,
) -> Response<Answer> {
    let (mut parts, body) = response.into_parts();
    // What the server spoke is between it and us.
    parts.version = Version::HTTP_11;
    let exchange = pending.exchange();
    exchange.ids.answer(&mut parts.headers);
    let is_http2 = exchange.asked.version == Version::HTTP_2;
    let tunnel = exchange.tunnel.take();
    let idle_max = exchange.connection.entrypoint.config.tunnel_timeout;
    pending.answered(parts.status);
    if let Some(tunnel) = tunnel.filter(|_| parts.status == StatusCode::SWITCHING_PROTOCOLS) {
        connection.pulse.set_tunnel();
        plane.tasks.spawn(tunnel.run(pending, idle_max, plane.cut.clone()));
        return Response::from_parts(parts, Answer::new(body, None));
    }
    let answer = Answer::new(body, Some(pending));
    if is_http2 {
        parts.headers.remove(CONNECTION);
        return Response::from_parts(parts, answer.held(Held::new(&connection.pulse)));
    }
    if connection.pulse.is_last() && parts.status != StatusCode::SWITCHING_PROTOCOLS {
        parts.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Response::from_parts(parts, answer)
}

/// The host that is asked for, in lower case and without port. Whatever form it came in, it is the header `Host`
/// afterwards, and the target is a path.
fn host(request: &mut Request<Body>) -> Result<(Box<str>, Option<u16>), String> {
    let authority = match request.uri().authority().cloned() {
        // An absolute target and HTTP/2's `:authority` go before the header.
        Some(authority) if request.method() != Method::CONNECT => {
            let value =
                HeaderValue::from_str(authority.as_str()).map_err(|_| "the host is no host".to_owned())?;
            request.headers_mut().insert(HOST, value);
            let target = request.uri().path_and_query().cloned();
            *request.uri_mut() = Uri::from(target.unwrap_or_else(|| PathAndQuery::from_static("/")));
            authority
        }
        Some(authority) => authority,
        None => {
            let mut hosts = request.headers().get_all(HOST).iter();
            let (host, more) = (hosts.next(), hosts.next());
            if more.is_some() {
                return Err("it has more than one Host".to_owned());
            }
            let Some(host) = host else {
                // HTTP/1.0 needs none.
                return match request.version() {
                    Version::HTTP_10 => Ok(Default::default()),
                    _ => Err("it has no Host".to_owned()),
                };
            };
            Authority::try_from(host.as_bytes()).map_err(|_| "its Host is no host".to_owned())?
        }
    };
    if authority.as_str().contains('@') {
        return Err("its host has a user".to_owned());
    }
    let name = authority.host();
    let name = name.strip_suffix('.').unwrap_or(name);
    Ok((name.to_ascii_lowercase().into(), authority.port_u16()))
}

/// What is decided before the table is asked.
async fn route(plane: &Arc<Plane>, request: Request<Body>, exchange: &mut Exchange) -> Response<Body> {
    let entrypoint = exchange.connection.entrypoint.clone();
    let config = &entrypoint.config;
    if exchange.asked.method == Method::CONNECT {
        return exchange.refuse(StatusCode::NOT_IMPLEMENTED, Why::Method, "CONNECT is not served");
    }
    let length = exchange.asked.uri.path_and_query().map_or(0, |target| target.as_str().len());
    if length > config.uri_bytes_max {
        let detail = format!("the target has {length} bytes");
        return exchange.refuse(StatusCode::URI_TOO_LONG, Why::AddressTooLong, detail);
    }
    if let Some(page) = plane.challenges.page(exchange.asked.path()) {
        exchange.note(Why::Proxy, "a challenge of ACME");
        return Response::new(Body::full(page));
    }
    if let Some(redirect) = &config.redirect {
        let location = redirected(exchange, &redirect.scheme, entrypoint.redirect_port);
        exchange.note(Why::Proxy, format!("the entrypoint {} redirects", config.name));
        let keeps = !matches!(exchange.asked.method, Method::GET | Method::HEAD);
        return moved(redirect.permanent, keeps, &location);
    }
    let mut request = request;
    match path::normal(exchange.asked.path(), config.sanitize_path) {
        Ok(None) => {}
        Ok(Some(path)) => {
            let uri = with_path(&exchange.asked.uri, &path);
            exchange.asked.uri = uri.clone();
            *request.uri_mut() = uri;
        }
        Err(error) => {
            return exchange.refuse(StatusCode::BAD_REQUEST, Why::Malformed, error.to_string());
        }
    }
    through(plane, request, exchange).await
}

/// Through the router's middlewares to its service and back.
async fn through(plane: &Arc<Plane>, mut request: Request<Body>, exchange: &mut Exchange) -> Response<Body> {
    let table = plane.table.load_full();
    let connection = exchange.connection.clone();
    let route = match find(plane, &table, &connection, &request, &exchange.asked) {
        Ok(route) => route,
        Err((status, why, detail)) => return exchange.refuse(status, why, detail),
    };
    exchange.ticket.routed(&route.measured);
    exchange.route = Some(route.clone());
    if let Some(reasons) = route.broken() {
        return exchange.refuse(StatusCode::SERVICE_UNAVAILABLE, Why::BrokenRouter, reasons);
    }
    headers::introduce(&mut request, &connection, exchange.upgrade.is_some(), exchange.https);
    let tools = Tools { plane, table: &table };
    let service = &route.planned.service;
    if route.chain.is_empty() {
        return forward::to(tools, service, request, exchange).await;
    }
    let response = match route.chain.before(&mut request, exchange, &tools).await {
        ControlFlow::Continue(()) => forward::to(tools, service, request, exchange).await,
        ControlFlow::Break(response) => response,
    };
    route.chain.after(response, exchange, &tools).await
}

/// The router of a request, or why there is none.
fn find(
    plane: &Plane,
    table: &Table,
    connection: &Connection,
    request: &Request<Body>,
    asked: &Asked,
) -> Result<Arc<Route>, (StatusCode, Why, String)> {
    let name = &connection.entrypoint.config.name;
    let Some(path) = route::rule::routed_path(asked.path()) else {
        let detail = "the path is not well formed".to_owned();
        return Err((StatusCode::BAD_REQUEST, Why::Malformed, detail));
    };
    let seen = Seen {
        host: &asked.host,
        path: &path,
        method: asked.method.as_str(),
        headers: request.headers(),
        query: asked.query(),
        // As Traefik has it: whoever is at the other end, not whom it speaks for.
        client: connection.peer.ip(),
    };
    let is_tls = connection.session.is_some();
    if let Some(session) = &connection.session
        && !plane.front.suits(session, seen.host)
    {
        let detail = format!("the connection is for {}", session.name.as_deref().unwrap_or("no name"));
        return Err((StatusCode::MISDIRECTED_REQUEST, Why::Misdirected, detail));
    }
    let found = table.find(name, is_tls, &seen).cloned();
    let found =
        found.ok_or_else(|| (StatusCode::NOT_FOUND, Why::NoRouter, table.missed(name, is_tls, &seen)))?;
    // Options may ask for a client's certificate: what was shown without must not get through, however it got here.
    let options = found.planned.tls.as_ref().and_then(|tls| tls.options.as_ref());
    if let (Some(options), Some(session)) = (options, &connection.session)
        && !session.has_options(&options.name, options.provider.word())
    {
        let detail = format!("the connection was not made with the TLS options {options}");
        return Err((StatusCode::MISDIRECTED_REQUEST, Why::Misdirected, detail));
    }
    Ok(found)
}

fn with_path(uri: &Uri, path: &str) -> Uri {
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    target.parse().unwrap_or_else(|_| uri.clone())
}

/// The same address with another scheme and port.
fn redirected(exchange: &Exchange, scheme: &str, port: Option<u16>) -> String {
    let asked = &exchange.asked;
    let target = asked.uri.path_and_query().map_or("/", PathAndQuery::as_str);
    match port.filter(|port| !matches!((scheme, port), ("https", 443) | ("http", 80))) {
        Some(port) => format!("{scheme}://{}:{port}{target}", asked.host),
        None => format!("{scheme}://{}{target}", asked.host),
    }
}

fn moved(permanent: bool, keeps_method: bool, location: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = match (permanent, keeps_method) {
        (true, false) => StatusCode::MOVED_PERMANENTLY,
        (false, false) => StatusCode::FOUND,
        (true, true) => StatusCode::PERMANENT_REDIRECT,
        (false, true) => StatusCode::TEMPORARY_REDIRECT,
    };
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// Reports a request that hyper did not let through: it was answered with `status`, or with nothing.
pub(crate) fn report_malformed(
    plane: &Plane,
    connection: &Arc<Connection>,
    status: StatusCode,
    why: Why,
    detail: String,
) {
    connection.enter();
    let mut pending = Pending::new(unread(connection, why, detail), plane.meter.clone());
    pending.answered(status);
    pending.finish(None);
}

/// Reports that a client spoke TLS to which there is no answer. One that only went away again tells nobody anything.
pub(crate) fn report_handshake(
    plane: &Plane,
    connection: &Arc<Connection>,
    fault: HandshakeFault,
    detail: String,
) {
    if fault != HandshakeFault::ClientGone {
        report_malformed(plane, connection, StatusCode::BAD_REQUEST, Why::Handshake, detail);
    }
}

/// What is known of a request that could not be read.
fn unread(connection: &Arc<Connection>, why: Why, detail: String) -> Exchange {
    let asked = Asked {
        method: Method::from_bytes(b"INVALID").unwrap_or_default(),
        version: Version::HTTP_11,
        uri: Uri::default(),
        host: Box::default(),
        port: None,
        user_agent: None,
        referer: None,
        wants_html: false,
    };
    let mut exchange = Exchange::new(connection.clone(), Ids::settle(&mut HeaderMap::new()), asked);
    exchange.note(why, detail);
    exchange
}
