//! Filters over whole chunks find the lines that filters over single lines find.

use ::model::{Labels, Level, TimeRange, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::memory::{Line, Memory};
use crate::eval::pipeline::{Scratch, StreamLabels};
use crate::{Chunk, Expr, Levels, LogQuery, Scan, Source, parse};

const FILTERS: &[&str] = &[
    "|= \"ab\"",
    "|= \"abcd\"",
    "!= \"b\"",
    "|~ \"a.*d\"",
    "|~ \"(ab|cd)+d\"",
    "!~ \"^c\"",
    "|= \"a\" or \"dd\"",
    "|> \"<_>ab<_>\"",
    "|> \"b<_>\"",
    "!> \"<_>a\"",
    "|= \"\"",
    "|~ \"abc?d\"",
    "|~ \"a|bc\"",
    "|~ \"[ac]\\\\w\"",
    "|~ \"a.c|bé\"",
    "|~ \"(?i)B.?\"",
    "|~ \"^a|d$\"",
    "|~ \"b*\"",
    "|= \"é\"",
];

fn query(filters: &[&str]) -> LogQuery {
    let query = format!("{{a=\"b\"}} {}", filters.join(" "));
    let Ok(Expr::Log(log)) = parse(&query) else { panic!("{query}") };
    LogQuery::new(&log).expect("line filters are evaluated")
}

proptest! {
    #[test]
    fn chunks_are_searched_like_lines(
        lines in vec("[abcdé]{0,6}", 1..20), filters in vec(select(FILTERS), 0..4),
    ) {
        let query = query(&filters);
        let mut memory = Memory::default();
        let line = |text: &String| Line {
            timestamp: Timestamp::from_nanos(1), level: Level::Info, text: text.clone(), metadata: Vec::new(),
        };
        memory.add(&Labels::from_pairs([("a", "b")]), &lines.iter().map(line).collect::<Vec<_>>(), false);
        let scan = Scan { selector: query.selector().clone(), range: TimeRange::ALL, levels: Levels::ALL, needles: Vec::new() };
        let entries = memory.chunks(&scan).expect("in memory")[0].read().expect("whole");
        let (mut found, mut scratch) = (Vec::new(), Scratch::default());
        let stream = StreamLabels::new(&Labels::from_pairs([("a", "b")]));
        query.clues.candidates(&query.lean, &stream, &entries, &mut found);
        found.retain(|line| query.lean.run(&mut scratch, &stream, entries.entry(*line as usize)).is_some());
        let passes = |line: &u32| query.matches(stream.labels(), Level::Info, &lines[*line as usize]);
        let expected: Vec<u32> = (0..lines.len() as u32).filter(passes).collect();
        prop_assert_eq!(&found, &expected);
    }

    #[test]
    fn marks_are_in_order_and_on_characters(line in "[abcdé]{0,12}", filters in vec(select(FILTERS), 0..4)) {
        let marks = query(&filters).marks(&line);
        for (start, end) in &marks {
            prop_assert!(start < end && line.get(*start as usize..*end as usize).is_some());
        }
        prop_assert!(marks.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }
}

#[test]
fn marks_of_one_line_are_bounded() {
    let query = query(&["|= \"a\""]);
    assert_eq!(query.marks(&"a ".repeat(100_000)).len(), 256);
}
