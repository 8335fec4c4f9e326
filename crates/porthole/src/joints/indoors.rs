//! The proxy leads to the page.

use std::sync::{Arc, OnceLock};

use axum::response::IntoResponse as _;
use http_body_util::BodyExt as _;
use model::{Identity, Labels, label};

/// Whose the proxy's own entries are: this machine's.
pub(crate) fn owner(identity: &Labels) -> Identity {
    let named = |name: &str| identity.get(name).unwrap_or_default().to_owned();
    Identity { host: named(label::HOST), environment: named(label::ENVIRONMENT), ..Identity::default() }
}

/// The page and Traefik's API, as the proxy leads to them.
pub(crate) fn internal(inside: Arc<OnceLock<server::Indoors>>) -> proxy::Internal {
    Arc::new(move |knock| {
        let inside = inside.clone();
        Box::pin(async move {
            let knock = server::Knock {
                request: knock.request.map(axum::body::Body::new),
                client: knock.client,
                api: knock.what == route::plan::Internal::Api,
                guarded: knock.guarded,
            };
            let answer = match inside.get() {
                Some(server) => server.answer(knock).await,
                // The proxy listens before the server is put together, but serves only after.
                None => hyper::StatusCode::SERVICE_UNAVAILABLE.into_response(),
            };
            answer.map(|body| body.map_err(Into::into).boxed_unsync())
        })
    })
}
