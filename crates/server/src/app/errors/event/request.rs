//! The request under way, who met the event, and what a browser reports.

use ::event::value::Value;
use ::event::{Csp, Event, Request, User};
use api::Pair;

use super::{texts, told};

/// Headers and tags by which a request is known in front of the program as well.
const REQUEST_IDS: [&str; 2] = ["x-request-id", "x-correlation-id"];
const REQUEST_ID_TAGS: [&str; 3] = ["request_id", "request-id", "correlation_id"];

/// The id of the request under way, where it is told and can stand in a line.
pub(in crate::app::errors) fn request_id(event: &Event) -> Option<&str> {
    let request = event.request.as_ref();
    let of_header = REQUEST_IDS.iter().find_map(|name| request?.header(name));
    let of_tag = || REQUEST_ID_TAGS.iter().find_map(|name| event.tag(name));
    of_header.or_else(of_tag).map(str::trim).filter(|id| is_id(id))
}

/// As the proxy takes and makes them.
fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

pub(super) fn page(request: &Request) -> api::WebRequest {
    api::WebRequest {
        method: told(&request.method),
        url: told(&request.url),
        query: request.query.clone(),
        headers: request.headers.clone(),
        cookies: request.cookies.clone(),
        body: if request.data.is_null() { String::new() } else { body(&request.data) },
        environment: texts(&request.env),
    }
}

/// What was taken apart is shown in lines.
fn body(data: &Value) -> String {
    match data {
        Value::Text(text) => text.clone(),
        data => serde_json::to_string_pretty(data).unwrap_or_default(),
    }
}

pub(super) fn user(user: &User) -> Vec<Pair> {
    let known = [
        ("id", &user.id),
        ("email", &user.email),
        ("username", &user.username),
        ("ip_address", &user.ip_address),
    ];
    let known = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
    known.chain(user.data.iter().cloned()).collect()
}

pub(super) fn csp(csp: &Csp) -> Vec<Pair> {
    let known = [
        ("directive", &csp.directive),
        ("blocked-uri", &csp.blocked_uri),
        ("document-uri", &csp.document_uri),
    ];
    let known = known.into_iter().map(|(name, value)| (name.to_owned(), value.clone()));
    known.chain(csp.fields.iter().cloned()).collect()
}
