//! Queries beside the writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::doors::Running;
use crate::Config;
use crate::limits::Limits;
use crate::testing::{Ground, NOON, batch, entry, lines, small};

const LINES: usize = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_see_every_answered_line_once_while_lines_are_sealed_and_merged() {
    let ground = Ground::new();
    // Every few lines become a block, and these soon one.
    let limits = Limits {
        seal_after: Duration::ZERO,
        upkeep_every: Duration::from_millis(1),
        replaced_kept: Duration::from_secs(60),
        ..small()
    };
    let running = Running::with(&ground, Config::default(), limits);
    let answered = Arc::new(AtomicUsize::new(0));
    let (logs, done) = (running.logs.clone(), answered.clone());
    let pushing = tokio::spawn(async move {
        for number in 0..LINES {
            logs.push(vec![batch("web", vec![entry(NOON, &format!("line {number}"))])]).await.unwrap();
            done.store(number + 1, Ordering::Release);
        }
    });
    // As other queries do that need the room.
    let (shared, left) = (running.logs.shared.clone(), answered.clone());
    let letting_go = std::thread::spawn(move || {
        while left.load(Ordering::Acquire) < LINES {
            shared.picture.days().iter().for_each(|day| day.unload());
            std::thread::yield_now();
        }
    });
    let shared = running.logs.shared.clone();
    let reading = tokio::task::spawn_blocking(move || {
        loop {
            let answered = answered.load(Ordering::Acquire);
            let found = lines(&shared, "web");
            assert!(found.len() >= answered, "{} of {answered}", found.len());
            assert!(
                found.iter().enumerate().all(|(number, line)| *line == format!("line {number}")),
                "{found:?}"
            );
            if answered == LINES {
                return;
            }
        }
    });
    pushing.await.unwrap();
    reading.await.unwrap();
    letting_go.join().unwrap();
    running.close().await;
}
