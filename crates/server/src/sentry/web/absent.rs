//! What is not here.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::OriginalUri;
use http::{Method, StatusCode};

use super::asked::not_found;
use crate::sentry::SentryFault;

/// Calls that nothing answers, since the start.
static UNKNOWN: AtomicU64 = AtomicU64::new(0);
/// More of them are not logged.
const LOGGED_MAX: u64 = 1000;
const PATH_CHARS_MAX: usize = 200;

/// How many calls nothing answered since the start.
pub(crate) fn unknown_calls() -> u64 {
    UNKNOWN.load(Ordering::Relaxed)
}

/// Any other call.
pub(super) async fn unknown(method: Method, OriginalUri(uri): OriginalUri) -> SentryFault {
    let path: String = uri.path().chars().take(PATH_CHARS_MAX).collect();
    if UNKNOWN.fetch_add(1, Ordering::Relaxed) < LOGGED_MAX {
        tracing::info!("{method} {path} is not answered here: this part of Sentry's web API is missing");
    }
    not_found(format!("{method} {path} is not answered here"))
}

/// Source maps and debug files.
pub(super) async fn uploads() -> SentryFault {
    let detail = "source maps and debug files are not taken yet; releases, deploys and events are";
    SentryFault::new(StatusCode::NOT_IMPLEMENTED, detail)
}
