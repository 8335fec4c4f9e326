//! Conditions on labels, as `{service="web", stream=~"std.*"}` writes them.

use std::fmt;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use crate::{Labels, go_regex};

/// Larger compiled expressions are refused: a query must not be able to eat the machine.
const REGEX_BYTES_MAX: usize = 4 << 20;

/// How a matcher compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`, anchored at both ends
    Regex,
    /// `!~`, anchored at both ends
    NotRegex,
}

impl MatchOp {
    /// The operator as it is written.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }
}

/// One condition. An absent label counts as an empty one, as in Loki and Prometheus.
#[derive(Clone, Debug)]
pub struct Matcher {
    name: Box<str>,
    op: MatchOp,
    value: Box<str>,
    regex: Option<Arc<Regex>>,
}

/// Why a matcher cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid regular expression `{pattern}`: {reason}")]
pub struct MatcherError {
    /// The expression as written.
    pub pattern: String,
    /// What the regex engine says of it.
    pub reason: String,
}

impl Matcher {
    /// Compiles the condition.
    pub fn new(name: &str, op: MatchOp, value: &str) -> Result<Self, MatcherError> {
        let regex = match op {
            MatchOp::Equal | MatchOp::NotEqual => None,
            MatchOp::Regex | MatchOp::NotRegex => Some(Arc::new(anchored(value)?)),
        };
        Ok(Self { name: name.into(), op, value: value.into(), regex })
    }

    /// `name="value"`.
    pub fn equal(name: &str, value: &str) -> Self {
        Self { name: name.into(), op: MatchOp::Equal, value: value.into(), regex: None }
    }

    /// `name!="value"`.
    pub fn not_equal(name: &str, value: &str) -> Self {
        Self { op: MatchOp::NotEqual, ..Self::equal(name, value) }
    }

    /// The label that is looked at.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it compares.
    pub fn op(&self) -> MatchOp {
        self.op
    }

    /// What it compares with.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether a label of this value passes.
    pub fn matches_value(&self, value: &str) -> bool {
        let hit = match &self.regex {
            Some(regex) => regex.is_match(value),
            None => *self.value == *value,
        };
        hit == matches!(self.op, MatchOp::Equal | MatchOp::Regex)
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:?}", self.name, self.op.text(), self.value)
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.op, &self.value) == (&other.name, other.op, &other.value)
    }
}

/// Conditions that a stream must meet, all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selector(pub Vec<Matcher>);

impl Selector {
    /// Whether a stream of these labels is selected.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|matcher| matcher.matches_value(labels.get(matcher.name()).unwrap_or_default()))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, matcher) in self.0.iter().enumerate() {
            write!(f, "{}{matcher}", if index == 0 { "" } else { ", " })?;
        }
        f.write_str("}")
    }
}

fn anchored(pattern: &str) -> Result<Regex, MatcherError> {
    // `(?s)`: a label's value is one text, whatever line breaks it holds.
    RegexBuilder::new(&format!("^(?s:{})$", go_regex::translate(pattern)))
        .size_limit(REGEX_BYTES_MAX)
        .build()
        .map_err(|error| MatcherError { pattern: pattern.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, op: MatchOp, value: &str, expected: bool) {
        let labels = Labels::from_pairs([("service", "web"), ("stream", "stdout")]);
        let matcher = Matcher::new(name, op, value).expect("a matcher");
        assert_eq!(Selector(vec![matcher]).matches(&labels), expected, "{name}{}{value}", op.text());
    }

    #[test]
    fn an_absent_label_is_an_empty_one_and_expressions_are_anchored() {
        check("service", MatchOp::Equal, "web", true);
        check("service", MatchOp::Equal, "we", false);
        check("service", MatchOp::NotEqual, "worker", true);
        check("service", MatchOp::Regex, "we", false);
        check("service", MatchOp::Regex, "we.|worker", true);
        check("service", MatchOp::NotRegex, "w.*", false);
        check("absent", MatchOp::Equal, "", true);
        check("absent", MatchOp::Regex, ".*", true);
        check("absent", MatchOp::Regex, ".+", false);
        check("absent", MatchOp::NotEqual, "x", true);
        // Go's dialect: a brace that repeats nothing is a brace, and `\\w` means ASCII.
        check("service", MatchOp::NotRegex, "we{b", true);
        check("service", MatchOp::Regex, r"\w\we?b?", true);
    }

    #[test]
    fn a_bad_expression_says_which() {
        let error = Matcher::new("a", MatchOp::Regex, "(").expect_err("no expression");
        assert_eq!(error.pattern, "(");
    }
}
