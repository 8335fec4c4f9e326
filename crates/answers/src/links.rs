//! Paths of the page.

use api::Millis;

use crate::seen::Who;

/// What a query string cannot hold as it is.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn with(path: &str, pairs: &[(&str, String)]) -> String {
    let told = pairs.iter().filter(|(_, value)| !value.is_empty());
    let told: Vec<String> = told.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    if told.is_empty() { path.to_owned() } else { format!("{path}?{}", told.join("&")) }
}

/// A few minutes on both sides of a moment.
fn around(at: Millis, before_min: i64, after_min: i64) -> [(&'static str, String); 2] {
    [("from", (at - before_min * 60_000).to_string()), ("to", (at + after_min * 60_000).to_string())]
}

/// A service's lines of errors around a moment.
pub(crate) fn error_lines(who: &Who, at: Millis) -> String {
    let [from, to] = around(at, 5, 10);
    with("/logs", &[from, to, ("svc", who.service.clone()), ("lvl", "fatal,critical,error".into())])
}

/// A service's lines around a moment.
pub(crate) fn lines(who: &Who, at: Millis) -> String {
    let [from, to] = around(at, 5, 10);
    with("/logs", &[from, to, ("svc", who.service.clone())])
}

/// An issue.
pub(crate) fn issue(id: i64) -> String {
    format!("/issues/{id}")
}

/// A route.
pub(crate) fn route(name: &str) -> String {
    format!("/routes/{}", escaped(name))
}

/// Requests of a service that failed around a moment.
pub(crate) fn failed_requests(who: &Who, at: Millis) -> String {
    let [from, to] = around(at, 5, 10);
    with("/requests", &[from, to, ("svc", who.service.clone()), ("q", "status:5xx".into())])
}

/// A service.
pub(crate) fn service(who: &Who) -> String {
    with(&format!("/services/{}", escaped(&who.service)), &[("env", who.environment.clone())])
}

/// A deploy of a service.
pub(crate) fn deploy(who: &Who, at: Millis) -> String {
    with(&format!("/services/{}/deploy", escaped(&who.service)), &[("at", at.to_string())])
}

/// An alert.
pub(crate) fn alert(fingerprint: &str) -> String {
    format!("/alerts/{}", escaped(fingerprint))
}
