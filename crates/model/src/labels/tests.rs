use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: &str) {
    let found = match Labels::parse(text) {
        Ok(labels) => labels.to_string(),
        Err(error) => error.to_string(),
    };
    assert_eq!(found, expected, "{text}");
}

#[test]
fn label_sets_as_clients_push_them() {
    check("{}", "{}");
    check(r#"{b="2",a="1"}"#, r#"{a="1", b="2"}"#);
    check(r#" { a = "1" , } "#, r#"{a="1"}"#);
    check(r#"{a="x}y,\"z\"\n\u00e9"}"#, r#"{a="x}y,\"z\"\né"}"#);
    check("{a=`c:\\new`}", r#"{a="c:\\new"}"#);
    check(r#"{a="1", empty=""}"#, r#"{a="1"}"#);
    check("", "at byte 0: a label set starts with `{`");
    check("{a=\"1\"", "at byte 6: expected `,` or `}`");
    check("{1=\"1\"}", "at byte 1: expected a label name ([a-zA-Z_][a-zA-Z0-9_]*)");
    check("{a=1}", "at byte 3: expected a quoted value");
    check(r#"{a="1", a="2"}"#, "at byte 13: this name was given before");
    check(r#"{a="1"} x"#, "at byte 8: nothing may follow the closing `}`");
    check(
        r#"{a="\q"}"#,
        "at byte 4: unknown escape; known are \\\" \\\\ \\n \\r \\t \\xhh \\uhhhh \\Uhhhhhhhh",
    );
}

#[test]
fn a_changed_label_leaves_the_rest() {
    let labels = Labels::from_pairs([("service", "web"), ("host", "a")]);
    assert_eq!(labels.get("service"), Some("web"));
    assert_eq!(labels.get("nope"), None);
    assert_eq!(labels.with("service", "worker").to_string(), r#"{host="a", service="worker"}"#);
    assert_eq!(labels.with("service", "").to_string(), r#"{host="a"}"#);
    assert_ne!(labels.fingerprint(), labels.with("host", "b").fingerprint());
}

#[test]
fn labels_without_a_value_stay_where_they_are_wanted() {
    let labels = Labels::from_sorted([("a", ""), ("b", "1"), ("c", "2")]);
    assert_eq!(labels.get("a"), Some(""));
    assert_eq!(labels.filter(|name| name != "b").to_string(), r#"{a="", c="2"}"#);
    assert_eq!(labels.filter(|_| true), labels);
    assert_ne!(labels, labels.filter(|name| name != "a"));
}

/// Names and values of any characters and many lengths.
fn pairs() -> impl Strategy<Value = std::collections::BTreeMap<String, String>> {
    let text = prop_oneof![".{0,3}", "[a-b]{1,2}", "x{60,70}", "ä{2040,2060}"];
    proptest::collection::btree_map(text.clone(), text, 0..5)
}

proptest! {
    #[test]
    fn pairs_come_back_and_compare_as_pairs(a in pairs(), b in pairs()) {
        let (left, right) = (Labels::from_sorted(a.clone()), Labels::from_sorted(b.clone()));
        prop_assert!(left.iter().eq(a.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
        prop_assert_eq!(left.len(), a.len());
        prop_assert_eq!(left.is_empty(), a.is_empty());
        for (name, value) in &a {
            prop_assert_eq!(left.get(name), Some(value.as_str()));
        }
        prop_assert_eq!(left.cmp(&right), a.iter().cmp(b.iter()));
        prop_assert_eq!(left == right, a == b);
        let filled = Labels::from_pairs(a);
        prop_assert!(filled.iter().eq(left.iter().filter(|(_, value)| !value.is_empty())));
    }

    #[test]
    fn every_set_survives_its_text(pairs in proptest::collection::vec(("[a-zA-Z_][a-zA-Z0-9_]{0,8}", any::<String>()), 0..6)) {
        let labels = Labels::from_pairs(pairs);
        prop_assert_eq!(Labels::parse(&labels.to_string()), Ok(labels));
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = Labels::parse(&text);
    }
}
