//! Lines through the front doors: pushed and collected, followed and queried, refused and waiting.

use std::sync::Arc;
use std::time::Duration;

use logql::{Levels, Scan, Source};
use model::{Batch, Entry, Labels, Level, MatchOp, Matcher, Position, Selector, TimeRange, Timestamp};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::limits::Limits;
use crate::logs::{Logs, open_with};
use crate::testing::{DAY, Ground, NOON, batch, content, entry, labels, lines, small};
use crate::{Config, DropReason, Followed, PushError, Writer};

/// A store whose writer runs.
pub(super) struct Running {
    pub(super) logs: Logs,
    stop: CancellationToken,
    writing: JoinHandle<()>,
}

impl Running {
    pub(super) fn open(ground: &Ground) -> Self {
        Self::with(ground, Config::default(), small())
    }

    pub(super) fn with(ground: &Ground, config: Config, limits: Limits) -> Self {
        let (logs, writer) = open_with(config, &ground.path(), limits, ground.clock()).unwrap();
        Self::run(logs, writer)
    }

    pub(super) fn run(logs: Logs, writer: Writer) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let writing = tokio::spawn(async move { writer.run(stopped).await.unwrap() });
        Self { logs, stop, writing }
    }

    pub(super) async fn close(self) {
        self.stop.cancel();
        self.writing.await.unwrap();
    }
}

fn numbered(service: &str, numbers: std::ops::Range<u32>) -> Batch {
    let entries = numbers.map(|number| entry(NOON, &format!("line {number}")));
    batch(service, entries.collect())
}

fn texts(numbers: std::ops::Range<u32>) -> Vec<String> {
    numbers.map(|number| format!("line {number}")).collect()
}

#[tokio::test]
async fn what_is_pushed_is_there_when_it_is_answered_and_after_a_restart() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    for round in 0..20 {
        running
            .logs
            .push(vec![numbered("web", round * 10..round * 10 + 10), numbered("worker", round..round + 1)])
            .await
            .unwrap();
        assert_eq!(lines(&running.logs.shared, "web").len() as u32, (round + 1) * 10);
    }
    let status = running.logs.status();
    assert_eq!((status.lines, status.newest, status.dropped.len()), (220, Some(NOON), 0));
    assert!(status.disk_bytes > 0);
    running.close().await;

    let running = Running::open(&ground);
    assert_eq!(lines(&running.logs.shared, "web"), texts(0..200));
    assert_eq!(lines(&running.logs.shared, "worker"), texts(0..20));
    let files = crate::testing::files(&ground.path());
    assert_eq!(files, ["2025-11-22/normal.data.db", "2025-11-22/normal.index.db", "tail.db"]);
    running.close().await;
}

#[tokio::test]
async fn positions_come_back_as_they_were_committed_with_their_lines() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let position =
        |key: &str, value: Option<&str>| Position { key: key.into(), value: value.map(|value| value.into()) };
    let mut sent = numbered("web", 0..3);
    sent.positions =
        vec![position("docker/a", Some("1")), position("docker/b", Some("2")), position("file/c", Some("3"))];
    let forget = Batch { positions: vec![position("docker/b", None)], entries: Vec::new(), ..sent.clone() };
    let intake = running.logs.intake();
    intake.send(sent).await.unwrap();
    intake.send(forget).await.unwrap();
    running.close().await;

    let running = Running::open(&ground);
    assert_eq!(running.logs.positions("docker/"), [position("docker/a", Some("1"))]);
    assert_eq!(running.logs.positions("").len(), 2);
    assert_eq!(lines(&running.logs.shared, "web"), texts(0..3));
    running.close().await;
}

#[tokio::test]
async fn followers_get_every_committed_line_or_are_told_how_many_they_missed() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let mut follow = running.logs.follow();
    running.logs.push(vec![numbered("web", 0..700)]).await.unwrap();
    let mut got = Vec::new();
    while got.len() < 700 {
        let Followed::Batch(committed) = follow.recv().await else { panic!("nothing was skipped yet") };
        assert_eq!(committed.labels, labels("web").with("service_name", "web"));
        got.extend(committed.entries.iter().map(|(entry, level)| (entry.line.clone(), *level)));
    }
    assert_eq!(got, texts(0..700).into_iter().map(|line| (line, Level::Unknown)).collect::<Vec<_>>());

    // More batches than the queue holds: those that are left and those that are missing are all.
    for round in 0..100 {
        running.logs.push(vec![numbered("web", round * 3..round * 3 + 3)]).await.unwrap();
    }
    let (mut skipped, mut received) = (0, 0);
    while skipped + received < 300 {
        match follow.recv().await {
            Followed::Batch(committed) => received += committed.entries.len() as u64,
            Followed::Skipped(lines) => skipped += lines,
        }
    }
    assert_eq!(skipped + received, 300);
    assert!(skipped > 0 && received > 0, "{skipped} {received}");
    running.close().await;
}

#[tokio::test]
async fn entries_outside_of_time_are_dropped_and_counted() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let at = |at: Timestamp, line: &str| entry(at, line);
    let ahead = NOON.plus(DAY);
    let oldest = NOON.day().start().minus(30 * DAY);
    let just_before = |at: Timestamp| Timestamp::from_nanos(at.nanos() - 1);
    let entries = vec![
        at(just_before(oldest), "too old"),
        at(oldest, "oldest"),
        at(NOON, "now"),
        at(ahead, "newest"),
        at(Timestamp::from_nanos(ahead.nanos() + 1), "too far ahead"),
        at(Timestamp::MIN, "too old"),
        at(Timestamp::MAX, "too far ahead"),
    ];
    running.logs.push(vec![batch("web", entries)]).await.unwrap();
    assert_eq!(lines(&running.logs.shared, "web"), ["oldest", "now", "newest"]);
    assert_eq!(running.logs.status().dropped, [(DropReason::TooOld, 2), (DropReason::TooFarAhead, 2)]);
    let refuses = |stream: &str, at: Timestamp| {
        running.logs.refuses(&labels("web").with("stream", stream), &entry(at, "a line"))
    };
    for (stream, at, expected) in [
        ("stdout", NOON, None),
        ("stdout", Timestamp::from_nanos(ahead.nanos() + 1), Some(DropReason::TooFarAhead)),
        ("stdout", oldest, None),
        ("stdout", just_before(oldest), Some(DropReason::TooOld)),
        // Events are kept for a year.
        ("event", just_before(oldest), None),
        ("event", NOON.minus(400 * DAY), Some(DropReason::TooOld)),
    ] {
        assert_eq!(refuses(stream, at), expected, "{stream} {at}");
    }
    running.close().await;
}

#[tokio::test]
async fn a_clock_that_jumps_back_loses_nothing() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    running.logs.push(vec![numbered("web", 0..30)]).await.unwrap();
    let back = NOON.minus(3 * DAY);
    ground.set_clock(back);
    let entries = (0..30).map(|number| entry(back, &format!("later {number}")));
    running.logs.push(vec![batch("web", entries.collect())]).await.unwrap();
    assert_eq!(lines(&running.logs.shared, "web").len(), 60);
    assert_eq!(running.logs.status().dropped, []);
    running.close().await;
}

#[tokio::test]
async fn too_many_streams_are_refused_and_known_ones_go_on() {
    let ground = Ground::new();
    let running = Running::with(&ground, Config::default(), Limits { streams_max: 2, ..small() });
    let push = async |services: &[&str]| {
        running.logs.push(services.iter().map(|service| numbered(service, 0..2)).collect()).await
    };
    let refused = Err(PushError::TooManyStreams(2));
    for (services, expected) in [
        (["a"].as_slice(), Ok(())),
        (&["b"], Ok(())),
        (&["c"], refused.clone()),
        (&["a"], Ok(())),
        // All or nothing: whoever sends it again must not double a part of it.
        (&["a", "d"], refused),
    ] {
        assert_eq!(push(services).await, expected, "{services:?}");
    }
    assert_eq!(running.logs.status().dropped, []);
    running.logs.intake().send(numbered("e", 0..2)).await.unwrap();
    // Collectors cannot be refused: what finds no room is counted.
    push(&["a"]).await.unwrap();
    assert_eq!(running.logs.status().dropped, [(DropReason::TooManyStreams, 2)]);
    assert_eq!(lines(&running.logs.shared, "a").len(), 6);
    running.close().await;
}

#[tokio::test]
async fn other_classes_take_effect_while_it_runs() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let config = |text: &str| Config::read(&settings::Tree::parse("porthole.toml", text, []).root());
    let line = |text: &str| batch("web", vec![entry(NOON, text)]);
    running.logs.push(vec![line("INFO: normal")]).await.unwrap();
    running.logs.apply(config(
        "[[logs.class]]\nselector = '{service=\"web\"}'\nlevels = [\"info\"]\nclass = \"short\"",
    ));
    running.logs.push(vec![line("INFO: short"), line("ERROR: normal still")]).await.unwrap();
    let days =
        || running.logs.shared.picture.days().iter().map(|day| day.key.to_string()).collect::<Vec<_>>();
    assert_eq!(days(), ["2025-11-22/short", "2025-11-22/normal"]);
    // Only the classes' retention differs.
    running.logs.apply(config("[logs]\nretention_short = \"1d\"\nretention = \"2d\""));
    ground.set_clock(NOON.plus(4 * DAY));
    assert_eq!(running.logs.refuses(&labels("web"), &entry(NOON, "ERROR: x")), Some(DropReason::TooOld));
    assert_eq!(running.logs.refuses(&labels("web").with("stream", "event"), &entry(NOON, "x")), None);
    running.close().await;
    let running =
        Running::with(&ground, config("[logs]\nretention_short = \"1d\"\nretention = \"30d\""), small());
    assert_eq!(lines(&running.logs.shared, "web"), ["INFO: normal", "ERROR: normal still"]);
    running.close().await;
}

#[tokio::test]
async fn levels_are_found_or_given_and_never_stored_twice() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let with = |pairs: &[(&str, &str)], line: &str| Entry {
        metadata: pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        ..entry(NOON, line)
    };
    let entries = vec![
        with(&[], "ERROR: found in the line"),
        with(&[("container_id", "abc"), ("detected_level", "warn")], "ERROR: given beside it"),
        with(&[("severity", "critical")], "given by another name, which stays"),
    ];
    let mut labelled = batch("pushed", vec![with(&[], "INFO: a label is stronger")]);
    labelled.labels = labelled.labels.with("level", "error");
    running.logs.push(vec![batch("web", entries), labelled.clone()]).await.unwrap();

    let mut content = content(&running.logs.shared);
    let stored = content.remove(&labels("web").with("service_name", "web")).unwrap();
    assert_eq!(
        stored.iter().map(|stored| stored.level).collect::<Vec<_>>(),
        [Level::Error, Level::Warn, Level::Critical]
    );
    let names =
        |index: usize| stored[index].metadata.iter().map(|(name, _)| name.as_ref()).collect::<Vec<_>>();
    assert_eq!((names(0), names(1), names(2)), (vec![], vec!["container_id"], vec!["severity"]));
    assert_eq!(content[&labelled.labels.with("service_name", "pushed")][0].level, Level::Error);
    running.close().await;
}

#[tokio::test]
async fn queries_find_streams_by_selector_and_time() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let yesterday = NOON.minus(DAY);
    let many = (0..40).map(|number| entry(yesterday, &format!("a line to be sealed {number}")));
    let batches = vec![batch("web", many.collect()), numbered("web", 0..2), numbered("worker", 0..2)];
    running.logs.push(batches).await.unwrap();
    let range =
        |start: Timestamp, seconds: u64| TimeRange { start, end: start.plus(Duration::from_secs(seconds)) };
    let check = |name: &str, op: MatchOp, value: &str, range: TimeRange, expected: &[&str]| {
        let selector = Selector(vec![Matcher::new(name, op, value).unwrap()]);
        let streams = running.logs.streams(&selector, range).unwrap();
        let services: Vec<_> =
            streams.iter().map(|labels: &Labels| labels.get("service_name").unwrap()).collect();
        assert_eq!(services, expected, "{selector} {range:?}");
        let chunks =
            running.logs.chunks(&Scan { selector, range, levels: Levels::ALL, needles: Vec::new() }).unwrap();
        assert_eq!(chunks.is_empty(), expected.is_empty());
    };
    check("service", MatchOp::Equal, "web", TimeRange::ALL, &["web"]);
    check("service_name", MatchOp::Regex, "w.*", TimeRange::ALL, &["web", "worker"]);
    check("service_name", MatchOp::Equal, "worker", range(yesterday, 1), &[]);
    check("stream", MatchOp::Equal, "stdout", range(yesterday, 1), &["web"]);
    check("stream", MatchOp::Equal, "stdout", range(NOON, 1), &["web", "worker"]);
    check("stream", MatchOp::Equal, "stdout", range(NOON.plus(DAY), 1), &[]);
    check("stream", MatchOp::NotEqual, "stdout", TimeRange::ALL, &[]);
    running.close().await;
}

#[tokio::test]
async fn activity_counts_the_last_hour_also_after_a_restart() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let minutes_ago = |minutes: u64| NOON.minus(Duration::from_secs(60 * minutes));
    let entries =
        (0..90).map(|minute| entry(minutes_ago(minute), if minute % 2 == 0 { "ERROR: x" } else { "y" }));
    running.logs.push(vec![batch("web", entries.collect()), numbered("worker", 0..5)]).await.unwrap();
    let before = running.logs.activity();
    let [web, worker] = before.services.as_slice() else { panic!("{before:?}") };
    assert_eq!((web.service.as_str(), &web.lines), ("web", &vec![1; 60]));
    assert_eq!(web.error_lines.iter().sum::<u32>(), 30);
    assert_eq!((worker.lines[59], worker.lines[58]), (5, 0));
    running.close().await;
    let running = Running::open(&ground);
    assert_eq!((running.logs.activity(), running.logs.status().newest), (before, Some(NOON)));
    running.close().await;
}

/// Holds `tail.db` so that nothing can be written, until it is dropped.
fn hold(ground: &Ground) -> rusqlite::Connection {
    let connection = store::open(&ground.path().join("tail.db"), &crate::tail::SCHEMA).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

#[tokio::test]
async fn while_nothing_can_be_written_collectors_wait_and_pushes_are_refused() {
    let ground = Ground::new();
    let limits = Limits { intake_batches: 2, push_bytes: 4096, commit_bytes: 512, ..small() };
    let (logs, writer) = open_with(Config::default(), &ground.path(), limits, ground.clock()).unwrap();
    writer.fail_at_once();
    let held = hold(&ground);
    // Both kinds of lines are in one unit, and some pushes wait in the queue before the writer even begins.
    let intake = logs.intake();
    intake.send(numbered("shared", 0..3)).await.unwrap();
    let push = |logs: Logs| tokio::spawn(async move { logs.push(vec![numbered("shared", 100..110)]).await });
    let early: Vec<_> = (0..3).map(|_| push(logs.clone())).collect();
    tokio::task::yield_now().await;
    let running = Running::run(logs, writer);
    let collected = tokio::spawn(async move {
        for number in 3..50 {
            intake.send(numbered("shared", number..number + 1)).await.unwrap();
        }
    });
    let refusal = |answer: Result<(), PushError>| match answer {
        Err(PushError::Stuck(problem)) => {
            assert!(problem.starts_with("logs/tail.db cannot be written (database is locked"), "{problem}");
        }
        other => panic!("{other:?}"),
    };
    for push in early {
        refusal(push.await.unwrap());
    }
    for _ in 0..5 {
        refusal(push(running.logs.clone()).await.unwrap());
    }
    assert_eq!(running.logs.status().faults[0].subject, "writing logs");
    assert!(!collected.is_finished());

    drop(held);
    collected.await.unwrap();
    crate::testing::until(|| running.logs.status().faults.is_empty().then_some(())).await;
    push(running.logs.clone()).await.unwrap().unwrap();
    let shared: Arc<_> = running.logs.shared.clone();
    running.close().await;
    // Nothing that was refused is there, and what was collected is numbered without a gap.
    assert_eq!(lines(&shared, "shared").len(), 60);
    let mut found = lines(&shared, "shared");
    found.retain(|line| !texts(100..110).contains(line));
    assert_eq!(found, texts(0..50));
    let day = &shared.picture.days()[0];
    let stream = shared.streams.find(&labels("shared")).unwrap();
    assert_eq!(day.last_seq(&stream), Some(60));
    assert_eq!(shared.faults.list(), Vec::new());
}

#[tokio::test]
async fn what_was_accepted_is_on_disk_when_the_writer_returns() {
    let ground = Ground::new();
    let limits = Limits { commit_after: Duration::from_secs(3600), ..small() };
    let running = Running::with(&ground, Config::default(), limits);
    let intake = running.logs.intake();
    for number in 0..40 {
        intake.send(numbered("web", number..number + 1)).await.unwrap();
    }
    let (logs, stop) = (running.logs.clone(), running.stop.clone());
    running.close().await;
    assert!(stop.is_cancelled());
    assert_eq!(logs.push(vec![numbered("web", 0..1)]).await, Err(PushError::Closed));
    drop(logs);
    let running = Running::open(&ground);
    assert_eq!(lines(&running.logs.shared, "web"), texts(0..40));
    running.close().await;
}

#[tokio::test]
async fn a_newer_store_and_an_unusable_place_are_refused_in_one_sentence() {
    let ground = Ground::new();
    Running::open(&ground).close().await;
    let tail = ground.path().join("tail.db");
    rusqlite::Connection::open(&tail).unwrap().execute_batch("PRAGMA user_version = 4").unwrap();
    let refusal =
        |path: &std::path::Path| crate::open(Config::default(), path).expect_err("a refusal").to_string();
    let expected = format!(
        "{} was written by a newer Porthole (format 4; this one knows 3); start that version or restore a backup",
        tail.display()
    );
    assert_eq!(refusal(&ground.path()), expected);
    let sentence = refusal(&tail);
    assert!(sentence.starts_with("making the directory of the logs failed"), "{sentence}");
}
