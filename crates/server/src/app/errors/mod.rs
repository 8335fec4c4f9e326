//! Errors for the page: issues, events and what was around them, performance, releases, monitors, projects.
//!
//! What is asked is read off the runtime's threads, in the pool of queries; what changes something waits for the
//! store's writer. Rights are checked by `access`.

mod around;
mod asked;
mod attachments;
mod changes;
mod dsn;
mod event;
mod events;
mod issue;
mod lists;
mod monitors;
mod performance;
mod projects;
mod releases;
mod rows;
mod setups;
mod test_event;

use axum::Router;
use axum::routing::{delete, get, post};

use super::App;

pub(super) use around::marks_of;
pub(super) use asked::range;
pub(super) use events::row_of;

/// The routes; each stands in the table of `access` too.
pub(super) fn routes() -> Router<App> {
    let project = get(projects::show).put(projects::change).delete(projects::remove);
    Router::new()
        .route("/app/v1/issues", get(lists::issues))
        .route("/app/v1/issues/values", get(lists::values))
        .route("/app/v1/issues/update", post(changes::update))
        .route("/app/v1/issues/merge", post(changes::merge))
        .route("/app/v1/issues/{id}", get(issue::show))
        .route("/app/v1/issues/{id}/tags/{name}", get(issue::tag))
        .route("/app/v1/issues/{id}/comments", post(changes::comment))
        .route("/app/v1/issues/{id}/unmerge", post(changes::unmerge))
        .route("/app/v1/issues/{id}/events", get(events::list))
        .route("/app/v1/issues/{id}/event/{which}", get(events::show))
        .route("/app/v1/events/{id}", get(events::find))
        .route("/app/v1/events/{project}/{event}/around", get(events::around))
        .route("/app/v1/attachments/{id}", get(attachments::download))
        .route("/app/v1/performance", get(performance::list))
        .route("/app/v1/performance/transaction", get(performance::transaction))
        .route("/app/v1/performance/example/{id}", get(performance::example))
        .route("/app/v1/releases", get(releases::list))
        .route("/app/v1/releases/{version}", get(releases::show))
        .route("/app/v1/monitors", get(monitors::list))
        .route("/app/v1/monitors/{slug}", get(monitors::show).delete(monitors::remove))
        .route("/app/v1/projects", get(projects::list).post(projects::add))
        .route("/app/v1/projects/{id}", project)
        .route("/app/v1/projects/{id}/keys", post(projects::add_key))
        .route("/app/v1/projects/{id}/keys/{key}", delete(projects::revoke_key))
        .route("/app/v1/projects/{id}/test", post(projects::test))
        .route("/app/v1/projects/{id}/refused", get(projects::refused))
}

#[cfg(test)]
mod tests;
