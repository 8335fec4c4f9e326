use api::{DockerStatus, Fault, HealthState, RunState};

use super::*;
use crate::time::{MINUTE, Utc};

/// 2025-11-18 12:00.
const NOW: Millis = 1_763_467_200_000;
const CLOCK: Clock<'static> = Clock { now: NOW, zone: &Utc };

fn check(docker: DockerStatus, faults: &[(&str, &str)], expected: &[&str]) {
    let fault = |(subject, message): &(&str, &str)| Fault {
        subject: (*subject).to_owned(),
        message: (*message).to_owned(),
    };
    let now = Now { docker, faults: faults.iter().map(fault).collect(), ..Now::default() };
    assert_eq!(troubles(&now, CLOCK), expected);
}

#[test]
fn what_feeds_the_page_is_told_where_it_does_not() {
    let docker = |state, problem: Option<&str>| DockerStatus {
        state,
        host: "unix:///d.sock".to_owned(),
        problem: problem.map(str::to_owned),
        since: NOW - 10 * MINUTE,
        ..DockerStatus::default()
    };
    check(docker(DockerState::Connected, None), &[], &[]);
    check(docker(DockerState::Connecting, None), &[], &[]);
    check(
        docker(DockerState::Away, Some("Mount the socket.")),
        &[("data", "The disk is full.")],
        &[
            "The Docker engine at unix:///d.sock does not answer since 11:50. Mount the socket.",
            "data: The disk is full.",
        ],
    );
    check(
        docker(DockerState::Away, None),
        &[],
        &[
            "The Docker engine at unix:///d.sock does not answer since 11:50. It is asked again every few seconds; \
           containers are shown as they were.",
        ],
    );
}

#[test]
fn an_end_is_told_with_its_reason() {
    let workload = |exit_code, oom_killed, finished| WorkloadRow {
        container: "shop-web-1".to_owned(),
        id: "0123456789ab".to_owned(),
        state: RunState::Failed,
        health: HealthState::None,
        image: "shop:1".to_owned(),
        exit_code,
        oom_killed,
        started: None,
        finished,
        restarts: 0,
    };
    let check = |workload: WorkloadRow, told: &str| assert_eq!(ending(&workload, CLOCK), told);
    let at = Some(NOW - 10 * MINUTE);
    check(workload(Some(137), true, at), "since 11:50, exit code 137, out of memory");
    check(workload(Some(1), false, None), "exit code 1");
    check(workload(None, false, None), "");
}
