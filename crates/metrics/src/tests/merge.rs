//! Windows become chunks, chunks become chunks of a day, and those become roll-ups.

use promql::Wanted;

use super::ground::{DAY, Ground, HOUR, MINUTE, START_MS, check, fill, quick};
use crate::config::Config;
use crate::limits::Limits;

fn chunks(ground: &Ground, day: &str) -> i64 {
    let file = rusqlite::Connection::open(ground.directory.path().join(format!("{day}.db"))).unwrap();
    file.query_row("SELECT count(*) FROM chunk", [], |row| row.get(0)).unwrap()
}

#[test]
fn samples_are_the_same_in_memory_sealed_and_merged() {
    let mut ground = Ground::with(Config::default(), quick());
    let expected = fill(&mut ground, START_MS, 26);
    check(&ground, &expected, "in memory");
    ground = ground.restarted();
    check(&ground, &expected, "read back from the tail");
    ground.upkeep_at(START_MS + 5 * HOUR);
    check(&ground, &expected, "two windows sealed");
    assert_eq!(chunks(&ground, "2026-01-01"), 2);
    ground = ground.restarted();
    check(&ground, &expected, "two windows sealed, after a crash");
    ground.upkeep_at(START_MS + DAY + 4 * HOUR);
    assert_eq!(chunks(&ground, "2026-01-01"), 4, "one a quarter");
    assert_eq!(chunks(&ground, "2026-01-02"), 1);
    check(&ground, &expected, "merged");
    let (_, up) = &expected[0];
    assert_eq!(ground.between("up", START_MS + 5 * MINUTE, START_MS + 7 * MINUTE), up[5..8]);
    assert_eq!(ground.between("up", START_MS + DAY, START_MS + DAY + 1), up[1440..1441]);
    ground = ground.restarted();
    check(&ground, &expected, "merged, after a crash");
    assert_eq!(ground.faults(), Vec::<String>::new());
    assert_eq!(ground.files(), ["2026-01-01.db", "2026-01-02.db", "2026-01.rollup.db", "tail.db"]);
}

#[test]
fn too_many_numbers_in_memory_are_sealed_early() {
    let mut ground = Ground::with(Config::default(), Limits { head_bytes: 1, ..quick() });
    let mut expected = fill(&mut ground, START_MS, 1);
    ground.upkeep_at(START_MS + HOUR);
    assert_eq!(ground.metrics.shared.stored().head.bytes(), 0);
    let later = fill(&mut ground, START_MS + HOUR, 2);
    for ((_, all), (_, more)) in expected.iter_mut().zip(later) {
        all.extend(more);
    }
    check(&ground, &expected, "half of a window sealed");
    ground = ground.restarted();
    check(&ground, &expected, "half of a window sealed, after a crash");
    // What was sealed is still not to be told otherwise while the series is known.
    ground.upkeep_at(START_MS + 2 * DAY);
    check(&ground, &expected, "merged");
    assert_eq!(chunks(&ground, "2026-01-01"), 1);
}

#[test]
fn series_count_for_memory_besides_their_numbers() {
    let mut ground = Ground::with(Config::default(), Limits { head_bytes: 300 * 512, ..quick() });
    for scrape in 0..10 {
        let names: Vec<String> = (0..100).map(|series| format!("s{scrape}_{series}")).collect();
        let numbers: Vec<(&str, f64)> = names.iter().map(|name| (name.as_str(), 1.0)).collect();
        ground.scrape("t", START_MS + scrape * 15_000, &numbers);
        ground.storage.seal().unwrap();
        assert!(ground.metrics.status().series <= 300, "{}", ground.metrics.status().series);
    }
    let all = ground.metrics.label_values("__name__", &[], START_MS, START_MS + HOUR, 2000).unwrap();
    assert_eq!(all.len(), 1000);
}

#[test]
fn series_with_few_of_the_instants_have_their_own() {
    let mut ground = Ground::with(Config::default(), quick());
    for number in 0..100 {
        let name = format!("s{number}");
        ground.scrape("t", START_MS + number, &[(&name, number as f64)]);
    }
    ground.upkeep_at(START_MS + 3 * HOUR);
    for number in 0..100 {
        assert_eq!(ground.all(&format!("s{number}")), [(START_MS + number, number as f64)]);
    }
}

#[test]
fn what_comes_late_is_merged_and_rolled_up_too() {
    let mut ground = Ground::with(Config::default(), quick());
    let mut expected = fill(&mut ground, START_MS, 20);
    ground.upkeep_at(START_MS + 2 * DAY);
    assert_eq!(chunks(&ground, "2026-01-01"), 4);
    let late = START_MS + 30_000;
    ground.scrape("other", late, &[("gone", 5.0)]);
    check(&ground, &expected[..1], "before sealing");
    ground = ground.restarted();
    ground.upkeep_at(START_MS + 2 * DAY + HOUR);
    ground.upkeep_at(START_MS + 2 * DAY + 2 * HOUR);
    expected[1].1.insert(1, (late, 5.0));
    check(&ground, &expected, "merged again");
    assert_eq!(chunks(&ground, "2026-01-01"), 5, "what has an instant of its own is apart");
    let file = rusqlite::Connection::open(ground.directory.path().join("2026-01.rollup.db")).unwrap();
    let days: i64 =
        file.query_row("SELECT count(DISTINCT first_ms) FROM chunk", [], |row| row.get(0)).unwrap();
    assert_eq!(days, 1, "the day is rolled up once");
}

fn values(bucket: &[(i64, f64)]) -> Vec<f64> {
    bucket.iter().map(|(_, value)| *value).collect()
}

#[test]
fn beyond_the_raw_samples_there_are_roll_ups() {
    let day = std::time::Duration::from_secs(86_400);
    let mut ground = Ground::with(Config { retention_raw: day, ..Config::default() }, quick());
    let expected = fill(&mut ground, START_MS, 48);
    let (_, up) = &expected[0];
    ground.upkeep_at(START_MS + 2 * DAY + HOUR);
    assert_eq!(ground.files(), ["2026-01-02.db", "2026-01.rollup.db", "tail.db"]);
    let second_day = START_MS + DAY;
    assert!(ground.between("up", second_day, second_day + DAY) == up[1440..], "every sample");

    let five = |wanted, name| ground.wanted(wanted, name, START_MS, START_MS + DAY - 1).unwrap();
    let buckets: Vec<&[(i64, f64)]> = up[..1440].chunks(5).collect();
    let ends: Vec<i64> = buckets.iter().map(|bucket| bucket[0].0 + 5 * MINUTE - 1).collect();
    let made = |of: fn(&[(i64, f64)]) -> f64| -> Vec<(i64, f64)> {
        ends.iter().copied().zip(buckets.iter().map(|bucket| of(bucket))).collect()
    };
    assert_eq!(five(Wanted::Newest, "up"), made(|bucket| bucket[4].1));
    assert_eq!(five(Wanted::Least, "up"), made(|bucket| values(bucket).into_iter().fold(f64::NAN, f64::min)));
    assert_eq!(
        five(Wanted::Greatest, "up"),
        made(|bucket| values(bucket).into_iter().fold(f64::NAN, f64::max))
    );
    let sum: f64 = five(Wanted::Weighted, "up").iter().map(|(_, value)| value).sum();
    let truth: f64 = up.iter().map(|(_, value)| value).take(1440).sum();
    assert!((sum - truth).abs() < 1e-6, "{sum} {truth}");
    // From minute 0 to minute 1439, and three times anew from 419 to 0.
    let growth = values(&five(Wanted::Growth, "steps"));
    let fallen: f64 = growth.windows(2).filter(|pair| pair[1] < pair[0]).map(|pair| pair[0]).sum();
    let grown = growth[growth.len() - 1] - growth[0] + fallen;
    assert_eq!(grown, 1439.0 - 3.0);
    // The first half of each hour, and no roll-ups of what was not there.
    assert_eq!(five(Wanted::Newest, "gone").len(), 24 * 6);
    assert_eq!(ground.faults(), Vec::<String>::new());
}
