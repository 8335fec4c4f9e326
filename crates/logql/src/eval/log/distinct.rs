//! `| distinct a, b`: of lines with equal values only the first one, in the direction in which they are read.

use std::collections::HashSet;

use super::Row;
use crate::eval::pipeline::FinalLabels;

/// The values of the labels that are looked at; an absent one counts as empty.
pub(super) type Key = Box<[Box<str>]>;

pub(super) fn key(names: &[String], labels: FinalLabels<'_>) -> Key {
    names.iter().map(|name| labels.get(name).unwrap_or_default().into()).collect()
}

/// Combinations that a live tail remembers. Then it begins anew.
const SEEN_MAX: usize = 100_000;

/// The combinations that a live tail has shown.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    names: Option<Vec<String>>,
    keys: HashSet<Key>,
}

impl Seen {
    pub(super) fn new(names: Option<Vec<String>>) -> Self {
        Self { names, keys: HashSet::new() }
    }

    /// Whether the row is the first with its values. Without `distinct` every row is.
    pub fn is_first(&mut self, row: &Row) -> bool {
        let Some(names) = &self.names else { return true };
        let key = names.iter().map(|name| row.categories.get(name).unwrap_or_default().into()).collect();
        if self.keys.len() >= SEEN_MAX {
            self.keys.clear();
        }
        self.keys.insert(key)
    }
}
