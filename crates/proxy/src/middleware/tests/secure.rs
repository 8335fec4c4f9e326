use std::collections::BTreeMap;

use route::declared::{self, Headers as Options};

use super::{headers, line, request, strings};
use crate::middleware::headers::Headers;

fn map(lines: &[(&str, &str)]) -> BTreeMap<String, String> {
    lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The status and the address that a request is answered with, or 200 and nothing.
fn asked(options: &Options, address: &str, lines: &[(&str, &str)]) -> (u16, String) {
    let mut request = request("GET", address, lines);
    super::outcome(Headers::new(options).before(&mut request, address.starts_with("https")).map(drop))
}

/// The headers of an answer to a request, where the service set `from_service`.
fn answered(
    options: &Options,
    address: &str,
    lines: &[(&str, &str)],
    from_service: &[(&str, &str)],
) -> http::HeaderMap {
    let step = Headers::new(options);
    let mut request = request("GET", address, lines);
    let seen = step.before(&mut request, address.starts_with("https")).expect("it passes");
    let mut answer = headers(from_service);
    step.after(&mut answer, &seen);
    answer
}

#[test]
fn hosts_and_schemes_are_checked() {
    let hosts = |hosts: &[&str]| Options { allowed_hosts: strings(hosts), ..Options::default() };
    let proxied = |hosts: &[&str]| Options {
        allowed_hosts: strings(hosts),
        hosts_proxy_headers: strings(&["X-Forwarded-Host"]),
        ..Options::default()
    };
    let ssl = || Options { ssl_redirect: true, ..Options::default() };
    let behind = || Options { ssl_proxy_headers: map(&[("X-Forwarded-Proto", "https")]), ..ssl() };
    let named = || Options { ssl_host: text("secure.com"), ..ssl() };
    let forced = || Options { ssl_force_host: true, ..named() };
    let forwarded: &[(&str, &str)] = &[("x-forwarded-host", "foo.com")];
    for (options, address, lines, status, location) in [
        (hosts(&["foo.com", "bar.com"]), "http://foo.com", &[][..], 200, ""),
        (hosts(&["foo.com", "bar.com"]), "http://bar.com", &[], 200, ""),
        (hosts(&["foo.com"]), "http://FOO.com", &[], 200, ""),
        (hosts(&["foo.com"]), "http://bar.com", &[], 500, ""),
        (hosts(&["foo.com"]), "http://foo.com:8080", &[], 500, ""),
        (hosts(&["foo.com"]), "http://bar.com", forwarded, 500, ""),
        (proxied(&["foo.com"]), "http://bar.com", forwarded, 200, ""),
        (proxied(&["bar.com"]), "http://bar.com", forwarded, 500, ""),
        (proxied(&["foo.com"]), "http://foo.com", &[], 200, ""),
        (Options { is_development: true, ..hosts(&["foo.com"]) }, "http://bar.com", &[], 200, ""),
        (ssl(), "http://foo.com/a?b=c", &[], 301, "https://foo.com/a?b=c"),
        (ssl(), "https://foo.com", &[], 200, ""),
        (Options { ssl_temporary_redirect: true, ..ssl() }, "http://foo.com/", &[], 307, "https://foo.com/"),
        (Options { is_development: true, ..ssl() }, "http://foo.com", &[], 200, ""),
        (behind(), "http://foo.com", &[("x-forwarded-proto", "https")], 200, ""),
        (behind(), "http://foo.com", &[("x-forwarded-proto", "http")], 301, "https://foo.com/"),
        (named(), "http://foo.com/x", &[], 301, "https://secure.com/x"),
        (named(), "https://foo.com/x", &[], 200, ""),
        (forced(), "https://foo.com/x", &[], 301, "https://secure.com/x"),
        (forced(), "https://secure.com/x", &[], 200, ""),
    ] {
        assert_eq!(
            asked(&options, address, lines),
            (status, location.to_owned()),
            "{address} {lines:?} {options:?}"
        );
    }
}

#[test]
fn browsers_are_told() {
    let all = || Options {
        sts_seconds: Some(42),
        frame_deny: true,
        content_type_nosniff: true,
        browser_xss_filter: true,
        ..Options::default()
    };
    let sts = |options: Options| Options { sts_seconds: Some(31_536_000), ..options };
    let none = Options::default;
    for (options, address, name, expected) in [
        (all(), "http://foo.com", "x-frame-options", Some("DENY")),
        (all(), "http://foo.com", "x-content-type-options", Some("nosniff")),
        (all(), "http://foo.com", "x-xss-protection", Some("1; mode=block")),
        (all(), "http://foo.com", "strict-transport-security", None),
        (all(), "https://foo.com", "strict-transport-security", Some("max-age=42")),
        (none(), "https://foo.com", "x-frame-options", None),
        (
            Options { frame_options: text("SAMEORIGIN"), ..all() },
            "http://foo.com",
            "x-frame-options",
            Some("SAMEORIGIN"),
        ),
        (Options { browser_xss_value: text("0"), ..all() }, "http://foo.com", "x-xss-protection", Some("0")),
        (sts(none()), "https://foo.com", "strict-transport-security", Some("max-age=31536000")),
        (
            Options { sts_include_subdomains: true, ..sts(none()) },
            "https://foo.com",
            "strict-transport-security",
            Some("max-age=31536000; includeSubDomains"),
        ),
        (
            Options { sts_include_subdomains: true, sts_preload: true, ..sts(none()) },
            "https://foo.com",
            "strict-transport-security",
            Some("max-age=31536000; includeSubDomains; preload"),
        ),
        (
            Options { force_sts: true, ..sts(none()) },
            "http://foo.com",
            "strict-transport-security",
            Some("max-age=31536000"),
        ),
        (
            Options { force_sts: true, is_development: true, ..sts(none()) },
            "https://foo.com",
            "strict-transport-security",
            None,
        ),
        (
            Options { sts_seconds: Some(0), force_sts: true, ..none() },
            "https://foo.com",
            "strict-transport-security",
            None,
        ),
        (
            Options { content_security_policy: text("default-src 'self'"), ..none() },
            "http://foo.com",
            "content-security-policy",
            Some("default-src 'self'"),
        ),
        (
            Options { content_security_policy_report_only: text("default-src 'self'"), ..none() },
            "http://foo.com",
            "content-security-policy-report-only",
            Some("default-src 'self'"),
        ),
        (
            Options { referrer_policy: text("same-origin"), ..none() },
            "http://foo.com",
            "referrer-policy",
            Some("same-origin"),
        ),
        (
            Options { permissions_policy: text("camera=()"), ..none() },
            "http://foo.com",
            "permissions-policy",
            Some("camera=()"),
        ),
        (
            Options { feature_policy: text("camera 'none'"), ..none() },
            "http://foo.com",
            "feature-policy",
            Some("camera 'none'"),
        ),
        (
            Options { public_key: text("pin-sha256=\"x\""), ..none() },
            "https://foo.com",
            "public-key-pins",
            Some("pin-sha256=\"x\""),
        ),
        (
            Options { public_key: text("pin-sha256=\"x\""), ..none() },
            "http://foo.com",
            "public-key-pins",
            None,
        ),
    ] {
        let found = line(&answered(&options, address, &[], &[]), name);
        assert_eq!(found.as_deref(), expected, "{name} of {address} with {options:?}");
    }
    let behind = Options { ssl_proxy_headers: map(&[("X-Forwarded-Proto", "https")]), ..sts(none()) };
    let told = answered(&behind, "http://foo.com", &[("x-forwarded-proto", "https")], &[]);
    assert_eq!(line(&told, "strict-transport-security").as_deref(), Some("max-age=31536000"));
}

#[test]
fn the_service_does_not_lead_back_to_clear_text() {
    let options = Options { ssl_host: text("secure.com"), ssl_redirect: true, ..Options::default() };
    for (location, expected) in [
        ("http://secure.com/x", "https://secure.com/x"),
        ("http://secure.com", "https://secure.com"),
        ("http://secure.com.evil/x", "http://secure.com.evil/x"),
        ("http://other.com/x", "http://other.com/x"),
        ("/x", "/x"),
    ] {
        let told = answered(&options, "https://secure.com", &[], &[("location", location)]);
        assert_eq!(line(&told, "location").as_deref(), Some(expected));
    }
}

#[test]
fn custom_headers_are_set_and_deleted() {
    let options = Options {
        request: map(&[("X-Custom", "test"), ("X-Gone", ""), ("Host", "other.com")]),
        response: map(&[("X-Powered-By", ""), ("X-Frame-Options", "ALLOW"), ("X-Mine", "yes")]),
        frame_deny: true,
        ..Options::default()
    };
    let step = Headers::new(&options);
    let mut asked = request("GET", "http://foo.com", &[("x-gone", "1"), ("x-custom", "0"), ("x-kept", "1")]);
    let seen = step.before(&mut asked, false).expect("it passes");
    for (name, expected) in
        [("x-custom", Some("test")), ("x-gone", None), ("x-kept", Some("1")), ("host", Some("other.com"))]
    {
        assert_eq!(line(asked.headers(), name).as_deref(), expected, "{name}");
    }
    let mut answer = headers(&[("x-powered-by", "php"), ("x-mine", "no"), ("x-mine", "still not")]);
    step.after(&mut answer, &seen);
    for (name, expected) in
        [("x-powered-by", None), ("x-mine", Some("yes")), ("x-frame-options", Some("ALLOW"))]
    {
        assert_eq!(line(&answer, name).as_deref(), expected, "{name}");
    }
    assert!(!step.hides_client());
    let hides = Options { request: map(&[("x-forwarded-for", "")]), ..Options::default() };
    assert!(Headers::new(&hides).hides_client());
}

#[test]
fn nothing_is_done_where_nothing_is_asked_for() {
    let options = declared::Headers::default();
    let told = answered(&options, "https://foo.com", &[("origin", "https://bar.com")], &[("x-mine", "1")]);
    assert_eq!(told, headers(&[("x-mine", "1")]));
}
