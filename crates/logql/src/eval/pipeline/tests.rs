//! The tables in `testdata/pipeline`: what pipelines make of lines.
//!
//! ```text
//! | json                                  a pipeline
//! @ {app="web"} trace="t1" level error    labels of the stream, structured metadata, the level; until the next `@`
//! < {"app":"x"}                           a line (`<!`: with Go's escapes)
//! > {app="web"} [trace="t1"] app_extracted="x" => "the line, if it is another one"
//! ```
//!
//! The answer shows labels by category. `gone`: the line does not pass; `nothing`: no labels. The level is not
//! shown; `-detected_level`: it was dropped.

use ::model::{Labels, Level, Metadata, Timestamp, label};
use proptest::prelude::*;

use super::*;
use crate::{Expr, parse};

#[derive(Default)]
struct Given {
    stream: Labels,
    metadata: Metadata,
    level: Level,
}

fn given(text: &str) -> Given {
    let (labels, rest) = text.split_at(text.find('}').expect("labels") + 1);
    let (pairs, level) = rest.split_once("level ").unwrap_or((rest, "unknown"));
    let pairs = Labels::parse(&format!("{{{}}}", pairs.trim().replace("\" ", "\", "))).expect("metadata");
    Given {
        stream: Labels::parse(labels).expect("labels"),
        metadata: pairs.iter().map(|(name, value)| (name.into(), value.into())).collect(),
        level: Level::from_word(level.trim()).unwrap_or_default(),
    }
}

fn answer(pipeline: &Pipeline, given: &Given, line: &str) -> String {
    let mut scratch = Scratch::new(Timestamp::from_seconds(2));
    let stream = StreamLabels::new(&given.stream);
    let timestamp = Timestamp::from_seconds(1);
    let entry = EntryRef { timestamp, level: given.level, line, metadata: &given.metadata };
    let Some(outcome) = pipeline.run(&mut scratch, &stream, entry) else { return "gone".to_owned() };
    let pairs = |wanted: Category| {
        let of = outcome.labels.iter().filter(|(category, ..)| *category == wanted);
        let mut pairs: Vec<String> = of.map(|(_, name, value)| format!("{name}={value:?}")).collect();
        pairs.sort();
        pairs
    };
    let mut metadata = pairs(Category::Metadata);
    let level = format!("{}={:?}", label::DETECTED_LEVEL, given.level.name());
    match metadata.iter().position(|pair| *pair == level) {
        Some(at) => _ = metadata.remove(at),
        None => metadata.push(format!("-{}", label::DETECTED_LEVEL)),
    }
    let mut told = Vec::new();
    if !given.stream.is_empty() {
        told.push(format!("{{{}}}", pairs(Category::Stream).join(", ")));
    }
    if !metadata.is_empty() {
        told.push(format!("[{}]", metadata.join(" ")));
    }
    told.extend(pairs(Category::Parsed));
    if told.is_empty() {
        told.push("nothing".to_owned());
    }
    if outcome.line != line {
        told.push(format!("=> {:?}", outcome.line));
    }
    told.join(" ")
}

fn check(file: &str) {
    let path = format!("{}/testdata/pipeline/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a table");
    let mut wrong = Vec::new();
    for table in text.split("\n\n") {
        let mut lines = table.lines().filter(|line| !line.starts_with("##")).peekable();
        let Some(stages) = lines.next() else { continue };
        let Ok(Expr::Log(log)) = parse(&format!("{{a=\"b\"}} {stages}")) else { panic!("{path}: {stages}") };
        let pipeline = Pipeline::new(&log.stages, &Kept::ALL).expect("well-formed");
        let mut now = Given::default();
        while let Some(line) = lines.next() {
            if let Some(labels) = line.strip_prefix("@ ") {
                now = given(labels);
                continue;
            }
            let line = match line.strip_prefix("<! ") {
                Some(escaped) => crate::literal::text::read(escaped).expect("a quoted line"),
                None => line.strip_prefix("< ").or(line.strip_prefix('<')).expect("a line").to_owned(),
            };
            let expected = lines.next().and_then(|line| line.strip_prefix("> ")).expect("an answer");
            let found = answer(&pipeline, &now, &line);
            if found != expected {
                wrong.push(format!("{stages}\n< {line}\n  expected {expected}\n  found    {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{path}: {} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn json() {
    check("json.txt");
}

#[test]
fn json_paths() {
    check("json_paths.txt");
}

#[test]
fn logfmt() {
    check("logfmt.txt");
}

#[test]
fn patterns_and_expressions() {
    check("captures.txt");
}

#[test]
fn unpack() {
    check("unpack.txt");
}

#[test]
fn label_filters() {
    check("label_filters.txt");
}

#[test]
fn formats_and_colours() {
    check("formats.txt");
}

#[test]
fn drop_and_keep() {
    check("drop_keep.txt");
}

const STAGES: &[&str] = &[
    "| json",
    "| json a=\"b.c[0]\", d",
    "| logfmt --strict --keep-empty",
    "| logfmt a=\"b\"",
    "| unpack",
    "| decolorize",
    "| pattern \"<a> <_>b<c>\"",
    "| regexp \"(?P<a>.)(?P<b>b+)?\"",
    "| line_format \"{{.a}}{{__line__}}\"",
    "| label_format a=b, c=\"{{.a}}\"",
    "| a > 5",
    "| b < 5KB",
    "| c != 5s",
    "| a = ip(\"::/0\")",
    "| drop a",
    "| keep b",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    /// Whatever the line is: nothing panics, and no label has two values.
    #[test]
    fn no_line_panics(
        stages in proptest::collection::vec(proptest::sample::select(STAGES), 1..5),
        line in prop_oneof!["\\PC{0,40}", "[{}\\[\\]\":,=ab\\\\u0de5 \u{1b}m.<>\u{fffd}]{0,60}", ".{0,20}"],
    ) {
        let query = format!("{{a=\"b\"}} {}", stages.join(" "));
        let Ok(Expr::Log(log)) = parse(&query) else { panic!("{query}") };
        let pipeline = Pipeline::new(&log.stages, &Kept::ALL).expect("well-formed");
        let stream = StreamLabels::new(&Labels::from_pairs([("a", "s")]));
        let mut scratch = Scratch::default();
        let (timestamp, level) = (Timestamp::from_nanos(0), Level::Info);
        let entry = EntryRef { timestamp, level, line: &line, metadata: &Vec::new() };
        if let Some(outcome) = pipeline.run(&mut scratch, &stream, entry) {
            let mut names: Vec<&str> = outcome.labels.iter().map(|(_, name, _)| name).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            prop_assert_eq!(names.len(), all);
        }
        for field in detected_fields(&line) {
            prop_assert!(!field.name.is_empty());
        }
    }

    /// Labels that nobody asked for are left out; those that were asked for are as they would be.
    #[test]
    fn hints_change_nothing_that_is_looked_at(
        stages in proptest::collection::vec(proptest::sample::select(STAGES), 1..5),
        line in "(\\{(\"[abc]\":(\"[5b ]\"|\\{\"[bc]\":1\\}),){0,4}\"d\":1\\}|([abc]=[5b\"]* ){0,5})",
    ) {
        let query = format!("{{a=\"b\"}} {}", stages.join(" "));
        let Ok(Expr::Log(log)) = parse(&query) else { panic!("{query}") };
        let all = Pipeline::new(&log.stages, &Kept::ALL).expect("well-formed");
        let few = Pipeline::new(&log.stages, &Kept { labels: Some(&["a", "b_c"]), line: true }).expect("well-formed");
        let stream = StreamLabels::new(&Labels::from_pairs([("d", "s")]));
        let (mut scratch, mut other) = (Scratch::default(), Scratch::default());
        let (timestamp, level) = (Timestamp::from_nanos(0), Level::Info);
        let entry = EntryRef { timestamp, level, line: &line, metadata: &Vec::new() };
        let (all, few) = (all.run(&mut scratch, &stream, entry), few.run(&mut other, &stream, entry));
        let seen = |outcome: Option<Outcome<'_>>| {
            outcome.map(|o| (o.line.to_owned(), o.labels.get("a").map(str::to_owned), o.labels.get("b_c").map(str::to_owned)))
        };
        prop_assert_eq!(seen(few), seen(all), "{} on {:?}", query, line);
    }
}

#[test]
fn fields_are_found_without_being_asked_for() {
    let check = |line: &str, expected: &[(&str, &str, &str)]| {
        let fields = detected_fields(line);
        let told: Vec<(&str, &str, String)> =
            fields.iter().map(|field| (field.name.as_str(), &*field.value, field.path.join("/"))).collect();
        let told: Vec<(&str, &str, &str)> =
            told.iter().map(|(name, value, path)| (*name, *value, path.as_str())).collect();
        assert_eq!(told, expected, "{line}");
    };
    check(r#"{"a":1,"b":{"c-d":"x\"y"},"e":[1],"f":null}"#, &[("a", "1", "a"), ("b_c_d", "x\"y", "b/c-d")]);
    check(r#" {"a":"cut","b":"c"#, &[("a", "cut", "a")]);
    check("level=info took=5ms alone", &[("level", "info", ""), ("took", "5ms", "")]);
    check(r#"{"a":1,"a":2}"#, &[("a", "1", "a")]);
    check("plain words", &[]);
    check("", &[]);
}
