use super::*;

#[test]
fn the_deciding_comparison_is_found_and_changed() {
    let check = |text: &str, left: &str, shown: &str, changed: &str| {
        let source = Source::Promql(text.to_owned());
        let comparison = Comparison::of(&source);
        let found = comparison.as_ref().map(|comparison| (comparison.left.as_str(), comparison.to_string()));
        assert_eq!(found, (!left.is_empty()).then(|| (left, shown.to_owned())), "{text}");
        assert_eq!(Comparison::with_number(&source, 2.5).unwrap_or_default(), changed, "{text}");
    };
    check("rate(x[5m]) > 1", "rate(x[5m])", "> 1", "rate(x[5m]) > 2.5");
    check("x < -1", "x", "< -1", "x < 2.5");
    check("a / b >= 0.05 and on (job) c > 3", "a / b", ">= 0.05", "a / b >= 2.5 and on (job) c > 3");
    check("(x == 0) unless y", "x", "== 0", "x == 2.5 unless y");
    check("x > bool 1", "", "", "");
    check("x > y", "", "", "");
    check("a > 1 or b > 1", "", "", "");
    check("absent(x)", "", "", "");
    let lines = Source::Logql("sum(count_over_time({a=\"b\"}[5m])) > 10".to_owned());
    let comparison = Comparison::of(&lines).expect("it compares");
    assert_eq!(
        (comparison.left.as_str(), comparison.op, comparison.number),
        ("sum(count_over_time({a=\"b\"} [5m]))", ">", 10.0)
    );
}

#[test]
fn a_rule_survives_its_text() {
    for text in [
        "[[alerts.rule]]\nname = \"a\"\nexpr = 'x{a=\"b\"} > 1'\ntier = \"low\"\nfor = \"1m30s\"\nresolve = 0.5\nlabels = { team = \"shop\" }\n",
        "[[alerts.rule]]\nname = \"quote ' and \\\" and \\\\\"\nlogql = 'count_over_time({a=\"b\"} |= \"it''\"[5m]) > 0'\ntier = \"low\"\n",
        "[[alerts.rule]]\nname = \"r\"\nissue = \"rate\"\nabove = 50\nwithin = \"5m\"\ntier = \"low\"\ninterval = \"1m\"\n",
        "[[alerts.rule]]\nname = \"p\"\nprobe = \"site\"\ntier = \"high\"\ndo_now = \"look\\nthere\"\ngroup_wait = \"0s\"\nlimit = 5\n",
        "[[alerts.rule]]\nname = \"e\"\nexpr = \"x > 1\"\nresolve_expr = \"x < 1\"\nusual = \"y\"\ntier = \"low\"\nannotations = { b = \"c\" }\nrunbook = \"https://example.com\"\n",
    ] {
        let text = text.replace("it''", "it`");
        let (rule, _) = Rule::from_toml(&text).unwrap_or_else(|faults| panic!("{text}\n{faults:?}"));
        let again = rule.to_toml();
        let read = Rule::from_toml(&again).unwrap_or_else(|faults| panic!("{again}\n{faults:?}"));
        assert_eq!(read.0, rule, "{again}");
    }
}

#[test]
fn what_is_not_one_rule_is_refused() {
    let check = |text: &str, expected: &str| {
        let faults = Rule::from_toml(text).expect_err(text);
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(told.join("\n"), expected, "{text}");
    };
    check("", "rule:1:1: alerts.rule: one rule is wanted; write [[alerts.rule]] and its keys below it");
    let rule = "[[alerts.rule]]\nname = \"a\"\nprobe = \"b\"\n";
    check(&format!("[server]\n{rule}"), "rule:1:2: server: no such section or key; known here: alerts");
}

proptest::proptest! {
    #[test]
    fn any_text_survives_being_written(text in "[^{]*", label in "[^{]*") {
        let (plain, _) = Rule::from_toml("[[alerts.rule]]\nname = \"a\"\nexpr = \"x > 1\"\ntier = \"low\"\n").expect("a rule");
        let card = Card { what: text.trim().to_owned(), ..Card::default() };
        let labels = BTreeMap::from([("team".to_owned(), label)]);
        let rule = Rule { card, labels, ..plain };
        let written = rule.to_toml();
        let read = Rule::from_toml(&written);
        proptest::prop_assert_eq!(read.map(|(rule, _)| rule), Ok(rule), "{}", written);
    }

    #[test]
    fn no_template_panics(text in "(\\{\\{|\\}\\}|[a-z$.|\" ]){0,40}") {
        let _ = text::Text::parse("what", &text);
    }
}
