//! Tables of templates whose results are those of Go's own text/template (1.26, with Sprig 3.3 and the functions of
//! Loki 3.7 by their definitions), and what is bounded here but not there.
//!
//! A case is `template  =>  output` or `template  !!  fault`. `@labels` and `@tree` set the data of the cases below
//! them, `@line` what `__line__` answers; ⏎, ⇥ and ␍ stand for the characters that they picture.

use std::borrow::Cow;
use std::fmt::Write as _;

use proptest::prelude::*;

use crate::data::Data;
use crate::value::{Map, Value};
use crate::{Functions, Limits, Template};

/// 2026-11-22T14:03:59.5Z
const NOW: i64 = 1_795_356_239_500_000_000;
/// 2024-02-29T12:34:56.789Z
const TIMESTAMP: i64 = 1_709_210_096_789_000_000;

struct Subject {
    map: Map<'static>,
    line: String,
}

impl Data for Subject {
    fn get(&self, name: &str) -> Value<'_> {
        self.map.get(name)
    }

    fn entries(&self) -> Vec<(&str, Value<'_>)> {
        self.map.entries.iter().map(|(name, value)| (name.as_ref(), value.clone())).collect()
    }

    fn only_text(&self) -> bool {
        self.map.only_text
    }

    fn now(&self) -> i64 {
        NOW
    }

    fn line(&self) -> &str {
        &self.line
    }

    fn timestamp(&self) -> i64 {
        TIMESTAMP
    }
}

fn subject(json: &str, only_text: bool) -> Subject {
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let entries = json.as_object().unwrap().iter();
    let entries =
        entries.map(|(name, value)| (Cow::Owned(name.clone()), crate::library::converted(value.clone())));
    Subject { map: Map { entries: entries.collect(), only_text }, line: String::new() }
}

fn render(text: &str, data: &dyn Data) -> Result<String, String> {
    let template =
        Template::parse_named("line", text, &Functions::loki()).map_err(|error| error.to_string())?;
    let mut out = String::new();
    template.render(data, &mut out).map_err(|error| error.to_string())?;
    Ok(out)
}

fn check_table(name: &str, table: &str) {
    let mut data = subject("{}", true);
    let mut wrong = String::new();
    let mut cases = 0;
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(json) = line.strip_prefix("@labels ") {
            data = Subject { line: data.line, ..subject(json, true) };
        } else if let Some(json) = line.strip_prefix("@tree ") {
            data = Subject { line: data.line, ..subject(json, false) };
        } else if let Some(text) = line.strip_prefix("@line ") {
            data.line = text.to_owned();
        } else {
            cases += 1;
            let (template, expected) = match line.split_once("  =>  ") {
                Some((template, output)) => (template, Ok(output)),
                None => {
                    let (template, fault) = line.split_once("  !!  ").unwrap();
                    (template, Err(fault))
                }
            };
            let show = |text: String| text.replace('\n', "⏎").replace('\t', "⇥").replace('\r', "␍");
            let got = render(&template.replace('⏎', "\n").replace('⇥', "\t"), &data);
            let got = got.map(show).map_err(show);
            if got.as_deref().map_err(String::as_str) != expected {
                writeln!(wrong, "{template}\n  expected {expected:?}\n  got      {got:?}").unwrap();
            }
        }
    }
    assert!(cases > 10, "{name} holds {cases} cases");
    assert!(wrong.is_empty(), "{name}:\n{wrong}");
}

macro_rules! tables {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            check_table(stringify!($name), include_str!(concat!("../testdata/", stringify!($name), ".txt")));
        }
    )* };
}

tables! { syntax builtins printf loki dates }

struct Nobody;

impl Data for Nobody {
    fn get(&self, _: &str) -> Value<'_> {
        Value::from("")
    }

    fn entries(&self) -> Vec<(&str, Value<'_>)> {
        Vec::new()
    }

    fn now(&self) -> i64 {
        NOW
    }
}

fn fault(text: &str, limits: Limits) -> String {
    let template = Template::parse(text, &Functions::loki()).unwrap();
    let mut out = "before".to_owned();
    let error = template.render_within(&Nobody, &mut out, limits).unwrap_err();
    assert!(out.len() <= "before".len() + limits.output, "{} bytes", out.len());
    error.to_string()
}

#[test]
fn output_steps_and_depth_are_bounded() {
    let check = |text: &str, message: &str| {
        let fault = fault(text, Limits { output: 1000, steps: 1000 });
        assert!(fault.contains(message), "{text}: {fault}");
    };
    check("{{range 100000000000}}{{end}}", "more than 1000 steps");
    check("{{range 500}}0123456789{{end}}", "the output is too large");
    check("{{repeat 1000000000 `x`}}", "the output is too large");
    check("{{repeat 9223372036854775807 `xx`}}", "the output is too large");
    check("{{printf `%999999d` 1}}", "the output is too large");
    check("{{printf `%.*f` 999999 1.0}}", "the output is too large");
    check("{{indent 1000000 `x`}}", "the output is too large");
    check("{{alignLeft 1000000 `x`}}", "the output is too large");
    check("{{alignRight 1000000 `x`}}", "the output is too large");
    check("{{replace `` (repeat 100 `x`) (repeat 100 `y`)}}", "the output is too large");
    check("{{Replace (repeat 100 `y`) `` (repeat 100 `x`) -1}}", "the output is too large");
    check("{{regexReplaceAll `` (repeat 100 `x`) (repeat 100 `y`)}}", "the output is too large");
    check("{{regexReplaceAll `(.*)` (repeat 900 `x`) `$1$1$1$1`}}", "the output is too large");
    check("{{$x := `xx`}}{{range 100}}{{$x = print $x $x}}{{end}}", "the output is too large");
    check(
        &format!("{{{{$x := repeat 900 `x`}}}}{{{{print {}}}}}", "$x ".repeat(500)),
        "more than 1000 steps",
    );
    check(&format!("{{{{$x := repeat 900 `x`}}}}{}", "{{$y := $x}}".repeat(500)), "more than 1000 steps");
    check(&format!("{{{{fromJson `[{}1]`}}}}", "1,".repeat(900)), "more than 1000 steps");
    check(
        "{{$l := fromJson `[1,2,3,4,5,6,7,8]`}}{{range 400}}{{$m := slice $l 0}}{{end}}",
        "more than 1000 steps",
    );
    check("{{define `r`}}{{template `r` .}}{{end}}{{template `r` .}}", "exceeded maximum template depth");
    check(
        "{{define `r`}}{{if true}}{{template `r` .}}{{end}}{{end}}{{template `r`}}",
        "maximum template depth",
    );
}

#[test]
fn nesting_is_bounded_when_read() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(5000), close.repeat(5000));
    for text in [
        format!("{{{{{}}}}}", deep("(", ")")),
        deep("{{if true}}", "{{end}}"),
        deep("{{with 1}}", "{{end}}"),
        format!("{{{{if 0}}}}{}{{{{end}}}}", "{{else if 0}}".repeat(5000)),
        format!("{{{{block `a` .}}}}{}", "{{block `a` .}}".repeat(5000)),
    ] {
        let error = Template::parse(&text, &Functions::builtin()).unwrap_err();
        assert_eq!(error.message, "max expression depth exceeded");
    }
}

#[test]
fn faults_of_reading_tell_their_place() {
    let check = |text: &str, line: usize, at: usize| {
        let error = Template::parse(text, &Functions::builtin()).unwrap_err();
        assert_eq!((error.line, error.at), (line, at), "{text}: {error}");
    };
    check("{{nosuch}}", 1, 2);
    check("ab\n{{.a}} {{nosuch .b}}", 2, 12);
    check("{{.a", 1, 4);
    check("{{if .a}}\n\nx", 3, 12);
}

#[test]
fn the_names_that_matter_are_known() {
    let check = |text: &str, names: Option<&[&str]>| {
        let template = Template::parse(text, &Functions::loki()).unwrap();
        let found = template.names().map(|names| names.into_iter().collect::<Vec<_>>());
        assert_eq!(found.as_deref(), names, "{text}");
    };
    check("{{.a}} {{.b | upper}} {{if eq .c `x`}}{{(print .d).e}}{{end}}", Some(&["a", "b", "c", "d"]));
    check("{{with .a}}{{.}}{{$.b}}{{end}}", Some(&["a", "b"]));
    check("plain {{now}}", Some(&[]));
    check("{{.}}", None);
    check("{{range $k, $v := $}}{{end}}", None);
    check("{{with .a}}{{template `t` $}}{{end}}{{define `t`}}{{end}}", None);
    assert_eq!(Template::parse("{{.a}}", &Functions::loki()).unwrap().as_name(), Some("a"));
    for text in ["{{.a.b}}", "x{{.a}}", "{{.a | upper}}", "{{$x := .a}}", "{{.a}}{{.b}}", ""] {
        assert_eq!(Template::parse(text, &Functions::loki()).unwrap().as_name(), None, "{text}");
    }
}

#[test]
fn callers_add_their_own_data_and_functions() {
    let mut functions = Functions::builtin();
    functions
        .add("shout", &[crate::Type::Text], None, |_, args| Ok(Value::from(format!("{}!", args.text(0)))));
    functions.add("fails", &[], None, |_, _| Err("no luck".to_owned()));
    let root = [
        ("Labels".into(), Value::labels([("service", "web")])),
        ("Value".into(), Value::Float(0.25)),
        ("For".into(), Value::Duration(90_000_000_000)),
    ];
    let tree = crate::Tree { root: Map { entries: root.into_iter().collect(), only_text: false }, now: NOW };
    let check = |text: &str, expected: &str| {
        let text = format!("{{{{$labels := .Labels}}}}{{{{$value := .Value}}}}{text}");
        let template = Template::parse(&text, &functions).unwrap();
        let mut out = String::new();
        if let Err(error) = template.render(&tree, &mut out) {
            out = error.to_string();
        }
        assert_eq!(out, expected, "{text}");
    };
    check("{{ $labels.service }} at {{ $value }}", "web at 0.25");
    check("{{ .Labels.service | shout }}{{ .Labels.absent }} {{ .For }}", "web! 1m30s");
    check("{{ fails }}", "template: :1:45: executing \"\" at <fails>: error calling fails: no luck");
}

#[test]
fn patterns_that_are_no_regular_expression_are_faults() {
    let fault = fault("{{count `(` `abc`}}", Limits::default());
    assert!(fault.contains("error calling count: error parsing regexp: "), "{fault}");
    // The pattern of a call may change from one rendering to the next.
    let both = "{{range fromJson `[\"a\",\"b\",\"a\"]`}}{{count . `abb`}}{{end}}";
    assert_eq!(render(both, &Nobody), Ok("121".to_owned()));
}

/// Pieces that make templates which nearly parse.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{{",
        "}}",
        "{{- ",
        " -}}",
        "(",
        ")",
        "|",
        " ",
        ".",
        ".a",
        "$",
        "$x",
        ":=",
        "=",
        ",",
        "if ",
        "else ",
        "end",
        "range ",
        "with ",
        "define ",
        "template ",
        "block ",
        "break",
        "nil",
        "true",
        "\"s\"",
        "`r`",
        "'c'",
        "1",
        "0x1p4",
        "1.5",
        "printf ",
        "\"%5.2[1]*v\"",
        "index ",
        "slice ",
        "and ",
        "eq ",
        "date ",
        "toDate ",
        "\"2006-01-02\"",
        "substr ",
        "-1",
        "b64dec ",
        "fromJson ",
        "divf ",
        "/*",
        "*/",
        "\n",
        "é",
        "\\",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_template_panics(text in prop_oneof![pieces(), any::<String>(), pieces().prop_map(|text| format!("{{{{{text}}}}}"))]) {
        let _ = render(&text, &Nobody);
    }

    #[test]
    fn no_format_panics(format in "[%#+ 0-9.*\\[\\]a-zA-Zé-]{0,12}", int in any::<i64>(), float in any::<f64>(), text in any::<String>()) {
        let values = [Value::Int(int), Value::Float(float), Value::from(&*text), Value::Nil, Value::Bool(true)];
        let _ = crate::format::printf(&format, &values, 100_000);
    }

    #[test]
    fn floats_print_as_text_that_reads_as_the_same(float in any::<f64>().prop_filter("a number", |float| float.is_finite())) {
        for verb in ["%v", "%g", "%x"] {
            let text = crate::format::printf(verb, &[Value::Float(float)], 1000).unwrap();
            prop_assert_eq!(crate::literal::parse_float(&text), Some(float), "{}", text);
        }
    }

    #[test]
    fn quoted_text_reads_as_the_same(text in any::<String>()) {
        for verb in ["%q", "%+q"] {
            let quoted = crate::format::printf(verb, &[Value::from(&*text)], 100_000).unwrap();
            prop_assert_eq!(crate::literal::unquote(&quoted), Ok(text.clone()));
        }
    }

    #[test]
    fn decimal_sums_are_near_the_binary_ones(one in -1e15..1e15_f64, other in -1e15..1e15_f64) {
        let text = format!("{{{{addf {one:?} {other:?}}}}}");
        let sum: f64 = render(&text, &Nobody).unwrap().parse().unwrap();
        prop_assert!((sum - (one + other)).abs() <= 1.0);
    }
}
