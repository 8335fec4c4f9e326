//! Requests that come by Porthole's own proxy: to the page's host, and to `api@internal`.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{Request, StatusCode};
use tower::ServiceExt;

use crate::fault::Fault;
use crate::headers;
use crate::listen::Peer;

/// What the proxy brings to us.
pub struct Knock {
    /// As the client sent it.
    pub request: Request<Body>,
    /// Who that is.
    pub client: IpAddr,
    /// Whether a router leads to `api@internal`; else to the page.
    pub api: bool,
    /// Whether a middleware of the router has asked who it is (`basicAuth`, `forwardAuth`), and was content.
    pub guarded: bool,
}

/// Answers them.
#[derive(Clone)]
pub struct Indoors {
    everything: Router,
    /// Traefik's API without our own sign-in.
    api: Router,
    open: bool,
}

impl Indoors {
    pub(crate) fn new(everything: Router, api: Router, build: &'static str, open: bool) -> Self {
        let api = api.layer(from_fn(headers::catch_panics)).layer(from_fn_with_state(build, headers::add));
        Self { everything, api, open }
    }

    /// Answers one. Where nobody signs in nothing is answered: that is for this machine alone.
    pub async fn answer(&self, knock: Knock) -> Response {
        if self.open {
            let message = "[auth] mode is \"none\", so Porthole itself is not served through the proxy";
            return Fault::new(StatusCode::FORBIDDEN, message).into_response();
        }
        let mut request = knock.request;
        request.extensions_mut().insert(Peer(SocketAddr::new(knock.client, 0)));
        // A dashboard's router that was guarded for Traefik goes on as it is; one that was open asks for our sign-in.
        let router = if knock.api && knock.guarded { &self.api } else { &self.everything };
        router.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
    }
}
