//! What browsers are told about the intake: that pages of every site may send there, and read the answer.
//!
//! It is said on every answer to the intake's paths, whoever gives it: a refusal without it reaches no page.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};

const HEADERS: [(HeaderName, &str); 5] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "x-sentry-auth, content-type, content-encoding, authorization, authentication, x-requested-with, origin, \
         accept, referer, x-forwarded-for, transfer-encoding, sentry-trace, baggage",
    ),
    // Without these a page cannot see what it is asked to hold back.
    (header::ACCESS_CONTROL_EXPOSE_HEADERS, "x-sentry-error, x-sentry-rate-limits, retry-after"),
    (header::ACCESS_CONTROL_MAX_AGE, "3600"),
];

/// What stands after the project in the intake's paths.
const DOORS: [&str; 11] = [
    "envelope",
    "store",
    "security",
    "csp-report",
    "nel",
    "cron",
    "events",
    "minidump",
    "unreal",
    "playstation",
    "integration",
];

/// Whether a path is one that SDKs and browsers send to: `/api/<project>/envelope/`, …
pub(crate) fn is_intake(path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/api/") else { return false };
    let mut parts = rest.split('/');
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        ("embed", "error-page") | ("store" | "tunnel", "") => true,
        ("0", _) => false,
        (_, door) => DOORS.contains(&door),
    }
}

/// Answers what browsers ask before they send, and adds the headers to every answer.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    if !is_intake(request.uri().path()) {
        return next.run(request).await;
    }
    let asks_first = request.method() == Method::OPTIONS;
    let mut response = if asks_first { StatusCode::OK.into_response() } else { next.run(request).await };
    add(response.headers_mut());
    response
}

fn add(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What a page of another site may read it may load, too: the crash form is a script of ours.
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
}

#[cfg(test)]
mod tests {
    use super::is_intake;

    #[test]
    fn paths_of_the_intake() {
        for path in [
            "/api/1/envelope/",
            "/api/1/envelope",
            "/api/12/store/",
            "/api/store/",
            "/api/tunnel",
            "/api/1/security/",
            "/api/1/cron/nightly/0123",
            "/api/embed/error-page/",
            "/api/1/events/00/attachments/",
        ] {
            assert!(is_intake(path), "{path}");
        }
        for path in [
            "/api/v1/query",
            "/api/0/organizations/",
            "/api/0/events/",
            "/api/prom/push",
            "/api/",
            "/app/v1/issues",
            "/api/http/routers",
            "/",
        ] {
            assert!(!is_intake(path), "{path}");
        }
    }
}
