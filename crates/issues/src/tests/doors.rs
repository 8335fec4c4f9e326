//! The store through its doors, running.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use event::EventId;
use event::items::LogRecord;
use model::Timestamp;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::ground::{START_MS, Sent, clock, event, prepared};
use crate::change::Change;
use crate::config::{Config, Quotas};
use crate::issues::{Issues, open_with};
use crate::limits::Limits;
use crate::prepared::{Delivery, Prepared};
use crate::refusal::{Category, Reason};

struct Running {
    issues: Issues,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

fn run(config: Config, limits: Limits, directory: &std::path::Path) -> Running {
    let now_ms = Arc::new(AtomicI64::new(START_MS));
    let (issues, writer) = open_with(config, directory, limits, clock(&now_ms)).unwrap();
    let shutdown = CancellationToken::new();
    let task = tokio::spawn(writer.run(shutdown.clone()));
    Running { issues, shutdown, task }
}

impl Running {
    fn delivery(&self, items: Vec<Prepared>) -> Delivery {
        let project = self.issues.projects().into_iter().next().unwrap();
        Delivery { project, client: "sentry.python/2.75.0".to_owned(), items }
    }

    async fn end(self) {
        self.shutdown.cancel();
        self.task.await.unwrap();
    }
}

fn quick() -> Limits {
    Limits { gather: Duration::from_millis(1), upkeep_every: Duration::from_millis(20), ..Limits::default() }
}

fn one(number: u64) -> Prepared {
    prepared(event(&Sent::default(), number, START_MS))
}

async fn until(mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("it to become so");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_accepted_is_read_soon_and_after_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let running = run(Config::default(), quick(), directory.path());
    let accepted = running.issues.accept(running.delivery(vec![one(1), one(2)])).await.unwrap();
    assert_eq!(accepted.id, Some(EventId(1_u128.to_be_bytes())));
    let project = running.issues.projects()[0].id;
    until(|| running.issues.event(project, EventId(2_u128.to_be_bytes())).unwrap().is_some()).await;
    running.issues.accept(running.delivery(vec![one(3)])).await.unwrap();
    let issues = running.issues.clone();
    running.end().await;
    assert!(issues.event(project, EventId(3_u128.to_be_bytes())).unwrap().is_some(), "worked in at the end");
    let late = Delivery { project: issues.projects().remove(0), client: String::new(), items: vec![one(4)] };
    assert_eq!(issues.accept(late).await.unwrap_err().reason, Reason::Closing);
    assert!(issues.update(&[1], Change::Resolve, None).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_refused_while_much_is_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let quotas = Quotas { new_issues_per_minute: u64::MAX, ..Quotas::default() };
    let config = Config { quotas, sample_after: u64::MAX, ..Config::default() };
    let running = run(config, Limits { slice_rows: 50, ..quick() }, directory.path());
    let of = |number: u64, group: u64| {
        let function = format!("f{}", "x".repeat(group as usize));
        prepared(event(&Sent { function, ..Sent::default() }, number, START_MS))
    };
    for number in 0..40 {
        let items = (0..25).map(|part| of(number * 25 + part + 1, part)).collect();
        running.issues.accept(running.delivery(items)).await.unwrap();
    }
    until(|| running.issues.status().backlog_bytes == 0).await;
    let ids: Vec<i64> = (1..=25).collect();
    let deleting = running.issues.update(&ids, Change::Delete, None);
    let sending = async {
        for number in 2000..2200 {
            running.issues.accept(running.delivery(vec![of(number, 0)])).await.unwrap();
        }
    };
    let (deleted, ()) = tokio::join!(deleting, sending);
    assert_eq!(deleted.unwrap(), 25);
    let left = |sql: &'static str| {
        let count = move |connection: &rusqlite::Connection| connection.query_row(sql, [], |row| row.get(0));
        running.issues.read::<i64>(count).unwrap()
    };
    until(|| left("SELECT count(*) FROM issue WHERE status = 'deleted'") == 0).await;
    until(|| running.issues.status().backlog_bytes == 0).await;
    assert!(running.issues.status().refused.is_empty());
    assert_eq!(left("SELECT coalesce(sum(count), 0) FROM issue"), left("SELECT count(*) FROM event"));
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_refused_and_shown() {
    let directory = tempfile::tempdir().unwrap();
    let quotas = Quotas { errors_per_minute: 2, ..Quotas::default() };
    let running = run(Config { quotas, ..Config::default() }, quick(), directory.path());
    let accepted = running.issues.accept(running.delivery(vec![one(1), one(2), one(3)])).await.unwrap();
    let [limited] = accepted.limited[..] else { panic!("{accepted:?}") };
    assert_eq!((limited.category, limited.reason), (Category::Error, Reason::RateLimit));
    assert!((1..=61).contains(&limited.retry_after_s));
    let refusal = running.issues.accept(running.delivery(vec![one(4)])).await.unwrap_err();
    assert_eq!((refusal.reason, &refusal.categories[..]), (Reason::RateLimit, &[Category::Error][..]));
    let transaction = event::items::Transaction { id: EventId([7; 16]), ..Default::default() };
    let transaction = Prepared::Transaction(Box::new(transaction));
    running.issues.accept(running.delivery(vec![transaction])).await.unwrap();
    let project = running.issues.projects()[0].id;
    running.issues.refused(project, Category::Error, Reason::TooLarge, 2_000_000, "sentry.go/0.47");
    until(|| running.issues.last_refused(project, 10).unwrap().len() == 3).await;
    let last = running.issues.last_refused(project, 1).unwrap().remove(0);
    assert_eq!(
        (last.reason.as_str(), last.bytes, last.client.as_str()),
        ("too_large", 2_000_000, "sentry.go/0.47")
    );
    let outcomes = running.issues.outcomes(project, START_MS).unwrap();
    let quantity = |category: &str, outcome: &str| {
        let found = outcomes.iter().find(|one| one.category == category && one.outcome == outcome);
        found.map_or(0, |one| one.quantity)
    };
    assert_eq!((quantity("error", "rate_limit"), quantity("error", "too_large")), (2, 1), "{outcomes:?}");
    assert_eq!(quantity("client", "sentry.python/2.75.0"), 3);
    until(|| running.issues.outcomes(project, START_MS).unwrap().iter().any(|one| one.outcome == "accepted"))
        .await;
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn log_lines_go_out() {
    let directory = tempfile::tempdir().unwrap();
    let running = run(Config::default(), quick(), directory.path());
    let mut outlet = running.issues.take_logs().unwrap();
    assert!(running.issues.take_logs().is_none());
    let record = |body: &str| LogRecord {
        timestamp: Timestamp::from_millis(START_MS),
        level: "info".into(),
        body: body.into(),
        trace: None,
        span: None,
        attributes: vec![],
    };
    let logs = Prepared::Logs(vec![record("one"), record("two")]);
    let mut accepted = Box::pin(running.issues.accept(running.delivery(vec![logs])));
    let lines = tokio::select! {
        _ = &mut accepted => panic!("answered before the lines were kept"),
        lines = outlet.recv() => lines.unwrap(),
    };
    lines.kept.send(()).unwrap();
    accepted.await.unwrap();
    let batch = &lines.batches[0];
    assert_eq!(batch.labels.get("service"), Some("default"));
    assert_eq!(batch.labels.get("stream"), Some("sentry"));
    assert_eq!(batch.entries.iter().map(|entry| entry.line.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(running.issues.status().logs_dropped, 0);
    drop(outlet);
    let logs = Prepared::Logs(vec![record("three")]);
    running.issues.accept(running.delivery(vec![logs])).await.unwrap();
    assert_eq!(running.issues.status().logs_dropped, 1);
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_nothing_refuses_and_recovers() {
    let directory = tempfile::tempdir().unwrap();
    let running = run(Config::default(), quick(), directory.path());
    running.issues.accept(running.delivery(vec![one(1)])).await.unwrap();
    // Another program holds the file: as good as a full disk.
    let other = rusqlite::Connection::open(directory.path().join("spool.db")).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON item BEGIN SELECT RAISE(ABORT, 'disk is full'); END",
        )
        .unwrap();
    let refusal = running.issues.accept(running.delivery(vec![one(2)])).await.unwrap_err();
    assert_eq!(refusal.reason, Reason::Disk);
    assert!(refusal.retry_after_s > 0);
    let faults = running.issues.faults();
    assert!(faults[0].message.contains("disk is full"), "{faults:?}");
    other.execute_batch("DROP TRIGGER full").unwrap();
    running.issues.accept(running.delivery(vec![one(2)])).await.unwrap();
    assert_eq!(running.issues.faults(), []);
    let project = running.issues.projects()[0].id;
    until(|| running.issues.event(project, EventId(2_u128.to_be_bytes())).unwrap().is_some()).await;
    running.end().await;
}
