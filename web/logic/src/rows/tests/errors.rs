//! Transactions, releases, monitors and projects.

use api::*;

use super::super::{monitors, performance, projects, releases};
use super::*;
use crate::route::Page;
use crate::time::{DAY, HOUR, MINUTE};

fn text(text: &str) -> String {
    text.to_owned()
}

fn transaction(change: impl FnOnce(&mut TransactionRow)) -> TransactionRow {
    let mut row = TransactionRow {
        project: text("shop"),
        name: text("/checkout/{id}"),
        op: text("http.server"),
        count: 18_402,
        per_minute: 12.78,
        failure_rate: 0.0,
        p50_ms: 118.0,
        p75_ms: 177.0,
        p95_ms: 378.0,
        p99_ms: 2_260.0,
        share: 0.16,
        operations: vec![(text("db"), 0.52), (text("own"), 0.48)],
        ..TransactionRow::default()
    };
    change(&mut row);
    row
}

#[test]
fn a_transaction_is_told_in_a_line() {
    let check = |change: fn(&mut TransactionRow), tone: Tone, expected: &str| {
        let performance = Performance { rows: vec![transaction(change)], ..Performance::default() };
        let sections = performance::sections(&performance, &ViewState::default());
        let row = sections.iter().flat_map(|section| &section.rows).next().unwrap();
        assert_eq!((row.tone, told(row).as_str()), (tone, expected));
    };
    let rest = "118 ms | 177 ms | 378 ms | 2.26 s | 16 % | db 52 %";
    let name = "/checkout/{id} (shop · http.server)";
    check(|_| {}, Tone::Good, &format!("works | {name} | 12.8 | 0 % | {rest}"));
    check(
        |row| row.failure_rate = 0.034,
        Tone::Warning,
        &format!("fails at times! | {name} | 12.8 | 3.4 %! | {rest}"),
    );
    check(|row| row.failure_rate = 0.5, Tone::Critical, &format!("fails! | {name} | 12.8 | 50 %! | {rest}"));
}

#[test]
fn tasks_stand_apart() {
    let ops = ["http.server", "queue.task.celery", "pageload", "", "function.aws"];
    let rows = ops.map(|op| transaction(|row| row.op = text(op))).to_vec();
    let sections =
        performance::sections(&Performance { rows, ..Performance::default() }, &ViewState::default());
    assert_eq!(sections.iter().map(|section| section.rows.len()).collect::<Vec<_>>(), [3, 2]);
}

#[test]
fn the_page_of_a_name_is_found_again() {
    for (name, op) in [("/a b/{c}", "http.server"), ("task", ""), ("", "x")] {
        let row = transaction(|row| {
            (row.name, row.op) = (text(name), text(op));
        });
        let performance = Performance { rows: vec![row], ..Performance::default() };
        let sections = performance::sections(&performance, &ViewState::default());
        let row = sections.iter().flat_map(|section| &section.rows).next().unwrap();
        let link = row.link.clone().unwrap();
        let (path, search) = link.split_once('?').unwrap();
        assert_eq!((Page::at(path), Page::rest(path)), (Page::Performance, vec!["transaction"]));
        let one = ViewState::read(Page::Performance, search).one.unwrap();
        assert_eq!(performance::which(&one), ("shop", op, name));
    }
}

#[test]
fn operations_keep_their_colours() {
    let looks =
        ["db", "db.redis", "http.client", "own", "", "smtp", "resource.script"].map(performance::colour);
    assert_eq!(looks, [Some(0), Some(0), Some(1), None, None, Some(7), Some(7)]);
}

#[test]
fn one_name_has_its_operations_and_examples() {
    let one = Transaction {
        operations: vec![SpanOperation { op: text("db"), total_ms: 61_000.0, share: 0.52, each: 26.2 }],
        examples: vec![ExampleRow {
            id: text("7"),
            time: NOW - 2 * MINUTE,
            duration_ms: 842.0,
            status: text("internal_error"),
            failed: true,
            spans: 33,
            ..ExampleRow::default()
        }],
        ..Transaction::default()
    };
    let sections = performance::one_sections(&one, &ViewState::default(), CLOCK);
    let rows: Vec<String> = sections.iter().flat_map(|section| &section.rows).map(told).collect();
    assert_eq!(rows, [" | db | 52 % | 61 s | 26.2", "internal_error! | 2 min ago | 842 ms | 33 |  |  | "]);
    check_tables(&sections);
}

/// As many cells as columns, and no two rows of a table under one key.
fn check_tables(sections: &[Section]) {
    for section in sections {
        let mut keys: Vec<&str> = section.rows.iter().map(|row| row.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), section.rows.len(), "{}", section.title);
        assert!(section.rows.iter().all(|row| row.cells.len() == section.columns.len()), "{}", section.title);
        let order = crate::rows::Order::from_text(section.order, section.columns);
        assert_eq!(order.is_some(), !section.order.is_empty(), "{}", section.title);
    }
}

fn release(change: impl FnOnce(&mut ReleaseRow)) -> ReleaseRow {
    let mut row = ReleaseRow {
        version: text("shop@1.4.2"),
        project: text("shop"),
        first_seen: NOW - 3 * HOUR,
        deployed: Some(NOW - 2 * HOUR),
        deployed_to: text("production"),
        events: 1_284,
        ..ReleaseRow::default()
    };
    change(&mut row);
    row
}

#[test]
fn a_release_is_told_in_a_line() {
    let check = |change: fn(&mut ReleaseRow), tone: Tone, expected: &str| {
        let releases = Releases { rows: vec![release(change)], ..Releases::default() };
        let sections = releases::sections(&releases, &ViewState::default(), CLOCK);
        check_tables(&sections);
        let row = &sections[0].rows[0];
        assert_eq!((row.tone, told(row).as_str()), (tone, expected));
        assert_eq!(row.link.as_deref(), Some("/releases/shop%401.4.2?project=shop"));
    };
    let known = "shop@1.4.2 (shop) | 3 h ago | 2 h ago (production) | 1.3k";
    check(|_| {}, Tone::Good, &format!("quiet | {known} | 0 | 0 | – | –"));
    check(|row| row.new_issues = 3, Tone::Warning, &format!("new issues! | {known} | 3! | 0 | – | –"));
    check(|row| row.regressed_issues = 1, Tone::Warning, &format!("regressed! | {known} | 0 | 1! | – | –"));
    check(
        |row| {
            (row.sessions, row.crash_free_sessions, row.crash_free_users) =
                (200, Some(0.985), Some(0.999_99));
        },
        Tone::Critical,
        &format!("crashes! | {known} | 0 | 0 | 98.5 %! (of 200) | 99.999 %"),
    );
}

#[test]
fn new_issues_of_a_release_lead_to_them() {
    let releases = Releases { rows: vec![release(|row| row.new_issues = 1)], ..Releases::default() };
    let sections = releases::sections(&releases, &ViewState::default(), CLOCK);
    let link = sections[0].rows[0].cells.iter().find_map(|cell| cell.link.clone()).unwrap();
    let query = ViewState::read(Page::Issues, link.split_once('?').unwrap().1).query;
    assert_eq!(query, "firstRelease:\"shop@1.4.2\"");
}

#[test]
fn one_release_has_its_issues_and_deploys() {
    let issue = IssueRow {
        id: 12,
        short_id: text("SHOP-12"),
        title: text("KeyError"),
        last_seen: NOW,
        ..IssueRow::default()
    };
    let deploy = Deploy {
        environment: text("production"),
        at: NOW - HOUR,
        name: text("by CI"),
        url: text("javascript:x"),
    };
    let whole =
        Release { new_issues: vec![issue], deploys: vec![deploy.clone(), deploy], ..Release::default() };
    let sections = releases::one_sections(&whole, &ViewState::default(), CLOCK);
    check_tables(&sections);
    assert_eq!(sections[0].rows[0].link.as_deref(), Some("/issues/12"));
    let deploy = &sections[2].rows[0];
    assert_eq!(told(deploy), " | production | 1 h ago | by CI (javascript:x)");
    assert!(deploy.cells.iter().all(|cell| cell.link.is_none()), "what somebody typed is no link");
}

#[test]
fn a_monitor_is_told_in_a_line() {
    let check = |change: fn(&mut MonitorRow), tone: Tone, expected: &str| {
        let mut row = MonitorRow {
            slug: text("nightly backup"),
            project: text("shop"),
            environment: text("production"),
            state: CheckInState::Ok,
            schedule: text("0 3 * * *"),
            last: Some(NOW - 9 * HOUR),
            next: Some(NOW + 15 * HOUR + 5_200),
            duration_ms: Some(4_200),
            strip: vec![None, Some(CheckInState::Ok), Some(CheckInState::Missed)],
            ..MonitorRow::default()
        };
        change(&mut row);
        let monitors = Monitors { rows: vec![row], start: NOW - 3 * HOUR, step: HOUR, ..Monitors::default() };
        let sections = monitors::sections(&monitors, &ViewState::default(), CLOCK);
        check_tables(&sections);
        let row = &sections[0].rows[0];
        assert_eq!((row.tone, told(row).as_str()), (tone, expected));
        assert_eq!(row.link.as_deref(), Some("/monitors/nightly%20backup?project=shop"));
        assert_eq!(row.cells[6].picture, Picture::Strip(vec![None, Some(1.0), Some(0.0)]));
    };
    let name = "nightly backup (shop · production)";
    check(
        |_| {},
        Tone::Good,
        &format!(
            "ran | {name} | daily at 03:00 | 9 h ago | in 15 h | 4.2 s |  | One failed or was missing before 12:00."
        ),
    );
    check(
        |row| {
            (row.state, row.next, row.duration_ms) = (CheckInState::Missed, Some(NOW - 2 * HOUR), None);
        },
        Tone::Critical,
        &format!(
            "missed! | {name} | daily at 03:00 | 9 h ago | 2 h ago | – |  | It did not begin when it was due. See \
             whether its scheduler (beat, cron) runs, and the lines of its container."
        ),
    );
    check(
        |row| {
            (row.state, row.last, row.next, row.schedule) =
                (CheckInState::Unknown, None, None, String::new());
        },
        Tone::Waiting,
        &format!("not seen yet | {name} | not told | – | – | 4.2 s |  | It has not reported a run yet."),
    );
}

#[test]
fn one_monitor_has_its_runs() {
    let run =
        |ago: i64, state| CheckIn { time: NOW - ago, state, duration_ms: Some(90_000), ..CheckIn::default() };
    let monitor = Monitor {
        check_ins: vec![run(MINUTE, CheckInState::InProgress), run(DAY, CheckInState::Timeout)],
        ..Monitor::default()
    };
    let sections = monitors::one_sections(&monitor, &ViewState::default(), CLOCK);
    check_tables(&sections);
    let rows: Vec<String> = sections[1].rows.iter().map(told).collect();
    assert_eq!(
        rows,
        ["runs | 11:59 (1 min ago) | 90 s |  |  | ", "too long! | 21 Nov 12:00 (1 d ago) | 90 s |  |  | "]
    );
}

#[test]
fn a_project_is_told_in_a_line() {
    let check = |change: fn(&mut ProjectRow), tone: Tone, expected: &str| {
        let mut row = ProjectRow {
            id: 1,
            slug: text("shop"),
            service: text("web"),
            events: 1_284,
            transactions: 12_000,
            issues: 14,
            last_event: Some(NOW - 90_000),
            origin: text("porthole.toml:12"),
            ..ProjectRow::default()
        };
        change(&mut row);
        let sections = projects::sections(&[row], &ViewState::default(), CLOCK);
        check_tables(&sections);
        let row = &sections[0].rows[0];
        assert_eq!((row.tone, told(row).as_str()), (tone, expected));
        assert_eq!(row.link.as_deref(), Some("/projects/1"));
    };
    check(|_| {}, Tone::Good, "receives | shop (web) | 1.3k | 12k | 0 | 14 | 1 min ago | porthole.toml:12");
    check(
        |row| row.refused = 3,
        Tone::Warning,
        "refuses! | shop (web) | 1.3k | 12k | 3! | 14 | 1 min ago | porthole.toml:12",
    );
    check(
        |row| *row = ProjectRow { id: 1, slug: text("new"), ..ProjectRow::default() },
        Tone::Waiting,
        "no event yet | new | 0 | 0 | 0 | 0 | – | the page",
    );
}

#[test]
fn refusals_say_why_how_large_and_who() {
    let refused = Refused {
        counts: vec![RefusedCount { reason: text("too_large"), kind: String::new(), count: 2 }],
        last: vec![RefusedRow {
            time: NOW - HOUR,
            reason: text("the body is 24 MB: send less"),
            bytes: 25_165_824,
            client: String::new(),
        }],
        unsent: vec![RefusedCount { reason: text("queue_overflow"), kind: text("span"), count: 1_203 }],
    };
    let sections = projects::refusals(&refused, CLOCK);
    check_tables(&sections);
    let rows: Vec<String> = sections.iter().flat_map(|section| &section.rows).map(told).collect();
    assert_eq!(
        rows,
        [
            " | Too large | envelopes | 2",
            " | The body is 24 MB: send less | not told | 24 MiB | 1 h ago",
            " | Queue overflow | span | 1 203",
        ]
    );
}
