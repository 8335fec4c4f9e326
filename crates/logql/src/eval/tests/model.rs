//! Random streams, and a model that answers by sorting and counting everything.

use std::collections::BTreeMap;
use std::time::Duration;

use ::model::{Entry, Labels, Level, TimeRange, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::memory::{Line, Memory};
use crate::{Budget, Cursor, Direction, Expr, Levels, LogQuery, MetricQuery, Page, Row, parse};

const USER: &str = r#"{"user":"alphabeta","a":"c"}"#;
const ESCAPED_USER: &str = r#"{"user":"\u0061lphabet\u0061"}"#;

/// Chunks with the number of their stream. Timestamps are few, so that many are equal, and in no order.
fn chunks() -> impl Strategy<Value = Vec<(usize, Vec<Line>)>> {
    let level = select(vec![Level::Info, Level::Error, Level::Unknown]);
    let line =
        (0_i64..40, level, select(vec!["alpha", "beta", "alphabeta", "gamma delta", "", USER, ESCAPED_USER]))
            .prop_map(|(time, level, text)| Line {
                timestamp: Timestamp::from_nanos(time),
                level,
                text: text.to_owned(),
                metadata: Vec::new(),
            });
    vec((0_usize..3, vec(line, 1..12)), 0..8)
}

fn stream(number: usize) -> Labels {
    Labels::from_pairs([("a", "b"), ("stream", ["stdout", "stderr", "access"][number])])
}

fn memory(chunks: &[(usize, Vec<Line>)]) -> Memory {
    let mut memory = Memory::default();
    for (number, lines) in chunks {
        memory.add(&stream(*number), lines, false);
    }
    memory
}

/// Every line as a row, in the order of time, labels and arrival.
fn rows(chunks: &[(usize, Vec<Line>)]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (number, lines) in chunks {
        for line in lines {
            let labels = stream(*number);
            let equal =
                rows.iter().filter(|row| row.labels == labels && row.timestamp == line.timestamp).count();
            let entry =
                Entry { timestamp: line.timestamp, line: line.text.clone(), metadata: line.metadata.clone() };
            rows.push(Row { nth: equal as u64, ..Row::plain(&labels, &entry, line.level) });
        }
    }
    rows.sort_by(|a, b| (a.timestamp, &a.labels, a.nth).cmp(&(b.timestamp, &b.labels, b.nth)));
    rows
}

fn log_query(query: &str, levels: Levels) -> LogQuery {
    let Ok(Expr::Log(log)) = parse(query) else { panic!("{query}") };
    LogQuery::new(&log).expect("evaluated").with_levels(levels)
}

/// What a query makes of a line.
fn answer(query: &LogQuery, row: Row) -> Option<Row> {
    let entry = Entry { timestamp: row.timestamp, line: row.line, metadata: row.metadata };
    Some(Row { nth: row.nth, ..query.row(&row.labels, &entry, row.level)? })
}

/// Reads pages until there are no more.
fn all_pages(query: &LogQuery, memory: &Memory, page: &Page, budget: &Budget<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut after = None;
    for _ in 0..1000 {
        let part = query.rows(memory, &Page { after, ..*page }, budget).expect("an answer");
        assert!(part.rows.len() <= page.limit);
        rows.extend(part.rows);
        assert!(part.next.is_none() || part.next != after, "no way forward from {after:?}");
        after = match part.next {
            Some(next) => Some(next.to_string().parse::<Cursor>().expect("a cursor")),
            None => return rows,
        };
    }
    panic!("no end of pages");
}

const QUERIES: &[&str] = &[
    "{a=\"b\"}",
    "{a=\"b\"} |= \"alpha\"",
    "{a=\"b\"} !~ \"al\"",
    "{stream=~\"std.*\"} |= \"beta\"",
    "{a=\"b\"} |= \"gamma\"",
    "{a=\"b\"} | json | user=\"alphabeta\"",
    "{a=\"b\"} | json | stream=\"stdout\" or user=\"alphabeta\"",
    "{a=\"b\"} | json | a_extracted=\"c\" | line_format \"{{.user}}\"",
    "{a=\"b\"} | detected_level=\"error\" |= \"alpha\" or \"delta\"",
    "{a=\"b\"} | json | __error__=\"\" |~ \"(?i)ALPHA|gamma\"",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn pages_are_the_sorted_lines(
        chunks in chunks(), query in select(QUERIES), limit in 1_usize..9, start in 0_i64..20, length in 0_i64..40,
        forward in any::<bool>(), only_errors in any::<bool>(), bytes_kept in prop_oneof![Just(1_usize), Just(400), Just(1 << 20)],
    ) {
        let levels = if only_errors { [Level::Error].into_iter().collect() } else { Levels::ALL };
        let log = log_query(query, levels);
        let range = TimeRange { start: Timestamp::from_nanos(start), end: Timestamp::from_nanos(start + length) };
        let direction = if forward { Direction::Forward } else { Direction::Backward };
        let page = Page { range, direction, limit, after: None };
        let budget = Budget { bytes_kept, ..Budget::generous() };
        let all = rows(&chunks).into_iter().filter(|row| range.contains(row.timestamp));
        let mut expected: Vec<Row> = all.filter_map(|row| answer(&log, row)).collect();
        if !forward {
            expected.reverse();
        }
        prop_assert_eq!(all_pages(&log, &memory(&chunks), &page, &budget), expected);
    }

    /// A query that has to stop gives the first lines, none left out in between.
    #[test]
    fn a_stopped_query_has_no_gaps(chunks in chunks(), reads in 0_u32..6, forward in any::<bool>(), limit in 1_usize..30) {
        let log = log_query("{a=\"b\"}", Levels::ALL);
        let asked = std::cell::Cell::new(0);
        let stop = || asked.replace(asked.get() + 1) >= reads;
        let direction = if forward { Direction::Forward } else { Direction::Backward };
        let page = Page { range: TimeRange::ALL, direction, limit, after: None };
        let budget = Budget { stop: &stop, ..Budget::generous() };
        let part = log.rows(&memory(&chunks), &page, &budget).expect("an answer");
        let mut expected = rows(&chunks);
        if !forward {
            expected.reverse();
        }
        // Lines that are numbered through earlier chunks may have lost count.
        let names = |rows: &[Row]| rows.iter().map(|row| (row.timestamp, row.labels.clone(), row.line.clone())).collect::<Vec<_>>();
        prop_assert_eq!(names(&part.rows), names(&expected[..part.rows.len()]));
        if part.next.is_none() {
            prop_assert_eq!(part.rows.len(), expected.len());
        } else {
            let rest = all_pages_after(&log, &memory(&chunks), &page, part.next);
            prop_assert_eq!(names(&rest), names(&expected[part.rows.len()..]));
        }
    }

    #[test]
    fn counts_are_the_lines_in_the_windows(
        chunks in chunks(), start in 0_i64..50, length in 0_i64..60, step in 1_i64..20, window in 0_i64..30,
        offset in -10_i64..10,
    ) {
        let metric = format!("sum by (stream) (count_over_time({{a=\"b\"}} |= \"alpha\" [{window}ms] offset {offset}ms))");
        let Ok(Expr::Metric(metric)) = parse(&metric) else { panic!("{metric}") };
        let scale = 1_000_000;
        let scaled: Vec<_> = chunks.iter().map(|(number, lines)| {
            let scaled = |line: &Line| Line { timestamp: Timestamp::from_nanos(line.timestamp.nanos() * scale), ..line.clone() };
            (*number, lines.iter().map(scaled).collect::<Vec<_>>())
        }).collect();
        let at = |millis: i64| Timestamp::from_nanos(millis * scale);
        let step_size = Duration::from_millis(step as u64);
        let found = MetricQuery::new(&metric).expect("evaluated")
            .range(&memory(&scaled), at(start), at(start + length), step_size, &Budget::generous()).expect("an answer");
        let mut expected: BTreeMap<Labels, Vec<(Timestamp, f64)>> = BTreeMap::new();
        let (first, last) = (start.div_euclid(step), -(-(start + length)).div_euclid(step));
        for instant in (first..=last).map(|n| n * step) {
            for number in 0..3 {
                let inside = |line: &&Line| {
                    let time = line.timestamp.nanos() / scale;
                    line.text.contains("alpha") && instant - offset - window < time && time <= instant - offset
                };
                let lines = scaled.iter().filter(|(other, _)| *other == number).flat_map(|(_, lines)| lines);
                let count = lines.filter(inside).count();
                if count > 0 {
                    let labels = Labels::from_pairs([("stream", stream(number).get("stream").expect("is there"))]);
                    expected.entry(labels).or_default().push((at(instant), count as f64));
                }
            }
        }
        let found: BTreeMap<_, _> = found.series.into_iter().map(|series| (series.labels, series.points)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn histograms_count_every_line_once(chunks in chunks(), start in 0_i64..20, length in 0_i64..40, step in 1_u64..9) {
        let log = log_query("{a=\"b\"} |= \"a\"", Levels::ALL);
        let range = TimeRange { start: Timestamp::from_nanos(start), end: Timestamp::from_nanos(start + length) };
        let budget = Budget::generous();
        let found = log.histogram(&memory(&chunks), range, Duration::from_nanos(step), &budget).expect("an answer");
        let mut expected = vec![[0; 8]; (length as u64).div_ceil(step) as usize];
        for row in rows(&chunks).iter().filter(|row| range.contains(row.timestamp) && row.line.contains('a')) {
            let bucket = (row.timestamp.nanos() - start) as u64 / step;
            expected[bucket as usize][usize::from(row.level.number())] += 1;
        }
        prop_assert_eq!(found.buckets, expected);
    }
}

fn all_pages_after(query: &LogQuery, memory: &Memory, page: &Page, mut after: Option<Cursor>) -> Vec<Row> {
    let mut rows = Vec::new();
    while after.is_some() {
        let part = query.rows(memory, &Page { after, ..*page }, &Budget::generous()).expect("an answer");
        rows.extend(part.rows);
        after = part.next;
    }
    rows
}
