//! The process ends after each step of the protocol in turn; every sample is there once all the same.

use super::ground::{DAY, Ground, HOUR, START_MS, check, fill, quick};
use crate::config::Config;
use crate::storage::{Step, StorageError};

fn filled() -> (Ground, [(&'static str, super::ground::Numbers); 3]) {
    let day = std::time::Duration::from_secs(86_400);
    let config = Config { retention_raw: day, retention: 365 * day, ..Config::default() };
    let mut ground = Ground::with(config, quick());
    let expected = fill(&mut ground, START_MS, 5);
    ground.set_clock(START_MS + DAY + HOUR);
    (ground, expected)
}

#[test]
fn an_end_after_any_step_loses_and_doubles_nothing() {
    let (mut ground, expected) = filled();
    ground.try_upkeep().unwrap();
    let steps = std::mem::take(&mut ground.storage.steps.taken);
    let one_of_each =
        [Step::MadeDurable, Step::Sealed, Step::Forgotten, Step::Merged, Step::Vacuumed, Step::Rolled];
    assert!(one_of_each.iter().all(|step| steps.contains(step)), "{steps:?}");
    check(&ground, &expected, "without a crash");

    for crash in 0..steps.iter().filter(|step| **step != Step::Committed).count() {
        let (mut ground, expected) = filled();
        ground.storage.steps.until_crash = Some(crash);
        let error = ground.try_upkeep().unwrap_err();
        assert!(matches!(error, StorageError::Crashed), "{error}");
        let when = format!("after {:?}", ground.storage.steps.taken.last());
        let mut ground = ground.restarted();
        check(&ground, &expected, &when);
        ground.try_upkeep().unwrap();
        check(&ground, &expected, &format!("{when}, and later"));
        assert_eq!(ground.faults(), Vec::<String>::new(), "{when}");
        assert_eq!(ground.files(), ["2026-01-01.db", "2026-01.rollup.db", "tail.db"], "{when}");
    }
}

#[test]
fn rows_that_are_sealed_already_go_at_the_next_start() {
    let (mut ground, expected) = filled();
    ground.storage.steps.until_crash = Some(1);
    ground.try_upkeep().unwrap_err();
    assert_eq!(ground.storage.steps.taken.last(), Some(&Step::Sealed));
    let rows = |ground: &Ground| -> i64 {
        let tail = rusqlite::Connection::open(ground.directory.path().join("tail.db")).unwrap();
        tail.query_row("SELECT count(*) FROM scrape", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(rows(&ground), 300);
    let ground = ground.restarted();
    assert_eq!(rows(&ground), 180, "two hours are sealed");
    check(&ground, &expected, "without them");
}

#[test]
fn an_end_right_after_a_commit_keeps_it() {
    let mut ground = Ground::new();
    ground.scrape("t", START_MS, &[("up", 1.0)]);
    ground.storage.steps.until_crash = Some(0);
    ground.set_clock(START_MS + 15_000);
    ground.try_scrape("t", START_MS + 15_000, &[("up", 2.0)]).unwrap_err();
    let mut ground = ground.restarted();
    assert_eq!(ground.all("up"), [(START_MS, 1.0), (START_MS + 15_000, 2.0)]);
    // The sender had no answer and sends it again.
    assert_eq!(ground.scrape("t", START_MS + 15_000, &[("up", 2.0)]).stored, 1);
    assert_eq!(ground.all("up").len(), 2);
}

/// Killed while a file was made: SQLite has begun it, its tables are not there.
#[test]
fn a_file_that_was_never_finished_is_no_fault() {
    let (mut ground, expected) = filled();
    let names = ["2026-01-01.db", "2026-01.rollup.db"];
    for name in names {
        let begun = rusqlite::Connection::open(ground.directory.path().join(name)).unwrap();
        begun.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    }
    std::fs::write(ground.directory.path().join("2026-01-02.db"), "").unwrap();
    ground = ground.restarted();
    check(&ground, &expected, "beside files that hold nothing");
    assert_eq!(ground.faults(), Vec::<String>::new());
    assert_eq!(ground.files(), ["tail.db"]);
    ground.try_upkeep().unwrap();
    check(&ground, &expected, "in files made anew");
    assert_eq!(ground.faults(), Vec::<String>::new());
}
