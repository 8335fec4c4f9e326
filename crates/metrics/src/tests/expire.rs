//! What is deleted, when, and what a clock that jumps does to it.

use settings::ByteSize;
use std::time::Duration;

use super::ground::{DAY, Ground, HOUR, START_MS, fill, quick};
use crate::config::Config;
use crate::limits::Limits;

const DAYS: Duration = Duration::from_secs(86_400);

fn config(raw: u32, all: u32) -> Config {
    Config { retention_raw: DAYS * raw, retention: DAYS * all, ..Config::default() }
}

/// As the writer does it: every now and then, so that the clock never leaps.
fn go_to(ground: &mut Ground, to_ms: i64) {
    let from = ground.now_ms.load(std::sync::atomic::Ordering::Relaxed);
    for at in (from..to_ms).step_by((DAY / 2) as usize).chain([to_ms]) {
        ground.upkeep_at(at);
    }
}

#[test]
fn days_go_when_they_are_rolled_up_and_months_after_them() {
    let mut ground = Ground::with(config(2, 40), quick());
    fill(&mut ground, START_MS, 2);
    let check = |ground: &mut Ground, days: i64, expected: &[&str]| {
        go_to(ground, START_MS + days * DAY);
        assert_eq!(ground.files(), expected, "after {days} days");
    };
    check(&mut ground, 2, &["2026-01-01.db", "2026-01.rollup.db", "tail.db"]);
    check(&mut ground, 3, &["2026-01.rollup.db", "tail.db"]);
    check(&mut ground, 31 + 39, &["2026-01.rollup.db", "tail.db"]);
    assert_eq!(ground.metrics.status().oldest.unwrap().millis(), START_MS);
    check(&mut ground, 31 + 40, &["tail.db"]);
    assert_eq!((ground.all("up"), ground.metrics.status().oldest), (vec![], None));
}

#[test]
fn other_retentions_are_taken_over_while_it_runs() {
    let mut ground = Ground::with(config(60, 365), quick());
    fill(&mut ground, START_MS, 2);
    go_to(&mut ground, START_MS + 3 * DAY);
    assert_eq!(ground.files().len(), 3);
    ground.metrics.apply(config(1, 1));
    go_to(&mut ground, START_MS + 3 * DAY);
    assert_eq!(ground.files(), ["2026-01.rollup.db", "tail.db"], "the month goes on");
}

#[test]
fn days_that_were_merged_are_rolled_up_when_that_is_wanted_later() {
    let mut ground = Ground::with(config(40, 40), quick());
    fill(&mut ground, START_MS, 2);
    go_to(&mut ground, START_MS + 3 * DAY);
    assert_eq!(ground.files(), ["2026-01-01.db", "tail.db"]);
    ground.metrics.apply(config(2, 40));
    go_to(&mut ground, START_MS + 3 * DAY + HOUR);
    assert_eq!(ground.files(), ["2026-01.rollup.db", "tail.db"]);
    assert_eq!(ground.between("up", START_MS, START_MS + DAY).len(), 24);
}

#[test]
fn what_was_put_aside_counts_for_the_room() {
    let mut ground = Ground::with(config(60, 365), quick());
    fill(&mut ground, START_MS, 1);
    let before = ground.restarted();
    std::fs::write(before.directory.path().join("2026-01-01.db.damaged-1"), vec![0; 1 << 20]).unwrap();
    let status = before.restarted().metrics.status();
    assert!(status.disk_bytes > 1 << 20, "{}", status.disk_bytes);
}

#[test]
fn a_clock_that_jumps_deletes_nothing() {
    let mut ground = Ground::with(config(2, 10), quick());
    let expected = fill(&mut ground, START_MS, 2);
    ground.upkeep_at(START_MS + 3 * HOUR);
    ground.upkeep_at(START_MS + 900 * DAY);
    assert!(ground.faults()[0].contains("no samples expire"), "{:?}", ground.faults());
    let mut ground = ground.restarted();
    ground.upkeep_at(START_MS + 900 * DAY);
    assert_eq!(ground.all("up"), expected[0].1);
    ground.upkeep_at(START_MS + 4 * HOUR);
    assert_eq!(ground.faults(), Vec::<String>::new());
    assert_eq!(ground.all("up"), expected[0].1);
}

#[test]
fn a_day_of_which_only_roll_ups_are_left_takes_no_samples() {
    let mut ground = Ground::with(config(1, 40), quick());
    fill(&mut ground, START_MS, 2);
    go_to(&mut ground, START_MS + 2 * DAY + HOUR);
    assert_eq!(ground.files(), ["2026-01.rollup.db", "tail.db"]);
    ground.metrics.apply(config(30, 40));
    let now = ground.now_ms.load(std::sync::atomic::Ordering::Relaxed);
    let written = ground.try_scrape("t", START_MS + 5 * HOUR, &[("up", 1.0)]).unwrap();
    assert_eq!(written.refused, [(crate::Refused::TooOld, 1)], "at {now}");
    assert_eq!(ground.between("up", START_MS, START_MS + DAY).len(), 24);
}

#[test]
fn what_there_is_no_room_for_goes_oldest_first() {
    let limits = Limits { merge_after: Duration::from_secs(60), ..quick() };
    let mut ground = Ground::with(config(60, 365), limits);
    for day in 0..17 {
        fill(&mut ground, START_MS + day * DAY, 1);
    }
    go_to(&mut ground, START_MS + 17 * DAY + HOUR);
    assert_eq!(ground.files().len(), 17 + 2);
    let bytes = ground.metrics.status().disk_bytes;
    let one =
        crate::disk::of(ground.directory.path(), crate::place::Place::Day(crate::place::day_of(START_MS)));
    let max_size = ByteSize(bytes - one - 1);
    ground.metrics.apply(Config { max_size, ..ground.config.clone() });
    ground.upkeep_at(START_MS + 17 * DAY + HOUR);
    assert_eq!(ground.files()[0], "2026-01-03.db");
    assert!(ground.metrics.status().deleted_for_size >= 2 * one);
    assert!(ground.faults()[0].contains("files up to 2026-01-02.db were deleted before their time"));
    // What is rolled up of it is still there.
    assert_eq!(ground.between("up", START_MS, START_MS + HOUR).len(), 12);
    ground.metrics.apply(ground.config.clone());
    ground.upkeep_at(START_MS + 17 * DAY + HOUR);
    assert_eq!(ground.faults(), Vec::<String>::new());

    ground.metrics.apply(Config { max_size: ByteSize(1), ..ground.config.clone() });
    fill(&mut ground, START_MS + 17 * DAY + HOUR, 1);
    ground.upkeep_at(START_MS + 17 * DAY + 5 * HOUR);
    let left = ["2026-01-18.db", "2026-01.rollup.db", "tail.db"];
    assert_eq!(ground.files(), left, "what goes on stays");
    ground.upkeep_at(START_MS + 17 * DAY + 5 * HOUR);
    assert!(ground.faults()[0].contains("days that go on"), "{:?}", ground.faults());
}
