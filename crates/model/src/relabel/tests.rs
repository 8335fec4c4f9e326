//! Rules by their written form; the sums of `hashmod` are those of Prometheus.

use proptest::prelude::*;

use super::{Action, Rule, RuleText, relabel};
use crate::Labels;

/// A rule as `action sources=a,b regex=… target=… replacement=… modulus=… separator=…`.
fn rule(text: &str) -> RuleText {
    let mut words = text.split(' ');
    let action = words.next().unwrap();
    let mut rule = RuleText {
        action: Action::WORDS.iter().find(|(word, _)| *word == action).map(|(_, action)| *action),
        ..RuleText::default()
    };
    for word in words {
        let (key, value) = word.split_once('=').unwrap();
        match key {
            "sources" => rule.source_labels = value.split(',').map(str::to_owned).collect(),
            "regex" => rule.regex = Some(value.to_owned()),
            "target" => rule.target_label = Some(value.to_owned()),
            "replacement" => rule.replacement = Some(value.to_owned()),
            "separator" => rule.separator = Some(value.to_owned()),
            "modulus" => rule.modulus = value.parse().ok(),
            other => panic!("{other}"),
        }
    }
    rule
}

#[test]
fn each_action_does_what_prometheus_does() {
    let check = |rules: &[&str], labels: &str, expected: Option<&str>| {
        let compiled: Vec<Rule> = rules.iter().map(|text| Rule::new(rule(text)).unwrap()).collect();
        let relabelled = relabel(&Labels::parse(labels).unwrap(), &compiled);
        assert_eq!(relabelled.map(|labels| labels.to_string()).as_deref(), expected, "{rules:?} on {labels}");
    };
    let abc = r#"{a="foo", b="bar", c="baz"}"#;
    check(&[], abc, Some(abc));
    check(
        &["replace sources=a regex=f(.*) target=d replacement=ch${1}-ch${1}"],
        abc,
        Some(r#"{a="foo", b="bar", c="baz", d="choo-choo"}"#),
    );
    check(
        &["replace sources=a,b regex=f(.*);(.*)r target=a replacement=b${1}${2}m"],
        abc,
        Some(r#"{a="boobam", b="bar", c="baz"}"#),
    );
    check(
        &["replace sources=a,b separator=- target=d"],
        abc,
        Some(r#"{a="foo", b="bar", c="baz", d="foo-bar"}"#),
    );
    check(&["replace sources=a regex=o target=d replacement=x"], abc, Some(abc));
    check(&["replace sources=a regex=(.*) target=a replacement="], abc, Some(r#"{b="bar", c="baz"}"#));
    check(&["replace target=env replacement=prod"], abc, Some(r#"{a="foo", b="bar", c="baz", env="prod"}"#));
    check(
        &["replace sources=a regex=(f).* target=${1}_x replacement=y"],
        abc,
        Some(r#"{a="foo", b="bar", c="baz", f_x="y"}"#),
    );
    check(&["replace sources=a regex=f(o+) target=${1}-x replacement=y"], abc, Some(abc));
    check(&["replace sources=nosuch target=d"], abc, Some(abc));
    check(&["keep sources=a regex=f.*"], abc, Some(abc));
    check(&["keep sources=a regex=o"], abc, None);
    check(&["keep sources=nosuch regex="], abc, Some(abc));
    check(&["drop sources=a regex=.*o.*"], abc, None);
    check(&["drop sources=a regex=no-match"], abc, Some(abc));
    check(
        &["drop sources=a regex=f", "replace target=d replacement=x"],
        abc,
        Some(r#"{a="foo", b="bar", c="baz", d="x"}"#),
    );
    check(&["keepequal sources=a target=b"], abc, None);
    check(&["keepequal sources=a target=b"], r#"{a="x", b="x"}"#, Some(r#"{a="x", b="x"}"#));
    check(&["dropequal sources=a target=b"], r#"{a="x", b="x"}"#, None);
    check(&["dropequal sources=a target=nosuch"], abc, Some(abc));
    check(
        &["labelmap regex=(b)(.*) replacement=new_${1}${2}"],
        abc,
        Some(r#"{a="foo", b="bar", c="baz", new_b="bar"}"#),
    );
    check(&["labelmap regex=meta_(.+)"], r#"{meta_x="1"}"#, Some(r#"{meta_x="1", x="1"}"#));
    check(&["labeldrop regex=(b.*)"], abc, Some(r#"{a="foo", c="baz"}"#));
    check(&["labelkeep regex=a|c"], abc, Some(r#"{a="foo", c="baz"}"#));
    check(&["lowercase sources=a target=a"], r#"{a="FoO"}"#, Some(r#"{a="foo"}"#));
    check(&["uppercase sources=a target=b"], r#"{a="foo"}"#, Some(r#"{a="foo", b="FOO"}"#));
    check(&["hashmod sources=c target=d modulus=1000"], abc, Some(r#"{a="foo", b="bar", c="baz", d="976"}"#));
    check(
        &["hashmod sources=a target=d modulus=1000"],
        "{a=\"foo\nbar\"}",
        Some(r#"{a="foo\nbar", d="734"}"#),
    );
}

#[test]
fn rules_that_cannot_work_are_faults_at_their_key() {
    let check = |text: &str, key: &str| assert_eq!(Rule::new(rule(text)).unwrap_err().key, key, "{text}");
    check("replace sources=a", "target_label");
    check("replace target=a-b", "target_label");
    check("hashmod sources=a target=b", "modulus");
    check("hashmod target=b modulus=2", "source_labels");
    check("keep regex=a", "source_labels");
    check("drop sources=a target=b", "target_label");
    check("labeldrop regex=a sources=b", "source_labels");
    check("labelkeep regex=(", "regex");
    check("lowercase sources=a target=${1}", "target_label");
}

proptest! {
    #[test]
    fn no_rule_and_no_label_panics(
        regex in "[a-z$.*+()|?\\\\{}\\[\\]^0-9]{0,12}",
        target in "[a-z_${}0-9]{0,8}",
        replacement in any::<String>(),
        action in prop::sample::select(Action::WORDS.to_vec()),
        value in any::<String>(),
    ) {
        let text = RuleText {
            source_labels: vec!["a".to_owned()],
            action: Some(action.1),
            regex: Some(regex),
            target_label: Some(target),
            replacement: Some(replacement),
            modulus: Some(3),
            separator: None,
        };
        let labels = Labels::from_pairs([("a", value.as_str()), ("b", "x")]);
        if let Ok(rule) = Rule::new(text) {
            let _ = relabel(&labels, &[rule]);
        }
    }
}
