use route::declared::Headers as Options;

use super::{headers, line, pattern, request, strings};
use crate::middleware::headers::Headers;

fn options() -> Options {
    Options {
        allow_methods: strings(&["GET", "OPTIONS", "PUT"]),
        allow_origins: strings(&["https://foo.bar.org"]),
        max_age_seconds: Some(600),
        ..Options::default()
    }
}

const PREFLIGHT: &[(&str, &str)] = &[
    ("access-control-request-headers", "origin,x-mine"),
    ("access-control-request-method", "GET"),
    ("origin", "https://foo.bar.org"),
];

/// `origin|credentials|headers|methods|max-age|expose`, `-` where one is missing.
fn told(headers: &http::HeaderMap) -> String {
    let names =
        ["allow-origin", "allow-credentials", "allow-headers", "allow-methods", "max-age", "expose-headers"];
    let values =
        names.map(|name| line(headers, &format!("access-control-{name}")).unwrap_or_else(|| "-".to_owned()));
    values.join(" | ")
}

#[test]
fn browsers_that_ask_first_are_answered() {
    let all = || strings(&["*"]);
    for (options, lines, expected) in [
        (options(), PREFLIGHT, Some("https://foo.bar.org | - | - | GET,OPTIONS,PUT | 600 | -")),
        (
            Options { allow_origins: all(), ..options() },
            PREFLIGHT,
            Some("* | - | - | GET,OPTIONS,PUT | 600 | -"),
        ),
        (
            Options { allow_origins: strings(&["https://other.org"]), ..options() },
            PREFLIGHT,
            Some("- | - | - | GET,OPTIONS,PUT | 600 | -"),
        ),
        (
            Options { allow_credentials: true, ..options() },
            PREFLIGHT,
            Some("https://foo.bar.org | true | - | GET,OPTIONS,PUT | 600 | -"),
        ),
        (
            Options { allow_origins: all(), allow_credentials: true, ..options() },
            PREFLIGHT,
            Some("https://foo.bar.org | true | - | GET,OPTIONS,PUT | 600 | -"),
        ),
        (
            Options { allow_headers: strings(&["origin", "X-Forwarded-For"]), ..options() },
            PREFLIGHT,
            Some("https://foo.bar.org | - | origin,X-Forwarded-For | GET,OPTIONS,PUT | 600 | -"),
        ),
        (
            Options { allow_headers: all(), ..options() },
            PREFLIGHT,
            Some("https://foo.bar.org | - | * | GET,OPTIONS,PUT | 600 | -"),
        ),
        (
            Options { allow_headers: all(), allow_credentials: true, ..options() },
            PREFLIGHT,
            Some("https://foo.bar.org | true | origin,x-mine | GET,OPTIONS,PUT | 600 | -"),
        ),
        (
            Options { allow_methods: all(), ..options() },
            PREFLIGHT,
            Some("https://foo.bar.org | - | - | * | 600 | -"),
        ),
        (
            Options { allow_methods: all(), allow_credentials: true, ..options() },
            PREFLIGHT,
            Some("https://foo.bar.org | true | - | GET | 600 | -"),
        ),
        (
            Options { expose_headers: strings(&["X-A", "X-B"]), ..options() },
            PREFLIGHT,
            Some("https://foo.bar.org | - | - | GET,OPTIONS,PUT | 600 | X-A,X-B"),
        ),
        (
            Options { expose_headers: all(), allow_credentials: true, ..options() },
            PREFLIGHT,
            Some("https://foo.bar.org | true | - | GET,OPTIONS,PUT | 600 | -"),
        ),
        (
            Options { max_age_seconds: None, ..options() },
            PREFLIGHT,
            Some("https://foo.bar.org | - | - | GET,OPTIONS,PUT | - | -"),
        ),
        (
            Options {
                allow_origin_patterns: vec![pattern(r"^https://([a-z]+)\.bar\.org$")],
                allow_origins: vec![],
                ..options()
            },
            PREFLIGHT,
            Some("https://foo.bar.org | - | - | GET,OPTIONS,PUT | 600 | -"),
        ),
        (
            Options {
                allow_origin_patterns: vec![pattern(r"^https://bar\.org$")],
                allow_origins: vec![],
                ..options()
            },
            PREFLIGHT,
            Some("- | - | - | GET,OPTIONS,PUT | 600 | -"),
        ),
        (options(), &PREFLIGHT[1..2], None),
        (options(), &PREFLIGHT[2..], None),
        (options(), &[], None),
        (Options::default(), PREFLIGHT, None),
    ] {
        let mut asked = request("OPTIONS", "http://foo.com", lines);
        let found = Headers::new(&options).before(&mut asked, false).map_err(|answered| {
            assert_eq!(answered.answer.status(), 200);
            assert_eq!(answered.answer.headers()["content-length"], "0");
            told(answered.answer.headers())
        });
        assert_eq!(found.err().as_deref(), expected, "{options:?}");
    }
    let mut not_asked_first = request("GET", "http://foo.com", PREFLIGHT);
    assert!(Headers::new(&options()).before(&mut not_asked_first, false).is_ok());
}

#[test]
fn answers_say_who_may_read_them() {
    let all = || strings(&["*"]);
    let origin: &[(&str, &str)] = &[("origin", "https://foo.bar.org")];
    let other: &[(&str, &str)] = &[("origin", "https://other.org")];
    for (options, lines, expected) in [
        (options(), origin, "https://foo.bar.org | - | - | - | - | -"),
        (options(), other, "- | - | - | - | - | -"),
        (options(), &[][..], "- | - | - | - | - | -"),
        (Options { allow_origins: all(), ..options() }, other, "* | - | - | - | - | -"),
        (Options { allow_origins: all(), ..options() }, &[], "* | - | - | - | - | -"),
        (
            Options { allow_origins: all(), allow_credentials: true, ..options() },
            other,
            "https://other.org | true | - | - | - | -",
        ),
        (
            Options { allow_origins: all(), allow_credentials: true, ..options() },
            &[],
            "- | true | - | - | - | -",
        ),
        (
            Options { allow_origins: strings(&["https://a", "https://other.org"]), ..options() },
            other,
            "https://other.org | - | - | - | - | -",
        ),
        (
            Options { expose_headers: strings(&["X-A", "X-B"]), ..options() },
            origin,
            "https://foo.bar.org | - | - | - | - | X-A,X-B",
        ),
        (
            Options { allow_origin_patterns: vec![pattern("org$")], ..Options::default() },
            other,
            "https://other.org | - | - | - | - | -",
        ),
    ] {
        let step = Headers::new(&options);
        let mut asked = request("GET", "http://foo.com", lines);
        let seen = step.before(&mut asked, false).expect("it passes");
        let mut answer = headers(&[]);
        step.after(&mut answer, &seen);
        assert_eq!(told(&answer), expected, "{lines:?} with {options:?}");
    }
}

#[test]
fn caches_are_told_that_the_origin_matters() {
    for (before, expected) in [
        (None, "Origin"),
        (Some("Origin"), "Origin"),
        (Some("Accept-Encoding"), "Accept-Encoding|Origin"),
        (Some("Accept-Encoding, origin"), "Accept-Encoding, origin"),
    ] {
        let step = Headers::new(&Options { add_vary: true, ..options() });
        let seen = step.before(&mut request("GET", "http://foo.com", &[]), false).expect("it passes");
        let mut answer = headers(&before.map(|before| ("vary", before)).into_iter().collect::<Vec<_>>());
        step.after(&mut answer, &seen);
        assert_eq!(line(&answer, "vary").as_deref(), Some(expected));
    }
}
