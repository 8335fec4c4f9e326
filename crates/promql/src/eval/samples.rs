//! Samples in sliding windows.

use std::ops::Range;

use model::Labels;
use series::{Rules, share_out};

use super::time::{Instants, Looks};
use crate::source::{Samples, is_stale};

/// So many values are compared without asking after each one whether to go on.
pub(super) const LOOKED_AT_ONCE: usize = 64;

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
    /// The instant of the evaluation.
    pub(super) instant_ms: i64,
}

/// Where a window is.
#[derive(Clone, Debug)]
pub(super) struct WindowPlace {
    /// Which instant it is of.
    pub(super) index: usize,
    /// The instant.
    pub(super) instant_ms: i64,
    /// The window is `(start, end]`.
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
    /// Where in the series its samples stand: there is one at least.
    pub(super) samples: Range<usize>,
}

impl Windows {
    /// Calls `take` with each instant's window over samples of these timestamps, unless it holds none.
    pub(super) fn each_place(&self, timestamps_ms: &[i64], mut take: impl FnMut(WindowPlace)) {
        let (mut from, mut to) = (0, 0);
        for index in 0..self.instants.len {
            let instant_ms = self.instants.at(index);
            let end_ms = self.looks.at(instant_ms);
            let start_ms = end_ms.saturating_sub(self.length_ms);
            // Windows only ever move on.
            from += timestamps_ms[from..].iter().take_while(|at| **at <= start_ms).count();
            to = to.max(from);
            to += timestamps_ms[to..].iter().take_while(|at| **at <= end_ms).count();
            if from < to {
                take(WindowPlace { index, instant_ms, start_ms, end_ms, samples: from..to });
            }
        }
    }

    /// Calls `take` with the index of each instant whose window holds samples of the series.
    pub(super) fn each<'a>(&self, series: &'a Samples, mut take: impl FnMut(usize, Window<'a>)) {
        self.each_place(&series.timestamps_ms, |place| {
            let WindowPlace { index, instant_ms, samples, .. } = place;
            let (timestamps_ms, values) = (&series.timestamps_ms[samples.clone()], &series.values[samples]);
            take(index, Window { timestamps_ms, values, instant_ms });
        });
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

/// The same series without samples that only say that a series ended.
pub(super) fn without_stale(series: Vec<Samples>, threads: usize) -> Vec<Samples> {
    let have_stale = share_out(threads, &series, has_stale);
    let kept = |(samples, has_stale)| if has_stale { cut(&samples) } else { samples };
    series.into_iter().zip(have_stale).map(kept).collect()
}

/// Many are looked at together: hardly any series has one.
fn has_stale(samples: &Samples) -> bool {
    let any = |values: &[f64]| values.iter().fold(false, |any, value| any | is_stale(*value));
    samples.values.chunks(LOOKED_AT_ONCE).any(any)
}

fn cut(samples: &Samples) -> Samples {
    let kept = samples.timestamps_ms.iter().zip(&samples.values).filter(|(_, value)| !is_stale(**value));
    let (timestamps_ms, values): (Vec<i64>, Vec<f64>) = kept.map(|(at, value)| (*at, *value)).unzip();
    Samples { labels: samples.labels.clone(), timestamps_ms: timestamps_ms.into(), values }
}

/// The labels without those that name what is measured.
pub(super) fn without_name(labels: &Labels) -> Labels {
    let names = Rules::default().name_labels;
    labels.filter(|name| !names.contains(&name))
}
