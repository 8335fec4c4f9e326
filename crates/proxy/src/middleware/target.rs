//! What several middlewares ask of a request: its host, its path as it was escaped and as it means; and putting another
//! path in.

use std::borrow::Cow;

use http::header::HOST;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// The host that was asked for, with its port, as the client wrote it.
pub(super) fn host<B>(request: &Request<B>) -> &str {
    let header = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    header.or_else(|| request.uri().authority().map(|authority| authority.as_str())).unwrap_or_default()
}

/// A host apart from its port, which includes the colon: `("example.com", ":8080")`. Brackets stay with the host.
pub(super) fn split_port(host: &str) -> (&str, &str) {
    match host.rfind(':') {
        Some(colon)
            if host[colon + 1..].bytes().all(|byte| byte.is_ascii_digit())
                && !host[colon..].contains(']') =>
        {
            host.split_at(colon)
        }
        _ => (host, ""),
    }
}

/// The path and the query, as they go to the service.
pub(super) fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", PathAndQuery::as_str)
}

/// How many bytes of an escaped path mean the prefix, if it begins with it: `/ap%69/x` begins with `/api`.
pub(super) fn prefix_length(path: &str, prefix: &str) -> Option<usize> {
    let mut rest = path.as_bytes();
    for wanted in prefix.bytes() {
        let (byte, length) = next_byte(rest)?;
        if byte != wanted {
            return None;
        }
        rest = &rest[length..];
    }
    Some(path.len() - rest.len())
}

fn next_byte(path: &[u8]) -> Option<(u8, usize)> {
    let hex = |digit: u8| char::from(digit).to_digit(16);
    if let [b'%', high, low, ..] = path
        && let (Some(high), Some(low)) = (hex(*high), hex(*low))
    {
        return Some(((high * 16 + low) as u8, 3));
    }
    path.first().map(|byte| (*byte, 1))
}

/// What a path means: its escapes taken out.
pub(super) fn unescaped(path: &str) -> Cow<'_, [u8]> {
    percent_decode_str(path).into()
}

/// Whether a path means what it says: no `.`, no `..`, no empty segment but the last, escaped or not. What is taken off
/// a path's front may uncover one: `/api../admin` without `/api`.
pub(super) fn is_normal(path: &str) -> bool {
    let meaning = unescaped(path);
    let Some(relative) = meaning.strip_prefix(b"/") else { return meaning.is_empty() };
    let mut segments = relative.split(|byte| *byte == b'/');
    let last_is_fine = segments.next_back().is_none_or(|last| last != b"." && last != b"..");
    last_is_fine && segments.all(|segment| !segment.is_empty() && segment != b"." && segment != b"..")
}

/// What may not stand in a path as it is. A percent sign may: it begins an escape.
const NOT_IN_PATHS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'\\')
    .add(b'^')
    .add(b'|');

/// The path's target is no longer one that can be sent.
#[derive(Debug, thiserror::Error)]
#[error("the new path is not valid")]
pub(super) struct BadPath;

/// Puts another path into the request; the query stays. What may not stand in a path is escaped, and an empty one is
/// the root.
pub(super) fn set_path<B>(request: &mut Request<B>, path: &str) -> Result<(), BadPath> {
    let mut target = utf8_percent_encode(path, NOT_IN_PATHS).to_string();
    if !target.starts_with('/') {
        target.insert(0, '/');
    }
    if let Some(query) = request.uri().query() {
        target.push('?');
        target.push_str(query);
    }
    let target = PathAndQuery::try_from(target).map_err(|_| BadPath)?;
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(target);
    *request.uri_mut() = Uri::from_parts(parts).map_err(|_| BadPath)?;
    Ok(())
}

/// A header's value out of what stood in a path or in the settings; escapes what may not stand in a header.
pub(super) fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| {
        let escaped = utf8_percent_encode(text, CONTROLS).to_string();
        HeaderValue::try_from(escaped).unwrap_or_else(|_| HeaderValue::from_static(""))
    })
}

/// Takes out a header in every spelling that applications take for it: to WSGI `X_User` is `X-User`.
pub(super) fn remove_alike(headers: &mut HeaderMap, name: &HeaderName) {
    headers.remove(name);
    let is_alike = |other: &HeaderName| {
        let (other, name) = (other.as_str().as_bytes(), name.as_str().as_bytes());
        let same = |(a, b): (&u8, &u8)| a == b || matches!((a, b), (b'_', b'-') | (b'-', b'_'));
        other.len() == name.len() && other.iter().zip(name).all(same)
    };
    while let Some(other) = headers.keys().find(|other| is_alike(other)).cloned() {
        headers.remove(other);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hosts_are_apart_from_ports() {
        for (host, expected) in [
            ("example.com", ("example.com", "")),
            ("example.com:8080", ("example.com", ":8080")),
            ("[::1]", ("[::1]", "")),
            ("[::1]:8080", ("[::1]", ":8080")),
            ("", ("", "")),
        ] {
            assert_eq!(split_port(host), expected, "{host}");
        }
    }

    #[test]
    fn prefixes_are_found_through_escapes() {
        for (path, prefix, expected) in [
            ("/api/x", "/api", Some(4)),
            ("/ap%69/x", "/api", Some(6)),
            ("/%61%70%69", "/api", Some(10)),
            ("/apix", "/api", Some(4)),
            ("/ap", "/api", None),
            ("/x", "", Some(0)),
            ("/a%2Fb", "/a/b", Some(6)),
            ("/t%20x/y", "/t x", Some(6)),
            ("/100%/x", "/100%", Some(5)),
            ("/%zz", "/%zz", Some(4)),
        ] {
            assert_eq!(prefix_length(path, prefix), expected, "{prefix} of {path}");
        }
    }

    #[test]
    fn only_normal_paths_mean_what_they_say() {
        for (path, expected) in [
            ("", true),
            ("/", true),
            ("/a", true),
            ("/a/", true),
            ("/a.b/..c", true),
            ("/a%2Fb", true),
            ("a", false),
            ("//", false),
            ("/a//b", false),
            ("/.", false),
            ("/..", false),
            ("/./a", false),
            ("/a/../b", false),
            ("/a/..", false),
            ("/%2e%2e/b", false),
            ("/a%2F..%2Fb", false),
        ] {
            assert_eq!(is_normal(path), expected, "{path}");
        }
    }

    #[test]
    fn headers_go_in_every_spelling() {
        let mut headers = HeaderMap::new();
        for name in ["x-auth-user", "x_auth_user", "x-auth_user", "x-auth-users", "xauth-user-"] {
            headers.append(name, HeaderValue::from_static("1"));
        }
        remove_alike(&mut headers, &HeaderName::from_static("x-auth-user"));
        let mut left: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["x-auth-users", "xauth-user-"]);
    }

    #[test]
    fn a_new_path_keeps_the_query() {
        for (target, path, expected) in [
            ("/old?a=1", "/new", "/new?a=1"),
            ("/old", "", "/"),
            ("/old?", "", "/?"),
            ("/old", "new", "/new"),
            ("/old", "/a b", "/a%20b"),
            ("/old?a", "/b?c#d", "/b%3Fc%23d?a"),
            ("/old", "/a%2Fb", "/a%2Fb"),
            ("/old", "/ü", "/%C3%BC"),
            ("http://example.com/old?a=1", "/new", "http://example.com/new?a=1"),
        ] {
            let mut request = Request::builder().uri(target).body(()).expect("a request");
            set_path(&mut request, path).expect("a path");
            assert_eq!(request.uri().to_string(), expected, "{path} for {target}");
        }
    }

    proptest! {
        /// What is left after a prefix means what is left of the meaning.
        #[test]
        fn a_prefix_is_taken_off_the_meaning(path in "(/|%2[fF]|%41|[a-c]|\\.){0,12}", prefix in "/?[a-c/A]{0,4}") {
            let meaning = unescaped(&path).into_owned();
            match prefix_length(&path, &prefix) {
                Some(length) => {
                    let rest = unescaped(&path[length..]).into_owned();
                    prop_assert_eq!(meaning.strip_prefix(prefix.as_bytes()), Some(&rest[..]));
                }
                None => prop_assert!(!meaning.starts_with(prefix.as_bytes())),
            }
        }

        #[test]
        fn any_path_can_be_put_in(path in "\\PC{0,30}") {
            let mut request = Request::builder().uri("/old?q=1").body(()).expect("a request");
            prop_assert!(set_path(&mut request, &path).is_ok());
            prop_assert_eq!(request.uri().query(), Some("q=1"));
        }
    }
}
