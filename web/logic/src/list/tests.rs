use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use api::StreamLabels;
use proptest::prelude::*;

use super::*;
use crate::line::Line;

const METRICS: Metrics = Metrics { row: 20.0, line: 10.0, columns: None };

/// Lines whose time is their number.
pub(crate) fn lines(numbers: Range<i64>) -> Vec<Arc<Line>> {
    numbers.map(|number| line(number, &[1])).collect()
}

fn line(number: i64, widths: &[u32]) -> Arc<Line> {
    Arc::new(Line {
        id: format!("{number}.s.0"),
        time: number,
        labels: Arc::new(StreamLabels::new()),
        level: 0,
        text: String::new(),
        marks: Vec::new(),
        metadata: BTreeMap::new(),
        fields: BTreeMap::new(),
        is_context: false,
        widths: std::sync::OnceLock::from(Box::from(widths)),
    })
}

fn key(cursor: &str) -> PageKey {
    PageKey { start: 0, end: 1_000_000, forward: false, cursor: cursor.to_owned() }
}

fn sheet(numbers: Range<i64>) -> Sheet {
    let mut sheet = Sheet::new(METRICS, Step::End, Step::End);
    sheet.append(lines(numbers), key("a"), Step::End);
    sheet
}

fn times(rows: &[Placed]) -> Vec<i64> {
    rows.iter().map(|row| row.line.time).collect()
}

#[test]
fn only_what_is_near_is_drawn() {
    let sheet = sheet(0..1_000);
    let window = sheet.window(1_000.0, 100.0);
    assert_eq!((sheet.height(), sheet.len()), (20_000.0, 1_000));
    assert_eq!((window[0].index, window[0].top, window[0].height), (47, 940.0, 20.0));
    assert_eq!((window[1].index, window[1].top), (48, 960.0));
    assert_eq!(times(&window), (47..58).collect::<Vec<_>>());
    assert_eq!(sheet.window(0.0, 100.0)[0].index, 0);
    assert_eq!(times(&sheet.window(19_900.0, 100.0)).last(), Some(&999));
}

#[test]
fn what_is_seen_stays_where_it_is() {
    let mut sheet = sheet(100..200);
    let anchor = sheet.anchor(130.0).unwrap();
    assert_eq!(anchor, Anchor { id: "106.s.0".to_owned(), below: 10.0 });
    sheet.prepend(lines(0..100), key("b"), Step::End);
    assert_eq!(sheet.top_of(&anchor.id), Some(2_120.0));
    sheet.set_details("3.s.0", Some(55.0));
    assert_eq!(sheet.top_of(&anchor.id), Some(2_175.0));
    assert_eq!(sheet.anchor(60.0 + 30.0), Some(Anchor { id: "3.s.0".to_owned(), below: 30.0 }));
    sheet.set_details("3.s.0", None);
    assert_eq!(sheet.height(), 4_000.0);
    assert_eq!(sheet.anchor(99_999.0), None);
}

#[test]
fn broken_lines_take_the_room_they_need() {
    let check = |widths: &[u32], height: f64| {
        let mut sheet = Sheet::new(Metrics { columns: Some(10), ..METRICS }, Step::End, Step::End);
        sheet.append(vec![line(1, widths)], key(""), Step::End);
        assert_eq!(sheet.height(), height, "{widths:?}");
    };
    check(&[0], 20.0);
    check(&[10], 20.0);
    check(&[11], 30.0);
    check(&[1, 1, 0, 1], 50.0);
    check(&[4_000], 410.0);
}

#[test]
fn more_is_asked_for_near_the_ends() {
    let mut sheet = Sheet::new(METRICS, Step::More(key("older")), Step::More(key("newer")));
    assert_eq!(sheet.want(0.0, 100.0), Some(Want::Older(key("older"))));
    sheet.prepend(lines(0..1_000), key("older"), Step::More(key("oldest")));
    assert_eq!(sheet.want(0.0, 100.0), Some(Want::Older(key("oldest"))));
    assert_eq!(sheet.want(10_000.0, 100.0), None);
    assert_eq!(sheet.want(19_000.0, 100.0), Some(Want::Newer(key("newer"))));
    sheet.append(lines(1_000..1_001), key("newer"), key("newer").next(None));
    assert_eq!(sheet.want(19_000.0, 100.0), None);
    assert_eq!(key("a").next(Some("b".to_owned())), Step::More(key("b")));
}

#[test]
fn a_range_is_read_from_its_end_or_around_an_instant() {
    let more = |start, end, forward| Step::More(PageKey { start, end, forward, cursor: String::new() });
    assert_eq!(Sheet::around((10, 20), None), (more(10, 20, false), Step::End));
    assert_eq!(Sheet::around((10, 20), Some(15)), (more(10, 16, false), more(16, 20, true)));
    assert_eq!(Sheet::around((10, 20), Some(20)), (more(10, 20, false), Step::End));
}

#[test]
fn pages_far_away_are_let_go_and_come_back() {
    let mut sheet = Sheet::new(METRICS, Step::End, Step::End);
    for page in (0..100).rev() {
        sheet.prepend(lines(page * 1_000..(page + 1) * 1_000), key(&page.to_string()), Step::End);
        sheet.let_go(0.0);
    }
    let height = sheet.height();
    assert_eq!((sheet.len(), height), (100_000, 2_000_000.0));
    assert!(sheet.last().is_none() && sheet.first().is_some());
    assert_eq!(sheet.window(height - 100.0, 100.0), vec![]);
    let Some(Want::Again(serial, again)) = sheet.want(height - 100.0, 100.0) else {
        panic!("nothing wanted")
    };
    assert_eq!(again, key("99"));
    sheet.refill(serial, lines(99_000..100_000));
    sheet.let_go(height);
    assert_eq!(sheet.height(), height);
    let window = sheet.window(height - 100.0, 100.0);
    assert_eq!((times(&window).last(), window[0].index), (Some(&99_999), 99_992));
}

#[test]
fn live_lines_are_put_where_they_belong_once() {
    let mut sheet = sheet(0..3);
    sheet.push_live(lines(2..6));
    sheet.push_live(vec![line(8, &[1]), line(7, &[1]), line(7, &[1]), line(8, &[1])]);
    assert_eq!(times(&sheet.window(0.0, 1_000.0)), [0, 1, 2, 3, 4, 5, 7, 8]);
    assert_eq!(sheet.height(), 8.0 * METRICS.row);
}

#[test]
fn a_long_tail_is_shortened_and_can_be_had_again() {
    let mut sheet = sheet(0..100);
    sheet.push_live(lines(100..2_100));
    sheet.shorten(1_000, 5);
    assert_eq!(sheet.len(), 1_000);
    assert_eq!(sheet.first().map(|line| line.time), Some(1_100));
    let again = PageKey { start: 5, end: 1_101, forward: false, cursor: String::new() };
    assert_eq!(sheet.older, Step::More(again.clone()));
    sheet.prepend(lines(600..1_101), again, Step::End);
    assert_eq!(sheet.len(), 1_500);
}

#[test]
fn rows_have_neighbours() {
    let mut sheet = sheet(10..20);
    sheet.append(lines(20..30), key("b"), Step::End);
    let neighbour = |id: &str, after| sheet.neighbour(id, after).map(|line| line.time);
    assert_eq!((neighbour("19.s.0", true), neighbour("20.s.0", false)), (Some(20), Some(19)));
    assert_eq!((neighbour("10.s.0", false), neighbour("29.s.0", true)), (None, None));
    assert_eq!(neighbour("99.s.0", true), None);
    assert_eq!(sheet.line("12.s.0").map(|line| line.time), Some(12));
}

proptest! {
    #[test]
    fn the_window_agrees_with_the_heights(
        pages in prop::collection::vec(1_i64..40, 1..6),
        details in prop::collection::btree_map(0_i64..100, 1_u16..300, 0..5),
        place in 0.0_f64..1.0,
    ) {
        let mut sheet = Sheet::new(METRICS, Step::End, Step::End);
        let mut next = 0;
        for count in pages {
            sheet.append(lines(next..next + count), key(""), Step::End);
            next += count;
        }
        for (number, height) in details {
            sheet.set_details(&format!("{number}.s.0"), Some(f64::from(height)));
        }
        let scroll_top = place * sheet.height();
        let window = sheet.window(scroll_top, 100.0);
        for row in &window {
            prop_assert_eq!(row.line.time, row.index as i64);
            prop_assert_eq!(sheet.top_of(&row.line.id), Some(row.top));
            prop_assert_eq!(row.height, METRICS.row);
        }
        let anchor = sheet.anchor(scroll_top).unwrap();
        let top = sheet.top_of(&anchor.id).unwrap();
        prop_assert!((top + anchor.below - scroll_top).abs() < 1e-6);
        prop_assert!(window.iter().any(|row| row.line.id == anchor.id));
    }
}
