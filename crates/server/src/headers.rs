//! Headers on every answer: what the browser may do with it, and which build gave it. And the last net: a
//! handler that panics costs its own request only.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};

use crate::fault::Fault;

/// Nothing from other hosts, no inline script or style, WebAssembly allowed, framed by nobody.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const FIXED: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Adds them; what a handler set itself stays. Answers hold what only their reader may see, so they are not
/// to be kept unless their handler says otherwise.
pub(crate) async fn add(State(build): State<&'static str>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        add_missing(headers, name, HeaderValue::from_static(value));
    }
    add_missing(headers, header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    add_missing(
        headers,
        HeaderName::from_static(api::BUILD_HEADER),
        HeaderValue::from_str(build).unwrap_or(HeaderValue::from_static("unknown")),
    );
    response
}

fn add_missing(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

/// Answers 500 where a handler panicked.
pub(crate) async fn catch_panics(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("the handler of {path} panicked; its request was answered with 500");
            let message = "this request hit a fault in Porthole; its log has the details";
            Fault::new(StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
        }
    }
}

#[cfg(test)]
mod tests;
