//! Reading: what PromQL asks of the storage.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Labels, Matcher, UtcDay};
use promql::{Samples, Selection, Source, SourceError};

use crate::chunk::Row;
use crate::day::day_of;
use crate::index::{self, DayIndex, ReadError};
use crate::recent::{Metrics, Shared};

impl Source for Metrics {
    fn select(&self, selection: &Selection) -> Result<Vec<Samples>, SourceError> {
        let mut found = Found::new(selection);
        let days = {
            // The head is read first and under the lock: what is sealed meanwhile is in the days that are listed here.
            let stored = self.shared.stored();
            for (window, series, row) in stored.head.rows(selection.first_ms, selection.last_ms) {
                if index::matches(&series.labels, &selection.matchers) {
                    found.add(&series.labels, &window.timestamps_ms, &row.whole());
                }
            }
            overlapping(&stored.days, selection)
        };
        for day in days {
            found
                .day(&self.shared, day)
                .map_err(|error| SourceError(format!("the samples of {day} cannot be read: {error}")))?;
        }
        Ok(found.finish())
    }
}

impl Metrics {
    /// The labels of every series that matches one of the selectors and may have samples in the range; of all series
    /// without a selector.
    pub fn labels(
        &self,
        selectors: &[Vec<Matcher>],
        first_ms: i64,
        last_ms: i64,
    ) -> Result<BTreeSet<Labels>, SourceError> {
        let is_wanted = |labels: &Labels| {
            selectors.is_empty() || selectors.iter().any(|matchers| index::matches(labels, matchers))
        };
        let mut found = BTreeSet::new();
        let days = {
            let stored = self.shared.stored();
            let rows = stored.head.rows(first_ms, last_ms);
            found.extend(
                rows.map(|(_, series, _)| &series.labels).filter(|labels| is_wanted(labels)).cloned(),
            );
            let selection = Selection { matchers: Vec::new(), first_ms, last_ms, samples_max: 0 };
            overlapping(&stored.days, &selection)
        };
        for day in days {
            let index = self.shared.indexes.get(&self.shared.directory, day);
            let index =
                index.map_err(|error| SourceError(format!("the series of {day} cannot be read: {error}")))?;
            found
                .extend(index.matching(&[]).into_iter().map(|m| &m.labels).filter(|l| is_wanted(l)).cloned());
        }
        Ok(found)
    }
}

fn overlapping(days: &BTreeSet<UtcDay>, selection: &Selection) -> Vec<UtcDay> {
    days.range(day_of(selection.first_ms)..=day_of(selection.last_ms)).copied().collect()
}

/// Samples of each series as they are found.
struct Found<'a> {
    selection: &'a Selection,
    series: BTreeMap<Labels, Vec<(i64, f64)>>,
    left: usize,
}

impl<'a> Found<'a> {
    fn new(selection: &'a Selection) -> Self {
        Self { selection, series: BTreeMap::new(), left: selection.samples_max }
    }

    fn day(&mut self, shared: &Shared, day: UtcDay) -> Result<(), ReadError> {
        let index: Arc<DayIndex> = shared.indexes.get(&shared.directory, day)?;
        let members = index.matching(&self.selection.matchers);
        // Each chunk is read once, for all of its series that are wanted.
        let mut wanted: BTreeMap<u32, Vec<(u32, &Labels)>> = BTreeMap::new();
        for member in members {
            for (chunk, place) in &member.places {
                let row = index.chunks[*chunk as usize];
                if row.last_ms >= self.selection.first_ms && row.first_ms <= self.selection.last_ms {
                    wanted.entry(*chunk).or_default().push((*place, &member.labels));
                }
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let connection = index::open(&shared.directory, day)?;
        for (chunk, members) in wanted {
            if self.left == 0 {
                break;
            }
            index::with_chunk(&connection, index.chunks[chunk as usize].id, |chunk| {
                for (place, labels) in members {
                    self.add(labels, &chunk.timestamps_ms, &chunk.row(place as usize)?);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn add(&mut self, labels: &Labels, timestamps_ms: &[i64], row: &Row) {
        let inside = self.selection.first_ms..=self.selection.last_ms;
        let places = row.runs.iter().flat_map(|run| run.start..run.start + run.len);
        let samples = places.zip(&row.values).map(|(place, value)| (timestamps_ms[place as usize], *value));
        let mut samples = samples.filter(|(at, _)| inside.contains(at)).peekable();
        if samples.peek().is_none() {
            return;
        }
        let series = match self.series.get_mut(labels) {
            Some(series) => series,
            None => self.series.entry(labels.clone()).or_default(),
        };
        let before = series.len();
        series.extend(samples);
        self.left = self.left.saturating_sub(series.len() - before);
    }

    /// Windows come in any order, and what a sender repeated may stand in two of them: the first one counts.
    fn finish(self) -> Vec<Samples> {
        let whole = |(labels, mut samples): (Labels, Vec<(i64, f64)>)| {
            if !samples.is_sorted_by(|a, b| a.0 < b.0) {
                samples.sort_by_key(|(at, _)| *at);
                samples.dedup_by_key(|(at, _)| *at);
            }
            let (timestamps, values): (Vec<i64>, Vec<f64>) = samples.into_iter().unzip();
            Samples { labels, timestamps_ms: timestamps.into(), values }
        };
        self.series.into_iter().map(whole).collect()
    }
}
