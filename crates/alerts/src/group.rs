//! Rules that are evaluated together: one after another, at the same instants.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::rule::Rule;

/// A group. A rule of the settings, of the page or of Porthole itself is a group of its own; rule files have larger ones,
/// whose rules see what those before them recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its name; that of the rule where it has but one.
    pub name: String,
    /// The rule file that it is in.
    pub file: Option<Arc<str>>,
    /// How often it is evaluated.
    pub interval_ms: i64,
    /// In the order in which they are evaluated.
    pub items: Vec<Item>,
}

/// One of a group.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Makes alerts.
    Alert(Arc<Rule>),
    /// Makes a series.
    Record(Arc<Recording>),
}

/// A recording rule: what its expression gives is kept under another name.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The name of the series.
    pub name: String,
    /// PromQL.
    pub expr: String,
    /// Labels that are set, or taken away where they are empty.
    pub labels: BTreeMap<String, String>,
    /// So much earlier than now it is evaluated.
    pub query_offset_ms: i64,
    /// More series than these are a fault.
    pub limit: Option<usize>,
    /// The line of the file.
    pub line: u32,
}

impl Group {
    /// The group of one rule.
    pub fn of(rule: Arc<Rule>) -> Self {
        Self {
            name: rule.name.clone(),
            file: None,
            interval_ms: rule.interval_ms,
            items: vec![Item::Alert(rule)],
        }
    }

    /// Its rules that make alerts.
    pub fn rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.items.iter().filter_map(|item| match item {
            Item::Alert(rule) => Some(rule),
            Item::Record(_) => None,
        })
    }
}
