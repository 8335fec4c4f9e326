//! Histograms and counts against counting one line after the other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use logql::{Chunk as _, Levels, Scan};
use model::{Level, Selector, TimeRange, Timestamp};
use proptest::prelude::*;

use crate::histogram::{counts, histogram};
use crate::pending::{Origin, Pending};
use crate::reader;
use crate::shared::Shared;
use crate::storage::Storage;
use crate::tail::Survive;
use crate::testing::{DAY, Ground, MINUTE, NOON, batch, entry, small};

const SECOND: i64 = 1_000_000_000;

#[derive(Clone, Debug)]
struct Line {
    at: Timestamp,
    level: Level,
    service: &'static str,
}

fn any_line() -> impl Strategy<Value = Line> {
    let offset = prop_oneof![-100_i64 * 60..100 * 60, Just(0), -43_300_i64..-43_100];
    let level = prop::sample::select(vec![Level::Unknown, Level::Info, Level::Error]);
    (offset, 0_i64..3, level, prop::sample::select(vec!["web", "worker"])).prop_map(
        |(seconds, nanos, level, service)| Line {
            at: Timestamp::from_nanos(NOON.nanos() + seconds * SECOND + nanos - 1),
            level,
            service,
        },
    )
}

/// A store with the lines, in several commits, some of them sealed.
fn stored(ground: &Ground, lines: &[Line], sealed_after: usize) -> Arc<Shared> {
    let mut storage = Storage::open(ground.shared(small())).unwrap();
    let shared = storage.shared().clone();
    for (number, lines) in lines.chunks(7).enumerate() {
        let mut pending = Pending::default();
        for line in lines {
            let text = format!("{}: a line", line.level.name());
            pending.add(&shared, batch(line.service, vec![entry(line.at, &text)]), Origin::Collected);
        }
        let mut packed = storage.pack(&mut pending, Survive::Crash).unwrap();
        storage.commit(&mut packed).unwrap();
        if number == sealed_after {
            storage.seal(Instant::now() + 2 * DAY).unwrap();
        }
    }
    shared
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn histograms_count_every_line_of_the_range_once(
        lines in prop::collection::vec(any_line(), 0..60),
        sealed_after in 0_usize..6,
        start in prop_oneof![-120_i64 * 60..60, Just(-43_200), Just(-7200)],
        start_nanos in prop_oneof![4 => Just(0_i64), 1 => Just(1)],
        length in 0_u64..50_000,
        step in prop_oneof![Just(60_u64), Just(300), Just(1), Just(17), 100_u64..10_000],
    ) {
        let ground = Ground::new();
        let shared = stored(&ground, &lines, sealed_after);
        let start = Timestamp::from_nanos(NOON.nanos() + start * SECOND + start_nanos);
        let step = step.max(length / 10_000 + 1);
        let range = TimeRange { start, end: start.plus(Duration::from_secs(length)) };
        let found = histogram(&shared, &Selector::default(), range, Duration::from_secs(step)).unwrap();

        let mut expected = vec![[0_u64; 8]; length.div_ceil(step) as usize];
        let mut by_service: BTreeMap<&str, [u64; 8]> = BTreeMap::new();
        for line in lines.iter().filter(|line| range.contains(line.at)) {
            let bucket = (line.at.nanos() - start.nanos()) / (step as i64 * SECOND);
            expected[bucket as usize][line.level as usize] += 1;
            by_service.entry(line.service).or_default()[line.level as usize] += 1;
        }
        prop_assert_eq!(found, expected);
        let counted = counts(&shared, &Selector::default(), range);
        let counted: BTreeMap<_, _> =
            counted.iter().map(|(labels, counts)| (labels.get("service").unwrap(), *counts)).collect();
        prop_assert_eq!(counted, by_service);
        prop_assert_eq!(shared.faults.list(), Vec::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn counts_of_chunks_are_those_of_their_entries(
        lines in prop::collection::vec(any_line(), 0..60),
        sealed_after in 0_usize..6,
    ) {
        let ground = Ground::new();
        let shared = stored(&ground, &lines, sealed_after);
        let scan = Scan {
            selector: Selector::default(),
            range: TimeRange::ALL,
            levels: Levels::ALL,
            needles: Vec::new(),
        };
        let chunks = reader::chunks(&shared, &scan);
        for (chunk, counts) in chunks.iter().zip(reader::counts(&shared, &chunks)) {
            let (counts, entries) = (counts.expect("a whole sidecar"), chunk.read().unwrap());
            prop_assert_eq!(counts.metadata, Some(Vec::new()));
            prop_assert_eq!(counts.cells.iter().map(|cell| cell.lines).sum::<u64>(), entries.len() as u64);
            for cell in &counts.cells {
                let is_inside = |index: &usize| {
                    let at = entries.timestamps[*index].nanos();
                    at.div_euclid(MINUTE) == cell.minute
                        && (at.rem_euclid(MINUTE) == 0) == cell.at_start
                        && entries.levels[*index] == cell.level
                };
                let inside: Vec<usize> = (0..entries.len()).filter(is_inside).collect();
                prop_assert_eq!(inside.len() as u64, cell.lines);
                let bytes: usize = inside.iter().map(|index| entries.line(*index).len()).sum();
                prop_assert_eq!(bytes as u64, cell.bytes);
            }
        }
        // Chunks without a line of the levels that are asked for are left out, and no others.
        for level in [Level::Info, Level::Error] {
            let levels = [level].into_iter().collect();
            let left = reader::chunks(&shared, &Scan { levels, ..scan.clone() });
            let has_level = |chunk: &&crate::Chunk| chunk.read().unwrap().levels.contains(&level);
            prop_assert_eq!(left.len(), chunks.iter().filter(has_level).count());
        }
    }
}

#[test]
fn whole_minutes_are_answered_without_the_lines() {
    let ground = Ground::new();
    let lines: Vec<Line> = (0..200)
        .map(|second| Line { at: NOON.plus(Duration::from_secs(second)), level: Level::Info, service: "web" })
        .collect();
    let shared = stored(&ground, &lines, 28);
    let key = shared.picture.days()[0].key;
    // Without its lines the day can still be counted.
    let data = key.data(&shared.root);
    let connection = rusqlite::Connection::open(data).unwrap();
    connection.execute("UPDATE block SET data = x'00'", []).unwrap();
    let range = TimeRange { start: NOON, end: NOON.plus(Duration::from_secs(240)) };
    let found = histogram(&shared, &Selector::default(), range, Duration::from_secs(60)).unwrap();
    let info = usize::from(Level::Info.number());
    assert_eq!(found.iter().map(|counts| counts[info]).collect::<Vec<_>>(), [60, 60, 60, 20]);
    assert_eq!(shared.faults.list(), Vec::new());

    // Half a minute cannot be: what is damaged is told.
    let range = TimeRange { start: Timestamp::from_nanos(NOON.nanos() + MINUTE / 2), ..range };
    histogram(&shared, &Selector::default(), range, Duration::from_secs(60)).unwrap();
    assert!(!shared.faults.list().is_empty());
}

#[test]
fn steps_that_make_no_sense_are_refused() {
    let ground = Ground::new();
    let shared = ground.shared(small());
    let check = |start: i64, end: i64, step: u64, fits: bool| {
        let range = TimeRange { start: Timestamp::from_seconds(start), end: Timestamp::from_seconds(end) };
        let found = histogram(&shared, &Selector::default(), range, Duration::from_secs(step));
        assert_eq!(found.is_ok(), fits, "{start} {end} {step}");
    };
    check(0, 11_000, 1, true);
    check(0, 11_001, 1, false);
    check(0, 10, 0, false);
    check(10, 0, 1, false);
    check(10, 10, 1, true);
    check(i64::MIN, i64::MAX, u64::MAX, true);
    check(i64::MIN, i64::MAX, 60, false);
}
