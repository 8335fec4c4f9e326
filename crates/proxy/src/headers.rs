//! Headers that are for one hop, and those that tell the application who the client is.

use http::header::{CONNECTION, COOKIE, HOST, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderValue, Request};

use crate::config::UnderscoreHeaders;
use crate::connection::Connection;
use crate::exchange::Exchange;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");
const EXPECT: HeaderName = HeaderName::from_static("expect");

/// Names that only a trusted proxy may set; in names compared with them an underscore is a hyphen.
pub(crate) const MANAGED: [&str; 15] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-method",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-forwarded-scheme",
    "x-forwarded-server",
    "x-forwarded-ssl",
    "x-forwarded-tls-client-cert",
    "x-forwarded-tls-client-cert-info",
    "x-forwarded-uri",
    "x-real-ip",
    "x-scheme",
];

/// For the proxy only, and known by their first letters.
const PROXY: &str = "proxy-";

/// Whether `name` is one that the proxy itself sets.
pub(crate) fn is_managed(name: &str) -> bool {
    let bytes = name.as_bytes();
    let family = matches!(bytes.first(), Some(b'x' | b'f'));
    family && MANAGED.iter().any(|managed| alike(managed.as_bytes(), bytes))
}

fn alike(managed: &[u8], name: &[u8]) -> bool {
    managed.len() == name.len()
        && managed.iter().zip(name).all(|(want, have)| want == have || (*want == b'-' && *have == b'_'))
}

/// A name with an underscore, where such are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) HeaderName);

/// Takes out what the client must not say: headers that only proxies set, unless it is a trusted one, and those that
/// WSGI cannot tell from others.
pub(crate) fn clean(
    headers: &mut HeaderMap,
    trusted: bool,
    underscores: UnderscoreHeaders,
) -> Result<(), Refused> {
    let mut unwanted: Vec<HeaderName> = Vec::new();
    for name in headers.keys() {
        let text = name.as_str();
        let has_underscore = memchr::memchr(b'_', text.as_bytes()).is_some();
        let dubious = has_underscore && (underscores == UnderscoreHeaders::Delete || is_managed(text));
        if has_underscore && underscores == UnderscoreHeaders::Reject {
            return Err(Refused(name.clone()));
        }
        if dubious || (!trusted && is_managed(text)) {
            unwanted.push(name.clone());
        }
    }
    for name in unwanted {
        headers.remove(name);
    }
    Ok(())
}

/// Tells the application who the client is and what it asked for, as far as a trusted proxy has not.
pub(crate) fn introduce<B>(request: &mut Request<B>, connection: &Connection, upgrades: bool, https: bool) {
    let host = request.headers().get(HOST).cloned();
    let port = match &host {
        Some(host) => port_of(host).unwrap_or_else(|| default_port(connection, https)),
        None => default_port(connection, https),
    };
    let proto = match (https, upgrades) {
        (false, false) => "http",
        (true, false) => "https",
        (false, true) => "ws",
        (true, true) => "wss",
    };
    let headers = request.headers_mut();
    headers.entry(X_REAL_IP).or_insert_with(|| connection.peer_value.clone());
    headers.entry(X_FORWARDED_PROTO).or_insert(HeaderValue::from_static(proto));
    headers.entry(X_FORWARDED_PORT).or_insert(port);
    if let Some(host) = host {
        headers.entry(X_FORWARDED_HOST).or_insert(host);
    }
}

fn port_of(host: &HeaderValue) -> Option<HeaderValue> {
    let bytes = host.as_bytes();
    let colon = memchr::memrchr(b':', bytes)?;
    let port = &bytes[colon + 1..];
    let is_port = !port.is_empty() && port.iter().all(u8::is_ascii_digit);
    is_port.then(|| HeaderValue::from_bytes(port).ok())?
}

fn default_port(connection: &Connection, https: bool) -> HeaderValue {
    match https {
        true if connection.session.is_none() => HeaderValue::from_static("443"),
        _ => connection.entrypoint.port.clone(),
    }
}

/// Puts the peer behind those who were before it.
pub(crate) fn append_forwarded_for(headers: &mut HeaderMap, exchange: &Exchange) {
    let peer = &exchange.connection.peer_value;
    let before: Vec<&[u8]> = headers.get_all(X_FORWARDED_FOR).iter().map(HeaderValue::as_bytes).collect();
    if before.is_empty() {
        headers.insert(X_FORWARDED_FOR, peer.clone());
        return;
    }
    let mut all = before.join(&b", "[..]);
    all.extend_from_slice(b", ");
    all.extend_from_slice(peer.as_bytes());
    if let Ok(all) = HeaderValue::from_bytes(&all) {
        headers.insert(X_FORWARDED_FOR, all);
    }
}

/// Whom trusted proxies speak for: the first address from the right that is none of theirs.
pub(crate) fn client(headers: &HeaderMap, connection: &Connection) -> std::net::IpAddr {
    let peer = connection.peer.ip();
    if !connection.trusted {
        return peer;
    }
    let mut found = peer;
    let lines: Vec<&HeaderValue> = headers.get_all(X_FORWARDED_FOR).iter().collect();
    for line in lines.iter().rev() {
        for part in line.to_str().unwrap_or_default().rsplit(',') {
            let Ok(address) = part.trim().parse::<std::net::IpAddr>() else { return found };
            found = address.to_canonical();
            if !connection.entrypoint.trusts(found) {
                return found;
            }
        }
    }
    found
}

/// Whether the client spoke TLS, to us or to a trusted proxy before us.
pub(crate) fn is_https(headers: &HeaderMap, connection: &Connection) -> bool {
    if connection.session.is_some() {
        return true;
    }
    let told = headers.get(X_FORWARDED_PROTO).filter(|_| connection.trusted);
    told.is_some_and(|told| told == "https" || told == "wss")
}

/// Whether the headers ask for another protocol: the connection becomes a tunnel. Never for one that carries requests
/// itself, which would go past every router.
pub(crate) fn wants_upgrade(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(UPGRADE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    let Ok(line) = line.to_str() else { return false };
    connection_lists(headers, "upgrade") && line.split(',').all(is_no_http)
}

fn is_no_http(protocol: &str) -> bool {
    const CARRY_REQUESTS: [&str; 6] = ["h2", "h2c", "h3", "http", "https", "tls"];
    let name = protocol.split('/').next().unwrap_or_default().trim().to_ascii_lowercase();
    !name.is_empty() && !CARRY_REQUESTS.contains(&&*name) && !name.starts_with("h2")
}

fn connection_lists(headers: &HeaderMap, option: &str) -> bool {
    let lines = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|part| part.trim().eq_ignore_ascii_case(option))
}

/// Takes out what `Connection` lists. Of a request before any middleware has set a header, or a client could take that
/// away. What the proxy itself sets stays.
pub(crate) fn strip_listed(headers: &mut HeaderMap) {
    let Some(connection) = headers.get(CONNECTION) else { return };
    let plain = connection == "keep-alive" || connection == "close";
    if !plain || headers.get_all(CONNECTION).iter().nth(1).is_some() {
        strip_all_listed(headers);
    }
}

/// Takes out what is for one hop only.
pub(crate) fn strip_hop(headers: &mut HeaderMap, keeps_upgrade: bool) {
    let upgrade = headers.remove(UPGRADE);
    headers.remove(CONNECTION);
    headers.remove(KEEP_ALIVE);
    headers.remove(HTTP2_SETTINGS);
    headers.remove(TRANSFER_ENCODING);
    if headers.keys().any(|name| name.as_str().starts_with(PROXY)) {
        let names: Vec<HeaderName> =
            headers.keys().filter(|name| name.as_str().starts_with(PROXY)).cloned().collect();
        for name in names {
            headers.remove(name);
        }
    }
    if let Some(te) = headers.remove(TE)
        && te.to_str().is_ok_and(|te| te.split(',').any(|part| part.trim().eq_ignore_ascii_case("trailers")))
    {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    if let Some(upgrade) = upgrade.filter(|_| keeps_upgrade) {
        headers.insert(UPGRADE, upgrade);
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    }
}

/// What `Connection` names, but for what must not be taken away by a client's word.
fn strip_all_listed(headers: &mut HeaderMap) {
    const OURS: [&str; 3] = ["x-request-id", "traceparent", "sentry-trace"];
    let lines: Vec<HeaderValue> = headers.get_all(CONNECTION).iter().cloned().collect();
    let names = lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    for name in names {
        let Ok(name) = HeaderName::from_bytes(name.trim().as_bytes()) else { continue };
        let kept = is_managed(name.as_str())
            || OURS.contains(&name.as_str())
            || [HOST, UPGRADE, TE, TRAILER].contains(&name);
        if !kept {
            headers.remove(name);
        }
    }
}

/// Readies headers for a server that speaks HTTP/1.1.
pub(crate) fn for_http1(headers: &mut HeaderMap) {
    // The proxy answers it itself when the server begins to read.
    headers.remove(EXPECT);
    if headers.get_all(COOKIE).iter().nth(1).is_some() {
        let crumbs: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
        let whole = HeaderValue::from_bytes(&crumbs.join(&b"; "[..]));
        if let Ok(whole) = whole {
            headers.insert(COOKIE, whole);
        }
    }
}

/// Readies headers for a server that speaks HTTP/2: the authority tells the host.
pub(crate) fn for_http2(headers: &mut HeaderMap) {
    headers.remove(EXPECT);
    headers.remove(HOST);
}
