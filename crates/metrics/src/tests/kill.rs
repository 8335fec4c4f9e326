//! The process is killed again and again while samples arrive, are sealed and merged; in the end every sample that was
//! accepted is there once.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use model::Timestamp;
use promql::{Selection, Source as _};
use tokio_util::sync::CancellationToken;

use super::ground::{DAY, HOUR, MINUTE, START_MS, labels, quick};
use crate::limits::Limits;
use crate::metrics::{Metrics, open_with};
use crate::{Config, Scrape};
use store::Clock;

/// How often the process is killed.
const KILLS: i64 = 16;

/// Time passes so much quicker than it does, and each round begins where the one before has ended at the latest.
const STEP_MS: i64 = 5 * MINUTE;
const ROUND_MS: i64 = 40 * DAY;

/// Tells the test's own binary, started once more, to be the process that is killed.
const DIRECTORY: &str = "PORTHOLE_TEST_KILLED_METRICS";
const ROUND: &str = "PORTHOLE_TEST_ROUND";

const TEST: &str = "tests::kill::killed_again_and_again_it_keeps_every_sample_once";

fn open(directory: &Path, now_ms: Arc<AtomicI64>) -> (Metrics, crate::Writer) {
    let clock = Clock::new(move || Timestamp::from_millis(now_ms.load(Ordering::Relaxed)));
    let limits =
        Limits { upkeep_every: Duration::from_millis(3), gather: Duration::from_millis(1), ..quick() };
    let forever = Duration::from_secs(100 * 365 * 86_400);
    let config = Config { retention: 2 * forever, retention_raw: forever, ..Config::default() };
    open_with(config, directory, limits, clock).unwrap()
}

#[test]
fn killed_again_and_again_it_keeps_every_sample_once() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return be_killed(&PathBuf::from(directory), std::env::var(ROUND).unwrap().parse().unwrap());
    }
    let directory = tempfile::tempdir().unwrap();
    let answered: Vec<i64> = (0..KILLS).flat_map(|round| run_and_kill(directory.path(), round)).collect();
    let end_ms = START_MS + KILLS * ROUND_MS;
    let (metrics, _writer) = open(directory.path(), Arc::new(AtomicI64::new(end_ms)));
    let selection =
        Selection { matchers: vec![], first_ms: START_MS, last_ms: end_ms, samples_max: usize::MAX };
    let found = metrics.select(&selection).unwrap();
    assert_eq!(metrics.status().faults, []);
    assert_eq!(found.len(), 2);
    for series in &found {
        assert!(series.timestamps_ms.is_sorted_by(|a, b| a < b));
        let is_right = |(at, value): (&i64, &f64)| *value == ((at - START_MS) / STEP_MS) as f64;
        assert!(series.timestamps_ms.iter().zip(&series.values).all(is_right));
        let missing = answered.iter().filter(|at| series.timestamps_ms.binary_search(at).is_err());
        assert_eq!(missing.collect::<Vec<_>>(), Vec::<&i64>::new());
    }
    assert!(answered.len() as i64 >= KILLS);
    let months = std::fs::read_dir(directory.path()).unwrap();
    assert!(months.into_iter().any(|entry| entry.unwrap().path().to_string_lossy().ends_with(".rollup.db")));
}

/// Starts the process that runs the test, waits until it works, kills it at an arbitrary moment. Gives the instants whose
/// samples it had answered by then.
fn run_and_kill(store: &Path, round: i64) -> Vec<i64> {
    // By this name it is found also after it was built anew meanwhile.
    let mut child = Command::new("/proc/self/exe")
        .args([TEST, "--exact", "--nocapture"])
        .env(DIRECTORY, store)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, first) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        let answered = output.lines().map_while(Result::ok);
        let answered = answered.filter_map(|line| line.strip_prefix("answered ")?.parse::<i64>().ok());
        answered.inspect(|_| sender.send(()).unwrap_or_default()).collect::<Vec<i64>>()
    });
    let started = first.recv_timeout(Duration::from_secs(60));
    // The moment is arbitrary on purpose: there is nothing to wait for.
    std::thread::sleep(Duration::from_millis(100) + Duration::from_micros(round as u64 * 7919 % 60_000));
    child.kill().unwrap();
    child.wait().unwrap();
    started.expect("the process to work");
    reading.join().unwrap()
}

fn be_killed(store: &Path, round: i64) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let now_ms = Arc::new(AtomicI64::new(START_MS + round * ROUND_MS));
        let (metrics, writer) = open(store, now_ms.clone());
        tokio::spawn(writer.run(CancellationToken::new()));
        let series = ["a", "b"].map(|name| metrics.series(&labels(name)));
        loop {
            let at_ms = now_ms.fetch_add(STEP_MS, Ordering::Relaxed);
            let value = ((at_ms - START_MS) / STEP_MS) as f64;
            let samples = series.iter().map(|series| (series.clone(), value)).collect();
            let scrape = Scrape { target: "t".into(), at_ms, samples };
            if metrics.write(vec![scrape]).await.unwrap().stored == 2 {
                println!("answered {at_ms}");
            }
            assert!(at_ms < START_MS + (round + 1) * ROUND_MS - HOUR, "it was not killed");
        }
    });
}
