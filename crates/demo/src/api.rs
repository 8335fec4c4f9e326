//! A small Docker Engine API over the simulated engine: what somebody who only asks needs of it.
//!
//! Paths, parameters, framing and errors are those of dockerd, so that a client cannot tell the difference;
//! whatever would change something is refused.

mod containers;
mod events;
mod fault;
mod filters;
mod follow;
mod frames;
mod inspect;
mod logs;
mod parameters;
mod stats;
mod system;
mod version;

use axum::Router;
use axum::routing::get;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::meters::Meters;

/// What every handler is given.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) engine: Engine,
    pub(crate) meters: Meters,
    /// Ends the answers that would last for ever.
    pub(crate) shutdown: CancellationToken,
}

/// All endpoints, each with and without a version in front.
pub(crate) fn router(api: Api) -> Router {
    let endpoints = Router::new()
        .route("/_ping", get(system::ping))
        .route("/version", get(system::version))
        .route("/info", get(system::info))
        .route("/containers/json", get(containers::list))
        .route("/containers/{reference}/json", get(inspect::inspect))
        .route("/containers/{reference}/logs", get(logs::logs))
        .route("/containers/{reference}/stats", get(stats::stats))
        .route("/events", get(events::events))
        .fallback(fault::no_page)
        .method_not_allowed_fallback(fault::asks_only)
        .with_state(api);
    version::strip(endpoints)
}
