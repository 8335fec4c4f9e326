//! Which labels tell series apart.

use model::Labels;

use crate::ast::Grouping;

/// The labels of the group that a series belongs to.
pub(super) fn group(labels: &Labels, grouping: Option<&Grouping>) -> Labels {
    let Some(grouping) = grouping else { return Labels::default() };
    let is_listed = |name: &str| grouping.labels.iter().any(|listed| listed == name);
    Labels::from_pairs(labels.iter().filter(|(name, _)| is_listed(name) != grouping.without))
}
