//! A rule: what is written, checked and compiled.

use regex::{Regex, RegexBuilder};

use super::is_label_name;
use crate::go_regex;

/// Larger compiled expressions are refused.
const REGEX_BYTES_MAX: usize = 4 << 20;

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Sets `target_label` to `replacement`, if `regex` matches.
    Replace,
    /// Drops what `regex` does not match.
    Keep,
    /// Drops what `regex` matches.
    Drop,
    /// Drops what has another value in `target_label` than the source labels have.
    KeepEqual,
    /// Drops what has the same value in `target_label` as the source labels have.
    DropEqual,
    /// Sets `target_label` to a number below `modulus`, made of the source labels.
    HashMod,
    /// Copies labels whose name `regex` matches to the name `replacement`.
    LabelMap,
    /// Takes labels away whose name `regex` matches.
    LabelDrop,
    /// Takes labels away whose name `regex` does not match.
    LabelKeep,
    /// Sets `target_label` to the source labels in lower case.
    Lowercase,
    /// Sets `target_label` to the source labels in upper case.
    Uppercase,
}

impl Action {
    /// The words that rules are written with.
    pub const WORDS: [(&'static str, Self); 11] = [
        ("replace", Self::Replace),
        ("keep", Self::Keep),
        ("drop", Self::Drop),
        ("keepequal", Self::KeepEqual),
        ("dropequal", Self::DropEqual),
        ("hashmod", Self::HashMod),
        ("labelmap", Self::LabelMap),
        ("labeldrop", Self::LabelDrop),
        ("labelkeep", Self::LabelKeep),
        ("lowercase", Self::Lowercase),
        ("uppercase", Self::Uppercase),
    ];
}

/// A rule as it is written; what is not written has Prometheus' default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleText {
    /// Labels whose values are looked at, joined. Default: none.
    pub source_labels: Vec<String>,
    /// Between the values. Default `;`.
    pub separator: Option<String>,
    /// Default [`Action::Replace`].
    pub action: Option<Action>,
    /// Matched against the whole value. Default `(.*)`.
    pub regex: Option<String>,
    /// The label that is set; may hold groups of the expression (`$1`).
    pub target_label: Option<String>,
    /// What it is set to; may hold groups of the expression. Default `$1`.
    pub replacement: Option<String>,
    /// For [`Action::HashMod`].
    pub modulus: Option<u64>,
}

/// A checked and compiled rule.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(super) sources: Vec<Box<str>>,
    pub(super) separator: Box<str>,
    pub(super) action: Action,
    pub(super) regex: Regex,
    pub(super) target: Box<str>,
    pub(super) replacement: Box<str>,
    pub(super) modulus: u64,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; {instead}")]
pub struct RuleError {
    /// The key that is wrong or missing.
    pub key: &'static str,
    /// What is wrong.
    pub problem: String,
    /// What to write.
    pub instead: String,
}

fn error(key: &'static str, problem: impl Into<String>, instead: &str) -> RuleError {
    RuleError { key, problem: problem.into(), instead: instead.to_owned() }
}

impl Rule {
    /// Checks and compiles a rule.
    pub fn new(text: RuleText) -> Result<Self, RuleError> {
        let action = text.action.unwrap_or(Action::Replace);
        check_sources(&text, action)?;
        check_target(&text, action)?;
        let modulus = text.modulus.unwrap_or(0);
        if action == Action::HashMod && modulus == 0 {
            return Err(error("modulus", "it is missing", "write a number above 0, such as modulus = 8"));
        }
        let regex = text.regex.as_deref().unwrap_or("(.*)");
        let regex = RegexBuilder::new(&format!("^(?s:{})$", go_regex::translate(regex)))
            .size_limit(REGEX_BYTES_MAX)
            .build()
            .map_err(|fault| {
                let reason = fault.to_string().lines().last().unwrap_or_default().to_owned();
                error("regex", format!("no regular expression: {reason}"), "write one in Go's syntax")
            })?;
        Ok(Self {
            sources: text.source_labels.into_iter().map(String::into_boxed_str).collect(),
            separator: text.separator.unwrap_or_else(|| ";".to_owned()).into(),
            action,
            regex,
            target: text.target_label.unwrap_or_default().into(),
            replacement: text.replacement.unwrap_or_else(|| "$1".to_owned()).into(),
            modulus,
        })
    }
}

fn check_sources(text: &RuleText, action: Action) -> Result<(), RuleError> {
    let looks_at_names = matches!(action, Action::LabelMap | Action::LabelDrop | Action::LabelKeep);
    if looks_at_names && !text.source_labels.is_empty() {
        let problem = "this action looks at the names of labels, not at values";
        return Err(error("source_labels", problem, "leave source_labels out"));
    }
    let needs = matches!(
        action,
        Action::Keep | Action::Drop | Action::KeepEqual | Action::DropEqual | Action::HashMod
    );
    if needs && text.source_labels.is_empty() {
        return Err(error(
            "source_labels",
            "it is missing",
            "write which labels to look at, such as [\"service\"]",
        ));
    }
    Ok(())
}

fn check_target(text: &RuleText, action: Action) -> Result<(), RuleError> {
    let is_set = matches!(
        action,
        Action::Replace
            | Action::HashMod
            | Action::Lowercase
            | Action::Uppercase
            | Action::KeepEqual
            | Action::DropEqual
    );
    match text.target_label.as_deref() {
        None | Some("") if is_set => Err(error("target_label", "it is missing", "write the label's name")),
        Some(_) if !is_set => {
            Err(error("target_label", "this action sets no label", "leave target_label out"))
        }
        // `replace` may make the name of groups.
        Some(name) if action == Action::Replace && name.contains('$') => Ok(()),
        Some(name) if !is_label_name(name) => Err(error(
            "target_label",
            format!("`{name}` is no name of a label"),
            "write letters, digits and underscores",
        )),
        _ => Ok(()),
    }
}
