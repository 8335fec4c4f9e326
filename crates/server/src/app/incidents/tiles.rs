//! Numbers of the tiles.

use std::collections::BTreeMap;
use std::time::Duration;

use answers::seen::{Service, Who};
use api::{Incident, TileNumbers};
use model::Timestamp;

use super::gather::{Gathered, Look, Sources, owner};
use crate::queries::Allowance;

/// Containers are measured with every scrape.
const USAGE_EVERY: Duration = Duration::from_secs(15);
const BY: &str = "by (service, project, environment)";

#[derive(Default)]
pub(super) struct Tiles {
    usage: BTreeMap<Who, [Option<f64>; 3]>,
    asked: Option<Timestamp>,
}

impl Tiles {
    pub(super) fn look(
        &mut self,
        sources: &Sources,
        gathered: &Gathered,
        open: &[Incident],
        allowance: &Allowance,
        at: Timestamp,
    ) -> Vec<TileNumbers> {
        if self.asked.is_none_or(|asked| at.since(asked) >= USAGE_EVERY) {
            self.asked = Some(at);
            self.usage = usage(&Look { sources, allowance, workloads: &[], at });
        }
        gathered.seen.services.iter().map(|service| self.tile(service, gathered, open)).collect()
    }

    fn tile(&self, service: &Service, gathered: &Gathered, open: &[Incident]) -> TileNumbers {
        let who = &service.who;
        let tally = gathered.tallies.get(who).filter(|tally| tally.seconds > 0.0);
        let [cpu_cores, memory_bytes, memory_limit_bytes] = self.usage.get(who).copied().unwrap_or_default();
        let has_part = |incident: &&Incident| {
            (&incident.project, &incident.environment) == (&who.project, &who.environment)
                && incident.parts.iter().any(|part| part.service == who.service)
        };
        let worst = open.iter().find(has_part);
        let waiting: Vec<u64> = service.queues.iter().map(|queue| queue.length).collect();
        let heartbeats = service.probes.iter().map(|probe| probe.problem.is_empty());
        let heartbeats: Vec<bool> =
            heartbeats.chain(service.monitors.iter().map(|monitor| monitor.state.is_empty())).collect();
        TileNumbers {
            service: who.service.clone(),
            project: who.project.clone(),
            environment: who.environment.clone(),
            incident: worst.map(|incident| incident.id.clone()).unwrap_or_default(),
            severity: worst.map(|incident| incident.severity),
            per_second: tally.map(|tally| tally.requests as f64 / tally.seconds),
            error_share: tally
                .filter(|tally| tally.requests > 0)
                .map(|tally| tally.failed as f64 / tally.requests as f64),
            p95_ms: tally.and_then(|tally| tally.p95_ms),
            cpu_cores,
            memory_bytes,
            memory_limit_bytes,
            queue: (!waiting.is_empty()).then(|| waiting.iter().sum()),
            workers: service.queues.iter().map(|queue| queue.workers).max(),
            heartbeat: (!heartbeats.is_empty()).then(|| heartbeats.iter().all(|beats| *beats)),
        }
    }
}

fn usage(look: &Look<'_>) -> BTreeMap<Who, [Option<f64>; 3]> {
    let queries = [
        format!("sum {BY} (rate(container_cpu_usage_seconds_total{{service!=\"\"}}[1m]))"),
        format!("sum {BY} (container_memory_working_set_bytes{{service!=\"\"}})"),
        format!("sum {BY} (container_spec_memory_limit_bytes{{service!=\"\"}} > 0)"),
    ];
    let mut all: BTreeMap<Who, [Option<f64>; 3]> = BTreeMap::new();
    for (at, query) in queries.iter().enumerate() {
        for (labels, number) in look.evaluator().at(look.at, query).unwrap_or_default() {
            all.entry(owner(&labels)).or_default()[at] = Some(number);
        }
    }
    all
}
