//! How fast numbers change: between the bounds of a window, between its last two samples, along a line through all.

use series::Compensated;

use super::samples::Window;

/// Where a counter began anew: the places of samples that are less than the one before. Most counters never do, and then
/// no window has to look for it again.
#[derive(Debug, Default)]
pub(super) struct Falls(Vec<usize>);

impl Falls {
    /// Those of a whole series.
    pub(super) fn of(values: &[f64]) -> Self {
        let pairs = values.windows(2).enumerate();
        Self(pairs.filter(|(_, pair)| pair[1] < pair[0]).map(|(index, _)| index + 1).collect())
    }

    /// What the counter had lost by them within the window.
    fn lost(&self, window: &Window<'_>) -> f64 {
        let from = self.0.partition_point(|place| *place <= window.first);
        let places = self.0[from..].iter().map(|place| place - window.first);
        places.take_while(|place| *place < window.values.len()).map(|place| window.values[place - 1]).sum()
    }
}

/// The change over a window, as if the samples went on to its bounds as they go inside. With `falls` it is that of a
/// counter, whose resets are made up for and which is never taken to have been below zero. As in Prometheus: where the first or last sample is further
/// from the bound than samples are from each other, the series is taken to begin or end half such a distance away.
pub(super) fn extrapolated(window: Window<'_>, falls: Option<&Falls>, per_second: bool) -> Option<f64> {
    let (values, at) = (window.values, window.timestamps_ms);
    let (first, last) = (*values.first()?, *values.last()?);
    let (first_ms, last_ms) = (*at.first()?, *at.last()?);
    if values.len() < 2 {
        return None;
    }
    let lost = falls.map_or(0.0, |falls| falls.lost(&window));
    let change = last - first + lost;
    let sampled = (last_ms - first_ms) as f64 / 1e3;
    let between = sampled / (values.len() - 1) as f64;
    let within_reach = |gap: f64| if gap >= between * 1.1 { between / 2.0 } else { gap };
    let mut before = within_reach((first_ms - window.start_ms) as f64 / 1e3);
    let after = within_reach((window.end_ms - last_ms) as f64 / 1e3);
    if falls.is_some() && change > 0.0 && first >= 0.0 {
        before = before.min(sampled * (first / change));
    }
    let whole = change * ((sampled + before + after) / sampled);
    let range = (window.end_ms - window.start_ms) as f64 / 1e3;
    Some(if per_second { whole / range } else { whole })
}

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
