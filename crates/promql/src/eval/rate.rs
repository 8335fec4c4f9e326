//! How fast numbers change: between the bounds of a window, between its last two samples, along a line through all.

use series::Compensated;

use super::samples::{LOOKED_AT_ONCE, Window, Windows};

/// Where a counter began anew: the places of samples that are less than the one before. Most counters never do, and then
/// no window has to look for it again.
#[derive(Debug, Default)]
pub(super) struct Falls(Vec<usize>);

impl Falls {
    /// Those of a whole series.
    pub(super) fn of(values: &[f64]) -> Self {
        let falls = |before: &[f64], after: &[f64]| {
            before.iter().zip(after).fold(false, |any, (before, after)| any | (after < before))
        };
        let mut places = Vec::new();
        let followed =
            values.chunks(LOOKED_AT_ONCE).zip(values.get(1..).unwrap_or_default().chunks(LOOKED_AT_ONCE));
        for (part, (before, after)) in
            followed.enumerate().filter(|(_, (before, after))| falls(before, after))
        {
            let pairs = before.iter().zip(after).zip(part * LOOKED_AT_ONCE + 1..);
            places.extend(pairs.filter(|((before, after), _)| after < before).map(|(_, place)| place));
        }
        Self(places)
    }

    /// What the counter had lost by them between two samples.
    fn lost(&self, values: &[f64], first: usize, last: usize) -> f64 {
        let from = self.0.partition_point(|place| *place <= first);
        self.0[from..].iter().take_while(|place| **place <= last).map(|place| values[place - 1]).sum()
    }
}

/// How a series' change between the first and the last sample of a window becomes that between the window's bounds, for
/// each instant. It follows from the timestamps alone, so that series which share these share it.
///
/// As in Prometheus the samples are taken to go on to the bounds as they go inside; where the first or last one is further
/// from its bound than samples are from each other, the series is taken to begin or end half such a distance away.
#[derive(Debug)]
pub(super) struct Stretches {
    all: Vec<Stretch>,
    /// The length of the windows in seconds.
    range: f64,
}

#[derive(Debug)]
struct Stretch {
    /// Which instant it is of.
    index: usize,
    /// Where the window's first and last samples stand in the series.
    first: usize,
    last: usize,
    /// Seconds from the one to the other, to the beginning before the one, and to the end behind the other.
    sampled: f64,
    before: f64,
    after: f64,
}

impl Stretches {
    /// Those of the windows over samples of these timestamps; one sample alone does not tell a change.
    pub(super) fn of(windows: &Windows, timestamps_ms: &[i64]) -> Self {
        let mut all = Vec::with_capacity(windows.instants.len);
        windows.each_place(timestamps_ms, |place| {
            let (first, last) = (place.samples.start, place.samples.end - 1);
            if first == last {
                return;
            }
            let (first_ms, last_ms) = (timestamps_ms[first], timestamps_ms[last]);
            let sampled = (last_ms - first_ms) as f64 / 1e3;
            let between = sampled / (last - first) as f64;
            let within_reach = |gap: f64| if gap >= between * 1.1 { between / 2.0 } else { gap };
            let before = within_reach((first_ms - place.start_ms) as f64 / 1e3);
            let after = within_reach((place.end_ms - last_ms) as f64 / 1e3);
            all.push(Stretch { index: place.index, first, last, sampled, before, after });
        });
        Self { all, range: windows.length_ms as f64 / 1e3 }
    }

    /// The change over each window. With `falls` it is that of a counter, whose resets are made up for and which is never
    /// taken to have been below zero.
    pub(super) fn changes(
        &self,
        values: &[f64],
        falls: Option<&Falls>,
        per_second: bool,
        mut take: impl FnMut(usize, f64),
    ) {
        for stretch in &self.all {
            let (first, last) = (values[stretch.first], values[stretch.last]);
            let change =
                last - first + falls.map_or(0.0, |falls| falls.lost(values, stretch.first, stretch.last));
            let mut before = stretch.before;
            if falls.is_some() && change > 0.0 && first >= 0.0 && first < ALWAYS_ABOVE * change {
                before = before.min(stretch.sampled * (first / change));
            }
            let whole = change * ((stretch.sampled + before + stretch.after) / stretch.sampled);
            take(stretch.index, if per_second { whole / self.range } else { whole });
        }
    }
}

/// A counter that begins at so many times what it grows by was above zero within reach of the first sample: that is not
/// further away than the last one, about.
const ALWAYS_ABOVE: f64 = 4.0;

/// The change between the last two samples, per second if it is that of a counter.
pub(super) fn instantaneous(window: Window<'_>, is_counter: bool) -> Option<f64> {
    let [.., before, last] = *window.values else { return None };
    let [.., before_ms, last_ms] = *window.timestamps_ms else { return None };
    if last_ms == before_ms {
        return None;
    }
    if !is_counter {
        return Some(last - before);
    }
    let change = if last < before { last } else { last - before };
    Some(change / ((last_ms - before_ms) as f64 / 1e3))
}

/// The slope of the line through the samples, per second.
pub(super) fn derivative(window: Window<'_>) -> Option<f64> {
    let zero_ms = *window.timestamps_ms.first()?;
    Some(line(window, zero_ms)?.0)
}

/// Where the line through the samples will be, so many seconds after the instant of the evaluation.
pub(super) fn predict_linear(window: Window<'_>, seconds: f64) -> Option<f64> {
    let (slope, now) = line(window, window.instant_ms)?;
    Some(slope * seconds + now)
}

/// Slope and height at `zero_ms` of the line with the least squares.
fn line(window: Window<'_>, zero_ms: i64) -> Option<(f64, f64)> {
    let first = *window.values.first()?;
    if window.values.len() < 2 {
        return None;
    }
    if window.values.iter().all(|value| *value == first) {
        return Some(if first.is_infinite() { (f64::NAN, f64::NAN) } else { (0.0, first) });
    }
    let [mut x, mut y, mut xy, mut xx] = [Compensated::default(); 4];
    for (at, value) in window.timestamps_ms.iter().zip(window.values) {
        let seconds = (at - zero_ms) as f64 / 1e3;
        x.add(seconds);
        y.add(*value);
        xy.add(seconds * value);
        xx.add(seconds * seconds);
    }
    let count = window.values.len() as f64;
    let (x, y) = (x.total(), y.total());
    let covariance = xy.total() - x * y / count;
    let variance = xx.total() - x * x / count;
    let slope = covariance / variance;
    Some((slope, y / count - slope * x / count))
}
