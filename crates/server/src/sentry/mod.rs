//! Sentry's protocol: the intake that SDKs send to, and the part of the web API that sentry-cli and dashboards use.
//!
//! ```text
//! body ─► admit (the DSN's key) ─► unpack ─► frame ─► normalise, mask, group ─► Issues::accept ─► 200 {"id":…}
//!           └ 401, 400, 403           └ 413, 400          └ an item is skipped and counted
//! ```
//! The answer comes after what was sent is on disk. SDKs of servers do not try again, so that everything else waits
//! for the intake and not the other way round.

mod answer;
mod cors;
mod door;
mod doors;
mod embed;
mod kinds;
mod knock;
mod multipart;
mod open;
mod opening;
mod web;

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, get, post};
use issues::Issues;
use tokio::sync::Semaphore;

use crate::Clock;
use crate::intake::Intake;

pub(crate) use answer::SentryFault;
pub(crate) use cors::{answer as cors, is_intake};
pub(crate) use web::{Web, unknown_calls};

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Sentry {
    issues: Issues,
    intake: Intake,
    /// Bodies that are worked on at once: what decodes them keeps a core busy.
    turns: Arc<Semaphore>,
    clock: Clock,
}

impl Sentry {
    pub(crate) fn new(issues: Issues, intake: Intake, clock: Clock) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { issues, intake, turns: Arc::new(Semaphore::new(cores.max(2))), clock }
    }

    /// The routes; each stands in the table of `access` too. SDKs and people write them with the last slash and
    /// without.
    pub(crate) fn router(self) -> Router {
        let doors = [
            ("/api/{project}/envelope/", post(doors::envelope)),
            ("/api/{project}/store/", post(doors::store)),
            ("/api/store/", post(doors::legacy_store)),
            ("/api/tunnel/", post(doors::tunnel)),
            ("/api/{project}/security/", post(doors::security)),
            ("/api/{project}/csp-report/", post(doors::security)),
            ("/api/{project}/nel/", post(doors::nel)),
            ("/api/{project}/cron/{monitor}/", get(doors::check_in).post(doors::check_in)),
            (
                "/api/{project}/cron/{monitor}/{key}/",
                get(doors::check_in_by_key).post(doors::check_in_by_key),
            ),
            ("/api/{project}/events/{event}/attachments/", post(doors::attachments)),
            ("/api/embed/error-page/", get(embed::show).post(embed::take)),
            ("/api/{project}/minidump/", post(doors::native)),
            ("/api/{project}/unreal/{key}/", post(doors::native)),
            ("/api/{project}/playstation/", post(doors::native)),
            ("/api/{project}/integration/otlp/v1/traces/", post(doors::otlp)),
            ("/api/{project}/integration/otlp/v1/logs/", post(doors::otlp)),
        ];
        both(doors).with_state(self)
    }
}

/// Routes with the last slash and without.
fn both<S: Clone + Send + Sync + 'static>(
    routes: impl IntoIterator<Item = (&'static str, MethodRouter<S>)>,
) -> Router<S> {
    routes.into_iter().fold(Router::new(), |router, (path, handler)| {
        router.route(path.trim_end_matches('/'), handler.clone()).route(path, handler)
    })
}

#[cfg(test)]
pub(crate) use tests::forms;
#[cfg(test)]
mod tests;
