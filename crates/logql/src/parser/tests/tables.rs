//! The tables in `testdata/parse`, and bounds.

use proptest::prelude::*;

use crate::{parse, parse_selector};

/// Checks a file of queries: each stands in a paragraph of its own, above the indented answer, which is the
/// normal form (`=>`) or the fault (`!!`) with its place. `UPDATE_EXPECT=1` writes the answers anew.
fn check(file: &str) {
    let path = format!("{}/testdata/parse/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a table of queries");
    let answered: Vec<String> = text.trim_end().split("\n\n").map(answer).collect();
    let answered = answered.join("\n\n") + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &answered).expect("a table that can be written");
    }
    for (found, expected) in answered.split("\n\n").zip(text.split("\n\n")) {
        assert_eq!(found.trim_end(), expected.trim_end(), "in {path}");
    }
}

fn answer(paragraph: &str) -> String {
    let is_query = |line: &&str| !line.starts_with("    =>") && !line.starts_with("    !!");
    let query: Vec<&str> = paragraph.lines().take_while(is_query).collect();
    let query = query.join("\n");
    if query.lines().all(|line| line.starts_with("##")) {
        return query;
    }
    let answer = match parse(&query) {
        Ok(expr) => format!("=> {expr}"),
        Err(error) => format!("!! {}..{} {error}", error.span.start, error.span.end),
    };
    format!("{query}\n    {answer}")
}

#[test]
fn queries_for_lines() {
    check("log.txt");
}

#[test]
fn queries_for_numbers() {
    check("metric.txt");
}

#[test]
fn faults_and_their_places() {
    check("faults.txt");
}

#[test]
fn selectors_alone() {
    let read = |text: &str| {
        parse_selector(text).map(|selector| selector.to_string()).map_err(|error| error.to_string())
    };
    assert_eq!(read("{}"), Ok("{}".to_owned()));
    assert_eq!(read(" {a=~\".*\"} "), Ok("{a=~\".*\"}".to_owned()));
    let fault = "parse error at line 1, col 9: syntax error: unexpected `|=`, expecting the end of the query or an operator";
    assert_eq!(read("{a=\"b\"} |= \"x\""), Err(fault.to_owned()));
}

#[test]
fn nothing_grows_without_a_bound() {
    let fault = |query: String| parse(&query).expect_err("too much").message;
    assert_eq!(fault("(".repeat(100_000)), "nested more than 64 levels deep");
    assert_eq!(fault("1 ^ ".repeat(20_000)), "nested more than 64 levels deep");
    assert_eq!(fault("sum(".repeat(20_000)), "nested more than 64 levels deep");
    assert_eq!(fault(format!("{{a=\"b\"}} | {}", "(".repeat(100_000))), "nested more than 64 levels deep");
    assert_eq!(fault(format!("rate({}", "(".repeat(100_000))), "nested more than 64 levels deep");
    assert_eq!(fault("1 + ".repeat(20_000)), "more than 256 operators in one query");
    assert_eq!(fault(" ".repeat(200_000)), "input size too long (200000 > 131072)");
    let alternatives = format!("{{a=\"b\"}} |= \"x\" {}", "or \"x\"".repeat(5_000));
    assert_eq!(fault(alternatives), "more than 256 operators in one query");
    assert_eq!(
        fault("{a=~\"(\\\\pL{1000}){1000}\"}".to_owned()).split(':').next(),
        Some("error parsing regexp")
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = parse(&text);
    }

    /// Texts that look more like queries get further.
    #[test]
    fn no_heap_of_tokens_panics(tokens in proptest::collection::vec(prop::sample::select(TOKENS), 0..24)) {
        let query = tokens.join(" ");
        if let Err(error) = parse(&query) {
            prop_assert!(query.get(error.span.range()).is_some(), "{error} in {query}");
        }
    }
}

const TOKENS: &[&str] = &[
    "{a=\"b\"}",
    "{",
    "}",
    "(",
    ")",
    "[5m]",
    "|",
    "|=",
    "!=",
    "=~",
    "==",
    ">",
    "\"x\"",
    "`<_> x`",
    "a",
    "or",
    "and",
    "unless",
    "json",
    "logfmt",
    "unwrap",
    "drop",
    "label_format",
    "rate",
    "sum",
    "by",
    "on",
    "group_left",
    "bool",
    "1",
    "-",
    "+",
    "^",
    "5m",
    "20MB",
    "offset",
    "ip",
    ",",
    "=",
    "vector",
    "topk",
    "--strict",
    "count_over_time(",
];

#[test]
fn long_queries_take_several_lines() {
    let check = |query: &str, expected: &str| {
        assert_eq!(parse(query).expect("a query").pretty(), expected);
    };
    check("{a=\"b\"}|json|x>5", "{a=\"b\"} | json | x > 5");
    let long = "a rather long text that is looked for in every line of the service";
    check(
        &format!("{{service=\"web\"}} |= `{long}` | json | status >= 500 | line_format `{{{{.message}}}}`"),
        &format!(
            "{{service=\"web\"}}\n  |= \"{long}\"\n  | json\n  | status >= 500\n  | line_format \"{{{{.message}}}}\""
        ),
    );
    check(
        &format!("sum by (a) (rate({{service=\"web\"}} |= `{long}` | json [5m])) / 2"),
        &format!(
            "  sum by (a) (\n    rate(\n      {{service=\"web\"}} |= \"{long}\" | json [5m]\n    )\n  )\n/\n  2"
        ),
    );
}
