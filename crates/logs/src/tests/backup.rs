//! Copies of a running store.

use model::{Batch, Position};

use super::doors::Running;
use crate::testing::{DAY, Ground, NOON, batch, content, entry, lines};
use crate::{BackupError, Config};

fn numbered(number: u64) -> Batch {
    let at = if number.is_multiple_of(3) { NOON.minus(DAY) } else { NOON };
    let mut batch = batch("web", vec![entry(at, &format!("line {number}, of which some make a block"))]);
    batch.positions = vec![Position { key: "test/lines".into(), value: Some(number.to_le_bytes().to_vec()) }];
    batch
}

#[tokio::test]
async fn a_copy_made_while_lines_arrive_is_exact() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    for number in 1..=100 {
        running.logs.push(vec![numbered(number)]).await.unwrap();
    }
    let logs = running.logs.clone();
    let more = tokio::spawn(async move {
        for number in 101..=400 {
            logs.push(vec![numbered(number)]).await.unwrap();
        }
    });
    let to = ground.directory.path().join("copy/logs");
    running.logs.backup(&to).await.unwrap();
    more.await.unwrap();
    running.close().await;

    let (copy, _writer) =
        crate::logs::open_with(Config::default(), &to, crate::testing::small(), ground.clock()).unwrap();
    let value = copy.positions("test/")[0].value.clone().unwrap();
    let last = u64::from_le_bytes(value.try_into().unwrap());
    assert!((100..=400).contains(&last));
    let mut numbers: Vec<u64> = lines(&copy.shared, "web")
        .iter()
        .map(|line| line.trim_start_matches("line ").split(',').next().unwrap().parse().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
    assert_eq!(copy.shared.faults.list(), Vec::new());

    // The original went on, and seals again.
    let running = Running::open(&ground);
    assert_eq!(lines(&running.logs.shared, "web").len(), 400);
    running.close().await;
}

#[tokio::test]
async fn a_copy_replaces_nothing() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    running.logs.push(vec![numbered(1)]).await.unwrap();
    let to = ground.directory.path().join("copy");
    running.logs.backup(&to).await.unwrap();
    running.logs.push(vec![numbered(2)]).await.unwrap();
    let error = running.logs.backup(&to).await.expect_err("a copy is there");
    assert!(matches!(&error, BackupError::Copy(store::BackupError::Exists(_))), "{error}");
    let (copy, _writer) = crate::open(Config::default(), &to).unwrap();
    drop(copy);
    running.close().await;
}

#[tokio::test]
async fn a_damaged_day_is_copied_as_it_is() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    for number in 1..=100 {
        running.logs.push(vec![numbered(number)]).await.unwrap();
    }
    running.close().await;
    let name = "2025-11-21/normal.index.db";
    std::fs::write(ground.path().join(name), b"no database".repeat(500)).unwrap();
    let running = Running::open(&ground);
    let to = ground.directory.path().join("copy");
    running.logs.backup(&to).await.unwrap();
    let same = content(&running.logs.shared).len();
    running.close().await;
    assert_eq!(same, 1);
    assert!(to.join("tail.db").exists());
}
