//! Samples in sliding windows.

use model::Labels;
use series::Rules;

use super::time::{Instants, Looks};
use crate::source::{Samples, is_stale};

/// The samples of some series, and the window that each instant looks at.
#[derive(Debug)]
pub(super) struct Windows {
    pub(super) series: Vec<Samples>,
    pub(super) instants: Instants,
    pub(super) looks: Looks,
    pub(super) length_ms: i64,
}

/// The samples of one series in one window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window<'a> {
    pub(super) timestamps_ms: &'a [i64],
    pub(super) values: &'a [f64],
    /// The window is `(start, end]`.
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
    /// The instant of the evaluation.
    pub(super) instant_ms: i64,
    /// Where in the series its first sample stands.
    pub(super) first: usize,
}

impl Windows {
    /// Calls `take` with the index of each instant whose window holds samples of the series.
    pub(super) fn each<'a>(&self, series: &'a Samples, mut take: impl FnMut(usize, Window<'a>)) {
        let (mut from, mut to) = (0, 0);
        let timestamps = &series.timestamps_ms;
        for index in 0..self.instants.len {
            let instant_ms = self.instants.at(index);
            let end_ms = self.looks.at(instant_ms);
            let start_ms = end_ms.saturating_sub(self.length_ms);
            // Windows only ever move on.
            from += timestamps[from..].iter().take_while(|at| **at <= start_ms).count();
            to = to.max(from);
            to += timestamps[to..].iter().take_while(|at| **at <= end_ms).count();
            if from < to {
                let (timestamps_ms, values) = (&series.timestamps_ms[from..to], &series.values[from..to]);
                take(index, Window { timestamps_ms, values, start_ms, end_ms, instant_ms, first: from });
            }
        }
    }
}

/// The samples of the only window.
pub(super) fn whole(windows: Windows) -> Vec<Samples> {
    let in_window = |series: &Samples| {
        let mut found = None;
        windows.each(series, |_, window| {
            let (timestamps_ms, values) = (window.timestamps_ms.into(), window.values.to_vec());
            found = Some(Samples { labels: series.labels.clone(), timestamps_ms, values });
        });
        found
    };
    windows.series.iter().filter_map(in_window).collect()
}

/// The same samples without those that only say that a series ended.
pub(super) fn without_stale(samples: Samples) -> Samples {
    if !samples.values.iter().any(|value| is_stale(*value)) {
        return samples;
    }
    let kept = samples.timestamps_ms.iter().zip(&samples.values).filter(|(_, value)| !is_stale(**value));
    let (timestamps_ms, values): (Vec<i64>, Vec<f64>) = kept.map(|(at, value)| (*at, *value)).unzip();
    Samples { labels: samples.labels, timestamps_ms: timestamps_ms.into(), values }
}

/// The labels without those that name what is measured.
pub(super) fn without_name(labels: &Labels) -> Labels {
    let names = Rules::default().name_labels;
    labels.filter(|name| !names.contains(&name))
}
