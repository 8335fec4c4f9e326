//! Rules of relabelling, which several engines have in their settings.

use model::relabel::{Action, Rule, RuleText};

use crate::Section;

impl Section<'_> {
    /// `key = [{ source_labels = ["a"], regex = "b", action = "drop" }]`; `None` where one of them is faulty.
    pub fn relabel(&self, key: &str) -> Option<Vec<Rule>> {
        let sections = self.sections(key);
        let rules: Vec<Rule> = sections.iter().filter_map(rule).collect();
        (rules.len() == sections.len()).then_some(rules)
    }
}

fn rule(section: &Section<'_>) -> Option<Rule> {
    let text = RuleText {
        source_labels: section.strings("source_labels").unwrap_or_default(),
        separator: section.string("separator"),
        action: section.choice("action", &Action::WORDS),
        regex: section.string("regex"),
        target_label: section.string("target_label"),
        replacement: section.string("replacement"),
        modulus: section.integer("modulus", 1..=i64::MAX).and_then(|modulus| modulus.try_into().ok()),
    };
    if section.is_set("action") && text.action.is_none() {
        return None;
    }
    Rule::new(text).map_err(|error| section.fault(error.key, error.problem, error.instead)).ok()
}
