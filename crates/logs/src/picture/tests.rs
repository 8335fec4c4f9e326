use model::Labels;

use super::*;
use crate::class::Class;
use crate::stream::Streams;

fn block(id: i64, seq_to: u64) -> BlockRow {
    let (first, last) = (Timestamp::from_seconds(id), Timestamp::from_seconds(id + 1));
    BlockRow { id, seq_to, lines: 10, bytes: 100, first, last, levels: u8::MAX }
}

fn row(seq_to: u64) -> Arc<TailRow> {
    let at = Timestamp::from_seconds(5);
    let (sidecar, data) = (Sidecar::default(), Box::default());
    Arc::new(TailRow { seq_to, lines: 1, bytes: 10, first: at, last: at, sidecar, data })
}

fn key(day: i32) -> DayKey {
    DayKey { day: model::UtcDay::from_days(day), class: Class::Normal }
}

/// What a query sees of the only unit: the blocks' and the rows' `seq_to`.
fn seen(day: &Day) -> (Vec<u64>, Vec<u64>) {
    let everything = Selector::default();
    let (units, _) = day.select(&mut Selection::new(&everything, TimeRange::ALL));
    let blocks = units.iter().flat_map(|unit| unit.blocks.iter().map(|block| block.seq_to));
    let rows = units.iter().flat_map(|unit| unit.rows.iter().map(|row| row.seq_to));
    (blocks.collect(), rows.collect())
}

#[test]
fn a_line_is_in_one_place_whatever_comes_first() {
    let stream = Streams::default().get(&Labels::from_pairs([("service", "web")]));
    let index = |blocks: &[BlockRow]| vec![(stream.clone(), blocks.to_vec())];
    let day = Day::new(key(1));
    day.add_row(&stream, row(11));
    day.add_row(&stream, row(25));
    // The index is read after block 20 was committed and before the writer published it.
    assert!(day.load(index(&[block(1, 10), block(2, 20)]), day.version()));
    assert_eq!(seen(&day), (vec![10, 20], vec![25]));
    day.publish(&stream, block(2, 20));
    day.publish(&stream, block(2, 20));
    assert_eq!(seen(&day), (vec![10, 20], vec![25]));
    // A slower reading of the index comes too late to count.
    assert!(day.load(index(&[block(1, 10)]), 0));
    assert_eq!((seen(&day), day.last_seq(&stream)), ((vec![10, 20], vec![25]), Some(25)));

    // Let go, published to, and read again.
    day.unload();
    assert_eq!((seen(&day), day.last_seq(&stream)), ((vec![], vec![25]), None));
    let before = day.version();
    day.publish(&stream, block(3, 25));
    assert_eq!(seen(&day), (vec![], vec![]));
    // What was read before the block was published would hide it.
    assert!(!day.load(index(&[block(1, 10), block(2, 20)]), before));
    assert!(day.load(index(&[block(1, 10), block(2, 20), block(3, 25)]), day.version()));
    assert_eq!((seen(&day), day.last_seq(&stream)), ((vec![10, 20, 25], vec![]), Some(25)));
}

#[test]
fn only_what_overlaps_the_range_is_selected() {
    let stream = Streams::default().get(&Labels::from_pairs([("service", "web")]));
    let day = Day::new(key(0));
    assert!(day.load(vec![(stream.clone(), vec![block(1, 10), block(7, 20)])], 0));
    day.add_row(&stream, row(21));
    let check = |start: i64, end: i64, blocks: usize, rows: usize| {
        let range = TimeRange { start: Timestamp::from_seconds(start), end: Timestamp::from_seconds(end) };
        let everything = Selector::default();
        let (units, _) = day.select(&mut Selection::new(&everything, range));
        let found = units.iter().map(|unit| (unit.blocks.len(), unit.rows.len())).next().unwrap_or_default();
        assert_eq!(found, (blocks, rows), "{start}..{end}");
    };
    check(0, 100, 2, 1);
    check(0, 1, 0, 0);
    check(2, 3, 1, 0);
    check(3, 5, 0, 0);
    check(5, 6, 0, 1);
    check(8, 9, 1, 0);
}

#[test]
fn days_are_let_go_when_too_many_blocks_are_in_memory() {
    let stream = Streams::default().get(&Labels::from_pairs([("service", "web")]));
    let picture = Picture::default();
    let half: Vec<_> = (1..=BLOCKS_MAX as i64 / 2).map(|id| block(id, id as u64)).collect();
    let use_day = |number: i32| {
        let day = picture.day(key(number));
        assert!(day.load(vec![(stream.clone(), half.clone())], day.version()));
        picture.used(&day);
        picture.make_room(&day);
    };
    let loaded = || picture.days().iter().map(|day| day.is_loaded()).collect::<Vec<_>>();
    picture.day(key(1)).add_row(&stream, row(u64::MAX));
    for number in [1, 2, 3] {
        use_day(number);
    }
    // The first is the writer's, so the second had to go.
    assert_eq!(loaded(), [true, false, true]);
    use_day(2);
    assert_eq!(loaded(), [true, true, false]);
}
