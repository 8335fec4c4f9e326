//! `GET services`: one row for each service.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::{Now, ProbeHealth, RunState, ServiceRow, ServiceTile, TargetHealth, TargetRow};
use axum::Json;
use axum::extract::State;
use collectors::Collectors;
use collectors::scrape::Health;

use super::usage::{self, Usage};
use crate::app::App;
use crate::app::evaluator::Evaluator;
use crate::app::who::Owner;
use crate::app::{queues, targets};
use crate::fault::Fault;

/// The handler.
pub(in crate::app) async fn list(State(app): State<App>) -> Result<Json<Vec<ServiceRow>>, Fault> {
    let (now, at) = (app.now.current(), app.clock.now());
    let (metrics, collectors) = (app.metrics.clone(), app.collectors.clone());
    let usage =
        app.queries.run(move |allowance| usage::of_all(&Evaluator { metrics: &metrics, allowance }, at));
    let usage = usage.await??;
    Ok(Json(Seen { now: &now, usage, collectors: &collectors }.rows()))
}

/// What rows are made of.
pub(super) struct Seen<'a> {
    pub(super) now: &'a Arc<Now>,
    pub(super) usage: BTreeMap<Owner, Usage>,
    pub(super) collectors: &'a Collectors,
}

impl Seen<'_> {
    /// Sorted as the first page sorts them.
    pub(super) fn rows(self) -> Vec<ServiceRow> {
        let targets = targets::rows(self.collectors);
        let probes: Vec<(Owner, ProbeHealth)> = self
            .collectors
            .probes()
            .into_iter()
            .map(|probe| (Owner::of(&probe.labels), health(&probe.health)))
            .collect();
        let all = self.collectors.queues();
        let row = |tile: &ServiceTile| {
            let owner = owner(tile);
            let mut row = row(tile, self.usage.get(&owner).cloned().unwrap_or_default());
            let of_targets =
                |wanted| targets.iter().filter(|t| is_of(t, &owner) && t.health == wanted).count() as u32;
            row.targets_up = of_targets(TargetHealth::Up);
            row.targets_down = of_targets(TargetHealth::Down);
            let of_probes = |wanted| {
                probes.iter().filter(|(of, health)| *of == owner && *health == wanted).count() as u32
            };
            row.probes_up = of_probes(ProbeHealth::Up);
            row.probes_down = of_probes(ProbeHealth::Down);
            let its = all.iter().filter(|state| queues::is_of(state, &owner));
            let lengths: Vec<u64> =
                its.flat_map(|state| state.queues.iter().map(|queue| queue.length)).collect();
            row.queue_length = (!lengths.is_empty()).then(|| lengths.iter().sum());
            row
        };
        self.now.services.iter().map(row).collect()
    }
}

/// Whose tile it is.
pub(super) fn owner(tile: &ServiceTile) -> Owner {
    Owner {
        environment: tile.environment.clone(),
        project: tile.project.clone(),
        service: tile.service.clone(),
    }
}

/// Whether a target is of a service.
pub(super) fn is_of(target: &TargetRow, owner: &Owner) -> bool {
    (&target.service, &target.project, &target.environment)
        == (&owner.service, &owner.project, &owner.environment)
}

fn health(health: &Health) -> ProbeHealth {
    match health {
        Health::Unknown => ProbeHealth::Unknown,
        Health::Up => ProbeHealth::Up,
        Health::Down(_) => ProbeHealth::Down,
    }
}

fn row(tile: &ServiceTile, usage: Usage) -> ServiceRow {
    let running = tile.workloads.iter().filter(|workload| workload.state == RunState::Running);
    ServiceRow {
        service: tile.service.clone(),
        project: tile.project.clone(),
        environment: tile.environment.clone(),
        state: tile.state,
        health: tile.health,
        running: running.count() as u32,
        containers: tile.workloads.len() as u32,
        cpu_cores: usage.cpu_cores,
        cpu_trend: usage.cpu_trend,
        memory_bytes: usage.memory_bytes,
        memory_limit_bytes: usage.memory_limit_bytes,
        error_lines: tile.error_lines.iter().map(|lines| u64::from(*lines)).sum(),
        restarts: tile.restarts,
        last_deploy: tile.last_deploy,
        targets_up: 0,
        targets_down: 0,
        probes_up: 0,
        probes_down: 0,
        queue_length: None,
    }
}
