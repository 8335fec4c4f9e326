//! `redirectScheme` and `redirectRegex`.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use route::declared::{RedirectRegex, RedirectScheme};

use super::answer::{Answered, redirect, text};
use super::target::{host, path_and_query, split_port};

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Redirects to a scheme and its port, unless the request came so.
pub(super) fn to_scheme<B>(
    options: &RedirectScheme,
    request: &Request<B>,
    tls: bool,
) -> Result<(), Box<Answered>> {
    let came_as = scheme_of(request.headers(), tls);
    let (host, port) = split_port(host(request));
    let target = path_and_query(request.uri());
    let before = format!("{came_as}://{host}{}{target}", unless_default(came_as, port));

    let port = options.port.map_or_else(String::new, |port| format!(":{port}"));
    let after = format!("{}://{host}{}{target}", options.scheme, unless_default(&options.scheme, &port));
    if before == after {
        return Ok(());
    }
    to(request.method(), options.permanent, &after, "redirected to another scheme")
}

/// Redirects what an expression matches, unless to where it came from.
pub(super) fn by_regex<B>(
    options: &RedirectRegex,
    request: &Request<B>,
    tls: bool,
) -> Result<(), Box<Answered>> {
    let scheme = if tls { "https" } else { "http" };
    let before = format!("{scheme}://{}{}", host(request), path_and_query(request.uri()));
    if !options.pattern.regex().is_match(&before) {
        return Ok(());
    }
    let after = options.pattern.regex().replace_all(&before, options.replacement.as_str());
    if after == before {
        return Ok(());
    }
    to(request.method(), options.permanent, &after, "redirected by an expression")
}

/// What the client speaks: by its connection, or as a proxy before us says. A websocket begins as a request of HTTP.
fn scheme_of(headers: &HeaderMap, tls: bool) -> &'static str {
    let forwarded = headers.get(FORWARDED_PROTO).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is = |word: &str| forwarded.eq_ignore_ascii_case(word);
    let encrypted = if is("https") || is("wss") { true } else { tls && !is("http") && !is("ws") };
    if encrypted { "https" } else { "http" }
}

fn unless_default<'p>(scheme: &str, port: &'p str) -> &'p str {
    match (scheme, port) {
        ("http", ":80") | ("https", ":443") => "",
        _ => port,
    }
}

/// What a browser would escape before it asks.
const NOT_IN_ADDRESSES: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'`');

fn to(method: &Method, permanent: bool, location: &str, what: &'static str) -> Result<(), Box<Answered>> {
    let location = utf8_percent_encode(location, NOT_IN_ADDRESSES).to_string();
    let is_address = !location.contains("://") || location.parse::<Uri>().is_ok();
    let Some(location) = HeaderValue::try_from(location).ok().filter(|_| is_address) else {
        return Err(text(StatusCode::BAD_GATEWAY, "the address to redirect to is not valid"));
    };
    Err(redirect(status(method, permanent), location, what))
}

/// Other methods than GET must be sent again as they are.
fn status(method: &Method, permanent: bool) -> StatusCode {
    match (*method == Method::GET, permanent) {
        (true, false) => StatusCode::FOUND,
        (true, true) => StatusCode::MOVED_PERMANENTLY,
        (false, false) => StatusCode::TEMPORARY_REDIRECT,
        (false, true) => StatusCode::PERMANENT_REDIRECT,
    }
}
