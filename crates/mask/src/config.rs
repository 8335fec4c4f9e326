//! What may be set about masking.

use crate::pattern::Pattern;
use crate::rule::{Rule, RuleId, Rules};

/// The settings of a [`Masker`](crate::Masker). [`Config::default`] is what holds where nothing is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The built-in rules that apply.
    pub rules: Rules,
    /// The user's own, at most [`Config::PATTERNS_MAX`].
    pub patterns: Vec<Pattern>,
    /// Where less is masked.
    pub exceptions: Vec<Exception>,
}

/// For one service some rules do not apply.
#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    /// The service's name.
    pub service: String,
    /// The rules that do not apply.
    pub rules: Rules,
}

impl Config {
    /// More own patterns are not taken.
    pub const PATTERNS_MAX: usize = Rules::MAX - Rule::ALL.len();

    /// Masks nothing.
    pub fn off() -> Self {
        Self { rules: Rules::default(), patterns: Vec::new(), exceptions: Vec::new() }
    }

    /// The rule of this name: a built-in one or a pattern.
    pub fn rule(&self, name: &str) -> Option<RuleId> {
        let built_in = Rule::from_name(name).map(RuleId::from);
        built_in.or_else(|| self.patterns.iter().position(|own| own.name() == name).map(RuleId::pattern))
    }
}

impl Default for Config {
    fn default() -> Self {
        Self { rules: Rules::default_on(), ..Self::off() }
    }
}
