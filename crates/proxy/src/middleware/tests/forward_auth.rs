use route::declared::{ClientTls, ForwardAuth as Options};

use super::{headers, line, pattern, request, strings};
use crate::middleware::forward_auth::{ForwardAuth, From, ask, tell};

fn options() -> Options {
    Options {
        address: "http://auth:9000/check".to_owned(),
        response_headers: vec![],
        response_headers_pattern: None,
        request_headers: vec![],
        trust_forward_header: false,
        cookies_to_response: vec![],
        forward_body: false,
        body_bytes_max: None,
        response_body_bytes_max: None,
        header_field: None,
        preserve_location: false,
        preserve_method: false,
        sign_in_url: None,
        tls: ClientTls::default(),
    }
}

/// The headers of the question, as `name: value`, sorted.
fn asked(options: &Options, address: &str, lines: &[(&str, &str)]) -> Vec<String> {
    let request = request("POST", address, lines);
    let names = ask::names(options).expect("names");
    let from = From { peer: "10.0.0.1".parse().expect("an address"), tls: address.starts_with("https") };
    let question = ask::headers(&request, options.trust_forward_header, &names, from);
    let mut told: Vec<String> = question
        .keys()
        .map(|name| format!("{name}: {}", line(&question, name.as_str()).expect("a value")))
        .collect();
    told.sort();
    told
}

#[test]
fn it_is_told_what_was_asked() {
    let trusting = || Options { trust_forward_header: true, ..options() };
    let forwarded: &[(&str, &str)] = &[
        ("x-forwarded-for", "1.1.1.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "fii.bir"),
        ("x-forwarded-uri", "/passthrough"),
        ("x-forwarded-method", "PUT"),
        ("x-forwarded-port", "8443"),
    ];
    let ours = [
        "x-forwarded-for: 10.0.0.1",
        "x-forwarded-host: foo.bar",
        "x-forwarded-method: POST",
        "x-forwarded-port: 80",
        "x-forwarded-proto: http",
        "x-forwarded-uri: /path?q=1",
    ];
    let with = |more: &[&str]| {
        let mut all: Vec<String> = ours.iter().chain(more).map(|line| (*line).to_owned()).collect();
        all.sort();
        all
    };
    let exactly = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    for (options, address, lines, expected) in [
        (options(), "http://foo.bar/path?q=1", &[][..], with(&[])),
        (options(), "http://foo.bar/path?q=1", forwarded, with(&[])),
        (
            options(),
            "http://foo.bar/path?q=1",
            &[("x_forwarded_for", "9.9.9.9"), ("x-real-ip", "9.9.9.9"), ("x-forwarded-prefix", "/x")],
            with(&[]),
        ),
        (
            options(),
            "http://foo.bar/path?q=1",
            &[("accept", "*/*"), ("authorization", "Bearer x"), ("cookie", "a=b")],
            with(&["accept: */*", "authorization: Bearer x", "cookie: a=b"]),
        ),
        (
            options(),
            "http://foo.bar/path?q=1",
            &[
                ("content-length", "5"),
                ("transfer-encoding", "chunked"),
                ("te", "trailers"),
                ("keep-alive", "5"),
                ("upgrade", "websocket"),
                ("connection", "upgrade, x-secret"),
                ("x-secret", "1"),
                ("proxy-authorization", "x"),
            ],
            with(&["proxy-authorization: x"]),
        ),
        (
            trusting(),
            "http://foo.bar/path?q=1",
            forwarded,
            exactly(&[
                "x-forwarded-for: 1.1.1.1, 10.0.0.1",
                "x-forwarded-host: fii.bir",
                "x-forwarded-method: PUT",
                "x-forwarded-port: 8443",
                "x-forwarded-proto: https",
                "x-forwarded-uri: /passthrough",
            ]),
        ),
        (
            options(),
            "https://foo.bar/",
            &[],
            exactly(&[
                "x-forwarded-for: 10.0.0.1",
                "x-forwarded-host: foo.bar",
                "x-forwarded-method: POST",
                "x-forwarded-port: 443",
                "x-forwarded-proto: https",
                "x-forwarded-uri: /",
            ]),
        ),
        (
            trusting(),
            "http://foo.bar:8080/",
            &[("x-forwarded-proto", "wss")],
            exactly(&[
                "x-forwarded-for: 10.0.0.1",
                "x-forwarded-host: foo.bar:8080",
                "x-forwarded-method: POST",
                "x-forwarded-port: 8080",
                "x-forwarded-proto: wss",
                "x-forwarded-uri: /",
            ]),
        ),
        (
            Options { request_headers: strings(&["X-CustomHeader", "Authorization"]), ..options() },
            "http://foo.bar/path?q=1",
            &[("x-customheader", "CustomHeader"), ("accept", "*/*")],
            with(&["x-customheader: CustomHeader"]),
        ),
        (
            Options { request_headers: strings(&["X-CustomHeader"]), ..trusting() },
            "http://foo.bar/path?q=1",
            &[("x-customheader", "CustomHeader"), ("x-forwarded-method", "PUT"), ("accept", "*/*")],
            exactly(&[
                "x-customheader: CustomHeader",
                "x-forwarded-for: 10.0.0.1",
                "x-forwarded-host: foo.bar",
                "x-forwarded-method: PUT",
                "x-forwarded-port: 80",
                "x-forwarded-proto: http",
                "x-forwarded-uri: /path?q=1",
            ]),
        ),
    ] {
        assert_eq!(asked(&options, address, lines), expected, "{address} {lines:?}");
    }
}

#[test]
fn the_service_gets_what_it_told() {
    let answer = headers(&[
        ("x-auth-user", "user@example.com"),
        ("x-auth-group", "a"),
        ("x-auth-group", "b"),
        ("x-other", "1"),
    ]);
    for (names, text, expected) in [
        (&[][..], None, [Some("evil"), Some("evil"), None]),
        (&["X-Auth-User"], None, [Some("user@example.com"), Some("evil"), None]),
        (&["X-Auth-User", "x-auth-group"], None, [Some("user@example.com"), Some("a|b"), None]),
        (&["X-Auth-Secret"], None, [Some("evil"), Some("evil"), None]),
        (&[], Some("^X-Auth-"), [Some("user@example.com"), Some("a|b"), None]),
        (&[], Some("^Foo-"), [Some("evil"), Some("evil"), None]),
        (&["X-Other"], Some("Group$"), [Some("evil"), Some("a|b"), Some("1")]),
    ] {
        let mut asked = headers(&[("x-auth-user", "evil"), ("x-auth-group", "evil")]);
        let names: Vec<_> = names.iter().map(|name| name.parse().expect("a name")).collect();
        tell::service(&mut asked, &answer, &names, text.map(pattern).as_ref());
        let found = ["x-auth-user", "x-auth-group", "x-other"].map(|name| line(&asked, name));
        assert_eq!(found, expected.map(|value| value.map(str::to_owned)), "{names:?} {text:?}");
    }
    let framed = [("content-length", "5"), ("host", "foo.bar")];
    let mut asked = headers(&framed);
    let answer_of_all = headers(&[
        ("content-length", "0"),
        ("transfer-encoding", "chunked"),
        ("host", "evil"),
        ("etag", "1"),
    ]);
    tell::service(&mut asked, &answer_of_all, &[], Some(&pattern(".*")));
    assert_eq!(asked, headers(&[framed[0], framed[1], ("etag", "1")]), "the body stays as long as it is");

    let mut asked = headers(&[("x-auth-secret", "evil")]);
    tell::service(&mut asked, &answer, &["x-auth-secret".parse().expect("a name")], None);
    assert!(asked.is_empty(), "what it does not tell nobody tells");
}

#[test]
fn the_client_gets_its_cookies() {
    let set = |cookies: &[&str]| {
        cookies.iter().map(|cookie| cookie.parse().expect("a value")).collect::<Vec<http::HeaderValue>>()
    };
    for (service, auth, names, expected) in [
        (&["a=1"][..], &["session=2; Path=/"][..], &["session"][..], Some("a=1|session=2; Path=/")),
        (&["session=1"], &["session=2"], &["session"], Some("session=2")),
        (&["session=1"], &["other=2"], &["session"], None),
        (&["session=1"], &[], &["session"], Some("session=1")),
        (&["a=1"], &["session=2"], &[], Some("a=1")),
        (&[], &["session=2", "more=3", "not=4"], &["session", "more"], Some("session=2|more=3")),
    ] {
        let mut answer = headers(&service.iter().map(|cookie| ("set-cookie", *cookie)).collect::<Vec<_>>());
        tell::client(&mut answer, set(auth), &strings(names));
        assert_eq!(line(&answer, "set-cookie").as_deref(), expected, "{service:?} {auth:?} {names:?}");
    }
}

#[test]
fn what_cannot_be_asked_closes_the_route() {
    let tls = |tls: ClientTls| Options { tls, ..options() };
    for (options, expected) in [
        (Options { address: "auth:9000".to_owned(), ..options() }, "is no address"),
        (Options { address: "ftp://auth".to_owned(), ..options() }, "no address of http:// or https://"),
        (Options { address: "/check".to_owned(), ..options() }, "no address of http:// or https://"),
        (Options { request_headers: strings(&["no name"]), ..options() }, "no name of a header"),
        (Options { response_headers: strings(&["no name"]), ..options() }, "no name of a header"),
        (tls(ClientTls { ca: Some("ca.pem".to_owned()), ..ClientTls::default() }), "is not supported"),
        (tls(ClientTls { key: Some("key.pem".to_owned()), ..ClientTls::default() }), "is not supported"),
    ] {
        let error = ForwardAuth::new(&options).err().unwrap_or_default();
        assert!(error.contains(expected), "{options:?}: {error}");
    }
    assert!(ForwardAuth::new(&options()).is_ok());
}
