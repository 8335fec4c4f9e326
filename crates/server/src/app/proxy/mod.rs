//! The proxy for the page: its routes and certificates as they are, and requests that went through it, from their
//! access entries among the logs.

mod certificates;
mod middlewares;
mod numbers;
mod request;
mod requests;
mod route;
mod rows;
mod signals;

use std::time::Duration;

use axum::Router;
use axum::routing::get;

use super::App;

pub(in crate::app) use request::of_event;
pub(in crate::app) use rows::covers;
pub(crate) use rows::{address, scheme};
pub(in crate::app) use signals::Entries;

/// What is looked at where no time is chosen.
const HOUR: Duration = Duration::from_secs(3_600);

/// The routes; each stands in the table of `access` too.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/app/v1/routes", get(rows::list))
        .route("/app/v1/routes/{name}", get(route::page))
        .route("/app/v1/certificates", get(certificates::list))
        .route("/app/v1/requests", get(requests::list))
        .route("/app/v1/requests/{id}", get(request::page))
}

#[cfg(test)]
pub(super) mod tests;
