//! The windows that are not sealed yet.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::series::{Scrape, Series};
use crate::status::{Counters, Refused};
use crate::window::{Window, window_of};

/// Windows by their beginning, and in each the targets.
#[derive(Debug, Default)]
pub(crate) struct Head {
    windows: BTreeMap<i64, HashMap<Arc<str>, Window>>,
}

impl Head {
    /// Adds what a target gave; samples that do not fit are counted.
    pub(crate) fn push(&mut self, scrape: &Scrape, counters: &Counters) {
        let targets = self.windows.entry(window_of(scrape.at_ms)).or_default();
        let window = targets.entry(scrape.target.clone()).or_default();
        let mut stored = 0;
        for (series, value) in &scrape.samples {
            match window.push(scrape.at_ms, series, *value) {
                Ok(()) => stored += 1,
                Err(why) => counters.refused(why),
            }
        }
        counters.stored(stored);
    }

    /// Windows that begin before `end_ms`, oldest first.
    pub(crate) fn begun_before(&self, end_ms: i64) -> Vec<i64> {
        self.windows.range(..end_ms).map(|(start, _)| *start).collect()
    }

    /// The targets of a window.
    pub(crate) fn window(&self, start_ms: i64) -> impl Iterator<Item = &Window> {
        self.windows.get(&start_ms).into_iter().flat_map(HashMap::values)
    }

    /// A window has become chunks.
    pub(crate) fn forget(&mut self, start_ms: i64) {
        self.windows.remove(&start_ms);
    }

    /// Every row of the windows that overlap the instants from `first_ms` to `last_ms`.
    pub(crate) fn rows(
        &self,
        first_ms: i64,
        last_ms: i64,
    ) -> impl Iterator<Item = (&Window, &Arc<Series>, &crate::row::GrowingRow)> {
        let windows =
            self.windows.range(window_of(first_ms)..=last_ms).flat_map(|(_, targets)| targets.values());
        windows.flat_map(|window| window.rows.values().map(move |(series, row)| (window, series, row)))
    }
}

/// Whether a sample of this instant may be stored.
pub(crate) fn check(at_ms: i64, oldest_ms: i64, newest_ms: i64) -> Result<(), Refused> {
    match at_ms {
        _ if at_ms < oldest_ms => Err(Refused::TooOld),
        _ if at_ms > newest_ms => Err(Refused::TooFarAhead),
        _ => Ok(()),
    }
}
