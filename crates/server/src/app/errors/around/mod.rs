//! What was around an event: the lines of its container, what the container did at that minute, and the deploy
//! before it. Where the program tells nothing of its container the lines are found by the ids of its trace and
//! request, then by its service; the answer says which, and what was looked for in vain.

mod before;
mod container;
mod join;
mod lines;
mod then;

use std::time::Duration;

use ::event::Event;
use api::{Around, JoinedBy};
use model::{Timestamp, Workload};

use super::event::request_id;
use crate::app::evaluator::Evaluator;
use crate::app::refusal::QueryRefusal;
use crate::queries::Allowance;
pub(in crate::app) use before::marks_of;
use join::Joined;

/// How far lines may stand from the event on each side.
const REACH: Duration = Duration::from_secs(300);

/// What an event tells of where it happened.
#[derive(Clone, Debug)]
pub(super) struct Sought {
    pub(super) at: Timestamp,
    pub(super) server_name: Option<String>,
    pub(super) trace_id: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) environment: Option<String>,
    /// The service of the event's project.
    pub(super) service: Option<String>,
}

impl Sought {
    pub(super) fn of(event: &Event, service: Option<&str>) -> Self {
        Self {
            at: event.timestamp,
            server_name: event.server_name.clone().filter(|name| !name.is_empty()),
            trace_id: event.trace_id().map(|id| id.to_string()),
            request_id: request_id(event).map(str::to_owned),
            environment: event.environment.clone().filter(|name| !name.is_empty()),
            service: service.filter(|name| !name.is_empty()).map(str::to_owned),
        }
    }
}

/// Where is looked.
pub(super) struct Look<'a> {
    pub(super) logs: &'a ::logs::Logs,
    pub(super) metrics: &'a ::metrics::Metrics,
    pub(super) workloads: &'a [Workload],
    pub(super) deploys: &'a [docker::Deploy],
    pub(super) allowance: &'a Allowance,
    pub(super) now: Timestamp,
}

impl Look<'_> {
    fn evaluator(&self) -> Evaluator<'_> {
        Evaluator { metrics: self.metrics, allowance: self.allowance }
    }

    /// Everything. `told` is the last deploy that a release tells of.
    pub(super) fn around(
        &self,
        sought: &Sought,
        told: Option<api::DeployBefore>,
    ) -> Result<Around, QueryRefusal> {
        let mut missing = Vec::new();
        let joined = join::join(self, sought, &mut missing)?;
        let mut around = Around { at: sought.at.nanos(), missing, ..Around::default() };
        let Some(joined) = joined else {
            around.how = "Nothing tells which lines belong to this event.".into();
            around.deploy = told;
            return Ok(around);
        };
        self.fill(&mut around, sought, &joined)?;
        let seen = before::deploy(self, &joined.owner, sought.at)?;
        around.deploy = seen.into_iter().chain(told).max_by_key(|deploy| deploy.at);
        Ok(around)
    }

    fn fill(&self, around: &mut Around, sought: &Sought, joined: &Joined) -> Result<(), QueryRefusal> {
        (around.joined, around.how) = (joined.by, joined.how.clone());
        let range = lines::reach(sought.at);
        around.query = joined.query.clone();
        (around.start, around.end) = (range.start.nanos(), range.end.nanos());
        around.lines = lines::around(self, &joined.query, sought)?;
        if around.lines.rows.is_empty() {
            let minutes = REACH.as_secs() / 60;
            around.missing.push(format!("No lines are kept of the {minutes} minutes before and after it."));
        }
        match &joined.container {
            Some(container) => around.container = Some(then::then(self, container, sought.at)?),
            None if joined.by != JoinedBy::Nothing => {
                around
                    .missing
                    .push("Which container it happened in is not known, so neither is its state.".into());
            }
            None => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
