//! The process is killed again and again while tracebacks arrive piece by piece: the positions pass lines that
//! are held back, and yet every line is there once, in the entry that it belongs to.

use std::path::{Path, PathBuf};
use std::time::Duration;

use model::{Batch, Multiline, Position};
use tokio_util::sync::CancellationToken;

use super::kill::{DIRECTORY, position, run_and_kill};
use crate::joining::JoiningLimits;
use crate::limits::Limits;
use crate::logs::{Logs, open_with};
use crate::testing::{NOON, batch, entry, lines};
use crate::{Config, Writer};
use store::{Clock, Doubt};

const TEST: &str = "tests::kill_joined::killed_in_the_midst_of_tracebacks_it_keeps_every_line_once";

const KILLS: u64 = 16;

const SERVICE: &str = "joined";

const KEY: &str = "test/joined";

/// How many lines a traceback has.
const LINES: u64 = 4;

/// Only the next line ends a traceback: how slow the machine is must make no difference.
fn open(directory: &Path) -> (Logs, Writer) {
    let wait = Duration::from_secs(3600);
    let joining = JoiningLimits { line_wait: wait, trace_wait: wait, ..JoiningLimits::default() };
    let limits = Limits {
        joining,
        commit_after: Duration::from_millis(2),
        push_commit_after: Duration::from_millis(1),
        block_weight: 2 << 10,
        rows_max: 5,
        clock: Doubt { leap: Duration::from_secs(u32::MAX.into()), stays: Duration::ZERO },
        ..Limits::default()
    };
    open_with(Config::default(), directory, limits, Clock::new(|| NOON)).unwrap()
}

#[test]
fn killed_in_the_midst_of_tracebacks_it_keeps_every_line_once() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return be_killed(&PathBuf::from(directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("logs");
    for round in 0..KILLS {
        run_and_kill(TEST, &store, round);
    }
    check(&store);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn be_killed(store: &Path) {
    runtime().block_on(async {
        let (logs, writer) = open(store);
        tokio::spawn(writer.run(CancellationToken::new()));
        let intake = logs.intake();
        let first = position(&logs, KEY) + 1;
        for number in (first..).step_by(3) {
            intake.send(numbered(number)).await.unwrap();
            if position(&logs, KEY) > first {
                println!("answered {number}");
            }
        }
    });
}

/// Three lines, which are never a whole traceback, and the position behind them.
fn numbered(number: u64) -> Batch {
    let entries = (number..number + 3).map(|number| entry(NOON, &line(number))).collect();
    let value = Some((number + 2).to_le_bytes().to_vec());
    let positions = vec![Position { key: KEY.into(), value }];
    Batch { positions, multiline: Multiline::Auto, ..batch(SERVICE, entries) }
}

/// The lines are counted from 1.
fn line(number: u64) -> String {
    match (number - 1) % LINES {
        0 => format!("2026-11-22 10:00:00 ERROR number {number}"),
        1 => "Traceback (most recent call last):".to_owned(),
        2 => format!("  File \"x.py\", line {number}"),
        _ => format!("ValueError: {number}"),
    }
}

fn check(store: &Path) {
    let (logs, writer) = open(store);
    let last = position(&logs, KEY);
    // A stopped writer lets go of what is held back.
    let stop = CancellationToken::new();
    stop.cancel();
    runtime().block_on(writer.run(stop)).unwrap();
    let expected: Vec<String> = (1..=last).map(line).collect();
    let expected: Vec<String> = expected.chunks(LINES as usize).map(|lines| lines.join("\n")).collect();
    let found = lines(&logs.shared, SERVICE);
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert!(last > KILLS * LINES, "it got nowhere: {last}");
    assert_eq!(logs.status().faults, []);
}
