//! Tables of requests and what the middlewares make of them. Those that need the rest of the proxy are in
//! `tests/middlewares.rs` of the crate.

mod basic_auth;
mod compress;
mod cross_origin;
mod forward_auth;
mod kept;
mod limits;
mod paths;
mod redirect;
mod secure;
mod spool;
mod whole;

use http::{HeaderMap, HeaderName, HeaderValue, Request};
use route::declared::Pattern;

use super::answer::Answered;

/// A request to an address, with headers; without a body.
fn request(method: &str, address: &str, headers: &[(&str, &str)]) -> Request<()> {
    let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
    assert!(["http", "https"].contains(&scheme), "{address}");
    let at = rest.find('/').unwrap_or(rest.len());
    let (host, target) = rest.split_at(at);
    let target = if target.is_empty() { "/" } else { target };
    let mut request = Request::builder().method(method).uri(target).header("host", host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request")
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text).expect("an expression")
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let line = |(name, value): &(&str, &str)| {
        let name: HeaderName = name.parse().expect("a name");
        (name, HeaderValue::from_str(value).expect("a value"))
    };
    let mut headers = HeaderMap::new();
    for (name, value) in lines.iter().map(line) {
        headers.append(name, value);
    }
    headers
}

/// A header as text; several lines are joined by `|`.
fn line(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().expect("text")).collect();
    (!values.is_empty()).then(|| values.join("|"))
}

/// The status of an answer of a middleware's own, and where it redirects to; 200 if it lets the request pass.
fn outcome(result: Result<(), Box<Answered>>) -> (u16, String) {
    match result {
        Ok(()) => (200, String::new()),
        Err(answered) => {
            let location = line(answered.answer.headers(), "location").unwrap_or_default();
            (answered.answer.status().as_u16(), location)
        }
    }
}
