//! What is deleted, when, and that no count changes by it.

use std::time::{Duration, Instant};

use settings::ByteSize;

use super::ground::{DAY, Ground, HOUR, Sent};
use crate::change::Change;
use crate::config::Config;
use crate::limits::Limits;

/// As the writer does it: every now and then, so that the clock never leaps.
fn go_on(ground: &mut Ground, days: i64) {
    for _ in 0..2 * days {
        ground.pass(DAY / 2);
        ground.upkeep();
    }
}

fn slices() -> Limits {
    Limits { slice_rows: 7, ..Limits::default() }
}

#[test]
fn events_go_by_age_and_counts_stay() {
    let config = Config { retention: Duration::from_secs(10 * 86_400), ..Config::default() };
    let mut ground = Ground::with(config, slices());
    for _ in 0..30 {
        ground.spool(&Sent::default());
    }
    ground.try_work().unwrap();
    go_on(&mut ground, 9);
    ground.send(&Sent::default());
    go_on(&mut ground, 2);
    let issue = ground.only();
    assert_eq!((issue.count, ground.issues.events_kept(issue.id).unwrap()), (31, 1));
    assert_eq!(ground.issues.tag(issue.id, "level", 9).unwrap().count, 31);
    assert!(ground.issues.latest_event(issue.id).unwrap().is_some());
    go_on(&mut ground, 9);
    assert_eq!(ground.all(), []);
    for table in ["issue", "fingerprint", "hash", "bucket", "facet", "activity", "event", "base"] {
        assert_eq!(ground.number(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    ground.send(&Sent::default());
    assert_eq!((ground.only().count, ground.only().short_id.as_str()), (1, "DEFAULT-2"));
}

#[test]
fn the_oldest_go_where_there_is_no_room() {
    let mut ground = Ground::with(Config::default(), slices());
    let texts = |seed: u64| -> String {
        (0..400).map(|n: u64| format!("{:x}", store::checksum(&(seed * 1000 + n).to_le_bytes()))).collect()
    };
    for seed in 0..100 {
        ground.spool(&Sent { tags: vec![], message: texts(seed), ..Sent::default() });
    }
    ground.try_work().unwrap();
    let used = ground.number(
        "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
    );
    let config = Config { max_size: ByteSize(used.unsigned_abs() / 4 * 3), ..Config::default() };
    ground.storage.shared.config.store(std::sync::Arc::new(config));
    ground.upkeep();
    let issue = ground.only();
    let kept = ground.issues.events_kept(issue.id).unwrap();
    assert!((10..90).contains(&kept), "{kept}");
    assert_eq!(issue.count, 100);
    assert!(ground.faults()[0].contains("deleted before their time"), "{:?}", ground.faults());
    let oldest = ground.issues.oldest_event(issue.id).unwrap().unwrap().stored.event.id;
    assert_eq!(u128::from_be_bytes(oldest.0), u128::from(101 - kept), "the newest are kept");
    ground.storage.shared.config.store(std::sync::Arc::new(Config::default()));
    ground.upkeep();
    assert_eq!(ground.faults(), Vec::<String>::new());
}

#[test]
fn a_clock_that_jumps_deletes_nothing() {
    let mut ground = Ground::new();
    ground.send(&Sent::default());
    ground.storage.upkeep(Instant::now()).unwrap();
    ground.pass(900 * DAY);
    ground.storage.upkeep(Instant::now()).unwrap();
    assert!(ground.faults()[0].contains("no events expire"), "{:?}", ground.faults());
    let mut ground = ground.restarted();
    ground.storage.upkeep(Instant::now()).unwrap();
    assert_eq!(ground.issues.events_kept(ground.only().id).unwrap(), 1);
    ground.pass(-900 * DAY + HOUR);
    ground.send(&Sent::default());
    ground.storage.upkeep(Instant::now()).unwrap();
    assert_eq!((ground.faults(), ground.only().count), (Vec::new(), 2));
    // Before anything it knew.
    ground.pass(-2 * DAY);
    ground.send(&Sent::default());
    ground.upkeep();
    assert_eq!((ground.only().count, ground.issues.events_kept(ground.only().id).unwrap()), (3, 3));
}

#[test]
fn a_deleted_issue_is_gone_at_once_and_cleared_in_slices() {
    let mut ground = Ground::with(Config::default(), slices());
    for _ in 0..30 {
        ground.spool(&Sent::default());
    }
    ground.try_work().unwrap();
    let issue = ground.only().id;
    ground.storage.change(&[issue], &Change::Delete, None).unwrap();
    assert_eq!(ground.all(), []);
    assert_eq!(ground.number("SELECT count(*) FROM event"), 30);
    ground.send(&Sent::default());
    assert_eq!(ground.only().count, 1);
    assert!(ground.storage.upkeep(Instant::now()).unwrap(), "there is more");
    assert_eq!(ground.number("SELECT count(*) FROM event"), 24);
    ground.upkeep();
    assert_eq!(ground.number("SELECT count(*) FROM event"), 1);
    assert_eq!(ground.number("SELECT count(*) FROM issue"), 1);
    assert_eq!(ground.only().count, 1);
    assert!(ground.issues.latest_event(ground.only().id).unwrap().is_some(), "its base is still there");
}

#[test]
fn the_file_becomes_smaller_when_much_of_it_is_free() {
    let config = Config { sample_after: u64::MAX, ..Config::default() };
    let mut ground = Ground::with(config, Limits { pages_free: 64, ..Limits::default() });
    let texts = |seed: u64| -> String {
        (0..400).map(|n: u64| format!("{:x}", store::checksum(&(seed * 1000 + n).to_le_bytes()))).collect()
    };
    for seed in 0..600 {
        ground.spool(&Sent { message: texts(seed), ..Sent::default() });
    }
    ground.try_work().unwrap();
    let pages = |ground: &Ground| ground.number("PRAGMA page_count");
    let full = pages(&ground);
    ground.storage.change(&[ground.only().id], &Change::Delete, None).unwrap();
    ground.upkeep();
    let left = pages(&ground);
    assert!(full > 300 && left < 200, "{full} {left}");
    ground.send(&Sent::default());
    assert_eq!(ground.only().count, 1);
    assert_eq!(ground.number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}
