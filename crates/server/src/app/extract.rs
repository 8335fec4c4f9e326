//! Arguments of handlers: JSON bodies, query strings and parts of the path, whose faults are answered as JSON.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use http::request::Parts;
use http::{StatusCode, header};
use serde::de::DeserializeOwned;

use crate::body;
use crate::fault::Fault;

/// Credentials, names, settings: all of it short.
const BODY_BYTES_MAX: usize = 64 << 10;
/// Dashboards.
const LARGE_BODY_BYTES_MAX: usize = 1 << 20;

/// A JSON body. Other kinds are refused: a form of another site can send those without asking.
pub(super) struct JsonBody<T>(pub(super) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        json(request, BODY_BYTES_MAX).await.map(Self)
    }
}

/// A JSON body that may be larger: panels of a dashboard.
pub(super) struct LargeJsonBody<T>(pub(super) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for LargeJsonBody<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        json(request, LARGE_BODY_BYTES_MAX).await.map(Self)
    }
}

async fn json<T: DeserializeOwned>(request: Request, bytes_max: usize) -> Result<T, Fault> {
    let (head, body) = request.into_parts();
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        let message = "send JSON, with Content-Type: application/json";
        return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let bytes = body::read(&head.headers, body, bytes_max).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::bad_request(format!("the body is not what is expected here: {error}")))
}

/// The query string.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(value)| Self(value)).map_err(|error| Fault::bad_request(error.body_text()))
    }
}

/// The one variable part of the path.
pub(super) struct Named<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value)).map_err(|error| Fault::bad_request(error.body_text()))
    }
}
