//! The process is killed again and again while events arrive and are worked in; in the end every event that was accepted
//! is there once.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use event::EventId;
use tokio_util::sync::CancellationToken;

use super::ground::{START_MS, Sent, clock, event, prepared};
use crate::config::Config;
use crate::issues::open_with;
use crate::limits::Limits;
use crate::prepared::Delivery;
use crate::{Issues, Writer};

/// How often the process is killed.
const KILLS: u64 = 8;

/// Each round's events have numbers of their own.
const ROUND: u64 = 1_000_000;

/// Tells the test's own binary, started once more, to be the process that is killed.
const DIRECTORY: &str = "PORTHOLE_TEST_KILLED_ISSUES";
const NUMBER: &str = "PORTHOLE_TEST_ROUND";

const TEST: &str = "tests::kill::killed_again_and_again_it_keeps_every_event_once";

fn open(directory: &Path) -> (Issues, Writer) {
    let limits = Limits { gather: Duration::from_millis(1), ..Limits::default() };
    let config = Config { sample_after: u64::MAX, ..Config::default() };
    open_with(config, directory, limits, clock(&Arc::new(AtomicI64::new(START_MS)))).unwrap()
}

#[test]
fn killed_again_and_again_it_keeps_every_event_once() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return be_killed(&PathBuf::from(directory), std::env::var(NUMBER).unwrap().parse().unwrap());
    }
    let directory = tempfile::tempdir().unwrap();
    let answered: Vec<u64> = (0..KILLS).flat_map(|round| run_and_kill(directory.path(), round)).collect();
    let (issues, writer) = open(directory.path());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    // What the last one had accepted is worked in.
    runtime.block_on(writer.run(shutdown));
    let project = issues.projects()[0].id;
    for number in &answered {
        let id = EventId(u128::from(*number).to_be_bytes());
        assert!(issues.event(project, id).unwrap().is_some(), "{number} of {}", answered.len());
    }
    let (events, counted): (i64, i64) = issues
        .read(|connection| {
            let sql = "SELECT (SELECT count(*) FROM event), (SELECT sum(count) FROM issue)";
            connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
        })
        .unwrap();
    assert_eq!(events, counted);
    assert!(events >= answered.len() as i64 && answered.len() as u64 >= KILLS, "{events} {}", answered.len());
    assert_eq!(issues.faults(), []);
}

/// Starts the process that runs the test, waits until it works, kills it at an arbitrary moment. Gives the numbers of the
/// events that it had answered by then.
fn run_and_kill(store: &Path, round: u64) -> Vec<u64> {
    let mut child = Command::new("/proc/self/exe")
        .args([TEST, "--exact", "--nocapture"])
        .env(DIRECTORY, store)
        .env(NUMBER, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, first) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        let answered = output.lines().map_while(Result::ok);
        let answered = answered.filter_map(|line| line.strip_prefix("answered ")?.parse::<u64>().ok());
        answered.inspect(|_| sender.send(()).unwrap_or_default()).collect::<Vec<u64>>()
    });
    let started = first.recv_timeout(Duration::from_secs(60));
    // The moment is arbitrary on purpose: there is nothing to wait for.
    std::thread::sleep(Duration::from_millis(60) + Duration::from_micros(round * 7919 % 60_000));
    child.kill().unwrap();
    child.wait().unwrap();
    started.expect("the process to work");
    reading.join().unwrap()
}

fn be_killed(store: &Path, round: u64) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (issues, writer) = open(store);
        tokio::spawn(writer.run(CancellationToken::new()));
        let project = issues.projects().remove(0);
        for number in round * ROUND + 1..(round + 1) * ROUND {
            let function = format!("f{}", "x".repeat(number as usize % 3));
            let sent = Sent { function, ..Sent::default() };
            let items = vec![prepared(event(&sent, number, START_MS))];
            let delivery = Delivery { project: project.clone(), client: String::new(), items };
            if issues.accept(delivery).await.is_ok() {
                println!("answered {number}");
            }
        }
    });
}
