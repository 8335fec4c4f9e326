//! The part of Sentry's web API that sentry-cli and dashboards use: `/api/0/…`.
//!
//! There is one organisation, `porthole`. What is not here answers 404 with a sentence, and is counted and logged with
//! its path, so that it is seen what somebody misses.

mod absent;
mod answer;
mod asked;
mod deploys;
mod event_json;
mod events;
mod issue_json;
mod issues;
mod monitors;
mod organization;
mod releases;
mod tags;

use ::issues::Issues;
use axum::Router;
use axum::routing::{any, get};

use super::both;
use crate::Clock;
use crate::config::Config;
use crate::queries::Queries;

pub(crate) use absent::unknown_calls;

/// The organisation.
pub(super) const ORGANIZATION: &str = "porthole";

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Web {
    issues: Issues,
    queries: Queries,
    clock: Clock,
    /// Where people open the page.
    base: String,
}

impl Web {
    pub(crate) fn new(config: &Config, issues: Issues, queries: Queries, clock: Clock) -> Self {
        Self { issues, queries, clock, base: config.base_url() }
    }

    /// The routes; each stands in the table of `access` too.
    pub(crate) fn router(self) -> Router {
        both(organizations())
            .merge(both(issues_and_events()))
            .merge(both(releases_and_deploys()))
            .route("/api/0/{*path}", any(absent::unknown))
            .with_state(self)
    }
}

type Route = (&'static str, axum::routing::MethodRouter<Web>);

fn organizations() -> Vec<Route> {
    vec![
        ("/api/0/", get(organization::about)),
        ("/api/0/organizations/", get(organization::list)),
        ("/api/0/organizations/{org}/", get(organization::show)),
        ("/api/0/organizations/{org}/projects/", get(organization::projects)),
        ("/api/0/organizations/{org}/teams/", get(organization::none)),
        ("/api/0/organizations/{org}/repos/", get(organization::none)),
        ("/api/0/organizations/{org}/tags/", get(tags::of_organization)),
        ("/api/0/organizations/{org}/monitors/", get(monitors::list)),
        ("/api/0/projects/", get(organization::all_projects)),
        ("/api/0/projects/{org}/{project}/", get(organization::project)),
        ("/api/0/organizations/{org}/chunk-upload/", any(absent::uploads)),
        ("/api/0/organizations/{org}/artifactbundle/assemble/", any(absent::uploads)),
        ("/api/0/projects/{org}/{project}/files/difs/assemble/", any(absent::uploads)),
    ]
}

fn issues_and_events() -> Vec<Route> {
    let one = || get(issues::show).put(issues::change).delete(issues::remove);
    let many = || get(issues::list).put(issues::change_many);
    vec![
        ("/api/0/organizations/{org}/issues/", many()),
        ("/api/0/projects/{org}/{project}/issues/", many()),
        ("/api/0/issues/{issue}/", one()),
        ("/api/0/organizations/{org}/issues/{issue}/", one()),
        ("/api/0/issues/{issue}/events/", get(events::of_issue)),
        ("/api/0/organizations/{org}/issues/{issue}/events/", get(events::of_issue)),
        ("/api/0/issues/{issue}/events/{event}/", get(events::one_of_issue)),
        ("/api/0/organizations/{org}/issues/{issue}/events/{event}/", get(events::one_of_issue)),
        ("/api/0/issues/{issue}/tags/", get(tags::of_issue)),
        ("/api/0/organizations/{org}/issues/{issue}/tags/", get(tags::of_issue)),
        ("/api/0/organizations/{org}/eventids/{event}/", get(events::find)),
        ("/api/0/projects/{org}/{project}/events/", get(events::of_project)),
        ("/api/0/projects/{org}/{project}/events/{event}/", get(events::one_of_project)),
    ]
}

fn releases_and_deploys() -> Vec<Route> {
    let all = || get(releases::list).post(releases::create);
    let one = || get(releases::show).put(releases::change).delete(releases::remove);
    let deploys = || get(deploys::list).post(deploys::create);
    vec![
        ("/api/0/organizations/{org}/releases/", all()),
        ("/api/0/projects/{org}/{project}/releases/", all()),
        ("/api/0/organizations/{org}/releases/{version}/", one()),
        ("/api/0/projects/{org}/{project}/releases/{version}/", one()),
        ("/api/0/organizations/{org}/releases/{version}/deploys/", deploys()),
        ("/api/0/projects/{org}/{project}/releases/{version}/deploys/", deploys()),
        ("/api/0/organizations/{org}/releases/{version}/commits/", get(organization::none)),
    ]
}

#[cfg(test)]
mod tests;
