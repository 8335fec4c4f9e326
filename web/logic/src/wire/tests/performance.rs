//! Types of transactions, releases, monitors and projects.

use api::*;

use super::check;

fn text(text: &str) -> String {
    text.to_owned()
}

#[test]
fn transactions_are_read_as_the_server_writes_them() {
    let row = TransactionRow {
        project: text("shop"),
        name: text("/"),
        op: text("http.server"),
        count: 7,
        per_minute: 0.25,
        failure_rate: 0.5,
        p50_ms: 1.5,
        p75_ms: 2.0,
        p95_ms: 3.0,
        p99_ms: 4.0,
        total_ms: 1_234.5,
        share: 0.125,
        operations: vec![(text("db"), 0.5)],
        spark: vec![Some(1.5), None],
    };
    let projects = vec![ProjectName { id: 1, slug: text("shop"), dsn: text("d") }];
    let environments = vec![text("production")];
    check(&Performance {
        rows: vec![row.clone()],
        start: 1,
        step: 2,
        projects,
        environments,
        warnings: vec![text("w")],
    });
    let example = ExampleRow {
        id: text("9"),
        time: 5,
        duration_ms: 1.5,
        status: text("ok"),
        failed: true,
        trace_id: text("t"),
        environment: text("e"),
        release: text("r"),
        spans: 3,
    };
    check(&Transaction {
        row,
        start: 1,
        step: 2,
        counts: vec![1, 2],
        failures: vec![0, 1],
        p50_ms: vec![None, Some(2.5)],
        p95_ms: vec![Some(0.5), None],
        marks: vec![],
        operations: vec![SpanOperation { op: text("db"), total_ms: 1.0, share: 0.5, each: 2.25 }],
        examples: vec![example.clone()],
    });
    let span = Span {
        id: text("s"),
        depth: 2,
        op: text("db"),
        description: text("SELECT"),
        start_ms: 0.5,
        duration_ms: 1.0,
        status: text("ok"),
        failed: true,
        data: vec![(text("a"), text("b"))],
    };
    check(&Example {
        row: example,
        project: text("shop"),
        name: text("n"),
        op: text("o"),
        server_name: text("s"),
        spans: vec![span],
        tags: vec![(text("k"), text("v"))],
        events: vec![EventRow { id: text("e"), ..EventRow::default() }],
        warnings: vec![text("w")],
    });
}

#[test]
fn releases_are_read_as_the_server_writes_them() {
    let row = ReleaseRow {
        version: text("1"),
        project: text("shop"),
        first_seen: 1,
        last_seen: 2,
        released: Some(3),
        deployed: None,
        deployed_to: text("p"),
        new_issues: 4,
        regressed_issues: 5,
        events: 6,
        sessions: 7,
        crash_free_sessions: Some(0.5),
        crash_free_users: None,
    };
    check(&Releases {
        rows: vec![row.clone()],
        next: Some(text("c")),
        projects: vec![],
        environments: vec![text("e")],
    });
    check(&Release {
        row,
        new_issues: vec![IssueRow { id: 1, ..IssueRow::default() }],
        regressed_issues: vec![IssueRow { id: 2, ..IssueRow::default() }],
        deploys: vec![Deploy { environment: text("e"), at: 1, name: text("n"), url: text("u") }],
        start: 1,
        step: 2,
        events: vec![3],
        about: vec![(text("a"), text("b"))],
        previous: text("0"),
    });
}

#[test]
fn monitors_are_read_as_the_server_writes_them() {
    use CheckInState::{Error, InProgress, Missed, Ok, Timeout, Unknown};
    let row = MonitorRow {
        slug: text("s"),
        project: text("p"),
        environment: text("e"),
        state: Missed,
        since: Some(1),
        schedule: text("* * * * *"),
        last: Some(2),
        next: None,
        duration_ms: Some(3),
        issue: Some(4),
        strip: vec![
            None,
            Some(Ok),
            Some(InProgress),
            Some(Missed),
            Some(Timeout),
            Some(Error),
            Some(Unknown),
        ],
    };
    check(&Monitors {
        rows: vec![row.clone()],
        start: 1,
        step: 2,
        projects: vec![],
        environments: vec![text("e")],
    });
    let check_in = CheckIn {
        time: 1,
        state: Timeout,
        duration_ms: None,
        environment: text("e"),
        id: text("i"),
        release: text("r"),
    };
    check(&Monitor {
        rows: vec![row],
        start: 1,
        step: 2,
        margin_minutes: Some(1),
        runtime_minutes: None,
        failures: Some(2),
        recoveries: None,
        check_ins: vec![check_in],
    });
}

#[test]
fn projects_are_read_as_the_server_writes_them() {
    let row = ProjectRow {
        id: 1,
        slug: text("s"),
        service: text("w"),
        origin: text("o"),
        dsn: text("d"),
        events: 2,
        spark: vec![0, 2],
        transactions: 3,
        refused: 4,
        issues: 5,
        last_event: Some(6),
    };
    check(&vec![row.clone()]);
    let key = ProjectKey { key: text("k"), dsn: text("d"), made: Some(1), last_used: None, fixed: true };
    let setup = ProjectSetup { name: text("n"), install: text("i"), code: text("c"), place: text("p") };
    check(&Project {
        row,
        keys: vec![key],
        setups: vec![setup],
        sdks: vec![SdkRow { name: text("n"), envelopes: 1 }],
        toml: text("t"),
        limits: vec![text("No errors.")],
    });
    check(&TestSent { event: text("e") });
    let count = RefusedCount { reason: text("r"), kind: text("k"), count: 1 };
    let last = RefusedRow { time: 1, reason: text("r"), bytes: 2, client: text("c") };
    check(&Refused { counts: vec![count.clone()], last: vec![last], unsent: vec![count] });
}
