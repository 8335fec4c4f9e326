//! Damaged, missing and foreign files: what is told, and that the rest goes on.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use logql::{Chunk as _, Levels, Needle, Scan, Source};
use model::{Batch, Selector, TimeRange, Timestamp};

use super::doors::Running;
use crate::Config;
use crate::limits::Limits;
use crate::testing::{DAY, Ground, NOON, batch, entry, lines, small};

/// Blocks of the forty lines of [`block`].
fn open(ground: &Ground) -> Running {
    Running::with(ground, Config::default(), Limits { block_weight: 5000, ..small() })
}

/// As many lines as fill a block.
fn block(service: &str, at: Timestamp) -> Batch {
    let line = |number: u32| entry(at, &format!("{number} {}", "of the lines of one block ".repeat(5)));
    batch(service, (0..40).map(line).collect())
}

/// Two days of two services, sealed, and a line of each in the tail.
async fn two_days() -> Ground {
    let ground = Ground::new();
    let running = open(&ground);
    for at in [NOON.minus(DAY), NOON] {
        for service in ["web", "worker"] {
            running.logs.push(vec![block(service, at)]).await.unwrap();
            running.logs.push(vec![batch(service, vec![entry(at, "in the tail")])]).await.unwrap();
        }
    }
    running.close().await;
    ground
}

fn file(ground: &Ground, at: Timestamp, name: &str) -> PathBuf {
    ground.path().join(at.day().to_string()).join(name)
}

/// Reads everything: how many lines there are, and what is said about those that are not.
fn read(running: &Running) -> (usize, Vec<String>) {
    let scan = Scan {
        selector: Selector::default(),
        range: TimeRange::ALL,
        levels: Levels::ALL,
        needles: Vec::new(),
    };
    let chunks = running.logs.chunks(&scan).unwrap();
    let (mut lines, mut problems) = (0, Vec::new());
    for chunk in chunks {
        match chunk.read() {
            Ok(entries) => lines += entries.len(),
            Err(error) => problems.push(error.to_string()),
        }
    }
    (lines, problems)
}

fn faults(running: &Running) -> Vec<String> {
    running
        .logs
        .status()
        .faults
        .into_iter()
        .map(|fault| format!("{}: {}", fault.subject, fault.message))
        .collect()
}

fn flip_in_block(ground: &Ground, at: Timestamp) {
    let path = file(ground, at, "normal.data.db");
    let connection = rusqlite::Connection::open(path).unwrap();
    let block: Vec<u8> =
        connection.query_row("SELECT data FROM block WHERE id = 1", [], |row| row.get(0)).unwrap();
    let mut block = block;
    let middle = block.len() / 2;
    block[middle] ^= 4;
    connection.execute("UPDATE block SET data = ?1 WHERE id = 1", [block]).unwrap();
}

#[tokio::test]
async fn a_damaged_block_is_named_and_the_others_are_read() {
    let ground = two_days().await;
    flip_in_block(&ground, NOON.minus(DAY));
    let running = open(&ground);
    let (lines, problems) = read(&running);
    assert_eq!(lines, 164 - 40);
    assert_eq!(problems.len(), 1);
    let named = "block 1 of the logs of 2025-11-21/normal: 40 lines of {service=";
    assert!(
        problems[0].starts_with(named)
            && problems[0].ends_with("were left out: it does not match its checksum"),
        "{problems:?}"
    );
    let faults = faults(&running);
    assert!(faults[0].starts_with("block 1 of the logs of 2025-11-21/normal: 40 lines of"), "{faults:?}");
    // The counts are in the sidecar, which is whole.
    let range = TimeRange { start: NOON.minus(2 * DAY), end: NOON.plus(DAY) };
    let counts = running.logs.histogram(&Selector::default(), range, DAY).unwrap();
    assert_eq!(counts.iter().flatten().sum::<u64>(), 164);
    running.close().await;
}

#[tokio::test]
async fn a_missing_block_is_named() {
    let ground = two_days().await;
    let path = file(&ground, NOON, "normal.data.db");
    rusqlite::Connection::open(path).unwrap().execute("DELETE FROM block WHERE id = 2", []).unwrap();
    let running = open(&ground);
    let (lines, problems) = read(&running);
    assert_eq!(lines, 124);
    assert!(problems[0].starts_with("block 2 of the logs of 2025-11-22/normal: "), "{problems:?}");
    assert!(problems[0].ends_with("it is missing"), "{problems:?}");
    running.close().await;
}

#[tokio::test]
async fn a_damaged_day_that_nobody_writes_to_is_left_out_and_left_alone() {
    let ground = two_days().await;
    let old = NOON.minus(DAY);
    // Nothing of that day is in the tail any more.
    let running = open(&ground);
    for service in ["web", "worker"] {
        running.logs.push(vec![block(service, old)]).await.unwrap();
    }
    running.close().await;
    let index = file(&ground, old, "normal.index.db");
    fs::write(&index, b"no database".repeat(500)).unwrap();

    let running = open(&ground);
    let (lines, problems) = read(&running);
    assert_eq!(lines, 82);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("the logs of 2025-11-21/normal were left out: "), "{problems:?}");
    assert!(
        problems[0]
            .contains("normal.index.db is damaged and cannot be read as the index of a day's log lines"),
        "{problems:?}"
    );
    assert!(faults(&running)[0].starts_with("logs of 2025-11-21/normal: its lines cannot be found: "));
    assert_eq!(running.logs.streams(&Selector::default(), TimeRange::ALL).unwrap().len(), 2);
    running.close().await;
    assert!(fs::read(index).unwrap().starts_with(b"no database"));
}

#[tokio::test]
async fn a_damaged_day_that_is_written_to_is_put_aside_and_begun_anew() {
    for (name, damage) in
        [("normal.index.db", "damaged"), ("normal.data.db", "damaged"), ("normal.index.db", "gone")]
    {
        let ground = two_days().await;
        let path = file(&ground, NOON, name);
        match damage {
            "gone" => fs::remove_file(&path).unwrap(),
            _ => fs::write(&path, b"no database".repeat(500)).unwrap(),
        }
        let running = open(&ground);
        running.logs.push(vec![block("web", NOON)]).await.unwrap();
        // Sealing comes after the answer.
        crate::testing::until(|| {
            faults(&running).iter().any(|fault| fault.contains("put aside")).then_some(())
        })
        .await;
        running.logs.push(vec![batch("web", vec![entry(NOON, "the last")])]).await.unwrap();
        running.close().await;

        let running = open(&ground);
        let (found, problems) = read(&running);
        // The day before, what was in the tail, and what came since.
        assert_eq!((found, problems), (82 + 2 + 40 + 1, Vec::new()), "{name} {damage}");
        let web = lines(&running.logs.shared, "web");
        assert_eq!((web.len(), web.last().unwrap().as_str()), (41 + 1 + 40 + 1, "the last"));
        let aside =
            crate::testing::files(&ground.path()).iter().filter(|file| file.contains(".damaged-")).count();
        assert!(aside > 0, "{name} {damage}");
        running.close().await;
    }
}

#[tokio::test]
async fn a_day_whose_making_was_cut_short_is_finished() {
    let cut_short_in_index: fn(PathBuf) = |index| fs::write(index, "").unwrap();
    let cut_short_behind_it: fn(PathBuf) = |index| drop(store::open(&index, &crate::day::INDEX).unwrap());
    for cut_short in [cut_short_in_index, cut_short_behind_it] {
        let ground = Ground::new();
        open(&ground).close().await;
        let index = file(&ground, NOON, "normal.index.db");
        fs::create_dir(index.parent().unwrap()).unwrap();
        cut_short(index);
        let running = open(&ground);
        running.logs.push(vec![block("web", NOON)]).await.unwrap();
        running.close().await;
        let running = open(&ground);
        assert_eq!((read(&running), faults(&running)), ((40, Vec::new()), Vec::new()));
        assert_eq!(crate::testing::files(&ground.path()).len(), 3);
        running.close().await;
    }
}

#[tokio::test]
async fn a_missing_data_file_is_told_of_when_the_day_is_looked_at() {
    let ground = two_days().await;
    fs::remove_file(file(&ground, NOON.minus(DAY), "normal.data.db")).unwrap();
    let running = open(&ground);
    let (lines, problems) = read(&running);
    assert_eq!((lines, problems.len()), (84, 2));
    assert!(problems.iter().all(|problem| problem.contains("normal.data.db does not exist")), "{problems:?}");
    let faults = faults(&running);
    assert!(
        faults
            .iter()
            .any(|fault| fault.starts_with("logs of 2025-11-21/normal: the file of its lines is missing")),
        "{faults:?}"
    );
    running.close().await;
}

#[tokio::test]
async fn a_damaged_row_of_the_tail_costs_its_lines_alone() {
    let ground = two_days().await;
    let tail = rusqlite::Connection::open(ground.path().join("tail.db")).unwrap();
    let touched =
        tail.execute("UPDATE tail SET data = zeroblob(20) WHERE rowid = (SELECT min(rowid) FROM tail)", []);
    assert_eq!(touched, Ok(1));
    drop(tail);
    let running = open(&ground);
    let (lines, problems) = read(&running);
    assert_eq!((lines, problems.len()), (163, 1));
    assert!(problems[0].starts_with("lines up to 41 in tail.db of the logs of 2025-11-2"), "{problems:?}");
    // It does not stand in the way of a seal.
    for (service, at) in
        [("web", NOON), ("worker", NOON), ("web", NOON.minus(DAY)), ("worker", NOON.minus(DAY))]
    {
        running.logs.push(vec![block(service, at)]).await.unwrap();
    }
    let damaged = || running.logs.status().dropped.first().copied();
    assert_eq!(crate::testing::until(damaged).await, (crate::DropReason::Damaged, 1));
    running.close().await;
    let running = open(&ground);
    assert_eq!(read(&running), (163 + 160, Vec::new()));
    running.close().await;
}

/// Chunks that may hold the text.
fn holding(running: &Running, text: &str) -> usize {
    let scan = Scan {
        selector: Selector::default(),
        range: TimeRange::ALL,
        levels: Levels::ALL,
        needles: vec![Needle(vec![text.to_owned()])],
    };
    let chunks = running.logs.chunks(&scan).unwrap();
    chunks.iter().filter(|chunk| chunk.lines() > 1).count()
}

#[tokio::test]
async fn damaged_filters_are_told_of_and_hide_nothing() {
    let ground = two_days().await;
    let running = open(&ground);
    assert_eq!((holding(&running, "the lines of one BLOCK"), holding(&running, "nowhere to be")), (4, 0));
    running.close().await;
    let index = rusqlite::Connection::open(file(&ground, NOON, "normal.index.db")).unwrap();
    for (statement, unknown, told) in [
        ("UPDATE filter SET data = zeroblob(length(data)) WHERE block = 1", 1, 1),
        ("UPDATE filter SET data = substr(data, 1, 100)", 2, 2),
        ("DELETE FROM filter", 2, 0),
    ] {
        index.execute(statement, []).unwrap();
        let running = open(&ground);
        let left = holding(&running, "nowhere to be");
        assert_eq!((holding(&running, "the lines of one BLOCK"), left), (4, unknown), "{statement}");
        let faults = faults(&running);
        let expected = format!(
            "filters of the logs of 2025-11-22/normal: {told} are damaged; their blocks are searched without them"
        );
        assert_eq!(faults, if told == 0 { vec![] } else { vec![expected] }, "{statement}");
        running.close().await;
    }
}

/// Files as the first version wrote them: without filters, levels and merges, and with counts of format 1.
fn make_older(ground: &Ground) {
    for at in [NOON, NOON.minus(DAY)] {
        let index = rusqlite::Connection::open(file(ground, at, "normal.index.db")).unwrap();
        index
            .execute_batch(
                "ALTER TABLE block DROP COLUMN levels; DROP TABLE filter; DROP TABLE replaced;
                 DROP TABLE sliced; DROP TABLE slice; DROP TABLE deleted;
                 UPDATE sidecar SET data = x'01ff00'; PRAGMA user_version = 1;",
            )
            .unwrap();
    }
    let tail = rusqlite::Connection::open(ground.path().join("tail.db")).unwrap();
    tail.execute_batch(
        "DROP TABLE horizon; DROP TABLE held; DROP TABLE deletion; UPDATE tail SET sidecar = x'01ff00'; PRAGMA user_version = 1;",
    )
    .unwrap();
}

#[tokio::test]
async fn a_store_of_the_first_version_is_read_and_gone_on_with() {
    let ground = two_days().await;
    make_older(&ground);
    let running = open(&ground);
    assert_eq!((read(&running), faults(&running)), ((164, Vec::new()), Vec::new()));
    assert_eq!(holding(&running, "nowhere to be"), 4);
    let range = TimeRange { start: NOON.minus(2 * DAY), end: NOON.plus(DAY) };
    let counts = running.logs.histogram(&Selector::default(), range, DAY).unwrap();
    assert_eq!(counts.iter().flatten().sum::<u64>(), 164);
    running.logs.push(vec![block("web", NOON)]).await.unwrap();
    running.close().await;

    let running = open(&ground);
    assert_eq!((read(&running), faults(&running)), ((204, Vec::new()), Vec::new()));
    // The new block has a filter, the others have none.
    assert_eq!(holding(&running, "nowhere to be"), 4);
    assert_eq!(holding(&running, "of the lines of one block"), 5);
    running.close().await;
    let index = rusqlite::Connection::open(file(&ground, NOON, "normal.index.db")).unwrap();
    let levels: Vec<u8> = {
        let mut select = index.prepare("SELECT levels FROM block ORDER BY id").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(levels, [255, 255, 1]);
}

#[tokio::test]
async fn a_damaged_sidecar_is_made_up_for() {
    let ground = two_days().await;
    let index = file(&ground, NOON, "normal.index.db");
    rusqlite::Connection::open(index).unwrap().execute("UPDATE sidecar SET data = x'01ff'", []).unwrap();
    let running = open(&ground);
    let range = TimeRange { start: NOON, end: NOON.plus(Duration::from_secs(60)) };
    let counts = running.logs.histogram(&Selector::default(), range, Duration::from_secs(60)).unwrap();
    assert_eq!(counts.iter().flatten().sum::<u64>(), 82);
    running.close().await;
}
