//! What one look of a rule found: what evaluation hands to the machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Labels;

use crate::rule::{Card, Rule};

/// What a rule found at one instant.
#[derive(Clone, Debug)]
pub struct Look {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The instant, in milliseconds since the epoch.
    pub at_ms: i64,
    /// A fire drill: nothing is wrong, and it is told as such.
    pub is_drill: bool,
    /// What holds, each label set once; or why the rule could not be evaluated, as a sentence. An alert of the rule that
    /// is not among what was found no longer holds.
    pub found: Result<Vec<Found>, String>,
}

/// One thing that a look found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The alert's labels: those of the series and of the rule, and `alertname`.
    pub labels: Labels,
    /// What is so.
    pub is: Observed,
    /// The three answers, rendered.
    pub card: Card,
    /// Other annotations, rendered.
    pub annotations: BTreeMap<String, String>,
}

/// What was observed of one label set.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed {
    /// The condition holds; the value.
    Value(f64),
    /// Between the condition's begin and its end: an alert that fires goes on, none begins. The value.
    Held(f64),
    /// Nothing is known of it any more, and why: no data of what was known to have some.
    Blind(String),
}
