//! The windows that are not sealed yet.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use model::{Labels, Timestamp};

use crate::limits::Limits;
use crate::row::GrowingRow;
use crate::series::Scrape;
use crate::status::{Refused, Tally};
use crate::window::{WINDOW_MS, Window, window_of};

/// Windows by their beginning.
#[derive(Debug, Default)]
pub(crate) struct Head(BTreeMap<i64, Targets>);

/// Two hours of all targets.
#[derive(Debug)]
struct Targets {
    by_name: HashMap<Arc<str>, Window>,
    /// Of series and numbers, about.
    bytes: usize,
    /// When the last samples came.
    touched: Timestamp,
}

/// Numbers of a series, copied out of the head.
#[derive(Debug)]
pub(crate) struct Copied {
    pub(crate) labels: Labels,
    pub(crate) timestamps_ms: Arc<[i64]>,
    pub(crate) row: GrowingRow,
}

impl Head {
    /// Adds what a target gave; samples that do not fit are counted. Series whose last sample is after `newest_ms` are
    /// believed to have none.
    pub(crate) fn push(&mut self, scrape: &Scrape, now: Timestamp, newest_ms: i64, tally: &mut Tally) {
        let new = || Targets { by_name: HashMap::new(), bytes: 0, touched: now };
        let targets = self.0.entry(window_of(scrape.at_ms)).or_insert_with(new);
        targets.touched = now;
        // The name is cloned once per target and window only.
        let window = match targets.by_name.get_mut(&scrape.target) {
            Some(window) => window,
            None => targets.by_name.entry(scrape.target.clone()).or_default(),
        };
        if !window.is_closed_to(scrape.at_ms) {
            targets.bytes += window.push(scrape, newest_ms, tally);
            return;
        }
        // Scattered timestamps: from now on each series has its own.
        for (series, value) in &scrape.samples {
            let target: Arc<str> = format!("{}\0{}", scrape.target, series.number).into();
            let samples = vec![(series.clone(), *value)];
            let alone = Scrape { target: target.clone(), at_ms: scrape.at_ms, samples };
            targets.bytes += targets.by_name.entry(target).or_default().push(&alone, newest_ms, tally);
        }
    }

    /// The window that a scrape belongs to, if there is one.
    pub(crate) fn target(&self, scrape: &Scrape) -> Option<&Window> {
        self.0.get(&window_of(scrape.at_ms))?.by_name.get(&scrape.target)
    }

    /// The bytes of all series and numbers, about.
    pub(crate) fn bytes(&self) -> usize {
        self.0.values().map(|targets| targets.bytes).sum()
    }

    /// Windows that ended a while ago and that nothing was added to for a while, oldest first.
    pub(crate) fn done(&self, now: Timestamp, limits: &Limits) -> Vec<i64> {
        let (since, quiet_since) = (now.minus(limits.grace), now.minus(limits.quiet));
        let is_done = |(start, targets): &(&i64, &Targets)| {
            // After a clock was set back nobody knows how long ago something came.
            let is_quiet = targets.touched <= quiet_since || targets.touched > now;
            **start + WINDOW_MS <= since.millis() && is_quiet
        };
        self.0.iter().filter(is_done).map(|(start, _)| *start).collect()
    }

    /// All windows, oldest first.
    pub(crate) fn all(&self) -> Vec<i64> {
        self.0.keys().copied().collect()
    }

    /// The targets of a window.
    pub(crate) fn window(&self, start_ms: i64) -> impl Iterator<Item = &Window> {
        self.0.get(&start_ms).into_iter().flat_map(|targets| targets.by_name.values())
    }

    /// A window has become chunks.
    pub(crate) fn forget(&mut self, start_ms: i64) {
        self.0.remove(&start_ms);
    }

    /// The beginning of the oldest window.
    pub(crate) fn oldest(&self) -> Option<i64> {
        self.0.keys().next().copied()
    }

    /// Shows the labels of the series in the windows that overlap the instants, some more than once.
    pub(crate) fn each_series(&self, first_ms: i64, last_ms: i64, mut see: impl FnMut(&Labels)) {
        for window in self.overlapping(first_ms, last_ms) {
            window.members.iter().for_each(|member| see(&member.series.labels));
        }
    }

    /// Copies the wanted series of the windows that overlap the instants, oldest windows first.
    pub(crate) fn copy(
        &self,
        first_ms: i64,
        last_ms: i64,
        is_wanted: impl Fn(&Labels) -> bool,
    ) -> Vec<Copied> {
        let mut copied = Vec::new();
        for window in self.overlapping(first_ms, last_ms) {
            let mut timestamps_ms: Option<Arc<[i64]>> = None;
            for member in window.members.iter().filter(|member| is_wanted(&member.series.labels)) {
                let timestamps_ms =
                    timestamps_ms.get_or_insert_with(|| window.timestamps_ms.as_slice().into()).clone();
                let (labels, row) = (member.series.labels.clone(), member.row.clone());
                copied.push(Copied { labels, timestamps_ms, row });
            }
        }
        copied
    }

    fn overlapping(&self, first_ms: i64, last_ms: i64) -> impl Iterator<Item = &Window> {
        let windows = self.0.range(..=last_ms).filter(move |(start, _)| **start + WINDOW_MS > first_ms);
        windows.flat_map(|(_, targets)| targets.by_name.values())
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
