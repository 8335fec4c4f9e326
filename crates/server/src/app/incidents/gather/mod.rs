//! What `answers` watches, from the engines: a [`Seen`] every few seconds. Most of it stands in memory; what must be
//! asked for is bounded, asked for only where something points to it, and kept between looks. A look costs a few
//! milliseconds of CPU while all is well: no line is read, and of the metrics only a few gauges, every quarter minute.

mod containers;
mod errors;
mod limits;
mod outside;
mod owners;
mod patterns;
mod queues;
mod slowness;
mod traffic;

use std::collections::BTreeMap;
use std::sync::Arc;

use answers::Seen;
use answers::seen::{Alert, Service, Who};
use model::{Timestamp, Workload};

use crate::app::evaluator::Evaluator;
use crate::queries::Allowance;
use crate::server::Engines;
pub(super) use owners::owner;
use traffic::Tally;

/// The engines that are looked at.
#[derive(Clone)]
pub(crate) struct Sources {
    pub(super) logs: ::logs::Logs,
    pub(super) docker: docker::Docker,
    pub(super) metrics: ::metrics::Metrics,
    pub(super) collectors: collectors::Collectors,
    pub(super) issues: ::issues::Issues,
    pub(super) proxy: Arc<dyn ::route::shown::Shown>,
}

impl Sources {
    pub(crate) fn of(engines: &Engines) -> Self {
        Self {
            logs: engines.logs.clone(),
            docker: engines.docker.clone(),
            metrics: engines.metrics.clone(),
            collectors: engines.collectors.clone(),
            issues: engines.issues.clone(),
            proxy: engines.proxy.clone(),
        }
    }
}

/// What is remembered between looks.
#[derive(Default)]
pub(super) struct Gather {
    containers: containers::Memory,
    traffic: traffic::Memory,
    errors: errors::Memory,
    patterns: patterns::Memory,
    queues: queues::Memory,
    outside: outside::Memory,
    limits: limits::Memory,
    slowness: slowness::Memory,
    was_connected: bool,
}

/// One look.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    pub(super) seen: Seen,
    /// Requests of the last minute, by service.
    pub(super) tallies: BTreeMap<Who, Tally>,
}

/// Where a look goes, and what it may spend.
pub(super) struct Look<'a> {
    pub(super) sources: &'a Sources,
    pub(super) allowance: &'a Allowance,
    pub(super) workloads: &'a [Workload],
    pub(super) at: Timestamp,
}

impl Look<'_> {
    pub(super) fn evaluator(&self) -> Evaluator<'_> {
        Evaluator { metrics: &self.sources.metrics, allowance: self.allowance }
    }
}

impl Gather {
    /// Looks at everything. What cannot be read is left out of this look.
    pub(super) fn look(
        &mut self,
        sources: &Sources,
        alerts: Vec<Alert>,
        allowance: &Allowance,
        at: Timestamp,
    ) -> Gathered {
        let workloads = sources.docker.workloads().borrow().clone();
        let look = Look { sources, allowance, workloads: &workloads, at };
        let mut services: BTreeMap<Who, Service> = BTreeMap::new();
        self.containers.look(&look, &mut services);
        let tallies = self.traffic.look(&look, &mut services);
        self.errors.look(&look, &mut services);
        self.patterns.look(&look, &mut services);
        self.queues.look(&look, &mut services);
        self.outside.look(&look, &mut services);
        self.slowness.look(&look, &mut services);
        let (certificates, disks) = self.limits.look(&look);
        let services = services.into_iter().map(|(who, service)| Service { who, ..service }).collect();
        let seen = Seen {
            at: at.millis(),
            services,
            certificates,
            disks,
            alerts,
            blind: self.blind(&sources.docker),
        };
        Gathered { seen, tallies }
    }

    /// An engine that was never there is not missed.
    fn blind(&mut self, docker: &docker::Docker) -> String {
        match &docker.status().borrow().engine {
            docker::Engine::Connected { .. } => self.was_connected = true,
            docker::Engine::Away { problem } if self.was_connected => return problem.clone(),
            docker::Engine::Away { .. } | docker::Engine::Connecting => {}
        }
        String::new()
    }
}

/// The service of that name, made where it is not known yet.
fn entry(services: &mut BTreeMap<Who, Service>, who: Who) -> &mut Service {
    services.entry(who).or_default()
}
