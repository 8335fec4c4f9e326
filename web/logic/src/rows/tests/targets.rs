use api::{DroppedTargetRow, StreamLabels, TargetHealth, TargetRow, Targets};

use super::super::targets::{row, sections};
use super::*;

fn target(change: impl FnOnce(&mut TargetRow)) -> TargetRow {
    let mut target = TargetRow {
        job: "web".to_owned(),
        instance: "web:8000".to_owned(),
        url: "http://web:8000/metrics".to_owned(),
        service: "web".to_owned(),
        project: "shop".to_owned(),
        environment: "production".to_owned(),
        labels: StreamLabels::from([("job".to_owned(), "web".to_owned())]),
        health: TargetHealth::Up,
        last: Some(NOW - 12_000),
        seconds: 0.034,
        scraped: 1_284,
        stored: 1_284,
        interval: 15_000,
        timeout: 10_000,
        origin: "porthole.toml:12".to_owned(),
        ..TargetRow::default()
    };
    change(&mut target);
    target
}

fn check(change: impl FnOnce(&mut TargetRow), tone: Tone, expected: &str) {
    let row = row(&target(change), &ViewState::default(), CLOCK);
    assert_eq!((row.tone, told(&row).as_str()), (tone, expected));
}

#[test]
fn a_target_is_told_in_a_line() {
    check(|_| {}, Tone::Good, "up | web (web:8000) | 12 s ago | 34 ms | 1 284 | 0 | 0 | ");
    check(
        |target| {
            target.health = TargetHealth::Down;
            target.problem = "connection refused".to_owned();
        },
        Tone::Critical,
        "down! | web (web:8000) | 12 s ago | 34 ms | 1 284 | 0 | 0 | Connection refused",
    );
    check(
        |target| {
            target.health = TargetHealth::Unknown;
            target.last = None;
        },
        Tone::Waiting,
        "not asked | web (web:8000) | – | – | – | – | – | ",
    );
    check(
        |target| {
            target.cut = 2_000;
            target.problem = "more than 10 000 series".to_owned();
        },
        Tone::Warning,
        "in part! | web (web:8000) | 12 s ago | 34 ms | 1 284 | 2 000! | 0 | More than 10 000 series",
    );
    check(
        |target| target.bad_lines = 1,
        Tone::Warning,
        "in part! | web (web:8000) | 12 s ago | 34 ms | 1 284 | 0 | 1! | ",
    );
    check(
        |target| target.seconds = 9.0,
        Tone::Good,
        "up | web (web:8000) | 12 s ago | 9 s! | 1 284 | 0 | 0 | ",
    );
}

#[test]
fn a_target_unfolds_to_its_reasons_and_facts() {
    let change = |target: &mut TargetRow| {
        target.problem = "line 3: a value is missing".to_owned();
        target.added = 4;
        target.seconds = 9.0;
    };
    let view = ViewState { query: "w".to_owned(), ..ViewState::default() };
    let told: Vec<String> = unfolded(&row(&target(change), &view, CLOCK))
        .iter()
        .map(|told| told.replace('\u{202f}', " "))
        .collect();
    assert_eq!(
        told,
        [
            "Line 3: a value is missing",
            "It takes nearly as long as it may (10 s): give it a longer timeout, or let it answer less.",
            "Asked at: http://web:8000/metrics",
            "How often: every 15 s, for 10 s at most",
            "Last answer: 1 284 samples in the answer, 1 284 stored; 4 new series",
            "Named by: porthole.toml:12",
            "Its labels: job=web",
            "[All of web](/services?one=production/shop/web)[Its lines](/logs?env=production&svc=web)",
        ]
    );
}

#[test]
fn what_is_left_alone_says_why() {
    let dropped = DroppedTargetRow {
        name: "redis-1".to_owned(),
        why: "no label names a port".to_owned(),
        discovered: StreamLabels::new(),
    };
    let targets = Targets { targets: vec![target(|_| {})], dropped: vec![dropped], faults: Vec::new() };
    let all = sections(&targets, &ViewState::default(), CLOCK);
    check_shape(&all);
    assert_eq!(told(&all[1].rows[0]), "left alone | redis-1 | No label names a port");
    let staging = ViewState { environment: Some("staging".to_owned()), ..ViewState::default() };
    assert!(sections(&targets, &staging, CLOCK)[0].rows.is_empty());
}
