//! Rules: what is looked at, when it is an alert, and what people are then told.
//!
//! ```ignore
//! let (rule, warnings) = Rule::from_toml(text)?;      // one `[[alerts.rule]]`, as the file and the page write it
//! ```
//!
//! A [`Rule`] is plain values: whoever evaluates it makes a [`crate::evaluate`] plan of it.

mod card;
mod comparison;
mod place;
mod read;
mod resolve;
mod source;
pub(crate) mod text;
mod warning;
mod written;

use std::collections::BTreeMap;

use crate::Tier;
use crate::machine::Layer;

pub use card::Card;
pub use comparison::Comparison;
pub use place::Place;
pub(crate) use read::card::{fault as card_fault, is_label, warn as warn_of_card};
pub(crate) use read::expression::promql as check_promql;
pub(crate) use read::{Says, Usual, interval, millis, read};
pub use resolve::Resolve;
pub use source::{IssueRule, OwnRule, Source};
pub(crate) use text::short;
pub use warning::Warning;

/// One rule. Texts that may hold templates are as they were written.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Tells it from all other rules.
    pub name: String,
    /// The label `alertname` of its alerts: the name, but where a rule file has several rules of one name.
    pub alertname: String,
    /// Where it comes from.
    pub place: Place,
    /// The group of the rule file that it is in.
    pub group: Option<String>,
    /// What it looks at.
    pub source: Source,
    /// How much it matters.
    pub tier: Tier,
    /// So long it must hold before it is an alert.
    pub for_ms: i64,
    /// So long an alert goes on after it no longer holds.
    pub keep_firing_for_ms: i64,
    /// How often it is evaluated.
    pub interval_ms: i64,
    /// So much earlier than now it is evaluated.
    pub query_offset_ms: i64,
    /// More alerts than these are a fault of the rule.
    pub limit: Option<usize>,
    /// So long the first message waits for others of its group; `None`: as its tier does.
    pub group_wait_ms: Option<i64>,
    /// What its alerts say is down, so that they explain others.
    pub layer: Option<Layer>,
    /// Gives for the alert's labels what is usual, in PromQL; `None`: what it was a day before.
    pub usual: Option<String>,
    /// When an alert is over, where that is not when its condition no longer holds.
    pub resolve: Option<Resolve>,
    /// Labels of its alerts; the values are templates.
    pub labels: BTreeMap<String, String>,
    /// What people are told; templates.
    pub card: Card,
    /// Other annotations, as rules of Prometheus have them; templates.
    pub annotations: BTreeMap<String, String>,
}

impl Rule {
    /// Whether people are told when its alerts are over: that an error is no longer new is nothing to be told.
    pub fn tells_recovery(&self) -> bool {
        !matches!(self.source, Source::Issue(IssueRule::New))
    }
}

#[cfg(test)]
mod tests;
