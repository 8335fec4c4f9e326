//! Samples in memory.

use std::collections::BTreeMap;

use model::Labels;
use promql::{Samples, Selection, Source, SourceError};

#[derive(Default)]
pub(crate) struct Storage {
    series: BTreeMap<Labels, Vec<(i64, f64)>>,
    /// A native histogram was loaded, or something else that this version has no place for.
    pub(crate) has_foreign: bool,
}

impl Storage {
    pub(crate) fn add(&mut self, labels: Labels, step_ms: i64, row: &[Option<f64>]) {
        let samples = self.series.entry(labels).or_default();
        let found =
            row.iter().enumerate().filter_map(|(index, value)| Some((index as i64 * step_ms, (*value)?)));
        samples.extend(found);
        samples.sort_by_key(|(at, _)| *at);
    }
}

impl Source for Storage {
    fn select(&self, selection: &Selection) -> Result<Vec<Samples>, SourceError> {
        let matches = |labels: &Labels| {
            let matchers = selection.matchers.iter();
            matchers.clone().all(|m| m.matches_value(labels.get(m.name()).unwrap_or_default()))
        };
        let inside = |at: i64| (selection.first_ms..=selection.last_ms).contains(&at);
        let select = |(labels, samples): (&Labels, &Vec<(i64, f64)>)| {
            let found = samples.iter().filter(|(at, _)| inside(*at));
            let (timestamps, values): (Vec<i64>, Vec<f64>) = found.copied().unzip();
            let samples = Samples { labels: labels.clone(), timestamps_ms: timestamps.into(), values };
            (!samples.values.is_empty()).then_some(samples)
        };
        Ok(self.series.iter().filter(|(labels, _)| matches(labels)).filter_map(select).collect())
    }
}
