use std::collections::BTreeSet;
use std::path::Path;

use settings::Tree;

use super::*;
use crate::rule::Source;

#[test]
fn nothing_is_wrong_with_the_shipped_rules() {
    let mut names = BTreeSet::new();
    for (name, text) in FILES {
        let tree = Tree::parse(name, text, []);
        let root = tree.root();
        let mut warnings = Vec::new();
        for name in root.keys() {
            let rule = read(
                &root.section(&name),
                Says::Named(&name),
                Place::Builtin,
                &Usual::default(),
                &mut warnings,
            );
            assert!(rule.is_some(), "{name} is a rule");
            assert!(names.insert(name.clone()), "{name} is there once");
        }
        drop(root);
        assert_eq!(tree.finish(), [], "{name}");
        assert_eq!(warnings, [], "{name}");
    }
    assert_eq!(names.len(), rules().len());
}

#[test]
fn every_shipped_rule_gives_the_three_answers_and_survives_its_text() {
    for rule in rules() {
        assert_eq!(rule.card.missing(), Vec::<&str>::new(), "{}", rule.name);
        let text = rule.to_toml();
        let (read, warnings) = Rule::from_toml(&text).unwrap_or_else(|faults| panic!("{text}\n{faults:?}"));
        assert_eq!(warnings, [], "{text}");
        assert_eq!(Rule { place: Place::Builtin, ..read }, *rule, "{text}");
    }
}

/// Every word in the sources of what measures: collectors, the proxy, the exposition of Porthole itself.
fn measured() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is among others");
    let mut words = BTreeSet::new();
    for name in ["collectors", "proxy", "server"] {
        add_words(&crates.join(name).join("src"), &mut words);
    }
    words
}

fn add_words(folder: &Path, words: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("the sources are there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            add_words(&path, words);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).expect("sources can be read");
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            words.extend(text.split(|c| !is_word(c)).filter(|word| word.len() > 1).map(str::to_owned));
        }
    }
}

#[test]
fn every_metric_that_a_shipped_rule_asks_for_is_measured() {
    let measured = measured();
    for rule in rules() {
        let source = match &rule.source {
            Source::Promql(text) => Some(text.as_str()),
            _ => None,
        };
        for text in source.into_iter().chain(rule.usual.as_deref()) {
            let expr = promql::parse(text).expect("the test above parsed it");
            for selector in expr.node.selectors() {
                let name = selector.matchers.iter().find(|matcher| matcher.name() == "__name__");
                let name = name.unwrap_or_else(|| panic!("{}: a selector without a name", rule.name));
                let found = measured.iter().any(|known| name.matches_value(known));
                assert!(found, "{}: nothing measures {}", rule.name, name.value());
            }
        }
    }
}
