//! Which version of a file a client has: entity tags, dates, and how long it may keep one without asking.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{
    HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use http::{HeaderMap, Method, StatusCode};

use crate::encoding::Coding;

/// A version of one representation of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    /// Strong: another content or another coding has another one.
    pub(super) etag: String,
    /// In whole seconds, as HTTP has them.
    pub(super) modified: SystemTime,
}

impl Version {
    /// Of a file as its directory tells it.
    pub(super) fn of(modified: SystemTime, length: u64, coding: Option<Coding>) -> Self {
        let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        let suffix = coding.map_or("", Coding::token);
        let dash = if suffix.is_empty() { "" } else { "-" };
        let etag = format!("\"{:x}-{length:x}{dash}{suffix}\"", since.as_nanos());
        Self { etag, modified: UNIX_EPOCH + Duration::from_secs(since.as_secs()) }
    }

    /// The status that the request's conditions ask for instead of the file (RFC 9110, section 13.2.2).
    pub(super) fn refused(&self, method: &Method, headers: &HeaderMap) -> Option<StatusCode> {
        if headers.contains_key(IF_MATCH) {
            if !self.is_listed(headers, &IF_MATCH, false) {
                return Some(StatusCode::PRECONDITION_FAILED);
            }
        } else if date(headers, &IF_UNMODIFIED_SINCE).is_some_and(|since| self.modified > since) {
            return Some(StatusCode::PRECONDITION_FAILED);
        }
        let has_it = if headers.contains_key(IF_NONE_MATCH) {
            self.is_listed(headers, &IF_NONE_MATCH, true)
        } else {
            date(headers, &IF_MODIFIED_SINCE).is_some_and(|since| self.modified <= since)
        };
        (has_it && matches!(*method, Method::GET | Method::HEAD)).then_some(StatusCode::NOT_MODIFIED)
    }

    /// The request's `Range`, unless its `If-Range` says that the client has a part of another version.
    pub(super) fn range<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let range = headers.get(RANGE)?.to_str().ok()?;
        let Some(condition) = headers.get(IF_RANGE) else { return Some(range) };
        let condition = condition.to_str().ok()?;
        let same = if condition.starts_with('"') || condition.starts_with("W/") {
            condition == self.etag
        } else {
            httpdate::parse_http_date(condition).is_ok_and(|date| date == self.modified)
        };
        same.then_some(range)
    }

    fn is_listed(&self, headers: &HeaderMap, name: &HeaderName, weakly: bool) -> bool {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(','))
            .any(|tag| {
                let tag = tag.trim();
                let tag = if weakly { tag.strip_prefix("W/").unwrap_or(tag) } else { tag };
                tag == "*" || tag == self.etag
            })
    }
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

/// How long a client may use the file without asking again, as the value of `Cache-Control`.
pub(super) fn cache_control(name: &str) -> &'static str {
    if has_hash(name) {
        return "public, max-age=31536000, immutable";
    }
    let is_page = [".html", ".htm", ".xhtml"].iter().any(|ending| name.ends_with(ending));
    if is_page { "no-cache" } else { "max-age=60" }
}

/// Whether the name carries a hash of the content, as `app.27e20196a850.css` of Django's manifest storage or
/// `app-27e20196.js` of bundlers: at least eight hexadecimal digits before the ending. A hash without a letter or
/// without a digit might be a date or a word, and is not taken for one.
fn has_hash(name: &str) -> bool {
    let Some((stem, _)) = name.rsplit_once('.') else { return false };
    // A source map: `app.27e20196a850.js.map`.
    let stem = stem.strip_suffix(".js").or_else(|| stem.strip_suffix(".css")).unwrap_or(stem);
    let Some((_, hash)) = stem.rsplit_once(['.', '-']) else { return false };
    let digits = hash.bytes().filter(u8::is_ascii_digit).count();
    let letters = hash.bytes().filter(|byte| matches!(byte, b'a'..=b'f')).count();
    (8..=64).contains(&hash.len()) && digits > 0 && letters > 0 && digits + letters == hash.len()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn version() -> Version {
        // Sun, 06 Nov 1994 08:49:37 GMT and half a second.
        Version::of(UNIX_EPOCH + Duration::new(784_111_777, 500_000_000), 16, None)
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    const SAME: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const EARLIER: &str = "Sun, 06 Nov 1994 08:49:36 GMT";

    /// Headers, and the status that they lead to.
    type Case<'t> = (&'t [(&'static str, &'t str)], Option<u16>);

    #[test]
    fn conditions_are_weighed_in_their_order() {
        let version = version();
        let tag = version.etag.as_str();
        let weak = format!("W/{tag}");
        let list = format!("\"a\", {tag}");
        let table: &[Case] = &[
            (&[], None),
            (&[("if-none-match", tag)], Some(304)),
            (&[("if-none-match", &weak)], Some(304)),
            (&[("if-none-match", &list)], Some(304)),
            (&[("if-none-match", "*")], Some(304)),
            (&[("if-none-match", "\"other\"")], None),
            (&[("if-none-match", "\"other\""), ("if-modified-since", SAME)], None),
            (&[("if-modified-since", SAME)], Some(304)),
            (&[("if-modified-since", EARLIER)], None),
            (&[("if-modified-since", "yesterday")], None),
            (&[("if-match", tag)], None),
            (&[("if-match", "*")], None),
            (&[("if-match", &weak)], Some(412)),
            (&[("if-match", "\"other\"")], Some(412)),
            (&[("if-match", tag), ("if-none-match", tag)], Some(304)),
            (&[("if-unmodified-since", SAME)], None),
            (&[("if-unmodified-since", EARLIER)], Some(412)),
            (&[("if-match", tag), ("if-unmodified-since", EARLIER)], None),
        ];
        for (lines, expected) in table {
            let refused = version.refused(&Method::GET, &headers(lines)).map(|status| status.as_u16());
            assert_eq!(refused, *expected, "{lines:?}");
        }
    }

    #[test]
    fn a_part_of_another_version_is_not_continued() {
        let version = version();
        let weak = format!("W/{}", version.etag);
        for (condition, expected) in [
            (None, true),
            (Some(version.etag.as_str()), true),
            (Some(SAME), true),
            (Some(EARLIER), false),
            (Some("\"other\""), false),
            (Some(weak.as_str()), false),
            (Some("rubbish"), false),
        ] {
            let mut lines = vec![("range", "bytes=1-")];
            lines.extend(condition.map(|condition| ("if-range", condition)));
            assert_eq!(version.range(&headers(&lines)).is_some(), expected, "{condition:?}");
        }
        assert_eq!(version.range(&HeaderMap::new()), None);
    }

    #[test]
    fn each_coding_has_its_own_tag() {
        let at = UNIX_EPOCH + Duration::from_secs(1);
        let tags =
            [None, Some(Coding::Gzip), Some(Coding::Zstd)].map(|coding| Version::of(at, 5, coding).etag);
        assert_eq!(tags, ["\"3b9aca00-5\"", "\"3b9aca00-5-gzip\"", "\"3b9aca00-5-zstd\""]);
        assert_ne!(Version::of(at, 6, None).etag, tags[0]);
    }

    #[test]
    fn only_what_carries_a_hash_is_kept_for_ever() {
        for (name, expected) in [
            ("app.27e20196a850.css", true),
            ("app.27e20196a850.js.map", true),
            ("app-27e2019a.js", true),
            ("font.0123456789abcdef0123456789abcdef.woff2", true),
            ("app.css", false),
            ("jquery-3.7.1.min.js", false),
            ("photo-20240101.jpg", false),
            ("backup.202401011230.sql", false),
            ("report-deadbeef.pdf", false),
            ("my-document.pdf", false),
            ("app.27E20196A850.css", false),
            ("27e20196a850", false),
            ("27e20196a850.css", false),
        ] {
            assert_eq!(cache_control(name).contains("immutable"), expected, "{name}");
        }
        assert_eq!(cache_control("index.html"), "no-cache");
        assert_eq!(cache_control("logo.png"), "max-age=60");
    }
}
