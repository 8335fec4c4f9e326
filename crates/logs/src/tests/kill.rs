//! The process is killed again and again while lines arrive, are sealed and merged; in the end every line that
//! was accepted is there once, in order.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use model::{Batch, Position, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::Config;
use crate::limits::Limits;
use crate::logs::{Logs, open_with};
use crate::testing::{DAY, batch, entry, lines};
use store::Clock;

/// How often the process is killed.
const KILLS: u64 = 24;

/// Tells the test's own binary, started once more, to be the process that is killed.
pub(super) const DIRECTORY: &str = "PORTHOLE_TEST_KILLED_STORE";
pub(super) const ROUND: &str = "PORTHOLE_TEST_ROUND";

/// The test's name.
const TEST: &str = "tests::kill::killed_again_and_again_it_keeps_every_line_once";

/// Small blocks and quick commits, so that every part of the protocol is at work all the time.
fn limits() -> Limits {
    Limits {
        commit_after: Duration::from_millis(2),
        push_commit_after: Duration::from_millis(1),
        commit_bytes: 4 << 10,
        block_weight: 2 << 10,
        seal_after: Duration::from_millis(4),
        seal_past_day_after: Duration::from_millis(4),
        upkeep_every: Duration::from_millis(3),
        replaced_kept: Duration::from_millis(10),
        rows_max: 5,
        ..Limits::default()
    }
}

fn open(directory: &Path) -> (Logs, crate::Writer) {
    open_with(Config::default(), directory, limits(), Clock::system()).unwrap()
}

#[test]
fn killed_again_and_again_it_keeps_every_line_once() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        let round = std::env::var(ROUND).unwrap().parse().unwrap();
        return be_killed(&PathBuf::from(directory), round);
    }
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("logs");
    let mut answered = Vec::new();
    for round in 0..KILLS {
        answered.extend(run_and_kill(TEST, &store, round));
    }
    check(&store, &answered);
}

/// Starts the process that runs `test`, waits until it works, kills it at an arbitrary moment. Gives the pushes that it had
/// answered by then.
pub(super) fn run_and_kill(test: &str, store: &Path, round: u64) -> Vec<u64> {
    // By this name it is found also after it was built anew meanwhile.
    let mut child = Command::new("/proc/self/exe")
        .args([test, "--exact", "--nocapture"])
        .env(DIRECTORY, store)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, first) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        let numbers = output
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("answered ")?.parse().ok());
        let numbers = numbers.inspect(|_: &u64| {
            let _ = sender.send(());
        });
        numbers.collect::<Vec<u64>>()
    });
    let started = first.recv_timeout(Duration::from_secs(60));
    // The moment is arbitrary on purpose: there is nothing to wait for.
    std::thread::sleep(Duration::from_micros(round.wrapping_mul(7919) % 60_000));
    kill(&mut child);
    started.expect("the process to work");
    reading.join().unwrap()
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The process that is killed: two collectors go on behind their positions, one sender pushes and tells what
/// was answered.
fn be_killed(store: &Path, round: u64) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (logs, writer) = open(store);
        tokio::spawn(writer.run(CancellationToken::new()));
        for collector in ["a", "b"] {
            tokio::spawn(collect(logs.clone(), collector));
        }
        for number in round * 1_000_000.. {
            let sent =
                batch("pushed", vec![entry(SystemTime::now().into(), &format!("{number} was pushed"))]);
            logs.push(vec![sent]).await.unwrap();
            println!("answered {number}");
        }
    });
}

async fn collect(logs: Logs, name: &'static str) {
    let key = format!("test/{name}");
    let last = position(&logs, &key);
    let intake = logs.intake();
    for number in (last + 1..).step_by(3) {
        intake.send(numbered(name, number)).await.unwrap();
    }
}

/// Three lines and the position behind them; some of them belong to the day before.
fn numbered(name: &str, number: u64) -> Batch {
    let now = Timestamp::from(SystemTime::now());
    let at = if number.is_multiple_of(2) { now } else { now.minus(DAY) };
    let entries =
        (number..number + 3).map(|number| entry(at, &format!("{number} was read by the collector {name}")));
    let value = Some((number + 2).to_le_bytes().to_vec());
    let positions = vec![Position { key: format!("test/{name}"), value }];
    Batch { positions, ..batch(name, entries.collect()) }
}

pub(super) fn position(logs: &Logs, key: &str) -> u64 {
    let positions = logs.positions(key);
    let value = positions.first().and_then(|position| position.value.clone());
    value.map_or(0, |value| u64::from_le_bytes(value.try_into().unwrap()))
}

fn check(store: &Path, answered: &[u64]) {
    let (logs, _writer) = open(store);
    let numbers = |service: &str| -> Vec<u64> {
        let lines = lines(&logs.shared, service);
        lines.iter().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect()
    };
    for name in ["a", "b"] {
        let last = position(&logs, &format!("test/{name}"));
        let found = numbers(name);
        // Within each day in order; together every number once.
        let days = found.chunk_by(|a, b| a < b).count();
        let mut sorted = found.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (1..=last).collect::<Vec<_>>(), "{name}");
        assert!(days <= 3, "{name} is out of order");
        assert!(last > KILLS, "{name} got nowhere");
    }
    let pushed = numbers("pushed");
    assert!(
        pushed.is_sorted() && pushed.windows(2).all(|pair| pair[0] != pair[1]),
        "a pushed line is there twice"
    );
    let missing: Vec<_> = answered.iter().filter(|number| pushed.binary_search(number).is_err()).collect();
    assert_eq!(missing, Vec::<&u64>::new());
    assert!(answered.len() as u64 >= KILLS);
    assert_eq!(logs.status().faults, []);
    assert!(merged(store) > 0, "no blocks were merged");
}

/// How many blocks were replaced by others: their ids are not given twice.
fn merged(store: &Path) -> i64 {
    let indexes = crate::testing::files(store).into_iter().filter(|name| name.ends_with(".index.db"));
    let merged = indexes.map(|name| -> i64 {
        let index = rusqlite::Connection::open(store.join(name)).unwrap();
        index.query_row("SELECT max(id) - count(*) FROM block", [], |row| row.get(0)).unwrap()
    });
    merged.sum()
}
