//! What the service behind us and the client are told of the answer of whom was asked.

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use route::declared::Pattern;

use crate::middleware::target::remove_alike;

/// Puts what was asked for into the request, and takes out what the client itself wrote there.
pub(in crate::middleware) fn service(
    request: &mut HeaderMap,
    answer: &HeaderMap,
    names: &[HeaderName],
    pattern: Option<&Pattern>,
) {
    for name in names {
        copy(request, answer, name);
    }
    let Some(pattern) = pattern else { return };
    let matching = |headers: &HeaderMap| -> Vec<HeaderName> {
        headers.keys().filter(|name| pattern.regex().is_match(&canonical(name))).cloned().collect()
    };
    for name in matching(request).into_iter().chain(matching(answer)) {
        copy(request, answer, &name);
    }
}

/// What frames the request's own body, or is for the next hop alone: an expression such as `.*` does not mean these.
const OF_THE_REQUEST: [HeaderName; 7] =
    [CONNECTION, CONTENT_LENGTH, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

fn copy(request: &mut HeaderMap, answer: &HeaderMap, name: &HeaderName) {
    if OF_THE_REQUEST.contains(name) {
        return;
    }
    remove_alike(request, name);
    for value in answer.get_all(name) {
        request.append(name, value.clone());
    }
}

/// As expressions over names of headers are written: `X-Auth-User`.
fn canonical(name: &HeaderName) -> String {
    let mut begins = true;
    let letters = name.as_str().chars().map(|letter| {
        let cased = if begins { letter.to_ascii_uppercase() } else { letter };
        begins = letter == '-';
        cased
    });
    letters.collect()
}

/// Puts those of its cookies that have one of these names into the client's answer, in place of the service's.
pub(in crate::middleware) fn client(answer: &mut HeaderMap, cookies: Vec<HeaderValue>, names: &[String]) {
    if cookies.is_empty() || names.is_empty() {
        return;
    }
    let is_named = |cookie: &HeaderValue| {
        let name = cookie.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii();
        names.iter().any(|wanted| wanted.as_bytes() == name)
    };
    let kept: Vec<HeaderValue> =
        answer.get_all(SET_COOKIE).iter().filter(|cookie| !is_named(cookie)).cloned().collect();
    answer.remove(SET_COOKIE);
    for cookie in kept.into_iter().chain(cookies.into_iter().filter(is_named)) {
        answer.append(SET_COOKIE, cookie);
    }
}

/// Where a `Location` of whom is at `base` leads to, for a client that does not know of it.
pub(in crate::middleware) fn resolved(base: &Uri, location: &HeaderValue) -> Option<HeaderValue> {
    let location = location.to_str().ok()?;
    let (scheme, authority) = (base.scheme_str()?, base.authority()?);
    let is_absolute = location.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
    let resolved = if location.is_empty() || is_absolute {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else if location.starts_with('?') {
        format!("{scheme}://{authority}{}{location}", base.path())
    } else {
        let (directory, _) = base.path().rsplit_once('/').unwrap_or_default();
        format!("{scheme}://{authority}{directory}/{location}")
    };
    HeaderValue::try_from(resolved).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_resolved() {
        for (base, location, expected) in [
            ("http://auth:9000/check", "https://login.example.com/", "https://login.example.com/"),
            ("http://auth:9000/check", "//login.example.com/x", "http://login.example.com/x"),
            ("http://auth:9000/check", "/login?next=/", "http://auth:9000/login?next=/"),
            ("http://auth:9000/api/check", "login", "http://auth:9000/api/login"),
            ("http://auth:9000", "login", "http://auth:9000/login"),
            ("http://auth:9000/check", "?again", "http://auth:9000/check?again"),
            ("http://auth:9000/check", "mailto:a@b", "mailto:a@b"),
            ("http://auth:9000/check", "login?next=http://x", "http://auth:9000/login?next=http://x"),
        ] {
            let location = HeaderValue::from_str(location).expect("a value");
            let found = resolved(&base.parse().expect("an address"), &location);
            assert_eq!(found.expect("an address"), expected, "{location:?} of {base}");
        }
    }

    #[test]
    fn names_are_matched_as_they_are_written() {
        for (name, expected) in [("x-auth-user", "X-Auth-User"), ("etag", "Etag"), ("a--b", "A--B")] {
            assert_eq!(canonical(&HeaderName::from_static(name)), expected);
        }
    }
}
