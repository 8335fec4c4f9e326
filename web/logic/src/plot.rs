//! The geometry of a chart of numbers over time: lines, the axis of values, what stands at a place; and the
//! names and colours of its series.

use api::{Millis, NumberSeries, Numbers, StreamLabels};

use crate::number::short;

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

impl Plot {
    /// Lays out those series that are `shown`.
    pub fn new(
        numbers: &Numbers,
        shown: impl Fn(usize) -> bool,
        span: (Millis, Millis),
        (width, height): (f64, f64),
    ) -> Self {
        let series = || numbers.series.iter().enumerate().filter(|(index, _)| shown(*index));
        let values = || series().flat_map(|(_, series)| series.points.iter().map(|point| point.1));
        let (low, high) =
            values().fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let step = round_step((high - low) / TICKS);
        let (low, high) =
            ((low / step).floor() * step, (high / step).ceil().max((low / step).floor() + 1.0) * step);
        let mut plot = Self { span, width, ..Self::default() };
        let y = |value: f64| height - (value - low) / (high - low) * height;
        let count = ((high - low) / step).round() as usize;
        plot.ticks = (0..=count)
            .map(|index| low + step * index as f64)
            .map(|value| (y(value), short(value)))
            .collect();
        plot.lines = series()
            .map(|(index, series)| {
                let point = |(at, value): &(Millis, f64)| (plot.x_of(*at), y(*value));
                (
                    index,
                    runs(&series.points, numbers.step).map(|run| run.iter().map(point).collect()).collect(),
                )
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
        let part = if self.width > 0.0 { (x / self.width).clamp(0.0, 1.0) } else { 0.0 };
        self.span.0 + ((self.span.1 - self.span.0) as f64 * part) as i64
    }
}

/// Cut where more than a point is missing.
fn runs(points: &[(Millis, f64)], step: Millis) -> impl Iterator<Item = &[(Millis, f64)]> {
    points.chunk_by(move |one, next| step <= 0 || next.0 - one.0 <= step + step / 2)
}

/// A step of 1, 2 or 5 and noughts, no smaller than asked.
fn round_step(least: f64) -> f64 {
    if least <= 0.0 || !least.is_finite() {
        return 1.0;
    }
    let power = 10.0_f64.powf(least.log10().floor());
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

/// What tells each series from the others: the labels in which they differ.
pub fn names(series: &[NumberSeries]) -> Vec<String> {
    let differs = |name: &str| {
        let first = series.first().and_then(|series| series.labels.get(name));
        series.iter().any(|other| other.labels.get(name) != first)
    };
    series.iter().map(|one| name(&one.labels, series.len() == 1, &differs)).collect()
}

fn name(labels: &StreamLabels, alone: bool, differs: &impl Fn(&str) -> bool) -> String {
    let telling: Vec<(&String, &String)> = labels.iter().filter(|(name, _)| alone || differs(name)).collect();
    match telling.as_slice() {
        [] => "value".to_owned(),
        [(_, value)] if !value.is_empty() => (*value).clone(),
        many => many.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", "),
    }
}

/// The colour of each series: the same for the same name as long as no other one of the page has taken it.
/// `None`: there are too many for colours.
pub fn colours(names: &[String]) -> Vec<Option<usize>> {
    let mut taken = [false; COLOURS];
    let colour = |name: &String| {
        let wish =
            name.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(byte)));
        let free = (0..COLOURS).map(|step| (wish + step) % COLOURS).find(|colour| !taken[*colour])?;
        taken[free] = true;
        Some(free)
    };
    names.iter().map(colour).collect()
}

/// The series with the greatest mean first.
#[must_use]
pub fn by_size(numbers: Numbers) -> Numbers {
    let mean = |series: &NumberSeries| figures(series).map_or(f64::NEG_INFINITY, |[_, _, mean, _]| mean);
    Numbers { series: greatest_first(numbers.series, mean), ..numbers }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn series(labels: &[(&str, &str)], points: &[(Millis, f64)]) -> NumberSeries {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        NumberSeries { labels, points: points.to_vec() }
    }

    #[test]
    fn lines_break_where_points_are_missing() {
        let points = [(0, 0.0), (10, 5.0), (40, 10.0), (50, 7.0)];
        let numbers = Numbers { series: vec![series(&[], &points)], step: 10, warnings: Vec::new() };
        let plot = Plot::new(&numbers, |_| true, (0, 100), (200.0, 100.0));
        assert_eq!(
            plot.lines,
            [(0, vec![vec![(0.0, 100.0), (20.0, 50.0)], vec![(80.0, 0.0), (100.0, 30.0)]])]
        );
        let ticks: Vec<&str> = plot.ticks.iter().map(|tick| tick.1.as_str()).collect();
        assert_eq!(ticks, ["0", "5", "10"]);
        assert_eq!((plot.time_at(100.0), plot.x_of(25)), (50, 50.0));
        assert_eq!(Plot::new(&numbers, |_| false, (0, 100), (200.0, 100.0)).lines, []);
    }

    #[test]
    fn axes_are_marked_at_round_values() {
        let check = |values: &[f64], expected: &[&str]| {
            let points: Vec<(Millis, f64)> = (0..).zip(values.iter().copied()).collect();
            let numbers = Numbers { series: vec![series(&[], &points)], step: 1, warnings: Vec::new() };
            let plot = Plot::new(&numbers, |_| true, (0, 10), (100.0, 100.0));
            let ticks: Vec<&str> = plot.ticks.iter().map(|tick| tick.1.as_str()).collect();
            assert_eq!(ticks, expected, "{values:?}");
        };
        check(&[], &["0", "1"]);
        check(&[0.0], &["0", "1"]);
        check(&[3.0, 7.0], &["0", "2", "4", "6", "8"]);
        check(&[0.003], &["0", "0.001", "0.002", "0.003"]);
        check(&[-3.0, 9.0], &["-5", "0", "5", "10"]);
        check(&[12_000.0], &["0", "5k", "10k", "15k"]);
    }

    #[test]
    fn series_are_named_by_what_tells_them_apart() {
        let both = |level: &str| series(&[("level", level), ("service", "web")], &[]);
        assert_eq!(names(&[both("error"), both("info")]), ["error", "info"]);
        assert_eq!(names(&[both("error")]), ["level=error, service=web"]);
        assert_eq!(names(&[series(&[], &[])]), ["value"]);
        let mixed = [both("error"), series(&[("service", "db")], &[])];
        assert_eq!(names(&mixed), ["level=error, service=web", "db"]);
    }

    #[test]
    fn eight_series_have_eight_colours() {
        let names: Vec<String> = (0..10).map(|number| format!("series {number}")).collect();
        let colours = colours(&names);
        let mut used: Vec<usize> = colours.iter().copied().flatten().collect();
        used.sort_unstable();
        assert_eq!(used, (0..COLOURS).collect::<Vec<_>>());
        assert_eq!(colours[8..], [None, None]);
    }

    #[test]
    fn the_nearest_value_is_read() {
        let one = series(&[], &[(0, 1.0), (10, 2.0), (20, 6.0)]);
        assert_eq!(value_at(&one, 14, 10), Some((10, 2.0)));
        assert_eq!(value_at(&one, 16, 10), Some((20, 6.0)));
        assert_eq!(value_at(&one, 50, 10), None);
        assert_eq!(figures(&one), Some([6.0, 1.0, 3.0, 6.0]));
        assert_eq!(figures(&series(&[], &[])), None);
        let small = series(&[("a", "b")], &[(0, 2.0)]);
        let sorted = by_size(Numbers {
            series: vec![series(&[], &[]), small.clone(), one.clone()],
            ..Numbers::default()
        });
        assert_eq!(sorted.series[..2], [one, small]);
    }
}
