use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::OnceLock;

use expect_test::{Expect, expect};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt;

use super::files::File;
use super::*;

/// A page of five files, as the build leaves it.
struct Built;

impl Files for Built {
    fn get(name: &str) -> Option<File> {
        static FILES: OnceLock<BTreeMap<&str, Vec<u8>>> = OnceLock::new();
        let files = FILES.get_or_init(|| {
            BTreeMap::from([
                ("index.html", b"<html>".to_vec()),
                ("index.html.gz", gzip(b"<html>")),
                ("web_bg-3f2a1c9d04.wasm", b"wasm".to_vec()),
                ("web_bg-3f2a1c9d04.wasm.br", b"brotli".to_vec()),
                ("web_bg-3f2a1c9d04.wasm.gz", gzip(b"wasm")),
                ("app-0123456789.css.gz", gzip(b"css")),
                ("later-0123456789.css.br", brotli(b"later")),
                ("icon.png", b"png".to_vec()),
            ])
        });
        let bytes = files.get(name)?.clone();
        Some(File { hash: format!("h{}", bytes.len()), bytes: bytes.into() })
    }
}

/// A binary without a page.
struct Missing;

impl Files for Missing {
    fn get(_: &str) -> Option<File> {
        None
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut writer = ::brotli::CompressorWriter::new(&mut packed, 4096, 4, 22);
    writer.write_all(bytes).expect("memory");
    drop(writer);
    packed
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
}

/// Status, the headers that matter and the body's start.
async fn check<F: Files>(request: &str, pairs: &[(&'static str, &'static str)], expected: Expect) {
    let (method, path) = request.split_once(' ').expect("method and path");
    let method = method.parse().expect("a method");
    let response = answer::<F>(&method, path, &headers(pairs));
    let mut told = vec![response.status().as_u16().to_string()];
    for name in ["content-type", "content-encoding", "cache-control", "etag", "vary"] {
        if let Some(value) = response.headers().get(name) {
            told.push(format!("{name}: {}", value.to_str().expect("text")));
        }
    }
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    let text = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
    told.push(if body.starts_with(&[0x1f, 0x8b]) { "(gzip)".into() } else { text });
    expected.assert_eq(&told.join("\n"));
}

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml");

#[tokio::test]
async fn each_client_gets_the_best_form_that_it_takes() {
    let wasm = "GET /web_bg-3f2a1c9d04.wasm";
    check::<Built>(
        wasm,
        &[("accept-encoding", "gzip, deflate, br")],
        expect![[r#"
        200
        content-type: application/wasm
        content-encoding: br
        cache-control: public, max-age=31536000, immutable
        etag: "h6-br"
        vary: accept-encoding
        brotli"#]],
    )
    .await;
    check::<Built>(
        wasm,
        &[("accept-encoding", "gzip, br;q=0")],
        expect![[r#"
        200
        content-type: application/wasm
        content-encoding: gzip
        cache-control: public, max-age=31536000, immutable
        etag: "h24-gzip"
        vary: accept-encoding
        (gzip)"#]],
    )
    .await;
    check::<Built>(
        wasm,
        &[],
        expect![[r#"
        200
        content-type: application/wasm
        cache-control: public, max-age=31536000, immutable
        etag: "h4-identity"
        vary: accept-encoding
        wasm"#]],
    )
    .await;
    check::<Built>(
        "GET /app-0123456789.css",
        &[],
        expect![[r#"
        200
        content-type: text/css; charset=utf-8
        cache-control: public, max-age=31536000, immutable
        etag: "h23-identity"
        vary: accept-encoding
        css"#]],
    )
    .await;
    check::<Built>(
        "GET /icon.png",
        &[("accept-encoding", "br")],
        expect![[r#"
        200
        content-type: image/png
        cache-control: no-cache
        etag: "h3-identity"
        vary: accept-encoding
        png"#]],
    )
    .await;
}

#[tokio::test]
async fn a_form_that_is_not_stored_is_made() {
    let inflated = async |accepted: &'static str| {
        let asked = headers(&[("accept-encoding", accepted)]);
        let response = answer::<Built>(&Method::GET, "/later-0123456789.css", &asked);
        let told = ["content-encoding", "etag"].map(|name| response.headers().get(name).cloned());
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        let told = told.map(|value| value.map(|value| value.to_str().expect("text").to_owned()));
        let is_gzip = body.starts_with(&[0x1f, 0x8b]);
        let mut text = String::new();
        if is_gzip {
            flate2::read::GzDecoder::new(&*body).read_to_string(&mut text).expect("gzip");
        } else {
            text = String::from_utf8_lossy(&body).into_owned();
        }
        (told, is_gzip, text)
    };
    let hash = format!("h{}", brotli(b"later").len());
    for _ in 0..2 {
        let told = [Some("gzip".to_owned()), Some(format!("\"{hash}-gzip\""))];
        assert_eq!(inflated("gzip, deflate").await, (told, true, "later".to_owned()));
    }
    let told = [None, Some(format!("\"{hash}-identity\""))];
    assert_eq!(inflated("deflate").await, (told, false, "later".to_owned()));
}

#[tokio::test]
async fn a_form_that_is_known_is_not_sent_again() {
    let wasm = "GET /web_bg-3f2a1c9d04.wasm";
    check::<Built>(
        wasm,
        &[("if-none-match", "\"h4-identity\"")],
        expect![[r#"
        304
        cache-control: public, max-age=31536000, immutable
        etag: "h4-identity"
        vary: accept-encoding
    "#]],
    )
    .await;
    check::<Built>(
        wasm,
        &[("if-none-match", "\"x\", W/\"h4-identity\"")],
        expect![[r#"
        304
        cache-control: public, max-age=31536000, immutable
        etag: "h4-identity"
        vary: accept-encoding
    "#]],
    )
    .await;
    check::<Built>(
        wasm,
        &[("if-none-match", "\"h6-br\"")],
        expect![[r#"
        200
        content-type: application/wasm
        cache-control: public, max-age=31536000, immutable
        etag: "h4-identity"
        vary: accept-encoding
        wasm"#]],
    )
    .await;
}

#[tokio::test]
async fn views_of_the_page_get_its_index() {
    check::<Built>(
        "GET /",
        &[HTML, ("accept-encoding", "gzip")],
        expect![[r#"
        200
        content-type: text/html; charset=utf-8
        content-encoding: gzip
        cache-control: no-cache
        etag: "h26-gzip"
        vary: accept-encoding
        (gzip)"#]],
    )
    .await;
    check::<Built>(
        "GET /logs",
        &[HTML],
        expect![[r#"
        200
        content-type: text/html; charset=utf-8
        cache-control: no-cache
        etag: "h6-identity"
        vary: accept-encoding
        <html>"#]],
    )
    .await;
    check::<Missing>(
        "GET /logs",
        &[HTML],
        expect![[r#"
        200
        content-type: text/html; charset=utf-8
        <!doctype html><html lang="en"><meta charset="utf-8"><title>"#]],
    )
    .await;
}

#[tokio::test]
async fn everything_else_is_not_there() {
    let check = async |request: &str, pairs: &[(&'static str, &'static str)]| {
        let (method, path) = request.split_once(' ').expect("method and path");
        let response = answer::<Built>(&method.parse().expect("a method"), path, &headers(pairs));
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{request}");
        assert_eq!(response.headers()["content-type"], "application/json", "{request}");
    };
    check("GET /logs", &[("accept", "*/*")]).await;
    check("POST /logs", &[HTML]).await;
    check("GET /missing.js", &[HTML]).await;
    check("GET /web_bg-3f2a1c9d04.wasm.br", &[]).await;
    check("GET /../Cargo.toml", &[HTML]).await;
    for path in
        ["/app/v1/x", "/api/1/envelope/", "/loki/x", "/metrics", "/otlp/v1/x", "/-/x", "/ready", "/federate"]
    {
        check(&format!("GET {path}"), &[HTML]).await;
    }
}

#[test]
fn names_with_a_hash_are_kept_for_ever() {
    for (name, expected) in [
        ("web_bg-3f2a1c9d04.wasm", true),
        ("app-0123456789.css", true),
        ("app.css", false),
        ("service-worker.js", false),
        ("index.html", false),
        ("a-12345.js", false),
    ] {
        assert_eq!(is_hashed(name), expected, "{name}");
    }
}
