//! The first page's data, computed at most once a second however many pages look at it.

mod build;
mod restarts;

pub(super) use build::{health_state, run_state};

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::issues::SeenAt;
use api::{Fault, Now};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use model::Timestamp;

use super::App;
use crate::Clock;
use crate::server::Engines;
use build::{Met, Seen};
use restarts::Restarts;

/// Issues count so long after their last event.
const ISSUES_FOR: Duration = Duration::from_secs(3600);

/// What was computed is shown again for this long.
const FRESH_FOR: Duration = Duration::from_millis(900);

/// `GET now`
pub(super) async fn show(State(app): State<App>) -> Response {
    Json(&*app.now.current()).into_response()
}

/// The latest state of everything on the first page.
#[derive(Clone)]
pub(crate) struct NowFeed {
    logs: ::logs::Logs,
    docker: docker::Docker,
    metrics: ::metrics::Metrics,
    issues: ::issues::Issues,
    clock: Clock,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    restarts: Restarts,
    latest: Option<(Timestamp, Arc<Now>)>,
}

impl NowFeed {
    pub(crate) fn new(engines: &Engines, clock: Clock) -> Self {
        let (logs, docker, metrics) = (engines.logs.clone(), engines.docker.clone(), engines.metrics.clone());
        let issues = engines.issues.clone();
        Self { logs, docker, metrics, issues, clock, kept: Arc::default() }
    }

    /// The state now, or of less than a second ago.
    pub(super) fn current(&self) -> Arc<Now> {
        let at = self.clock.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((computed, now)) = &kept.latest
            && *computed <= at
            && at.since(*computed) < FRESH_FOR
        {
            return now.clone();
        }
        let now = Arc::new(self.compute(at, &mut kept.restarts));
        kept.latest = Some((at, now.clone()));
        now
    }

    fn compute(&self, at: Timestamp, restarts: &mut Restarts) -> Now {
        let workloads = self.docker.workloads().borrow().clone();
        restarts.look(&workloads, at);
        let issues = self.issues(at);
        let mut now = build::now(&Seen {
            at,
            workloads: &workloads,
            deploys: &self.docker.deploys().borrow(),
            docker: &self.docker.status().borrow(),
            activity: &self.logs.activity(),
            logs: &self.logs.status(),
            restarts,
            issues: &issues,
        });
        let of_samples = self.metrics.faults().into_iter();
        now.faults.extend(of_samples.map(|fault| Fault { subject: fault.subject, message: fault.message }));
        let of_issues = self.issues.faults().into_iter();
        now.faults.extend(of_issues.map(|fault| Fault { subject: fault.subject, message: fault.message }));
        now
    }
}

impl NowFeed {
    /// Open issues of the last hour. What cannot be read is among the faults.
    fn issues(&self, at: Timestamp) -> Vec<Met> {
        let found = self.issues.open_since(at.minus(ISSUES_FOR).millis()).unwrap_or_default();
        let met = |seen: SeenAt| Met {
            issue: seen.issue,
            server_name: seen.server_name,
            service: self
                .issues
                .project_of(seen.project)
                .map(|one| one.service().to_owned())
                .unwrap_or_default(),
        };
        found.into_iter().map(met).collect()
    }
}

#[cfg(test)]
mod tests;
