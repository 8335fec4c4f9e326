use logql::{Direction, Expr, Page};
use model::TimeRange;

use super::*;
use crate::testing::Fixture;

fn query(text: &str) -> LogQuery {
    match logql::parse(text).expect("a query") {
        Expr::Log(log) => LogQuery::new(&log).expect("a query"),
        Expr::Metric(_) => panic!("numbers"),
    }
}

fn told(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| format!("{} {}", row.line, row.nth)).collect()
}

async fn next(feed: &mut Feed) -> Vec<String> {
    match feed.next().await {
        Fed::Lines(rows) => told(&rows),
        Fed::Skipped(lines) => vec![format!("skipped {lines}")],
    }
}

const WEB: &str = "{\"service\":\"web\"}";

#[tokio::test]
async fn lines_that_the_query_selects_come_with_the_numbers_of_their_instants() {
    let fixture = Fixture::new().await;
    let now = fixture.now().nanos();
    let mut feed = Feed::new(fixture.logs.follow(), query("{service=\"web\"} |= \"a\""));
    fixture.push(&[("{\"service\":\"db\"}", &[(now, "a0")]), (WEB, &[(now, "b")])]).await;
    fixture.push(&[(WEB, &[(now, "a1"), (now + 1, "a2"), (now, "a3")])]).await;
    fixture.push(&[(WEB, &[(now + 1, "a4")])]).await;
    assert_eq!(next(&mut feed).await, ["a1 1", "a2 0", "a3 2"]);
    assert_eq!(next(&mut feed).await, ["a4 1"]);

    let range = TimeRange { start: Timestamp::from_nanos(now), end: Timestamp::from_nanos(now + 2) };
    let page = Page { range, direction: Direction::Forward, limit: 10, after: None };
    let stored = query("{service=\"web\"} |= \"a\"")
        .rows(&fixture.logs, &page, &logql::Budget::generous())
        .expect("rows");
    assert_eq!(told(&stored.rows), ["a1 1", "a3 2", "a2 0", "a4 1"], "the store numbers them alike");
}

#[tokio::test]
async fn what_a_query_found_after_the_feed_was_made_is_not_given_twice() {
    let fixture = Fixture::new().await;
    let now = fixture.now().nanos();
    let mut feed = Feed::new(fixture.logs.follow(), query("{service=\"web\"}"));
    fixture.push(&[(WEB, &[(now, "same"), (now, "same"), (now, "other")])]).await;
    let page = Page { range: TimeRange::ALL, direction: Direction::Forward, limit: 10, after: None };
    let rows =
        query("{service=\"web\"}").rows(&fixture.logs, &page, &logql::Budget::generous()).expect("rows").rows;
    assert_eq!(rows.len(), 3);
    feed.skip_known(&rows);
    fixture.push(&[(WEB, &[(now, "same"), (now + 1, "new")])]).await;
    assert_eq!(next(&mut feed).await, ["same 3", "new 0"]);
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_told_how_much_it_missed() {
    let fixture = Fixture::new().await;
    let now = fixture.now().nanos();
    let mut feed = Feed::new(fixture.logs.follow(), query("{service=\"web\"}"));
    let lines: Vec<(i64, String)> = (0..50).map(|n| (now + n, format!("line {n}"))).collect();
    let lines: Vec<(i64, &str)> = lines.iter().map(|(at, line)| (*at, line.as_str())).collect();
    for _ in 0..200 {
        fixture.push(&[(WEB, &lines)]).await;
    }
    let mut given = 0;
    let skipped = loop {
        match feed.next().await {
            Fed::Skipped(lines) => break lines,
            Fed::Lines(rows) => given += rows.len() as u64,
        }
    };
    while given + skipped < 200 * 50 {
        match feed.next().await {
            Fed::Lines(rows) => given += rows.len() as u64,
            Fed::Skipped(_) => panic!("nothing more was sent"),
        }
    }
    assert_eq!(given + skipped, 200 * 50);
    assert!(skipped > 0);
}

#[test]
fn numbers_are_remembered_for_a_bounded_number_of_times_and_streams() {
    let mut numbers = Numbers::default();
    let labels = |number: usize| Labels::from_pairs([("a", number.to_string())]);
    for nanos in 0..1000 {
        assert_eq!(numbers.next(&labels(0), Timestamp::from_nanos(nanos)), 0);
    }
    assert_eq!(numbers.next(&labels(0), Timestamp::from_nanos(999)), 1);
    assert!(numbers.streams[&labels(0)].len() <= TIMES_MAX);
    for number in 0..3 * STREAMS_MAX {
        numbers.next(&labels(number), Timestamp::from_nanos(0));
    }
    assert!(numbers.streams.len() <= STREAMS_MAX);
}
