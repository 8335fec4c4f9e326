//! Damaged files: told by name, never a wrong number, and the rest goes on.

use promql::Wanted;
use rusqlite::Connection;

use super::ground::{DAY, Ground, HOUR, START_MS, check, fill, quick};
use crate::config::Config;

fn sealed() -> Ground {
    let mut ground = Ground::with(Config::default(), quick());
    fill(&mut ground, START_MS, 4);
    ground.upkeep_at(START_MS + 5 * HOUR);
    ground
}

fn spoil(ground: &Ground, file: &str, sql: &str) {
    let file = Connection::open(ground.directory.path().join(file)).unwrap();
    assert!(file.execute(sql, []).unwrap() > 0);
}

#[test]
fn a_damaged_chunk_is_named_and_never_a_wrong_number() {
    let mut ground = sealed();
    let flip =
        "UPDATE chunk SET data = CAST(substr(data, 1, 20) || x'ff' || substr(data, 22) AS BLOB) WHERE id = 1";
    spoil(&ground, "2026-01-01.db", flip);
    let error = ground.wanted(Wanted::Newest, "up", START_MS, START_MS + HOUR).unwrap_err();
    for part in [
        "metrics/2026-01-01.db",
        "2026-01-01T00:00:00",
        "01:59:00",
        r#"__name__="gone""#,
        "chunk 1",
        "checksum",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(ground.faults()[0].contains("metrics/2026-01-01.db"), "{:?}", ground.faults());
    assert_eq!(
        ground.between("up", START_MS + 2 * HOUR, START_MS + 4 * HOUR).len(),
        120,
        "the other chunk is whole"
    );
    // It is neither merged away nor in the way of what comes.
    ground.upkeep_at(START_MS + 2 * DAY);
    assert!(ground.wanted(Wanted::Newest, "up", START_MS, START_MS + HOUR).is_err());
    assert_eq!(ground.between("up", START_MS + 2 * HOUR, START_MS + 4 * HOUR).len(), 120);
}

#[test]
fn a_day_that_cannot_be_read_is_left_out_and_named() {
    for spoilt in ["UPDATE series SET data = x'00'", "UPDATE chunk SET members = x'00'", "DELETE FROM state"]
    {
        let ground = sealed();
        spoil(&ground, "2026-01-01.db", spoilt);
        assert_eq!(ground.all("up"), [], "{spoilt}");
        assert!(ground.faults()[0].starts_with("metrics/2026-01-01.db: "), "{:?}", ground.faults());
    }
    let ground = sealed();
    std::fs::remove_file(ground.directory.path().join("2026-01-01.db")).unwrap();
    assert_eq!(ground.all("up"), []);
    assert!(ground.faults()[0].starts_with("metrics/2026-01-01.db: "), "{:?}", ground.faults());
}

#[test]
fn a_day_that_cannot_be_written_is_set_aside() {
    let mut ground = sealed();
    std::fs::write(ground.directory.path().join("2026-01-01.db"), b"no database".repeat(500)).unwrap();
    let later = fill(&mut ground, START_MS + 6 * HOUR, 2);
    ground.upkeep_at(START_MS + 9 * HOUR);
    check(&ground, &later, "in a new file");
    let files = ["2026-01-01.db", "2026-01-01.db.damaged-1", "tail.db"];
    assert_eq!(ground.files(), files);
    assert!(ground.faults()[0].contains("moved to"), "{:?}", ground.faults());
    let mut ground = ground.restarted();
    check(&ground, &later, "after a restart");
    ground.metrics.apply(Config { retention: std::time::Duration::from_secs(86_400), ..Config::default() });
    for day in 1..4 {
        ground.upkeep_at(START_MS + day * DAY);
    }
    assert!(!ground.files().contains(&files[1].to_owned()));
}

#[test]
fn a_damaged_month_is_made_anew_from_the_days_that_are_there() {
    let mut ground = sealed();
    ground.upkeep_at(START_MS + DAY + HOUR);
    let month = ground.directory.path().join("2026-01.rollup.db");
    std::fs::write(&month, b"no database".repeat(500)).unwrap();
    let mut ground = ground.restarted();
    assert!(ground.faults()[0].starts_with("metrics/2026-01.rollup.db: "), "{:?}", ground.faults());
    ground.upkeep_at(START_MS + DAY + 2 * HOUR);
    let rolled: i64 = Connection::open(&month)
        .unwrap()
        .query_row("SELECT count(*) FROM rolled", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rolled, 1);
}

#[test]
fn a_damaged_row_of_the_tail_takes_few_others_with_it() {
    let mut ground = Ground::new();
    let expected = fill(&mut ground, START_MS, 1);
    let flip = "UPDATE scrape SET data = CAST(substr(data, 1, 8) || x'ff' AS BLOB) WHERE id = 20";
    spoil(&ground, "tail.db", flip);
    let ground = ground.restarted();
    assert!(ground.faults()[0].contains("metrics/tail.db: "), "{:?}", ground.faults());
    let found = ground.all("up");
    assert!(found.iter().all(|sample| expected[0].1.contains(sample)));
    // The series `gone` goes after half an hour; then all numbers are told anew.
    assert_eq!(found.len(), 19 + 30);
}
