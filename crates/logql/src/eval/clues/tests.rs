//! A line that passes holds every clue.

use ::model::{Labels, Level, Metadata, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::Clues;
use crate::eval::pipeline::{EntryRef, Kept, Pipeline, Scratch, StreamLabels};
use crate::{Entries, Expr, parse};

/// Each clue as `text|text`, `~` before a folded one, and behind `?` the labels that must not be elsewhere.
fn told(pipeline: &str) -> String {
    let Ok(Expr::Log(log)) = parse(&format!("{{a=\"b\"}} {pipeline}")) else { panic!("{pipeline}") };
    let clues = Clues::new(&log.stages);
    let told = clues.clues.iter().map(|clue| {
        let fold = if clue.required.folded { "~" } else { "" };
        let labels: Vec<&str> = clue.unless.iter().map(String::as_str).collect();
        let unless = if labels.is_empty() { String::new() } else { format!("?{}", labels.join(",")) };
        let texts: Vec<&String> =
            clue.required.texts.iter().filter(|text| !text.starts_with("\\u")).collect();
        let texts: Vec<&str> = texts.into_iter().map(String::as_str).collect();
        format!("{fold}{}{unless}", texts.join("|"))
    });
    told.collect::<Vec<_>>().join(" & ")
}

#[test]
fn what_is_known_of_passing_lines() {
    let check = |pipeline: &str, expected: &str| assert_eq!(told(pipeline), expected, "{pipeline}");
    check("|= \"needle\"", "needle");
    check("|= \"one\" or \"other\"", "one|other");
    check("!= \"needle\"", "");
    check("|= \"\"", "");
    check("|= ip(\"10.0.0.1\")", "");
    check("|= ip(\"10.0.0.1\") or \"x\"", "");
    check("|~ \"timeout|refused\"", "refused|timeout");
    check("|~ \"(?i)error\"", "~error");
    check("|~ \"(?i)disk\"", "~disk|dis\u{212a}|di\u{17f}k|di\u{17f}\u{212a}");
    check("|~ \"colou?r.*end\"", "color|colour & end");
    check("|~ \"a|b*\"", "");
    check("|> \"<_> took <_>ms\"", " took  & ms");
    check("|= \"a\" | json |= \"bc\"", "bc & a");
    check("| json | user=\"x1y2\"", "~x1y2?user");
    check("| json | user=\"say \\\"hello\\\"\"", "~hello?user");
    check("| json | user=~\"x.*yy\"", "~yy?user & ~x?user");
    check("| json | user=~\"x.*|\"", "");
    check("| json | user!=\"x\"", "");
    check("| json | user=\"\"", "");
    check("| json | status>=500", "");
    check("| json | a=\"xx\" and b=\"y\"", "~xx?a & ~y?b");
    check("| json | a=\"xx\" or b=\"y\"", "~xx|y?a,b");
    check("| json | a=\"xx\" or b>5", "");
    check("| user=\"x\"", "");
    check("| pattern \"<_> user=<user> <_>\" | user=\"x1\"", " user=?user & x1?user");
    check("| regexp \"user=(?P<user>\\\\d+)\" | user=\"17\"", "user=?user & 17?user");
    check("| json | regexp \"user=(?P<user>.*)\" | user=\"17\"", "~17?user");
    check("| line_format \"x\" |= \"needle\"", "");
    check("| line_format \"x\" | json | a=\"needle\"", "");
    check("| json | line_format \"x\" | a=\"needle\"", "~needle?a");
    check("| decolorize |= \"needle\"", "");
    check("| unpack |= \"needle\"", "~needle");
    check("| unpack | json | a=\"needle\"", "");
    check("| json | label_format a=b | a=\"needle\"", "");
    check("| json | label_format c=b | a=\"needle\"", "~needle?a");
    check("| json | __error__=\"JSONParserErr\"", "");
}

#[test]
fn which_levels_passing_lines_have() {
    let check = |pipeline: &str, expected: &str| {
        let Ok(Expr::Log(log)) = parse(&format!("{{a=\"b\"}} {pipeline}")) else { panic!("{pipeline}") };
        let levels = Clues::new(&log.stages).levels;
        let names: Vec<&str> =
            Level::ALL.iter().filter(|level| levels.contains(**level)).map(|level| level.name()).collect();
        let told = if names.len() == Level::ALL.len() { "all".to_owned() } else { names.join(" ") };
        assert_eq!(told, expected, "{pipeline}");
    };
    check("| detected_level=\"error\"", "error");
    check("| detected_level=~\"error|fatal\"", "error fatal");
    check(
        "| detected_level!=\"info\" | detected_level!=\"debug\"",
        "unknown trace warn error critical fatal",
    );
    check("| detected_level=\"error\" or detected_level=\"warn\"", "warn error");
    check("| detected_level=\"error\" or a=\"b\"", "all");
    check("| detected_level=\"error\" and a=\"b\"", "error");
    check("| drop detected_level | detected_level=\"\"", "all");
    check("| label_format detected_level=a | detected_level=\"error\"", "all");
    check("| level=\"error\"", "all");
}

const STAGES: &[&str] = &[
    "|= \"ab\"",
    "|= \"B\" or \"cd\"",
    "!= \"xx\"",
    "|~ \"a.*b\"",
    "|~ \"(?i)AB|k\"",
    "|~ \"ab?c\"",
    "|~ \"[ab]c\"",
    "|> \"<_>a<_>\"",
    "| json",
    "| json a=\"b\", c=\"a.b\"",
    "| logfmt",
    "| logfmt --strict --keep-empty",
    "| logfmt a=\"b\"",
    "| pattern \"<a> b=<b>\"",
    "| regexp \"a=(?P<a>\\\\w+)\"",
    "| unpack",
    "| decolorize",
    "| line_format \"{{.a}} {{.b}}\"",
    "| label_format a=b",
    "| label_format b=\"{{.a}}\"",
    "| drop a",
    "| keep b",
    "| a=\"ab\"",
    "| b=~\"a.|cd\"",
    "| a!=\"\"",
    "| a=\"ab\" or b=\"cd\"",
    "| a=\"ab\" and c=~\".+\"",
    "| b=\"/a\\\"\"",
    "| a_extracted=\"ab\"",
    "| b > 5",
    "| detected_level=\"error\"",
    "| detected_level=~\"info|error\" or a=\"ab\"",
    "| a=\"é\"",
    "| a=~\"(?i)ab\"",
    "| drop detected_level",
    "| detected_level=\"\"",
    "| label_format c=detected_level",
];

fn value() -> impl Strategy<Value = String> {
    let escaped = |text: &str| text.chars().map(|c| format!("\\u{:04x}", c as u32)).collect::<String>();
    prop_oneof![
        select(vec!["ab", "cd", "AB", "a", "7", "", "é", "a\u{212a}b", "/a\\\"", "\\/a\\\"", "acd"])
            .prop_map(str::to_owned),
        select(vec!["ab", "cd", "é", "ax"]).prop_map(escaped),
    ]
}

fn line() -> impl Strategy<Value = String> {
    let name = || select(vec!["a", "b", "c", "_entry", "a_extracted", "detected_level"]);
    let json = vec((name(), value()), 0..4).prop_map(|pairs| {
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        format!("{{{}}}", pairs.join(","))
    });
    let logfmt = vec((name(), value()), 0..4).prop_map(|pairs| {
        pairs.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect::<Vec<_>>().join(" ")
    });
    let plain = vec((name(), select(vec!["ab", "cd", "7", "ABk"])), 0..4).prop_map(|pairs| {
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    });
    prop_oneof![json, logfmt, plain, "[abcdABxk\\\\\"{}:=\u{1b}\\[m ]{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, ..ProptestConfig::default() })]

    #[test]
    fn lines_that_pass_hold_every_clue(
        stages in vec(select(STAGES), 1..5),
        lines in vec((line(), select(vec![Level::Info, Level::Error, Level::Unknown])), 1..12),
        stream in select(vec![&[("s", "x")][..], &[("a", "ab")], &[("b", "cd"), ("detected_level", "error")]]),
        metadata in select(vec![&[][..], &[("a", "ab")], &[("c", "ab"), ("b", "cd")]]),
    ) {
        let query = format!("{{a=\"b\"}} {}", stages.join(" "));
        let Ok(Expr::Log(log)) = parse(&query) else { panic!("{query}") };
        let clues = Clues::new(&log.stages);
        let pipeline = Pipeline::new(&log.stages, &Kept::ALL).expect("well-formed");
        let lean = Pipeline::new(&log.stages, &Kept::NOTHING).expect("well-formed");
        let stream = StreamLabels::new(&Labels::from_pairs(stream.iter().copied()));
        let metadata: Metadata = metadata.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let mut entries = Entries { metadata: vec![metadata], ..Entries::default() };
        for (line, level) in &lines {
            entries.text.push_str(line);
            entries.ends.push(entries.text.len() as u32);
            entries.timestamps.push(Timestamp::from_nanos(1));
            entries.levels.push(*level);
            entries.metadata_of.push(0);
        }
        let mut candidates = Vec::new();
        clues.candidates(&lean, &stream, &entries, &mut candidates);
        let (mut scratch, mut lean_scratch) = (Scratch::default(), Scratch::default());
        for index in 0..entries.len() {
            let entry: EntryRef<'_> = entries.entry(index);
            let passes = pipeline.run(&mut scratch, &stream, entry).is_some();
            prop_assert_eq!(lean.run(&mut lean_scratch, &stream, entry).is_some(), passes, "{} on {:?}", &query, entry.line);
            if !passes {
                continue;
            }
            prop_assert!(candidates.contains(&(index as u32)), "{} does not look at {:?}", &query, entry.line);
            let is_elsewhere = |name: &String| super::has(&stream, name) || super::in_set(entry.metadata, name);
            for clue in clues.clues.iter().filter(|clue| !clue.unless.iter().any(is_elsewhere)) {
                let lower = entry.line.to_ascii_lowercase();
                let held = clue.required.texts.iter().any(|text| match clue.required.folded {
                    true => lower.contains(&text.to_ascii_lowercase()),
                    false => entry.line.contains(text.as_str()),
                });
                prop_assert!(held, "{} lets pass {:?} without {:?}", &query, entry.line, clue);
            }
            let level_is_known = stream.labels().get("detected_level").is_none();
            prop_assert!(!level_is_known || clues.levels.contains(entry.level), "{} at {}", &query, entry.level);
        }
    }
}
