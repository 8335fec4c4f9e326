//! What the service that decides is told of a request.

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use route::declared::ForwardAuth;

use super::From;
use crate::headers::{MANAGED, is_managed};
use crate::middleware::target::{header_value, host, path_and_query, split_port};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const TRAILERS: HeaderName = HeaderName::from_static("trailers");
const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const HOST_OF: HeaderName = HeaderName::from_static("x-forwarded-host");
const METHOD: HeaderName = HeaderName::from_static("x-forwarded-method");
const PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const TARGET: HeaderName = HeaderName::from_static("x-forwarded-uri");

/// The headers that it is asked with; empty: all.
pub(in crate::middleware) fn names(options: &ForwardAuth) -> Result<Vec<HeaderName>, String> {
    let mut names =
        options.request_headers.iter().map(|written| name(written)).collect::<Result<Vec<_>, _>>()?;
    if options.trust_forward_header && !names.is_empty() {
        names.extend(MANAGED.map(HeaderName::from_static));
    }
    Ok(names)
}

pub(in crate::middleware) fn name(text: &str) -> Result<HeaderName, String> {
    text.parse().map_err(|_| format!("`{text}` is no name of a header"))
}

/// The headers of the question.
pub(in crate::middleware) fn headers<B>(
    request: &Request<B>,
    trusts: bool,
    asks_with: &[HeaderName],
    from: From,
) -> HeaderMap {
    let mut headers = request.headers().clone();
    headers.remove(HOST);
    headers.remove(CONTENT_LENGTH);
    remove_hops(&mut headers);
    if !trusts {
        remove_forwarded(&mut headers);
    }
    if !asks_with.is_empty() {
        headers = only(&headers, asks_with);
    }
    describe(&mut headers, request, from);
    headers
}

fn only(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in names {
        if !kept.contains_key(name) {
            kept.extend(headers.get_all(name).iter().map(|value| (name.clone(), value.clone())));
        }
    }
    kept
}

fn remove_forwarded(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers.keys().filter(|name| is_managed(name.as_str())).cloned().collect();
    for name in named {
        headers.remove(name);
    }
}

/// Says what was asked, unless a proxy that is trusted has said it.
fn describe<B>(headers: &mut HeaderMap, request: &Request<B>, From { peer, tls }: From) {
    let peer = peer.to_canonical();
    let before: Vec<&str> = headers.get_all(&FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let all = if before.is_empty() { peer.to_string() } else { format!("{}, {peer}", before.join(", ")) };
    headers.insert(FOR, header_value(&all));

    let proto = if tls { "https" } else { "http" };
    headers.entry(METHOD).or_insert_with(|| header_value(request.method().as_str()));
    headers.entry(PROTO).or_insert(HeaderValue::from_static(proto));
    let encrypted = tls || headers.get(PROTO).is_some_and(|proto| proto == "https" || proto == "wss");
    headers.entry(PORT).or_insert_with(|| port(host(request), encrypted));
    headers.entry(HOST_OF).or_insert_with(|| header_value(host(request)));
    headers.entry(TARGET).or_insert_with(|| header_value(path_and_query(request.uri())));
}

fn port(host: &str, encrypted: bool) -> HeaderValue {
    match split_port(host).1.strip_prefix(':').filter(|port| !port.is_empty()) {
        Some(port) => header_value(port),
        None => HeaderValue::from_static(if encrypted { "443" } else { "80" }),
    }
}

/// Takes out what is meant for the next hop alone, and what `Connection` names as such.
pub(in crate::middleware) fn remove_hops(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in
        named.into_iter().chain([CONNECTION, KEEP_ALIVE, TE, TRAILER, TRAILERS, TRANSFER_ENCODING, UPGRADE])
    {
        headers.remove(name);
    }
}
