//! What is done again and again, and how long it takes, as rows: requests, page loads, tasks; one of them with where
//! its time goes and the examples that were kept.

use api::{ExampleRow, Performance, SpanOperation, Transaction, TransactionRow};

use super::{Cell, Column, Part, Picture, Row, Section, Tone, ago, spaced};
use crate::number::{compact, count, short};
use crate::route::Page;
use crate::time::Clock;
use crate::unit::written;
use crate::view::ViewState;

/// The columns of transactions.
pub const COLUMNS: [Column; 10] = [
    Column::words("state", "State", "Whether it fails", 126),
    Column::words("name", "Name", "Its name; below it the project and what kind it is", 0),
    Column::figures("rate", "Per minute", "How many each minute", 84),
    Column::figures("failed", "Failed", "The share that failed", 72),
    Column::figures("p50", "p50", "Half of them took no longer", 76),
    Column::figures("p75", "p75", "75 of 100 took no longer", 76),
    Column::figures("p95", "p95", "95 of 100 took no longer; the line: over time", 160),
    Column::figures("p99", "p99", "99 of 100 took no longer", 76),
    Column::figures("time", "Time", "Its share of all the time that was spent", 72),
    Column::words("where", "Where the time goes", "By operation of spans; the rest is its own", 200),
];

const OPERATION_COLUMNS: [Column; 5] = [
    Column::words("state", "", "", 24),
    Column::words("op", "Operation", "What the spans do", 0),
    Column::figures("share", "Share", "Of the transactions’ time", 180),
    Column::figures("total", "Together", "All spans of it", 110),
    Column::figures("each", "Each time", "Spans of it in a transaction, on average", 96),
];

const EXAMPLE_COLUMNS: [Column; 7] = [
    Column::words("state", "State", "How it ended", 170),
    Column::words("time", "When", "When it began", 110),
    Column::figures("took", "Took", "How long", 100),
    Column::figures("spans", "Spans", "Its steps", 80),
    Column::words("env", "Environment", "Where it happened", 120),
    Column::words("release", "Release", "Of which version", 160),
    Column::words("trace", "Trace", "What it is part of", 0),
];

/// More failures are worth a look, and more still are a fault.
const FAILING: f64 = 0.01;
const BROKEN: f64 = 0.1;

/// The page's tables: what people wait for, and what is done behind their backs.
pub fn sections(performance: &Performance, view: &ViewState) -> Vec<Section> {
    let rows = |tasks: bool| -> Vec<Row> {
        let of_kind = performance.rows.iter().filter(|row| is_task(&row.op) == tasks);
        of_kind.map(|one| row(one, view)).collect()
    };
    let section = |title, rows| Section { title, columns: &COLUMNS, order: "-time", rows };
    vec![section("", rows(false)), section("Background tasks", rows(true))]
}

fn is_task(op: &str) -> bool {
    ["queue", "task", "celery", "rq", "job", "cron", "function"].iter().any(|word| op.starts_with(word))
}

fn standing(failure_rate: f64) -> (Tone, &'static str) {
    match failure_rate {
        rate if rate >= BROKEN => (Tone::Critical, "fails"),
        rate if rate >= FAILING => (Tone::Warning, "fails at times"),
        _ => (Tone::Good, "works"),
    }
}

/// `120 ms`
pub fn took(millis: f64) -> String {
    written(millis / 1_000.0, "seconds")
}

/// How a name does.
pub fn standing_of(one: &TransactionRow) -> (Tone, &'static str) {
    standing(one.failure_rate)
}

fn row(one: &TransactionRow, view: &ViewState) -> Row {
    let (tone, word) = standing(one.failure_rate);
    let time = |millis: f64| Cell::figure(Some(millis), took);
    let failed = Cell::figure(Some(one.failure_rate), |rate| written(rate, "ratio"));
    Row {
        key: spaced(&[&one.project, &one.op, &one.name]),
        tone,
        link: Some(href(view, one)),
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&one.name).with_note(place(one)).with_hover(&one.name),
            Cell::figure(Some(one.per_minute), short).with_hover(format!("{} in all", count(one.count))),
            failed.toned(if tone == Tone::Good { Tone::Idle } else { tone }),
            time(one.p50_ms),
            time(one.p75_ms),
            time(one.p95_ms).drawn(Picture::Line(one.spark.clone())),
            time(one.p99_ms),
            Cell::figure(Some(one.share), |share| written(share, "ratio")),
            operations(&one.operations),
        ],
        ..Row::default()
    }
}

/// `shop · http.server`
pub fn place(one: &TransactionRow) -> String {
    let known = [one.project.as_str(), one.op.as_str()];
    known.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The page of a name, looking at the same time.
fn href(view: &ViewState, one: &TransactionRow) -> String {
    let op = if one.op.is_empty() { "-" } else { &one.op };
    let named = spaced(&[&one.project, op, &one.name]);
    ViewState { one: Some(named), ..view.carried_to(Page::Performance) }.on("/performance/transaction")
}

/// Project, operation and name, from what stands in the address.
pub fn which(one: &str) -> (&str, &str, &str) {
    let mut parts = one.splitn(3, ' ');
    let mut next = || parts.next().unwrap_or_default();
    let (project, op, name) = (next(), next(), next());
    (project, if op == "-" { "" } else { op }, name)
}

fn operations(times: &[(String, f64)]) -> Cell {
    let all: f64 = times.iter().map(|(_, time)| time).sum();
    let shares: Vec<(String, f64)> =
        times.iter().map(|(op, time)| (op.clone(), if all > 0.0 { time / all } else { 0.0 })).collect();
    let told: Vec<String> =
        shares.iter().map(|(op, share)| format!("{op} {}", written(*share, "ratio"))).collect();
    let parts = shares.iter().map(|(op, share)| Part { look: colour(op), share: *share }).collect();
    let size = shares.iter().find(|(op, _)| op != "own").map(|(_, share)| *share);
    Cell { text: told.first().cloned().unwrap_or_default(), size, ..Cell::default() }
        .with_hover(told.join("\n"))
        .drawn(Picture::Parts(parts))
}

/// The colour of an operation, the same wherever it is drawn; what is none of a span's has none.
pub fn colour(op: &str) -> Option<usize> {
    const KNOWN: [&str; 7] = ["db", "http", "cache", "template", "view", "queue", "file"];
    if op.is_empty() || op == "own" {
        return None;
    }
    Some(KNOWN.iter().position(|known| op.starts_with(known)).unwrap_or(KNOWN.len()))
}

/// The tables of one name.
pub fn one_sections(one: &Transaction, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let operations = one.operations.iter().map(operation).collect();
    let examples = one.examples.iter().map(|row| example(row, view, clock)).collect();
    vec![
        Section {
            title: "Where the time goes",
            columns: &OPERATION_COLUMNS,
            order: "-share",
            rows: operations,
        },
        Section { title: "Examples", columns: &EXAMPLE_COLUMNS, order: "-time", rows: examples },
    ]
}

fn operation(one: &SpanOperation) -> Row {
    let part = Part { look: colour(&one.op), share: one.share };
    let share = Cell::figure(Some(one.share), |share| written(share, "ratio"));
    Row {
        key: one.op.clone(),
        cells: vec![
            Cell::default(),
            Cell::text(&one.op),
            share.drawn(Picture::Parts(vec![part])),
            Cell::figure(Some(one.total_ms), took),
            Cell::figure(Some(one.each), short),
        ],
        ..Row::default()
    }
}

fn example(one: &ExampleRow, view: &ViewState, clock: Clock<'_>) -> Row {
    let tone = if one.failed { Tone::Critical } else { Tone::Good };
    let word = if one.status.is_empty() { "ended" } else { &one.status };
    let there = ViewState { one: Some(one.id.clone()), ..view.carried_to(Page::Performance) };
    Row {
        key: one.id.clone(),
        tone,
        link: Some(there.on("/performance/example")),
        cells: vec![
            Cell::state(tone, word),
            ago(Some(one.time), clock),
            Cell::figure(Some(one.duration_ms), took),
            Cell::figure(Some(f64::from(one.spans)), |_| compact(u64::from(one.spans))),
            Cell::text(&one.environment),
            Cell::text(&one.release),
            Cell::text(&one.trace_id),
        ],
        ..Row::default()
    }
}
