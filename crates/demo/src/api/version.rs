//! The version in front of a path: `/v1.45/containers/json`.

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::response::IntoResponse;
use tower::ServiceExt;

use super::fault::Fault;

/// What dockerd 27 speaks.
pub(super) const NEWEST: (u32, u32) = (1, 47);
pub(super) const OLDEST: (u32, u32) = (1, 24);

/// Answers `endpoints` with or without a version in front of their paths.
pub(super) fn strip(endpoints: Router) -> Router {
    let handler = move |request: Request| {
        let endpoints = endpoints.clone();
        async move {
            match stripped(request) {
                Ok(request) => endpoints.oneshot(request).await.into_response(),
                Err(fault) => fault.into_response(),
            }
        }
    };
    Router::new().fallback(handler)
}

fn stripped(mut request: Request) -> Result<Request, Fault> {
    let path = request.uri().path();
    let Some((version, rest)) = path.strip_prefix("/v").and_then(|path| path.split_once('/')) else {
        return Ok(request);
    };
    let Some(asked) = number(version) else { return Ok(request) };
    check(asked)?;
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    // What is left of a path that was valid is valid.
    if let Ok(path) = PathAndQuery::try_from(format!("/{rest}{query}")) {
        *request.uri_mut() = Uri::from(path);
    }
    Ok(request)
}

fn number(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn check(asked: (u32, u32)) -> Result<(), Fault> {
    if asked > NEWEST {
        let (asked, newest) = (text(asked), text(NEWEST));
        return Err(Fault::bad(format!(
            "client version {asked} is too new. Maximum supported API version is {newest}"
        )));
    }
    if asked < OLDEST {
        let (asked, oldest) = (text(asked), text(OLDEST));
        return Err(Fault::bad(format!(
            "client version {asked} is too old. Minimum supported API version is {oldest}, \
             please upgrade your client to a newer version"
        )));
    }
    Ok(())
}

/// `1.47`
pub(super) fn text((major, minor): (u32, u32)) -> String {
    format!("{major}.{minor}")
}
