//! The page: files embedded in the binary, and `index.html` for every path that is a view of the page.
//!
//! Files are embedded compressed (`x.br`, or `x.gz` of a page under work, beside `x` or in its place). Whoever takes
//! another encoding, or none, gets the file in that form.

mod files;
mod negotiate;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::fault::Fault;
use files::{Embedded, Files};
use negotiate::Encoding;

const INDEX: &str = "index.html";
/// Paths below these belong to protocols: an unknown one is an error, never the page.
const PROTOCOLS: [&str; 14] = [
    "/ack/",
    "/hooks/",
    "/app/",
    "/api/",
    "/loki/",
    "/otlp/",
    "/prometheus/",
    "/-/",
    "/federate",
    "/metrics",
    "/ready",
    "/tunnel",
    "/config/",
    "/flush",
];

/// What tells this build from others: the version and which page is in it. Two builds of one version may
/// differ in their page, and an open page must learn that it is the older one.
pub fn build(version: &'static str) -> String {
    let index = ["", ".br", ".gz"].iter().find_map(|form| Embedded::get(&format!("{INDEX}{form}")));
    match index {
        Some(file) => format!("{version}+{}", &file.hash[..8]),
        None => version.to_owned(),
    }
}

/// What no route wanted.
pub(crate) async fn serve(request: Request) -> Response {
    answer::<Embedded>(request.method(), request.uri().path(), request.headers())
}

fn answer<F: Files>(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let name = path.trim_start_matches('/');
    // Compressed siblings are forms of a file, not files of their own.
    let is_file = !name.is_empty() && !name.ends_with(".br") && !name.ends_with(".gz");
    if is_read
        && is_file
        && let Some(response) = file::<F>(name, headers)
    {
        return response;
    }
    if is_read && is_view(path, headers) {
        return file::<F>(INDEX, headers).unwrap_or_else(not_built);
    }
    Fault::new(StatusCode::NOT_FOUND, format!("there is nothing at {path}")).into_response()
}

/// Pages whose things have names with points in them: `/releases/shop@1.4.2`.
const THINGS: [&str; 5] = ["/releases/", "/monitors/", "/services/", "/incidents/", "/rules/"];

/// Whether a browser wants to show this path as a view of the page.
fn is_view(path: &str, headers: &HeaderMap) -> bool {
    let is_protocols =
        PROTOCOLS.iter().any(|prefix| path.starts_with(prefix) || path == prefix.trim_end_matches('/'));
    let is_thing = THINGS.iter().any(|page| path.starts_with(page));
    let has_extension = !is_thing && path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let accepts_html = headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|value| value.to_str().is_ok_and(|text| text.contains("text/html")));
    // Uptime checks and curl ask for the first page without saying what they take.
    !is_protocols && !has_extension && (accepts_html || path == "/")
}

fn file<F: Files>(name: &str, headers: &HeaderMap) -> Option<Response> {
    let (file, encoding) = negotiate::pick::<F>(name, headers)?;
    let mut response = if negotiate::is_known(headers, &file.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = HeaderValue::from_static(content_type(name));
        ([(header::CONTENT_TYPE, kind)], axum::body::Body::from(file.bytes)).into_response()
    };
    let headers = response.headers_mut();
    if encoding != Encoding::Identity {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching(name)));
    if let Ok(etag) = HeaderValue::from_str(&file.etag) {
        headers.insert(header::ETAG, etag);
    }
    Some(response)
}

/// Names that carry the hash of their content never change their content.
fn caching(name: &str) -> &'static str {
    if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

/// `web_bg-3f2a1c9d04.wasm`: eight or more hex digits between the last dash and the extension.
fn is_hashed(name: &str) -> bool {
    let Some((stem, _)) = name.rsplit_once('.') else { return false };
    let Some((_, hash)) = stem.rsplit_once('-') else { return false };
    hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The binary was built before the page was: everything else works, and this says how to get the page.
fn not_built() -> Response {
    const TEXT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Porthole</title>\
        <h1>Porthole runs, but this binary was built without its page</h1>\
        <p>Build the page with <code>cargo xtask web</code>, then the binary again; or use \
        <code>cargo xtask run</code>, which does both. The API works as it is.</p></html>";
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], TEXT).into_response()
}

#[cfg(test)]
mod tests;
