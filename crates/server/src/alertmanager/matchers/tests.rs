//! The inputs are those of Alertmanager's own tests and documentation.

use proptest::prelude::*;

use super::*;

fn told(text: &str) -> String {
    match list(text) {
        Ok(matchers) => {
            let one = |matcher: &Matcher| {
                format!("{} {} {}", matcher.name(), matcher.op().text(), matcher.value().escape_debug())
            };
            matchers.iter().map(one).collect::<Vec<_>>().join(" & ")
        }
        Err(fault) => format!("fault: {fault}"),
    }
}

#[test]
fn lists() {
    for (text, expected) in [
        ("{}", ""),
        ("{foo=bar}", "foo = bar"),
        ("{foo=\"bar\"}", "foo = bar"),
        ("{foo=~bar.*}", "foo =~ bar.*"),
        ("{foo!~\"bar.*\"}", "foo !~ bar.*"),
        ("{foo=\"bar\", baz!=\"quux\"}", "foo = bar & baz != quux"),
        ("{foo=\"bar,quux\", job=\"job1\"}", "foo = bar,quux & job = job1"),
        ("{foo = \"bar\", dings != \"bums\", }", "foo = bar & dings != bums"),
        ("foo=bar,dings!=bums", "foo = bar & dings != bums"),
        ("{quote=\"She said: \\\"Hi, ladies!\\\"\"}", "quote = She said: \\\"Hi, ladies!\\\""),
        ("statuscode=~\"5..\"", "statuscode =~ 5.."),
        ("tricky=~~~", "tricky =~ ~~"),
        ("trickier==\\\\=\\=\\\"", "trickier = =\\\\=\\\\=\\\""),
        (
            "contains_quote != \"\\\"\" , contains_comma !~ \"foo,bar\" , ",
            "contains_quote != \\\" & contains_comma !~ foo,bar",
        ),
        ("{foo=bar}}", "foo = bar}"),
        ("{foo=,bar=}}", "foo =  & bar = }"),
        ("{foo=bar\\t}", "foo = bar\\\\t"),
        ("{foo=bar\\n}", "foo = bar\\n"),
        ("{foo=bar\\}", "foo = bar\\\\"),
        ("job=", "job = "),
        ("\"my.label\"=\"é\"", "my.label = é"),
        (",", "fault: bad matcher format: "),
        ("alertname", "fault: bad matcher format: alertname"),
        ("job=\"value", "fault: matcher value contains unescaped double quote: \"value"),
        ("job=value\"", "fault: matcher value contains unescaped double quote: value\""),
        ("a = foo\"bar", "fault: matcher value contains unescaped double quote: foo\"bar"),
        ("{invalid-name = \"x\"}", "fault: bad matcher format: invalid-name = \"x\""),
        ("{{foo=", "fault: bad matcher format: {foo="),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
    assert!(
        told("{foo=~\"invalid[regexp\"}").starts_with("fault: invalid regular expression `invalid[regexp`")
    );
    assert!(told(&"a=b,".repeat(65)).starts_with("fault: 65 matchers are too many"));
}

proptest! {
    #[test]
    fn what_is_written_is_read(pairs in proptest::collection::vec(("[a-z_][a-z0-9_]{0,8}|[a-z]\\.[a-z é]{1,5}", any::<String>(), any::<bool>()), 1..5)) {
        let op = |equal: bool| if equal { MatchOp::Equal } else { MatchOp::NotEqual };
        let matchers: Vec<Matcher> = pairs
            .iter()
            .map(|(name, value, equal)| Matcher::new(name, op(*equal), value).expect("a matcher"))
            .collect();
        prop_assert_eq!(list(&written(&matchers)), Ok(matchers));
    }

    #[test]
    fn nothing_makes_it_panic(text in any::<String>()) {
        let _ = list(&text);
    }
}
