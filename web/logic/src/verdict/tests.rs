use api::{DockerStatus, Fault, Intake};

use super::*;
use crate::time::{HOUR, MINUTE, Utc};

/// 2025-11-18 12:00.
const NOW: Millis = 1_763_467_200_000;

fn workload(state: RunState) -> WorkloadRow {
    WorkloadRow {
        container: "shop-web-1".to_owned(),
        id: "0123456789ab".to_owned(),
        state,
        health: HealthState::None,
        image: "shop:1".to_owned(),
        exit_code: (state == RunState::Failed).then_some(137),
        oom_killed: state == RunState::Failed,
        started: Some(NOW - HOUR),
        finished: (state == RunState::Failed).then_some(NOW - 10 * MINUTE),
        restarts: 0,
    }
}

fn tile(service: &str, state: RunState) -> ServiceTile {
    ServiceTile {
        service: service.to_owned(),
        project: "shop".to_owned(),
        environment: "production".to_owned(),
        state,
        health: HealthState::None,
        workloads: vec![workload(state)],
        lines: vec![100; 60],
        error_lines: vec![0; 60],
        restarts: 4,
        last_deploy: None,
        issues: 0,
    }
}

fn surging(service: &str, before: u32, recent: u32) -> ServiceTile {
    let error_lines = [vec![before; 50], vec![recent; 10]].concat();
    ServiceTile { error_lines, ..tile(service, RunState::Running) }
}

fn check(services: Vec<ServiceTile>, tone: Tone, sentence: &str) {
    let now = Now {
        services,
        docker: DockerStatus { state: DockerState::Connected, ..DockerStatus::default() },
        ..Now::default()
    };
    let verdict = judge(&now, Clock { now: NOW, zone: &Utc });
    assert_eq!((verdict.tone, verdict.sentence.replace('\u{202f}', " ").as_str()), (tone, sentence));
}

#[test]
fn the_worst_is_said_first() {
    let running = || tile("db", RunState::Running);
    check(vec![], Tone::Waiting, "Nothing to watch yet.");
    check(vec![running()], Tone::Quiet, "db is running.");
    check(vec![running(), running()], Tone::Quiet, "All 2 services are running.");
    let finished = || tile("migrate", RunState::Finished);
    check(vec![running(), finished()], Tone::Quiet, "1 service is running, 1 has done its work.");
    check(
        vec![running(), running(), finished(), tile("new", RunState::Created)],
        Tone::Quiet,
        "2 services are running, 2 have done their work or never started.",
    );
    check(
        vec![running(), tile("web", RunState::Failed)],
        Tone::Critical,
        "web is down, since 11:50, exit code 137, out of memory.",
    );
    check(
        vec![tile("web", RunState::Restarting)],
        Tone::Critical,
        "web keeps restarting, 4 restarts in 24 hours.",
    );
    check(vec![tile("web", RunState::Paused)], Tone::Warning, "web is paused.");
    let unhealthy = ServiceTile { health: HealthState::Unhealthy, ..running() };
    check(vec![unhealthy.clone()], Tone::Critical, "db is unhealthy.");
    check(
        vec![surging("web", 0, 5), unhealthy, tile("mail", RunState::Failed), tile("cron", RunState::Paused)],
        Tone::Critical,
        "4 things need attention: db is unhealthy, mail is down, cron is paused, and 1 more.",
    );
}

#[test]
fn errors_are_compared_with_before() {
    check(vec![surging("web", 0, 0)], Tone::Quiet, "web is running.");
    check(vec![surging("web", 5, 14)], Tone::Quiet, "web is running.");
    check(
        vec![surging("web", 0, 5)],
        Tone::Warning,
        "web logs more errors, 50 error lines in 10 minutes, none in the 50 minutes before.",
    );
    check(
        vec![surging("web", 10, 200)],
        Tone::Warning,
        "web logs more errors, 2 000 error lines in 10 minutes, 20 times as many as before.",
    );
}

#[test]
fn one_of_several_containers_is_told_and_old_failures_weigh_less() {
    let mut web = tile("web", RunState::Failed);
    web.workloads.push(workload(RunState::Running));
    check(
        vec![web.clone()],
        Tone::Critical,
        "web is down, 1 of 2 containers, since 11:50, exit code 137, out of memory.",
    );
    web.workloads[0].finished = Some(NOW - 2 * DAY);
    check(
        vec![web],
        Tone::Warning,
        "web is down, 1 of 2 containers, since 16 Nov 12:00, exit code 137, out of memory.",
    );
}

#[test]
fn docker_and_porthole_itself_can_be_the_problem() {
    let mut now = Now {
        services: vec![tile("web", RunState::Running)],
        docker: DockerStatus { state: DockerState::Away, since: NOW - HOUR, ..DockerStatus::default() },
        intake: Intake { newest: Some(NOW), ..Intake::default() },
        ..Now::default()
    };
    let clock = Clock { now: NOW, zone: &Utc };
    let verdict = judge(&now, clock);
    assert_eq!(verdict.tone, Tone::Critical);
    assert_eq!(verdict.sentence, "Docker does not answer, since 11:00; containers are shown as they were.");
    now.docker.state = DockerState::Connected;
    now.faults.push(Fault { subject: "logs".to_owned(), message: "the disk is full.".to_owned() });
    assert_eq!(judge(&now, clock).sentence, "logs has a fault, the disk is full.");
    now.faults.clear();
    now.services.clear();
    assert_eq!(judge(&now, clock).sentence, "No container is known; lines arrive from elsewhere.");
}
