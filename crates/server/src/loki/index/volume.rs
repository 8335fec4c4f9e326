//! Volumes of groups of streams.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::Ordered as _;
use model::{Labels, Selector};

use super::super::answer::LokiFault;
use super::super::labels::selector;
use super::super::params::Params;
use super::tally::Counted;

/// How streams are put together.
pub(super) struct Grouping {
    /// The labels that count; none: all.
    names: Vec<String>,
    /// Only streams that have all of the names.
    all_of_them: bool,
    by_label: bool,
}

impl Grouping {
    /// Reads `targetLabels` (by default the labels that the query names) and `aggregateBy`.
    pub(super) fn read(params: &Params) -> Result<Self, LokiFault> {
        let by_label = match params.get("aggregateBy") {
            None | Some("series") => false,
            Some("labels") => true,
            Some(other) => {
                let message = format!("aggregateBy: `{other}` is unknown; write series or labels");
                return Err(LokiFault::bad_request(message));
            }
        };
        let targets = params.get("targetLabels").unwrap_or_default().split(',').map(str::trim);
        let targets: Vec<String> = targets.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let all_of_them = !targets.is_empty();
        let Selector(matchers) = selector(params.get("query"))?;
        let names = match all_of_them {
            true => targets,
            false => matchers.iter().map(|matcher| matcher.name().to_owned()).collect(),
        };
        Ok(Self { names, all_of_them, by_label })
    }

    /// The groups with their bytes in each step, most bytes first.
    pub(super) fn group(&self, counted: Vec<Counted>, limit: usize) -> Vec<(Labels, Vec<u64>)> {
        let mut groups: BTreeMap<Labels, Vec<u64>> = BTreeMap::new();
        for counted in counted {
            for labels in self.of(&counted.labels) {
                let sums = groups.entry(labels).or_insert_with(|| vec![0; counted.bytes.len()]);
                sums.iter_mut().zip(&counted.bytes).for_each(|(sum, bytes)| *sum += bytes);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.order_by_key(|(_, bytes)| Reverse(bytes.iter().sum::<u64>()));
        groups.truncate(limit);
        groups
    }

    /// The groups that a stream belongs to.
    fn of(&self, labels: &Labels) -> Vec<Labels> {
        if self.all_of_them && self.names.iter().any(|name| labels.get(name).is_none()) {
            return Vec::new();
        }
        let counts = |name: &str| self.names.is_empty() || self.names.iter().any(|other| other == name);
        if !self.by_label {
            return vec![labels.filter(counts)];
        }
        // Loki gives the name alone, with an empty value.
        let names = labels.iter().map(|(name, _)| name).filter(|name| self.names.is_empty() || counts(name));
        names.map(|name| Labels::from_sorted([(name, "")])).collect()
    }
}
