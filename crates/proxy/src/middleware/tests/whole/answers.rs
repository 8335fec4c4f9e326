//! Paths, headers, redirects and compression, through the whole proxy.

use super::Site;
use super::site::told;
use crate::encoding::{Coding, decoded};

const SETTINGS: &str = r#"
    [proxy.middlewares.strip]
    stripprefix = { prefixes = ["/api"] }
    [proxy.middlewares.add]
    addprefix = { prefix = "/v1" }
    [proxy.middlewares.replace]
    replacepathregex = { regex = "^/old/(.*)", replacement = "/new/$1" }
    [proxy.middlewares.both]
    chain = { middlewares = ["strip", "add"] }
    [proxy.middlewares.https]
    redirectscheme = { scheme = "https", permanent = true }
    [proxy.middlewares.www]
    redirectregex = { regex = "^http://(?:www\\.)?(.+)", replacement = "http://www.${1}" }
    [proxy.middlewares.heads.headers]
    customrequestheaders = { X-Mine = "1", X-Gone = "", X-Forwarded-For = "" }
    customresponseheaders = { X-Powered-By = "us", Set-Cookie = "" }
    framedeny = true
    accesscontrolalloworiginlist = ["https://a.com"]
    [proxy.middlewares.press]
    compress = { encodings = ["zstd", "gzip"] }

    [[proxy.route]]
    rule = "Host(`strip.com`)"
    to = "{server}"
    middlewares = ["strip"]
    [[proxy.route]]
    rule = "Host(`both.com`)"
    to = "{server}"
    middlewares = ["both"]
    [[proxy.route]]
    rule = "Host(`replace.com`)"
    to = "{server}"
    middlewares = ["replace"]
    [[proxy.route]]
    rule = "Host(`https.com`)"
    to = "{server}"
    middlewares = ["https"]
    [[proxy.route]]
    rule = "Host(`example.com`) || Host(`www.example.com`)"
    to = "{server}"
    middlewares = ["www"]
    [[proxy.route]]
    rule = "Host(`heads.com`)"
    to = "{server}"
    middlewares = ["heads"]
    [[proxy.route]]
    rule = "Host(`press.com`)"
    to = "{server}"
    middlewares = ["heads", "press"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_service_is_asked_for_another_path() {
    let site = Site::new(SETTINGS).await;
    for (address, first, prefix) in [
        ("http://strip.com/api/x?y=1", "GET /x?y=1", Some("/api")),
        ("http://strip.com/api", "GET /", Some("/api")),
        ("http://strip.com/other", "GET /other", None),
        ("http://strip.com/api/a%2Fb", "GET /a%2Fb", Some("/api")),
        ("http://both.com/api/x", "GET /v1/x", Some("/api")),
        ("http://replace.com/old/x?y=1", "GET /new/x?y=1", None),
    ] {
        let answer = site.get(address).await;
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert_eq!(text.lines().next(), Some(first), "{address}");
        assert_eq!(told(&answer, "x-forwarded-prefix").as_deref(), prefix, "{address}");
        let host = address.split('/').nth(2).expect("a host");
        assert_eq!(told(&answer, "host").as_deref(), Some(host));
    }
    assert_eq!(site.get("http://strip.com/api../x").await.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_sent_elsewhere() {
    let site = Site::new(SETTINGS).await;
    for (method, address, status, location) in [
        ("GET", "http://https.com/a?b=1", 301, "https://https.com/a?b=1"),
        ("POST", "http://https.com:8080/a", 308, "https://https.com/a"),
        ("GET", "http://example.com/a", 302, "http://www.example.com/a"),
    ] {
        let answer = site.ask(method, address, &[], "").await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["location"]),
            (status, &location.parse().unwrap())
        );
    }
    assert_eq!(site.get("http://www.example.com/a").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_changed_both_ways() {
    let site = Site::new(SETTINGS).await;
    let lines = [("x-gone", "1"), ("x-kept", "1"), ("origin", "https://a.com")];
    let answer = site.ask("GET", "http://heads.com/", &lines, "").await;
    for (name, expected) in
        [("x-mine", Some("1")), ("x-gone", None), ("x-kept", Some("1")), ("x-forwarded-for", None)]
    {
        assert_eq!(told(&answer, name).as_deref(), expected, "{name}");
    }
    for (name, expected) in [
        ("x-powered-by", Some("us")),
        ("set-cookie", None),
        ("x-frame-options", Some("DENY")),
        ("access-control-allow-origin", Some("https://a.com")),
    ] {
        assert_eq!(super::super::line(answer.headers(), name).as_deref(), expected, "{name}");
    }
    let without = site.get("http://strip.com/").await;
    assert_eq!(told(&without, "x-forwarded-for").as_deref(), Some("127.0.0.1"));
    let preflight = [("origin", "https://a.com"), ("access-control-request-method", "PUT")];
    let answer = site.ask("OPTIONS", "http://heads.com/", &preflight, "").await;
    assert_eq!((answer.status().as_u16(), answer.body().len()), (200, 0));
    assert_eq!(answer.headers()["access-control-allow-origin"], "https://a.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_compressed() {
    let site = Site::new(SETTINGS).await;
    for (path, accept, coding, length) in [
        ("/text/5000", "gzip", Some(Coding::Gzip), 5000),
        ("/text/5000", "gzip, zstd", Some(Coding::Zstd), 5000),
        ("/text/5000", "br", None, 5000),
        ("/text/500", "gzip", None, 500),
        ("/pieces/5000", "gzip", Some(Coding::Gzip), 5000),
        ("/pieces/500", "gzip", None, 500),
        ("/text/3000000", "zstd", Some(Coding::Zstd), 3_000_000),
    ] {
        let answer =
            site.ask("GET", &format!("http://press.com{path}"), &[("accept-encoding", accept)], "").await;
        let told = answer.headers().get("content-encoding").map(|value| value.to_str().unwrap());
        assert_eq!(told, coding.map(Coding::token), "{path} for {accept}");
        assert_eq!(decoded(coding, answer.body()).len(), length);
        assert_eq!(
            answer.headers()["x-frame-options"],
            "DENY",
            "the step before it is passed on the way back"
        );
        assert_eq!(
            coding.is_none() && path.starts_with("/text"),
            answer.headers().contains_key("content-length")
        );
    }
    let head = site.ask("HEAD", "http://press.com/text/5000", &[("accept-encoding", "gzip")], "").await;
    assert_eq!((head.status().as_u16(), &head.headers()["content-length"]), (200, &"5000".parse().unwrap()));
}
