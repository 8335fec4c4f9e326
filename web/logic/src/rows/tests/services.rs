use api::{HealthState, RunState, ServicePage, ServiceRow, WorkloadRow};

use super::super::services::{Which, page_sections, sections};
use super::*;

const MIB: f64 = 1_048_576.0;

fn service(name: &str, change: impl FnOnce(&mut ServiceRow)) -> ServiceRow {
    let mut row = ServiceRow {
        service: name.to_owned(),
        project: "shop".to_owned(),
        environment: "production".to_owned(),
        state: RunState::Running,
        health: HealthState::Healthy,
        running: 2,
        containers: 2,
        cpu_cores: Some(0.25),
        cpu_trend: vec![Some(0.2), None],
        memory_bytes: Some(256.0 * MIB),
        memory_limit_bytes: Some(512.0 * MIB),
        restarts: 0,
        last_deploy: None,
        targets_up: 1,
        targets_down: 0,
        probes_up: 0,
        probes_down: 0,
        queue_length: None,
        error_lines: 0,
    };
    change(&mut row);
    row
}

fn workload(change: impl FnOnce(&mut WorkloadRow)) -> WorkloadRow {
    let mut workload = WorkloadRow {
        container: "shop-web-1".to_owned(),
        id: "0123456789ab".to_owned(),
        state: RunState::Running,
        health: HealthState::None,
        image: "shop:3".to_owned(),
        exit_code: None,
        oom_killed: false,
        started: Some(NOW - 7_200_000),
        finished: None,
        restarts: 0,
    };
    change(&mut workload);
    workload
}

#[test]
fn a_service_is_told_in_a_line() {
    let check = |change: fn(&mut ServiceRow), tone: Tone, expected: &str| {
        let all = sections(&[service("web", change)], &ViewState::default());
        check_shape(&all);
        let row = &all[0].rows[0];
        assert_eq!((row.tone, told(row).as_str()), (tone, expected));
    };
    check(|_| {}, Tone::Good, "healthy | web | 2/2 | 0.25 | 256 MiB | 0 | 1/1 | – | – | 0");
    check(
        |row| {
            row.state = RunState::Failed;
            row.running = 0;
            row.restarts = 3;
            row.cpu_cores = None;
            row.memory_bytes = None;
        },
        Tone::Critical,
        "down! | web | 0/2 | – | – | 3! | 1/1 | – | – | 0",
    );
    check(
        |row| {
            row.memory_bytes = Some(500.0 * MIB);
            row.queue_length = Some(7);
        },
        Tone::Warning,
        "memory! | web | 2/2 | 0.25 | 500 MiB! | 0 | 1/1 | – | 7 | 0",
    );
    check(
        |row| {
            row.probes_down = 1;
            row.targets_down = 2;
        },
        Tone::Critical,
        "probe fails! | web | 2/2 | 0.25 | 256 MiB | 0 | 1/3! | 0/1! | – | 0",
    );
    check(
        |row| {
            row.running = 1;
            row.memory_limit_bytes = None;
        },
        Tone::Warning,
        "in part! | web | 1/2 | 0.25 | 256 MiB | 0 | 1/1 | – | – | 0",
    );
}

#[test]
fn a_service_leads_to_its_page_and_is_named_as_far_as_need_be() {
    let all = [service("web", |_| {}), service("web", |row| row.environment = "staging".to_owned())];
    let view = ViewState { query: "we".to_owned(), utc: true, ..ViewState::default() };
    let shown = sections(&all, &view);
    let told: Vec<(&str, &str)> = shown[0]
        .rows
        .iter()
        .map(|row| (row.cells[1].note.as_str(), row.link.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            ("production", "/services?tz=utc&one=production/shop/web"),
            ("staging", "/services?tz=utc&one=staging/shop/web"),
        ]
    );
}

#[test]
fn error_lines_lead_to_the_lines() {
    let shown = sections(&[service("web", |row| row.error_lines = 1_200)], &ViewState::default());
    let cell = &shown[0].rows[0].cells[9];
    assert_eq!(cell.link.as_deref(), Some("/logs?env=production&svc=web&lvl=fatal,critical,error"));
}

#[test]
fn every_name_survives_the_address() {
    for which in [Which::of("production", "shop", "web"), Which::of("", "", "a/b"), Which::of("é", "x y", "")]
    {
        assert_eq!(Which::from_text(&which.to_text()), which);
    }
    assert_eq!(Which::from_text("web"), Which::of("", "", "web"));
}

#[test]
fn a_container_says_how_it_ended() {
    let page = |workloads: Vec<WorkloadRow>| ServicePage {
        service: service("web", |_| {}),
        workloads,
        targets: Vec::new(),
        probes: Vec::new(),
        queues: Vec::new(),
        charts: Vec::new(),
        jobs: Vec::new(),
        log_selector: String::new(),
    };
    let check = |change: fn(&mut WorkloadRow), expected: &str| {
        let sections = page_sections(&page(vec![workload(change)]), &ViewState::default(), CLOCK);
        check_shape(&sections);
        assert_eq!(told(&sections[0].rows[0]), expected);
    };
    check(|_| {}, "running | shop-web-1 (0123456789ab) | shop:3 | 2 h ago | 0 | ");
    check(
        |workload| {
            workload.state = RunState::Failed;
            workload.exit_code = Some(137);
            workload.oom_killed = true;
            workload.finished = Some(NOW - 60_000);
            workload.restarts = 2;
        },
        "down! | shop-web-1 (0123456789ab) | shop:3 | 2 h ago | 2 | since 11:59, exit code 137, out of memory",
    );
}
