use model::{Level, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::operand::LinePattern;

fn mine<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<Mined> {
    let mut miner = Miner::new(Timestamp::from_nanos(0), Duration::from_secs(1), 10);
    for (second, line) in lines.into_iter().enumerate() {
        miner.add(Level::Info, Timestamp::from_seconds(second as i64 % 10), line);
    }
    miner.finish()
}

/// Each line makes what stands behind its arrow; lines before an arrow belong to one pattern.
#[test]
fn lines_that_look_alike_make_one_pattern() {
    let table = include_str!("../../testdata/patterns.txt");
    let mut lines = Vec::new();
    for row in table.lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
        let Some(expected) = row.strip_prefix("=> ") else {
            lines.push(row);
            continue;
        };
        let found: Vec<String> = mine(lines.drain(..))
            .into_iter()
            .map(|mined| format!("{} {}", mined.lines, mined.pattern))
            .collect();
        assert_eq!(found.join(" & "), expected);
    }
    assert!(lines.is_empty(), "lines without an arrow");
}

#[test]
fn lines_are_counted_by_level_and_step() {
    let mut miner = Miner::new(Timestamp::from_seconds(100), Duration::from_secs(10), 3);
    for (level, second) in [
        (Level::Info, 99),
        (Level::Info, 100),
        (Level::Info, 109),
        (Level::Error, 110),
        (Level::Info, 129),
        (Level::Info, 130),
    ] {
        miner.add(level, Timestamp::from_seconds(second), &format!("took {second} ms"));
    }
    let found = miner.finish();
    let told: Vec<_> = found.iter().map(|mined| (mined.level, mined.lines, &*mined.buckets)).collect();
    assert_eq!(told, [(Level::Info, 3, &[2, 0, 1][..]), (Level::Error, 1, &[0, 1, 0][..])]);
    assert_eq!(found[0].example, "took 100 ms");
}

#[test]
fn memory_is_bounded_by_the_number_of_patterns() {
    let mut miner = Miner::new(Timestamp::from_nanos(0), Duration::from_secs(1), 1);
    for n in 0..TEMPLATES_MAX * 2 {
        let glue: String = (0..12).map(|bit| if n >> bit & 1 == 1 { "=a" } else { ",a" }).collect();
        miner.add(Level::Info, Timestamp::from_nanos(0), &glue);
    }
    assert_eq!(miner.others(), TEMPLATES_MAX as u64);
    assert_eq!(miner.finish().len(), TEMPLATES_MAX);
}

#[test]
fn very_long_lines_and_lines_of_several_lines_end_open() {
    let long = format!("start {}", "word ".repeat(10_000));
    let object = |before: usize, after: usize| {
        format!("{{\"a\":\"{}\",\"b\":1,\"c\":\"{}\",\"d\":2}}", "x".repeat(before), "y".repeat(after))
    };
    let told =
        |before| format!("{{\"a\":\"{}\",\"msg\":\"no disk {}\"}}", "x".repeat(before), "y ".repeat(5000));
    let trace = "Traceback (most recent call last):\n  File \"x.py\", line 5\nValueError: no";
    let objects = [object(10, 9000), object(9000, 10), told(10), told(9000)];
    for line in objects.iter().map(String::as_str).chain([long.as_str(), trace]) {
        let found = mine([line]);
        assert!(found[0].pattern.ends_with("<_>") && found[0].pattern.len() < 3500, "{}", found[0].pattern);
        let filter = LinePattern::new(&found[0].pattern).unwrap();
        assert!(filter.matches(line) && filter.matches(&found[0].example), "{}", found[0].pattern);
    }
}

fn piece() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a",
        "b",
        "user",
        "7",
        "x9",
        "<_>",
        "<a>",
        "<",
        ">",
        "\"",
        "\\\"",
        " ",
        "  ",
        "=",
        ",",
        "{",
        "}",
        "[",
        ":",
        "\"msg\":",
        "\"msg\":\"",
        "{\"msg\":\"a b\"",
        ",\"k\":",
        "{\"k\":1,\"l\":\"a\"}",
        "\"l\":{\"k\":2}",
        "é",
        "\n",
        "msg=\"a b c d e\"",
        "\"a b c d\"",
        "null",
        "-",
        "/a/b",
    ])
}

fn line() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat())
}

/// Objects with a few keys, nested ones too.
fn object() -> impl Strategy<Value = String> {
    let value = select(vec![
        "1",
        "\"a\"",
        "\"a b\"",
        "\"\"",
        "{\"k\":1}",
        "{\"msg\":\"a b\"}",
        "[1,{\"l\":2}]",
        "\"<a>\"",
        "true",
    ]);
    let key = select(vec!["k", "l", "msg", "m", "<a>"]);
    let member = (key, value).prop_map(|(key, value)| format!("\"{key}\":{value}"));
    prop::collection::vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(",")))
}

proptest! {
    #[test]
    fn every_line_that_made_a_pattern_matches_it(lines in prop::collection::vec(prop_oneof![line(), object()], 1..40)) {
        let patterns = mine(lines.iter().map(String::as_str));
        let taken = lines.iter().filter(|line| !line.is_empty()).count() as u64;
        prop_assert_eq!(patterns.iter().map(|mined| mined.lines).sum::<u64>(), taken);
        let filters: Vec<LinePattern> =
            patterns.iter().map(|mined| LinePattern::new(&mined.pattern).expect("a pattern")).collect();
        for (filter, mined) in filters.iter().zip(&patterns) {
            prop_assert!(filter.matches(&mined.example), "{} {:?}", mined.pattern, mined.example);
            // A pattern may match lines of others too, but never fewer than made it.
            let matching = lines.iter().filter(|line| filter.matches(line)).count() as u64;
            prop_assert!(matching >= mined.lines, "{} matches {matching} of {}", mined.pattern, mined.lines);
        }
        for line in lines.iter().filter(|line| !line.is_empty()) {
            prop_assert!(filters.iter().any(|filter| filter.matches(line)), "nothing matches {line:?}");
        }
    }
}
