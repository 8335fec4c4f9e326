use std::collections::BTreeMap;

use docker::{Deploy, Engine, Unreadable};
use expect_test::{Expect, expect};
use model::{Health, Identity, State, Workload};

use super::*;

const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(NOW + seconds)
}

/// A container that has run for a week.
fn workload(service: &str, container: &str) -> Workload {
    let identity = Identity {
        service: service.into(),
        project: "shop".into(),
        environment: "production".into(),
        host: "one".into(),
        container: container.into(),
    };
    Workload {
        id: format!("{container:f<64}"),
        identity,
        state: State::Running,
        health: Health::None,
        exit_code: None,
        oom_killed: false,
        stopping: false,
        restarts: 0,
        image: format!("shop/{service}:1"),
        image_id: "sha256:1".into(),
        tty: false,
        log_driver: "json-file".into(),
        created_at: at(-7 * 86_400),
        started_at: Some(at(-7 * 86_400)),
        finished_at: None,
        labels: BTreeMap::new(),
        networks: Vec::<model::Network>::new(),
        ports: Vec::new(),
        process: model::Process::default(),
    }
}

fn exited(service: &str, container: &str, code: i64) -> Workload {
    Workload { state: State::Exited, exit_code: Some(code), ..workload(service, container) }
}

fn status(engine: Engine) -> docker::Status {
    docker::Status { engine, since: at(-60), host: "unix:///run/docker.sock".into(), unreadable: Vec::new() }
}

fn build(
    workloads: &[Workload],
    activity: &::logs::Activity,
    deploys: &[Deploy],
    docker: &docker::Status,
) -> Now {
    let mut restarts = Restarts::default();
    restarts.look(workloads, at(0));
    let logs = ::logs::Status { lines: 5, bytes: 500, newest: Some(at(-1)), ..::logs::Status::default() };
    build::now(&Seen {
        at: at(0),
        workloads,
        deploys,
        docker,
        activity,
        logs: &logs,
        restarts: &restarts,
        issues: &[
            met(1, "a", "web"),
            met(1, "b", "web"),
            met(2, "my-laptop", "web"),
            met(3, "c", "web"),
            met(4, "", "worker"),
        ],
    })
}

/// An issue that a container met, of a project that names the service.
fn met(issue: i64, container: &str, service: &str) -> build::Met {
    let server_name = if container.len() == 1 { format!("{container:f<12}") } else { container.to_owned() };
    build::Met { issue, server_name, service: service.to_owned() }
}

#[test]
fn open_issues_are_told_where_they_were_met() {
    let workloads = [workload("web", "a"), workload("web", "b"), workload("worker", "c")];
    let now = build(&workloads, &::logs::Activity::default(), &[], &status(Engine::Connecting));
    let found: Vec<(&str, u64)> = now.services.iter().map(|tile| (&*tile.service, tile.issues)).collect();
    assert_eq!(found, [("web", 2), ("worker", 2)]);
}

/// One line per tile: service, state, health and containers.
fn check(workloads: &[Workload], expected: Expect) {
    let now = build(workloads, &::logs::Activity::default(), &[], &status(Engine::Connecting));
    let tile = |tile: &ServiceTile| {
        let containers: Vec<&str> = tile.workloads.iter().map(|row| row.container.as_str()).collect();
        format!("{} {:?} {:?}: {}", tile.service, tile.state, tile.health, containers.join(" "))
    };
    expected.assert_eq(&now.services.iter().map(tile).collect::<Vec<_>>().join("\n"));
}

use api::ServiceTile;

#[test]
fn a_tile_shows_the_worst_of_its_containers() {
    let with = |workload: Workload, health| Workload { health, ..workload };
    check(&[workload("web", "web-1"), exited("web", "web-2", 1)], expect!["web Failed None: web-1 web-2"]);
    check(&[exited("migrate", "migrate-1", 0)], expect!["migrate Finished None: migrate-1"]);
    check(
        &[with(workload("web", "web-1"), Health::Healthy), with(workload("web", "web-2"), Health::Unhealthy)],
        expect!["web Running Unhealthy: web-1 web-2"],
    );
    check(&[with(exited("web", "web-1", 137), Health::Unhealthy)], expect!["web Failed None: web-1"]);
    check(
        &[Workload { state: State::Restarting, ..workload("web", "web-1") }],
        expect!["web Restarting None: web-1"],
    );
    let one_off = BTreeMap::from([("com.docker.compose.oneoff".to_owned(), "True".to_owned())]);
    let shell = Workload { labels: one_off, ..exited("web", "web-run-1", 130) };
    check(&[workload("web", "web-1"), shell.clone()], expect!["web Running None: web-1 web-run-1"]);
    check(&[shell], expect!["web Failed None: web-run-1"]);
}

#[test]
fn tiles_sort_and_join_what_the_engines_tell() {
    let mut staging = workload("web", "staging-web");
    staging.identity.environment = "staging".into();
    let workloads = [workload("worker", "worker-1"), workload("web", "web-1"), staging];
    let busy = |service: &str, lines: u32| ::logs::ServiceActivity {
        service: service.into(),
        project: "shop".into(),
        environment: "production".into(),
        lines: vec![lines; 60],
        error_lines: vec![1; 60],
    };
    let activity = ::logs::Activity { services: vec![busy("gone", 3), busy("web", 7)] };
    let deploy = Deploy {
        project: "shop".into(),
        service: "web".into(),
        at: at(-3600),
        image: "shop/web:1".into(),
        image_id: "sha256:1".into(),
        previous_image: "shop/web:0".into(),
    };
    let now = build(&workloads, &activity, &[deploy], &status(Engine::Connecting));
    let tile = |tile: &ServiceTile| {
        let sum = |counts: &[u32]| counts.iter().sum::<u32>();
        let deploy = tile.last_deploy.map(|deploy| deploy / 1000 - NOW);
        let (lines, errors) = (sum(&tile.lines), sum(&tile.error_lines));
        format!("{}/{} {lines} {errors} deploy={deploy:?}", tile.environment, tile.service)
    };
    expect![[r#"
        production/gone 180 60 deploy=None
        production/web 420 60 deploy=Some(-3600)
        production/worker 0 0 deploy=None
        staging/web 0 0 deploy=Some(-3600)"#]]
    .assert_eq(&now.services.iter().map(tile).collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_engines_state_and_what_cannot_be_read_is_told() {
    let told = |docker: &docker::Status| {
        let now = build(&[], &::logs::Activity::default(), &[], docker);
        serde_json::to_string_pretty(&(now.docker, now.intake)).expect("JSON")
    };
    let mut away = status(Engine::Away { problem: "nobody listens at the socket; start Docker".into() });
    away.unreadable.push(Unreadable {
        container_id: "c".repeat(64),
        container: "quiet-1".into(),
        reason: "its logging driver is none".into(),
    });
    expect![[r#"
        [
          {
            "state": "away",
            "host": "unix:///run/docker.sock",
            "version": null,
            "problem": "nobody listens at the socket; start Docker",
            "since": 1799999940000,
            "unreadable": [
              {
                "subject": "quiet-1",
                "message": "its logging driver is none"
              }
            ]
          },
          {
            "lines": 5,
            "bytes": 500,
            "newest": 1799999999000,
            "disk_bytes": 0,
            "dropped": [],
            "masked": []
          }
        ]"#]]
    .assert_eq(&told(&away));
    let connected = told(&status(Engine::Connected { version: "27.3.1".into(), api: "1.47".into() }));
    assert!(connected.contains("\"connected\"") && connected.contains("\"27.3.1\""), "{connected}");
}

#[test]
fn restarts_count_for_a_day() {
    let mut restarts = Restarts::default();
    let mut web = Workload { restarts: 5, ..workload("web", "web-1") };
    let mut look = |web: &Workload, seconds: i64| {
        restarts.look(std::slice::from_ref(web), at(seconds));
        restarts.of(&web.id)
    };
    assert_eq!(look(&web, 0), 0, "all of them may be a week old");
    web.restarts = 7;
    assert_eq!(look(&web, 10), 2);
    web.restarts = 8;
    assert_eq!(look(&web, 20), 3);
    assert_eq!(look(&web, 86_000), 3);
    assert_eq!(look(&web, 86_410), 0);
    web.restarts = 0;
    assert_eq!(look(&web, 86_420), 0, "restarted by hand");
    web.restarts = 1;
    assert_eq!(look(&web, 86_430), 1);
}

#[test]
fn restarts_from_before_the_first_look_count_where_they_are_certain() {
    let first = |workload: Workload| {
        let mut restarts = Restarts::default();
        restarts.look(std::slice::from_ref(&workload), at(0));
        restarts.of(&workload.id)
    };
    let recent =
        Workload { created_at: at(-3600), started_at: Some(at(-60)), restarts: 4, ..workload("a", "a") };
    assert_eq!(first(recent), 4);
    let old = Workload { started_at: Some(at(-60)), restarts: 4, ..workload("a", "a") };
    assert_eq!(first(old), 1);
    assert_eq!(first(Workload { started_at: Some(at(-60)), ..workload("a", "a") }), 0);
}

#[test]
fn containers_that_are_gone_are_forgotten() {
    let mut restarts = Restarts::default();
    let web = Workload { created_at: at(-60), restarts: 4, ..workload("web", "web-1") };
    restarts.look(std::slice::from_ref(&web), at(0));
    restarts.look(&[], at(1));
    assert_eq!(restarts.of(&web.id), 0);
}
