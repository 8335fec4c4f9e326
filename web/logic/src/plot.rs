//! The geometry of a chart of numbers over time: lines, the axis of values, what stands at a place; and the
//! names and colours of its series.

mod names;
#[cfg(test)]
mod tests;

use api::{Millis, NumberSeries, Numbers};

use crate::decimal::{magnitude, shifted, within};
use crate::unit;

pub use names::{colours, legend, names};

/// Series with their names, in the order in which they are listed: the greatest mean first, limits last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Named {
    /// The series.
    pub series: Vec<NumberSeries>,
    /// What each is called.
    pub names: Vec<String>,
    /// So many at the end are limits: what the others should stay below.
    pub limits: usize,
    /// Between two points; of several queries the greatest.
    pub step: Millis,
    /// Counts: drawn as bars from zero, each with its point in the middle.
    pub bars: bool,
}

impl Named {
    /// From the answers to several queries: `(name, numbers)` with what tells the query's series from those of the
    /// others, a legend or a letter.
    pub fn new(answers: &[(&str, &Numbers)], limit: Option<&Numbers>) -> Self {
        let mut all: Vec<(NumberSeries, String)> = Vec::new();
        for (name, numbers) in answers {
            let names = legend(name, &numbers.series, answers.len() > 1);
            all.extend(numbers.series.iter().cloned().zip(names));
        }
        let mean = |(series, _): &(NumberSeries, String)| {
            figures(series).map_or(f64::NEG_INFINITY, |[_, _, mean, _]| mean)
        };
        let (mut series, mut names): (Vec<_>, Vec<_>) = greatest_first(all, mean).into_iter().unzip();
        let limits = limit.map(|limit| limit.series.as_slice()).unwrap_or_default();
        series.extend_from_slice(limits);
        names.extend(limits.iter().map(|_| "limit".to_owned()));
        let steps = answers.iter().map(|(_, numbers)| numbers.step);
        Self { series, names, limits: limits.len(), step: steps.max().unwrap_or(0), bars: false }
    }

    /// Counts in buckets of one `step` after the other from `start` on; `name`: what is counted.
    pub fn counts(name: &str, counts: &[u64], start: Millis, step: Millis) -> Self {
        let middle = |at: usize| start + at as i64 * step + step / 2;
        let points = counts.iter().enumerate().map(|(at, count)| (middle(at), *count as f64)).collect();
        let series = NumberSeries { labels: Default::default(), points };
        Self { series: vec![series], names: vec![name.to_owned()], limits: 0, step, bars: true }
    }

    /// Whether a series is a limit.
    pub fn is_limit(&self, index: usize) -> bool {
        index + self.limits >= self.series.len()
    }
}

/// A chart of `width` by `height`, its origin at the top left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plot {
    /// For each series that is shown its place among all and its runs of points; a run ends where points are
    /// missing.
    pub lines: Vec<(usize, Vec<Run>)>,
    /// Where the axis of values is marked, and with what.
    pub ticks: Vec<(f64, String)>,
    /// What the left and the right edge stand for.
    pub span: (Millis, Millis),
    width: f64,
}

/// Points that follow each other.
pub type Run = Vec<(f64, f64)>;

/// So many series have a colour of their own.
pub const COLOURS: usize = 8;
const TICKS: f64 = 4.0;
/// Of numbers that differ by less than this part of the greatest, the axis begins at the least: else they were one
/// straight line.
const FLAT: f64 = 0.25;

impl Plot {
    /// Lays out those series that are `shown`; the axis is marked in `unit`.
    pub fn new(
        named: &Named,
        shown: impl Fn(usize) -> bool,
        unit: &str,
        span: (Millis, Millis),
        (width, height): (f64, f64),
    ) -> Self {
        let series = || named.series.iter().enumerate().filter(|(index, _)| shown(*index));
        let values = || series().flat_map(|(_, series)| series.points.iter().map(|point| point.1));
        let zero = named.bars.then_some(0.0);
        let scale = Scale::of(values().chain(zero), unit);
        let mut plot = Self { span, width, ..Self::default() };
        let y = |value: f64| height - (value - scale.low) / (scale.high - scale.low) * height;
        plot.ticks = scale.marks().map(|value| (y(value), unit::written(value, unit))).collect();
        plot.lines = series()
            .map(|(index, series)| {
                let point = |(at, value): &(Millis, f64)| (plot.x_of(*at), y(*value));
                (index, runs(&series.points, named.step).map(|run| run.iter().map(point).collect()).collect())
            })
            .collect();
        plot
    }

    /// Where an instant is.
    pub fn x_of(&self, at: Millis) -> f64 {
        (at - self.span.0) as f64 / (self.span.1 - self.span.0).max(1) as f64 * self.width
    }

    /// When a place is.
    pub fn time_at(&self, x: f64) -> Millis {
        let part = if self.width > 0.0 { within(x / self.width, 0.0, 1.0) } else { 0.0 };
        self.span.0 + ((self.span.1 - self.span.0) as f64 * part) as i64
    }
}

/// Cut where more than a point is missing.
fn runs(points: &[(Millis, f64)], step: Millis) -> impl Iterator<Item = &[(Millis, f64)]> {
    points.chunk_by(move |one, next| step <= 0 || next.0 - one.0 <= step + step / 2)
}

/// The axis of values.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = f64>, unit: &str) -> Self {
        let (low, high) = values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if low > high { (0.0, 0.0) } else { (low, high) };
        let greatest = low.abs().max(high.abs());
        let far = low * high > 0.0 && high > low && high - low < FLAT * greatest;
        let (low, high) = if far { (low, high) } else { (low.min(0.0), high.max(0.0)) };
        let base = if unit.starts_with("bytes") { binary_power(high.max(-low)) } else { 1.0 };
        let step = round_step((high - low) / TICKS / base) * base;
        let low = (low / step).floor() * step;
        Self { low, high: ((high / step).ceil() * step).max(low + step), step }
    }

    fn marks(&self) -> impl Iterator<Item = f64> {
        let count = ((self.high - self.low) / self.step).round() as usize;
        (0..=count).map(|index| self.low + self.step * index as f64)
    }
}

/// The greatest power of 1024 that a number reaches: marks of bytes are round in KiB, MiB, ….
fn binary_power(number: f64) -> f64 {
    let mut power = 1.0;
    while number >= power * 1_024.0 {
        power *= 1_024.0;
    }
    power
}

/// A step of 1, 2 or 5 and noughts, no smaller than asked.
fn round_step(least: f64) -> f64 {
    if least <= 0.0 || !least.is_finite() {
        return 1.0;
    }
    let power = shifted(1.0, magnitude(least));
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= least * 0.999_999);
    factor.unwrap_or(10.0) * power
}

/// The value of a series at the instant nearest to `at`, if there is one within a step.
pub fn value_at(series: &NumberSeries, at: Millis, step: Millis) -> Option<(Millis, f64)> {
    let next = series.points.partition_point(|point| point.0 < at);
    let near = [next.checked_sub(1), Some(next)].into_iter().flatten();
    let near = near.filter_map(|index| series.points.get(index).copied());
    near.filter(|point| (point.0 - at).abs() <= step.max(1)).min_by_key(|point| (point.0 - at).abs())
}

/// Puts what has the greatest size first. They are few, and the library's sorting would have to be loaded first.
pub fn greatest_first<T>(items: Vec<T>, size: impl Fn(&T) -> f64) -> Vec<T> {
    let mut sorted: Vec<T> = Vec::with_capacity(items.len());
    for item in items {
        let this = size(&item);
        let at = sorted.partition_point(|other| size(other) >= this);
        sorted.insert(at, item);
    }
    sorted
}

/// Last, least, mean and greatest value of a series.
pub fn figures(series: &NumberSeries) -> Option<[f64; 4]> {
    let last = series.points.last()?.1;
    let values = || series.points.iter().map(|point| point.1);
    let mean = values().sum::<f64>() / series.points.len() as f64;
    Some([last, values().fold(f64::INFINITY, f64::min), mean, values().fold(f64::NEG_INFINITY, f64::max)])
}
