//! Small blocks become one, in every state that the files may be left in.

use model::Timestamp;

use super::*;

/// How many blocks the day's two files have: those that are listed and those that are stored.
fn blocks(history: &History, day: Timestamp) -> (i64, i64) {
    let key = DayKey { day: day.day(), class: crate::class::Class::Normal };
    let root = history.ground.path();
    let count = |path: std::path::PathBuf| -> i64 {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.query_row("SELECT count(*) FROM block", [], |row| row.get(0)).unwrap()
    };
    (count(key.index(&root)), count(key.data(&root)))
}

/// Every line of the store with its number: links and cursors rest on these.
fn numbers(history: &mut History) -> Vec<(String, u64, String)> {
    use logql::Chunk as _;
    let everything = logql::Scan {
        selector: model::Selector::default(),
        range: model::TimeRange::ALL,
        levels: logql::Levels::ALL,
        needles: Vec::new(),
    };
    let shared = history.storage().shared.clone();
    let chunks = crate::reader::chunks(&shared, &everything);
    let of_chunk = |chunk: &crate::Chunk| -> Vec<_> {
        let (entries, labels) = (chunk.read().unwrap(), chunk.labels().to_string());
        let line = |at: usize| (labels.clone(), chunk.sequence() + at as u64, entries.line(at).to_owned());
        (0..entries.len()).map(line).collect()
    };
    let mut numbers: Vec<_> = chunks.iter().flat_map(of_chunk).collect();
    numbers.sort();
    numbers
}

#[test]
fn small_blocks_become_one() {
    let mut history = History::new();
    let append = |history: &mut History, from: i32| {
        history.append(0, 2, from);
        history.append(1, 2, from);
        history.act(&Act::SealAll);
    };
    // Of the day that goes on, once there are many.
    for round in 1..=9 {
        append(&mut history, 0);
        history.act(&Act::Compact);
        let expected = if round < 8 { 2 * round } else { 2 * (round - 7) };
        assert_eq!(blocks(&history, NOON).0, expected, "{round}");
        history.check();
    }
    // Of the day before as soon as there are two; those that are large stay as they are.
    let before = NOON.minus(DAY);
    append(&mut history, -43_300);
    history.append(0, 11, -43_290);
    history.act(&Act::SealAll);
    append(&mut history, -43_250);
    append(&mut history, -43_240);
    assert_eq!(blocks(&history, before), (8, 8));
    let numbered = numbers(&mut history);
    history.act(&Act::Compact);
    assert_eq!(numbers(&mut history), numbered);
    // They stay a while for whoever reads them.
    assert_eq!(blocks(&history, before), (4, 10));
    history.check();
    history.act(&Act::Compact);
    assert_eq!(blocks(&history, before), (4, 4));
    history.check();
    history.reopen();
    history.act(&Act::Compact);
    assert_eq!(blocks(&history, before), (4, 4));
    history.check();
}

#[test]
fn a_block_that_cannot_be_read_is_not_merged_and_told_of() {
    let mut history = History::new();
    for _ in 0..3 {
        history.append(0, 2, -43_300);
        history.act(&Act::SealAll);
    }
    let key = DayKey { day: NOON.minus(DAY).day(), class: crate::class::Class::Normal };
    let data = rusqlite::Connection::open(key.data(&history.ground.path())).unwrap();
    data.execute("UPDATE block SET data = zeroblob(50) WHERE id = 2", []).unwrap();
    for _ in 0..2 {
        history.act(&Act::Compact);
        assert_eq!(blocks(&history, NOON.minus(DAY)), (3, 3));
        let faults = history.storage().shared.faults.list();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].subject, "block 2 of the logs of 2025-11-21/normal");
    }
}
