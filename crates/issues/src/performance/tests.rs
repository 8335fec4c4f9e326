use std::time::Duration;

use event::items::{ContainedSpan, Span, SpanContainer, Transaction};
use event::{ProjectId, SpanId, TraceId};
use model::{TimeRange, Timestamp};
use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

use super::histogram::Histogram;
use super::operations::{Operations, Sum};
use super::own_time::own_times_ms;
use super::waterfall::waterfall;
use super::*;
use crate::database;
use crate::work::Received;

mod orphans;

const HOUR: i64 = 480_000;

fn at(hour: i64, ms: i64) -> Timestamp {
    Timestamp::from_millis((HOUR + hour) * HOUR_MS + ms)
}

fn window(hours: std::ops::Range<i64>) -> Window {
    Window::of(TimeRange { start: at(hours.start, 0), end: at(hours.end, 0) })
}

fn id(id: u8) -> SpanId {
    SpanId([id; 8])
}

/// A span from and to these milliseconds of a transaction.
fn span(number: u8, parent: u8, op: &str, ms: std::ops::Range<i64>) -> Span {
    let (start, end) = (at(0, ms.start), at(0, ms.end));
    Span { id: id(number), parent: Some(id(parent)), op: op.to_owned(), start, end, ..Span::default() }
}

/// A transaction of so many milliseconds; its own span is number 1.
fn transaction(name: &str, hour: i64, ms: i64) -> Transaction {
    Transaction {
        name: name.to_owned(),
        op: "http.server".to_owned(),
        method: Some("GET".to_owned()),
        environment: Some("production".to_owned()),
        span: id(1),
        trace: TraceId([7; 16]),
        start: at(hour, 0),
        end: at(hour, ms),
        ..Transaction::default()
    }
}

fn failed(transaction: Transaction) -> Transaction {
    Transaction { status: Some("internal_error".to_owned()), ..transaction }
}

struct Bench {
    _directory: TempDir,
    connection: Connection,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let connection = store::open(&directory.path().join("issues.db"), &database::SCHEMA).unwrap();
        Self { _directory: directory, connection }
    }

    fn with(transactions: impl IntoIterator<Item = Transaction>) -> Self {
        let mut bench = Self::new();
        bench.take(transactions);
        bench
    }

    fn take(&mut self, transactions: impl IntoIterator<Item = Transaction>) {
        let commit = self.connection.transaction().unwrap();
        transactions.into_iter().for_each(|one| apply(&commit, &received(), &one).unwrap());
        commit.commit().unwrap();
    }

    fn rows(&self, selection: Selection<'_>, contains: &str, sort: Sort) -> Vec<NameRow> {
        names(&self.connection, &selection, contains, &window(0..24), sort).unwrap().rows
    }

    fn examples(&self, selection: Selection<'_>) -> Vec<ExampleRow> {
        examples(&self.connection, &selection, &window(0..24)).unwrap()
    }
}

fn received() -> Received {
    Received { project: ProjectId(3), received_ms: at(5, 0).millis() }
}

fn close(found: f64, expected: f64) -> bool {
    (found / expected - 1.0).abs() < 0.05
}

#[test]
fn names_are_counted_and_measured() {
    let slow = (1..=100).map(|n| transaction("/slow/", n % 3, n * 10));
    let quick = (0..50).map(|_| failed(transaction("/quick/", 1, 5)));
    let bench = Bench::with(slow.chain(quick));
    let rows = bench.rows(Selection::default(), "", Sort::Time);
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["/slow/", "/quick/"]);
    let [slow, quick] = &rows[..] else { unreachable!() };
    assert_eq!((slow.count, slow.failed, quick.count, quick.failed), (100.0, 0.0, 50.0, 50.0));
    assert_eq!((slow.failure_rate(), quick.failure_rate()), (0.0, 1.0));
    assert!(close(slow.time_ms, 50_500.0) && close(quick.time_ms, 250.0));
    assert!(close(slow.per_minute, 100.0 / (24.0 * 60.0)));
    let Quantiles { p50_ms, p75_ms, p95_ms, p99_ms } = slow.quantiles;
    for (found, expected) in [(p50_ms, 500.0), (p75_ms, 750.0), (p95_ms, 950.0), (p99_ms, 990.0)] {
        assert!(close(found, expected), "{found} for {expected}");
    }
    assert_eq!(slow.p95_ms.iter().map(Option::is_some).collect::<Vec<_>>()[..4], [true, true, true, false]);
    for (sort, first) in
        [(Sort::Time, "/slow/"), (Sort::Count, "/slow/"), (Sort::Failures, "/quick/"), (Sort::P95, "/slow/")]
    {
        assert_eq!(bench.rows(Selection::default(), "", sort)[0].name, first, "{sort:?}");
    }

    let name =
        name(&bench.connection, &Selection { name: Some("/quick/"), ..Selection::default() }, &window(0..24));
    let name = name.unwrap().unwrap();
    assert_eq!((name.counts[0], name.counts[1], name.failures[1]), (0.0, 50.0, 50.0));
    assert!(name.p50_ms[0].is_none() && close(name.p50_ms[1].unwrap(), 5.0));
}

#[test]
fn only_what_is_selected_is_counted() {
    let staging = Transaction { environment: Some("staging".to_owned()), ..transaction("/cart/", 0, 10) };
    let post = Transaction { method: Some("POST".to_owned()), ..transaction("/cart/", 0, 10) };
    let task = Transaction { op: "queue.task.celery".to_owned(), ..transaction("shop.tasks.mail", 0, 10) };
    let later = transaction("/cart/", 30, 10);
    let bench = Bench::with([transaction("/cart/", 0, 10), staging, post, task, later]);
    let check = |selection: Selection<'_>, contains: &str, expected: &[(&str, f64)]| {
        let rows = bench.rows(selection, contains, Sort::Count);
        let found: Vec<(&str, f64)> = rows.iter().map(|row| (row.name.as_str(), row.count)).collect();
        assert_eq!(found, expected, "{selection:?} {contains}");
    };
    let all = Selection::default();
    check(all, "", &[("/cart/", 3.0), ("shop.tasks.mail", 1.0)]);
    check(all, "TASKS", &[("shop.tasks.mail", 1.0)]);
    check(Selection { environment: Some("staging"), ..all }, "", &[("/cart/", 1.0)]);
    check(Selection { op: Some("queue.task.celery"), ..all }, "", &[("shop.tasks.mail", 1.0)]);
    check(Selection { project: Some(ProjectId(4)), ..all }, "", &[]);
    assert_eq!(environments(&bench.connection).unwrap(), ["production", "staging"]);
}

#[test]
fn a_sampled_transaction_stands_for_many() {
    let check = |rate: Option<f64>, expected: f64| {
        let sampled = Transaction { sample_rate: rate, ..failed(transaction("/", 0, 100)) };
        let row = Bench::with([sampled]).rows(Selection::default(), "", Sort::Time).remove(0);
        assert_eq!((row.count, row.failed, row.time_ms), (expected, expected, 100.0 * expected), "{rate:?}");
    };
    check(None, 1.0);
    check(Some(1.0), 1.0);
    check(Some(0.25), 4.0);
    check(Some(0.0), 10_000.0);
    check(Some(7.0), 1.0);
    check(Some(f64::NAN), 1.0);
}

#[test]
fn time_goes_to_operations_without_their_parts() {
    let spans = vec![
        span(2, 1, "view.render", 10..90),
        span(3, 2, "db.query", 20..40),
        span(4, 2, "db.query", 30..50),
        span(5, 2, "http.client", 60..70),
        span(6, 99, "cache.get", 91..93),
    ];
    let one = Transaction { spans, ..transaction("/", 0, 100) };
    assert_eq!(own_times_ms(&one), [40.0, 20.0, 20.0, 10.0, 2.0]);
    let row = Bench::with([one.clone(), one]).rows(Selection::default(), "", Sort::Time).remove(0);
    let operations: Vec<(&str, f64, f64)> =
        row.operations.iter().map(|one| (one.op.as_str(), one.time_ms, one.each)).collect();
    assert_eq!(
        operations,
        [
            ("db.query", 80.0, 2.0),
            ("view.render", 80.0, 1.0),
            ("http.client", 20.0, 1.0),
            ("cache.get", 4.0, 1.0)
        ]
    );
    let kinds: Vec<(String, f64)> = by_kind(&row);
    let kinds: Vec<(&str, f64)> = kinds.iter().map(|(kind, ms)| (kind.as_str(), *ms)).collect();
    assert_eq!(kinds, [("db", 80.0), ("view", 80.0), ("http", 20.0), ("own", 16.0), ("cache", 4.0)]);
}

#[test]
fn segments_of_span_containers_are_transactions() {
    let contained = |span: Span, segment: Option<u8>| ContainedSpan {
        span,
        segment: segment.map(id),
        trace: TraceId([7; 16]),
        environment: Some("production".to_owned()),
        ..ContainedSpan::default()
    };
    let root = |number: u8, name: Option<&str>| ContainedSpan {
        is_segment: true,
        transaction: name.map(str::to_owned),
        method: Some("POST".to_owned()),
        span: Span {
            description: "POST /orders".to_owned(),
            parent: None,
            ..span(number, 0, "http.server", 0..100)
        },
        ..contained(Span::default(), Some(number))
    };
    let spans = vec![
        contained(span(10, 1, "db", 10..30), Some(1)),
        root(1, Some("/orders")),
        contained(span(11, 2, "db", 10..20), Some(2)),
        contained(span(12, 9, "db", 10..20), Some(9)),
        root(2, None),
    ];
    let mut bench = Bench::new();
    let commit = bench.connection.transaction().unwrap();
    apply_spans(&commit, &received(), SpanContainer { spans, faulty: 0 }).unwrap();
    commit.commit().unwrap();
    let mut rows = bench.rows(Selection::default(), "", Sort::Time);
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    let found: Vec<(&str, f64, f64)> =
        rows.iter().map(|row| (row.name.as_str(), row.count, row.operations[0].time_ms)).collect();
    assert_eq!(found, [("/orders", 1.0, 20.0), ("POST /orders", 1.0, 10.0)]);
    let kept = example(&bench.connection, bench.examples(Selection::default())[0].id).unwrap().unwrap();
    assert_eq!((kept.steps.len(), kept.transaction.method.as_deref()), (2, Some("POST")));
}

#[test]
fn the_slowest_and_the_first_failures_are_kept() {
    let slow = (1..=20).map(|n| transaction("/", 0, (n * 7) % 20 + 1));
    let bad = (1..=5).map(|n| failed(transaction("/", 0, n)));
    let other_hour = transaction("/", 1, 1);
    let bench = Bench::with(slow.chain(bad).chain([other_hour]));
    let all = bench.examples(Selection::default());
    let durations = |failed: bool, hour: i64| -> Vec<f64> {
        let of = |row: &&ExampleRow| row.failed == failed && row.start_ms == at(hour, 0).millis();
        let mut found: Vec<f64> = all.iter().filter(of).map(|row| row.duration_ms).collect();
        found.sort_by(f64::total_cmp);
        found
    };
    assert_eq!(durations(false, 0), [18.0, 19.0, 20.0]);
    assert_eq!(durations(true, 0), [1.0, 2.0, 3.0]);
    assert_eq!(durations(false, 1), [1.0]);

    let whole = example(&bench.connection, all[0].id).unwrap().unwrap();
    assert_eq!((whole.project, whole.row.trace), (ProjectId(3), TraceId([7; 16])));
    assert_eq!((whole.row.environment.as_str(), whole.transaction.name.as_str()), ("production", "/"));
    assert_eq!(example(&bench.connection, 9999).unwrap(), None);
}

#[test]
fn spans_are_drawn_as_a_tree() {
    let check = |spans: Vec<Span>, expected: &[(u32, u8)]| {
        let steps = waterfall(&Transaction { spans, ..transaction("/", 0, 100) });
        let drawn: Vec<(u32, u8)> = steps.iter().map(|step| (step.depth, step.span.id.0[0])).collect();
        assert_eq!(drawn, expected);
    };
    check(vec![], &[(0, 1)]);
    check(
        vec![span(5, 1, "", 60..90), span(4, 2, "", 30..40), span(3, 2, "", 20..30), span(2, 1, "", 10..50)],
        &[(0, 1), (1, 2), (2, 3), (2, 4), (1, 5)],
    );
    // A parent that was not sent; one that is its own; two that are each other's; a number twice.
    check(vec![span(2, 99, "", 0..9), span(3, 2, "", 1..2)], &[(0, 1), (1, 2), (2, 3)]);
    check(vec![span(2, 2, "", 0..9)], &[(0, 1), (1, 2)]);
    check(vec![span(2, 3, "", 0..9), span(3, 2, "", 1..2)], &[(0, 1), (1, 2), (2, 3)]);
    check(vec![span(2, 1, "", 0..9), span(2, 1, "", 1..2)], &[(0, 1), (1, 2), (1, 2)]);
}

#[test]
fn repeated_and_slow_queries_are_pointed_out() {
    let query = |number: u8, sql: &str, ms: std::ops::Range<i64>| Span {
        description: sql.to_owned(),
        ..span(number, 1, "db.query", ms)
    };
    let check = |spans: Vec<Span>, expected: &[&str]| {
        let hints = hints::hints(&Transaction { spans, ..transaction("/", 0, 5000) });
        let told: Vec<String> = hints
            .iter()
            .map(|hint| match hint {
                Hint::Repeated { query, count, time, .. } => {
                    format!("{count} × {query}: {} ms", time.as_millis())
                }
                Hint::Slow { query, time, .. } => format!("{query}: {} ms", time.as_millis()),
            })
            .collect();
        assert_eq!(told, expected);
    };
    let repeated = |count: u8, ms: i64| {
        let one = |n: u8| {
            let start = i64::from(n) * 100;
            query(
                10 + n,
                &format!("SELECT * FROM item WHERE id = {n} AND name = 'a\\'{n}'"),
                start..start + ms,
            )
        };
        (0..count).map(one).collect::<Vec<_>>()
    };
    check(repeated(6, 10), &["6 × SELECT * FROM item WHERE id = ? AND name = ?: 60 ms"]);
    check(repeated(4, 10), &[]);
    check(repeated(6, 1), &[]);
    check(
        vec![query(2, "SELECT  *\nFROM t2 WHERE id IN (%s, %s, %s) AND x IN (1, 2,3) AND a = $1", 0..700)],
        &["SELECT * FROM t2 WHERE id IN (%s) AND x IN (?) AND a = $1: 700 ms"],
    );
    check(vec![Span { op: "http.client".to_owned(), ..query(2, "GET /", 0..4000) }], &[]);
}

#[test]
fn names_without_bound_end_in_one() {
    let mut bench = Bench::new();
    bench.take((0..2010).map(|n| transaction(&format!("/orders/{n}"), 0, 1)));
    let rows = bench.rows(Selection { name: Some(OTHERS), ..Selection::default() }, "", Sort::Count);
    assert_eq!(rows[0].count, 10.0);
    bench.take([transaction(&"é".repeat(300), 0, 1), transaction("", 0, 1)]);
}

#[test]
fn what_is_old_goes_in_slices() {
    let mut bench = Bench::with(
        (0..10).flat_map(|hour| [transaction("/old", hour, 1), transaction("/new", hour + 5, 1)]),
    );
    let mut slices = 0;
    loop {
        let commit = bench.connection.transaction().unwrap();
        let more = expire(&commit, at(12, 0).millis(), 4).unwrap();
        commit.commit().unwrap();
        slices += 1;
        if !more {
            break;
        }
    }
    assert!(slices > 3);
    let rows = bench.rows(Selection::default(), "", Sort::Count);
    assert_eq!(rows.iter().map(|row| (row.name.as_str(), row.count)).collect::<Vec<_>>(), [("/new", 3.0)]);
    assert_eq!(bench.examples(Selection::default()).len(), 3);
    let left: i64 =
        bench.connection.query_row("SELECT count(*) FROM performance_example", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 3);
    let names: i64 =
        bench.connection.query_row("SELECT count(*) FROM performance_name", [], |row| row.get(0)).unwrap();
    assert_eq!(names, 1);
}

#[test]
fn windows_are_whole_hours_in_few_buckets() {
    let check = |start: (i64, i64), end: (i64, i64), expected: (i64, i64, usize)| {
        let window = Window::of(TimeRange { start: at(start.0, start.1), end: at(end.0, end.1) });
        let first = window.start_ms() / HOUR_MS - HOUR;
        assert_eq!((first, window.step_ms() / HOUR_MS, window.buckets()), expected, "{start:?} {end:?}");
    };
    check((0, 0), (24, 0), (0, 1, 24));
    check((0, 1), (24, 1), (0, 1, 25));
    check((3, 5), (3, 6), (3, 1, 1));
    check((3, 5), (3, 5), (3, 1, 1));
    check((0, 0), (24 * 30, 0), (0, 12, 60));
    Window::of(TimeRange::ALL);
}

proptest! {
    #[test]
    fn histograms_come_back_and_add_up(
        left in prop::collection::vec((0_u64..10_000_000_000, 1_u64..100), 0..50),
        right in prop::collection::vec((0_u64..10_000_000_000, 1_u64..100), 0..50),
    ) {
        let of = |values: &[(u64, u64)]| {
            let mut histogram = Histogram::default();
            values.iter().for_each(|(micros, weight)| histogram.add(Duration::from_micros(*micros), *weight));
            histogram
        };
        let mut merged = of(&left);
        merged.merge(&of(&right));
        let all: Vec<(u64, u64)> = left.into_iter().chain(right).collect();
        prop_assert_eq!(&merged, &of(&all));
        prop_assert_eq!(&Histogram::read(&merged.bytes()), &merged);
    }

    #[test]
    fn quantiles_are_exact_to_5_percent(mut micros in prop::collection::vec(10_u64..100_000_000, 1..200), q in 0.01_f64..1.0) {
        let mut histogram = Histogram::default();
        micros.iter().for_each(|micros| histogram.add(Duration::from_micros(*micros), 1));
        micros.sort_unstable();
        let rank = ((micros.len() as f64 * q).ceil() as usize).max(1) - 1;
        let exact = micros[rank] as f64 / 1000.0;
        let found = histogram.quantile_ms(q).unwrap();
        prop_assert!((found / exact - 1.0).abs() < 0.0501, "{} for {}", found, exact);
    }

    #[test]
    fn operations_come_back(sums in prop::collection::vec(("[a-zé.]{0,80}", 0_u32..10_000, 0_u32..1_000_000), 0..40)) {
        let mut operations = Operations::default();
        for (op, spans, ms) in sums {
            operations.add(&op, Sum { spans: f64::from(spans), time_ms: f64::from(ms) });
        }
        prop_assert_eq!(Operations::read(&operations.bytes()), operations);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        Histogram::read(&bytes).quantile_ms(0.5);
        Operations::read(&bytes).by_time();
    }

    #[test]
    fn own_times_are_never_negative(
        spans in prop::collection::vec((1_u8..9, 1_u8..9, 0_i64..100, 0_i64..100), 0..12),
    ) {
        let spans = spans
            .into_iter()
            .map(|(id, parent, start, length)| span(id, parent, "db", start..start + length))
            .collect::<Vec<_>>();
        let one = Transaction { spans, ..transaction("/", 0, 100) };
        prop_assert!(own_times_ms(&one).iter().all(|ms| *ms >= 0.0));
        prop_assert_eq!(waterfall(&one).len(), one.spans.len() + 1);
    }
}
