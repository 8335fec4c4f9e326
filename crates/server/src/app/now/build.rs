//! From what the engines tell to what the first page shows: a pure function.

use std::collections::{BTreeMap, BTreeSet};

use api::{DockerState, DockerStatus, Fault, HealthState, Intake, Now, RunState, ServiceTile, WorkloadRow};
use docker::{Deploy, Engine};
use model::Ordered as _;
use model::{Health, State, Timestamp, Workload};

use super::restarts::Restarts;

/// Compose marks containers of `compose run` so.
const ONE_OFF: &str = "com.docker.compose.oneoff";
/// Minutes of activity that a tile shows.
const MINUTES: usize = 60;
/// Digits by which people know a container's id.
const ID_DIGITS: usize = 12;

/// What the engines tell.
pub(super) struct Seen<'a> {
    pub(super) at: Timestamp,
    pub(super) workloads: &'a [Workload],
    pub(super) deploys: &'a [Deploy],
    pub(super) docker: &'a docker::Status,
    pub(super) activity: &'a logs::Activity,
    pub(super) logs: &'a logs::Status,
    pub(super) restarts: &'a Restarts,
    /// Open issues of the last hour.
    pub(super) issues: &'a [Met],
}

/// An open issue, and whose it is.
pub(super) struct Met {
    pub(super) issue: i64,
    /// As its events name it: the first digits of a container's id.
    pub(super) server_name: String,
    /// As its project names it.
    pub(super) service: String,
}

/// Who a tile is about; sorts as the tiles do.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    environment: &'a str,
    project: &'a str,
    service: &'a str,
}

/// The whole page.
pub(super) fn now(seen: &Seen<'_>) -> Now {
    let mut of_service: BTreeMap<Key<'_>, Vec<&Workload>> = BTreeMap::new();
    for workload in seen.workloads {
        let who = &workload.identity;
        let key = Key { environment: &who.environment, project: &who.project, service: &who.service };
        of_service.entry(key).or_default().push(workload);
    }
    // A service that wrote lines has a tile even if it has no container any more, or never had one.
    for active in &seen.activity.services {
        let key =
            Key { environment: &active.environment, project: &active.project, service: &active.service };
        of_service.entry(key).or_default();
    }
    Now {
        at: seen.at.millis(),
        services: of_service.iter().map(|(key, workloads)| tile(seen, key, workloads)).collect(),
        docker: docker_status(seen.docker),
        intake: intake(seen.logs),
        faults: seen
            .logs
            .faults
            .iter()
            .map(|fault| Fault { subject: fault.subject.clone(), message: fault.message.clone() })
            .collect(),
    }
}

fn tile(seen: &Seen<'_>, key: &Key<'_>, workloads: &[&Workload]) -> ServiceTile {
    let mut rows: Vec<WorkloadRow> = workloads.iter().map(|workload| row(workload)).collect();
    rows.order_by(|a, b| (a.state, &a.container).cmp(&(b.state, &b.container)));
    let active = seen.activity.services.iter().find(|active| {
        (&*active.environment, &*active.project, &*active.service)
            == (key.environment, key.project, key.service)
    });
    let (lines, error_lines) = match active {
        Some(active) => (active.lines.clone(), active.error_lines.clone()),
        None => (vec![0; MINUTES], vec![0; MINUTES]),
    };
    let deploy =
        seen.deploys.iter().find(|deploy| (&*deploy.project, &*deploy.service) == (key.project, key.service));
    ServiceTile {
        service: key.service.to_owned(),
        project: key.project.to_owned(),
        environment: key.environment.to_owned(),
        state: telling(workloads).map(run_state).max().unwrap_or(RunState::Running),
        health: telling(workloads).map(health_state).max().unwrap_or(HealthState::None),
        workloads: rows,
        lines,
        error_lines,
        restarts: workloads.iter().map(|workload| seen.restarts.of(&workload.id)).sum(),
        last_deploy: deploy.map(|deploy| deploy.at.millis()),
        issues: issues(seen, key, workloads),
    }
}

/// Issues whose events came from one of the containers; where they tell none that is here, those of the service's project.
fn issues(seen: &Seen<'_>, key: &Key<'_>, workloads: &[&Workload]) -> u64 {
    let is_of = |name: &str, workload: &Workload| name.len() >= ID_DIGITS && workload.id.starts_with(name);
    let is_here = |met: &&Met| {
        workloads.iter().any(|workload| is_of(&met.server_name, workload))
            || met.service == key.service
                && !seen.workloads.iter().any(|workload| is_of(&met.server_name, workload))
    };
    let found: BTreeSet<i64> = seen.issues.iter().filter(is_here).map(|met| met.issue).collect();
    found.len() as u64
}

/// The containers that tell how the service does: not what somebody ran once by hand, unless there is nothing
/// else.
fn telling<'a>(workloads: &'a [&Workload]) -> impl Iterator<Item = &'a Workload> {
    let is_one_off = |workload: &Workload| {
        workload.labels.get(ONE_OFF).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    };
    let all_are = workloads.iter().all(|workload| is_one_off(workload));
    workloads.iter().copied().filter(move |workload| all_are || !is_one_off(workload))
}

fn row(workload: &Workload) -> WorkloadRow {
    WorkloadRow {
        container: workload.identity.container.clone(),
        id: workload.id.chars().take(ID_DIGITS).collect(),
        state: run_state(workload),
        health: health_state(workload),
        image: workload.image.clone(),
        exit_code: workload.exit_code,
        oom_killed: workload.oom_killed,
        started: workload.started_at.map(Timestamp::millis),
        finished: workload.finished_at.map(Timestamp::millis),
        restarts: workload.restarts,
    }
}

pub(in crate::app) fn run_state(workload: &Workload) -> RunState {
    match workload.state {
        State::Created => RunState::Created,
        State::Running => RunState::Running,
        State::Paused => RunState::Paused,
        State::Restarting => RunState::Restarting,
        State::Dead => RunState::Failed,
        State::Exited | State::Removing if workload.exit_code.unwrap_or(0) == 0 => RunState::Finished,
        State::Exited | State::Removing => RunState::Failed,
    }
}

/// A container that does not run has no health; Docker keeps telling its last one.
pub(in crate::app) fn health_state(workload: &Workload) -> HealthState {
    match (workload.state, workload.health) {
        (State::Running | State::Paused, Health::Healthy) => HealthState::Healthy,
        (State::Running | State::Paused, Health::Starting) => HealthState::Starting,
        (State::Running | State::Paused, Health::Unhealthy) => HealthState::Unhealthy,
        _ => HealthState::None,
    }
}

fn docker_status(status: &docker::Status) -> DockerStatus {
    let (state, version, problem) = match &status.engine {
        Engine::Connecting => (DockerState::Connecting, None, None),
        Engine::Connected { version, .. } => (DockerState::Connected, Some(version.clone()), None),
        Engine::Away { problem } => (DockerState::Away, None, Some(problem.clone())),
    };
    let unreadable = status.unreadable.iter();
    DockerStatus {
        state,
        host: status.host.clone(),
        version,
        problem,
        since: status.since.millis(),
        unreadable: unreadable
            .map(|told| Fault { subject: told.container.clone(), message: told.reason.clone() })
            .collect(),
    }
}

fn intake(status: &logs::Status) -> Intake {
    Intake {
        lines: status.lines,
        bytes: status.bytes,
        newest: status.newest.map(Timestamp::millis),
        disk_bytes: status.disk_bytes,
        dropped: dropped(status),
        masked: status
            .masked
            .iter()
            .map(|one| (format!("{} ({})", one.rule, one.service), one.places))
            .collect(),
    }
}

/// By the store's own reasons, then by those of the rules that drop lines, each with its service.
fn dropped(status: &logs::Status) -> Vec<(String, u64)> {
    let own = status.dropped.iter().map(|(reason, lines)| (reason.name().to_owned(), *lines));
    let by_rules = status.filtered.iter().map(|one| (format!("{} ({})", one.reason, one.service), one.lines));
    own.chain(by_rules).collect()
}
