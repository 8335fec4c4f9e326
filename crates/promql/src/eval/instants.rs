//! The newest sample at each instant, and the order of what one instant gives.

use model::Labels;
use series::{Grouping, Points, Rules, Series, sort_by_value};

use super::samples::Windows;
use crate::source::is_stale;

/// What of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Give {
    Value,
    /// Its timestamp in seconds.
    Timestamp,
}

/// The newest sample in each window, unless it says that the series has ended.
pub(super) fn newest(windows: &Windows, give: Give) -> Vec<Series> {
    let mut vector = Vec::with_capacity(windows.series.len());
    for series in &windows.series {
        let mut points = Points::none(windows.instants.len);
        windows.each(series, |index, window| {
            let last = window.values.len() - 1;
            if !is_stale(window.values[last]) {
                points.set(
                    index,
                    Some(match give {
                        Give::Value => window.values[last],
                        Give::Timestamp => window.timestamps_ms[last] as f64 / 1e3,
                    }),
                );
            }
        });
        if !points.is_empty() {
            vector.push(Series { labels: series.labels.clone(), points });
        }
    }
    vector
}

/// Of each group the first series first; groups stay together.
pub(super) fn sort_within_groups(vector: &mut [Series], grouping: &Grouping, descending: bool) {
    sort_by_value(vector, descending);
    let rules = Rules::default();
    let mut groups: Vec<Labels> = Vec::new();
    for series in vector.iter() {
        let group = grouping.group(&series.labels, &rules);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    if groups.len() > 1 {
        groups.sort();
        vector
            .sort_by_cached_key(|series| groups.binary_search(&grouping.group(&series.labels, &rules)).ok());
    }
}
