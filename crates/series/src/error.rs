//! Why vectors cannot be put together.

use model::Labels;

/// Why vectors cannot be put together. The words are Prometheus's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// Several series where one is looked up.
    #[error(
        "found duplicate series for the match group {group} on the {side} hand-side of the operation: [{first}, \
         {second}];many-to-many matching not allowed: matching labels must be unique on one side"
    )]
    ManyToMany {
        /// The labels that they have in common.
        group: Labels,
        /// `left` or `right`.
        side: &'static str,
        /// One of them.
        first: Labels,
        /// Another one.
        second: Labels,
    },
    /// Several series find the same partner, and nothing says that they may.
    #[error("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")]
    ManyToOne,
    /// Two pairs give series with the same labels.
    #[error("multiple matches for labels: grouping labels must ensure unique matches")]
    NotUnique,
    /// Two series with the same labels.
    #[error("vector cannot contain metrics with the same labelset: {0}")]
    SameLabels(Labels),
}
