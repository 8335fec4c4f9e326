//! Gives series other labels.

use model::Labels;

use crate::vector::merge_equal;
use crate::{Series, SeriesError};

/// Puts other labels in place of each series' own. Series that get equal labels become one if no two of them have a
/// number at the same instant.
pub fn relabel(vector: Vec<Series>, change: impl Fn(&Labels) -> Labels) -> Result<Vec<Series>, SeriesError> {
    let changed = vector.into_iter().map(|series| Series { labels: change(&series.labels), ..series });
    merge_equal(changed.collect())
}
