//! Which series there are, and what their labels are called.

use std::collections::BTreeSet;

use model::{Labels, Matcher};
use promql::SourceError;

use crate::metrics::Metrics;
use crate::source::is_wanted;

impl Metrics {
    /// The labels of series that match one of the selectors (all series, without a selector) and may have samples in the
    /// range, sorted; at most `limit` of them. Who wants to know whether there are more asks for one more.
    pub fn series_matching(
        &self,
        selectors: &[Vec<Matcher>],
        first_ms: i64,
        last_ms: i64,
        limit: usize,
    ) -> Result<Vec<Labels>, SourceError> {
        let mut found = BTreeSet::new();
        self.each_series(first_ms, last_ms, |labels| {
            if is_wanted(labels, selectors) && !found.contains(labels) {
                insert_bounded(&mut found, labels.clone(), limit);
            }
        })?;
        Ok(found.into_iter().collect())
    }

    /// The names of the labels of such series.
    pub fn label_names(
        &self,
        selectors: &[Vec<Matcher>],
        first_ms: i64,
        last_ms: i64,
        limit: usize,
    ) -> Result<Vec<String>, SourceError> {
        let mut found = BTreeSet::new();
        self.each_series(first_ms, last_ms, |labels| {
            if is_wanted(labels, selectors) {
                labels.iter().for_each(|(name, _)| note(&mut found, name, limit));
            }
        })?;
        Ok(found.into_iter().collect())
    }

    /// The values that the label has in such series.
    pub fn label_values(
        &self,
        name: &str,
        selectors: &[Vec<Matcher>],
        first_ms: i64,
        last_ms: i64,
        limit: usize,
    ) -> Result<Vec<String>, SourceError> {
        let mut found = BTreeSet::new();
        self.each_series(first_ms, last_ms, |labels| {
            if let Some(value) = labels.get(name).filter(|_| is_wanted(labels, selectors)) {
                note(&mut found, value, limit);
            }
        })?;
        Ok(found.into_iter().collect())
    }
}

fn note(found: &mut BTreeSet<String>, text: &str, limit: usize) {
    if !found.contains(text) {
        insert_bounded(found, text.to_owned(), limit);
    }
}

/// Keeps the first ones in order, so that the same limit gives the same answer.
fn insert_bounded<T: Ord>(found: &mut BTreeSet<T>, new: T, limit: usize) {
    found.insert(new);
    if found.len() > limit {
        found.pop_last();
    }
}
