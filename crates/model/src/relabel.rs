//! Relabelling rules as Prometheus has them: they rename, set, hash and drop labels, or drop what carries them.
//!
//! ```ignore
//! let rule = Rule::new(RuleText { source_labels: vec!["path".into()], action: Action::Drop, regex: Some("/health"), .. })?;
//! let kept: Option<Labels> = relabel(labels, &[rule]);
//! ```
//!
//! Rules run one after the other, each on what the one before left. Semantics: Prometheus, "Configuration:
//! relabel_config".

mod rule;

use std::collections::BTreeMap;

use md5::{Digest, Md5};

use crate::Labels;
pub use rule::{Action, Rule, RuleError, RuleText};

/// Runs the rules. `None`: what carries the labels is to be dropped.
pub fn relabel(labels: &Labels, rules: &[Rule]) -> Option<Labels> {
    let mut set = Set(labels.iter().map(|(name, value)| (name.into(), value.into())).collect());
    rules.iter().all(|rule| set.apply(rule)).then(|| Labels::from_pairs(set.0))
}

/// Whether a label may have this name: a letter or an underscore, then digits too.
pub fn is_label_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first == b'_' || first.is_ascii_alphabetic())
        && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

struct Set(BTreeMap<Box<str>, Box<str>>);

impl Set {
    /// `false`: the rule drops.
    fn apply(&mut self, rule: &Rule) -> bool {
        let source = self.source(rule);
        match rule.action {
            Action::Keep => return rule.regex.is_match(&source),
            Action::Drop => return !rule.regex.is_match(&source),
            Action::KeepEqual => return self.get(&rule.target) == source,
            Action::DropEqual => return self.get(&rule.target) != source,
            Action::Replace => self.replace(rule, &source),
            Action::Lowercase => self.set(&rule.target, &source.to_lowercase()),
            Action::Uppercase => self.set(&rule.target, &source.to_uppercase()),
            Action::HashMod => self.set(&rule.target, &hash_mod(&source, rule.modulus).to_string()),
            Action::LabelMap => self.map(rule),
            Action::LabelDrop => self.0.retain(|name, _| !rule.regex.is_match(name)),
            Action::LabelKeep => self.0.retain(|name, _| rule.regex.is_match(name)),
        }
        true
    }

    fn source(&self, rule: &Rule) -> String {
        let values: Vec<&str> = rule.sources.iter().map(|name| self.get(name)).collect();
        values.join(&rule.separator)
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value)
    }

    /// An empty value takes the label away.
    fn set(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.0.remove(name);
        } else {
            self.0.insert(name.into(), value.into());
        }
    }

    fn replace(&mut self, rule: &Rule, source: &str) {
        let Some(groups) = rule.regex.captures(source) else { return };
        let (mut target, mut value) = (String::new(), String::new());
        groups.expand(&rule.target, &mut target);
        groups.expand(&rule.replacement, &mut value);
        // The name may be made of groups; one that is no name changes nothing.
        if is_label_name(&target) {
            self.set(&target, &value);
        }
    }

    fn map(&mut self, rule: &Rule) {
        let mut renamed = Vec::new();
        for (name, value) in &self.0 {
            if let Some(groups) = rule.regex.captures(name) {
                let mut target = String::new();
                groups.expand(&rule.replacement, &mut target);
                renamed.push((target, value.clone()));
            }
        }
        for (name, value) in renamed.iter().filter(|(name, _)| is_label_name(name)) {
            self.set(name, value);
        }
    }
}

/// The last eight bytes of the MD5 sum, as Prometheus takes them.
fn hash_mod(source: &str, modulus: u64) -> u64 {
    let sum = Md5::digest(source.as_bytes());
    let last = sum.iter().skip(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    last % modulus.max(1)
}

#[cfg(test)]
mod tests;
