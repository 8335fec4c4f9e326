//! Functions that must keep every number: they take memory by the line, and count it.

use ::series::{Partial, Points, quantile, slide};

use super::column::{Column, Shape};
use super::parts::Sample;

/// Numbers and their panes.
pub(super) struct Quantiles(Vec<(u32, f64)>);

impl Column for Quantiles {
    type Part = f64;

    fn room(_: &Shape) -> usize {
        0
    }

    fn new(_: &Shape) -> Self {
        Self(Vec::new())
    }

    fn part(sample: Sample) -> f64 {
        sample.value
    }

    fn extend(_: &mut f64, _: Sample) -> bool {
        false
    }

    fn add(&mut self, pane: usize, part: &f64) -> usize {
        self.0.push((pane as u32, *part));
        2
    }
}

impl Quantiles {
    /// The φ-quantile of each window.
    pub(super) fn points(mut self, shape: &Shape, phi: f64) -> Points {
        self.0.sort_by_key(|(pane, _)| *pane);
        let mut window = Ranked::new(self.0.iter().map(|(_, number)| *number).collect());
        let (mut from, mut to) = (0, 0);
        Points::from_fn(shape.instants, |index| {
            let panes = shape.panes.of_window(index);
            let end = self.0.partition_point(|(pane, _)| (*pane as usize) < panes.end);
            let start = self.0.partition_point(|(pane, _)| (*pane as usize) < panes.start).min(end);
            (to..end).for_each(|sample| window.put(sample));
            (from..start).for_each(|sample| window.take(sample));
            (from, to) = (start, end);
            let count = end - start;
            (count > 0).then(|| quantile(phi, count, |nth| window.nth(nth)))
        })
    }
}

/// Some of a list of numbers, of which the n-th by size is found quickly: a tree of sums over all of their ranks
/// (Fenwick's).
struct Ranked {
    /// NaN first, then by size.
    sorted: Vec<f64>,
    /// Where each of the list stands in `sorted`.
    ranks: Vec<u32>,
    tree: Vec<u32>,
}

impl Ranked {
    fn new(numbers: Vec<f64>) -> Self {
        let mut order: Vec<u32> = (0..numbers.len() as u32).collect();
        order.sort_by(|a, b| by_size(numbers[*a as usize], numbers[*b as usize]));
        let mut ranks = vec![0; numbers.len()];
        for (rank, place) in order.iter().enumerate() {
            ranks[*place as usize] = rank as u32;
        }
        let sorted = order.iter().map(|place| numbers[*place as usize]).collect();
        Self { sorted, ranks, tree: vec![0; numbers.len() + 1] }
    }

    fn put(&mut self, place: usize) {
        self.change(place, |count| count + 1);
    }

    fn take(&mut self, place: usize) {
        self.change(place, |count| count - 1);
    }

    fn change(&mut self, place: usize, change: impl Fn(u32) -> u32) {
        let mut node = self.ranks[place] as usize + 1;
        while node < self.tree.len() {
            self.tree[node] = change(self.tree[node]);
            node += node & node.wrapping_neg();
        }
    }

    fn nth(&self, nth: usize) -> f64 {
        let (mut node, mut left) = (0, nth as u32);
        let mut step = self.tree.len().next_power_of_two();
        while step > 0 {
            if let Some(count) = self.tree.get(node + step)
                && *count <= left
            {
                left -= count;
                node += step;
            }
            step /= 2;
        }
        self.sorted[node]
    }
}

fn by_size(a: f64, b: f64) -> std::cmp::Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

/// The readings of a counter.
pub(super) struct Counters(Vec<Sample>);

impl Column for Counters {
    type Part = Sample;

    fn room(_: &Shape) -> usize {
        0
    }

    fn new(_: &Shape) -> Self {
        Self(Vec::new())
    }

    fn part(sample: Sample) -> Sample {
        sample
    }

    fn extend(_: &mut Sample, _: Sample) -> bool {
        false
    }

    fn add(&mut self, _: usize, part: &Sample) -> usize {
        self.0.push(*part);
        size_of::<Sample>().div_ceil(8)
    }
}

impl Counters {
    /// The increase per second in each window.
    pub(super) fn points(mut self, shape: &Shape) -> Points {
        self.0.sort_unstable_by_key(|sample| sample.when);
        let mut panes = vec![Readings::default(); shape.panes.count()];
        for sample in &self.0 {
            if let Some(pane) = shape.panes.pane_of(model::Timestamp::from_nanos(sample.when.nanos)) {
                panes[pane].merge(&Readings::of(*sample));
            }
        }
        let mut points = Points::none(shape.instants);
        slide(shape.panes, &panes, |index, window| {
            let end = shape.panes.end_of(index).nanos();
            points.set(index, window.and_then(|window| window.rate(end, shape.window.length)));
        });
        points
    }
}

/// The readings of a counter that follow one another.
#[derive(Clone, Copy, Debug, Default)]
struct Readings {
    count: u64,
    /// The first and the last one.
    ends: Option<(Sample, Sample)>,
    /// What was lost when the counter went back to zero.
    lost: f64,
}

impl Partial for Readings {
    fn merge(&mut self, later: &Self) {
        let Some((first, last)) = self.ends else {
            *self = *later;
            return;
        };
        let Some((later_first, later_last)) = later.ends else { return };
        if later_first.value < last.value {
            self.lost += last.value;
        }
        self.lost += later.lost;
        self.count += later.count;
        self.ends = Some((first, later_last));
    }
}

impl Readings {
    fn of(sample: Sample) -> Self {
        Self { count: 1, ends: Some((sample, sample)), lost: 0.0 }
    }

    /// The increase per second in a window that ends at `end`: readings near the window's ends stand for all of it,
    /// others for half the usual distance beyond them. Loki and Prometheus compute it so. One reading alone tells
    /// of no increase.
    fn rate(&self, end: i64, length: u64) -> Option<f64> {
        let (first, last) = self.ends?;
        if self.count < 2 {
            return Some(0.0);
        }
        let seconds = |from: i64, to: i64| (to - from) as f64 / 1e9;
        let increase = last.value - first.value + self.lost;
        let sampled = seconds(first.when.nanos, last.when.nanos);
        let distance = sampled / (self.count - 1) as f64;
        let reach = |gap: f64| if gap >= distance * 1.1 { distance / 2.0 } else { gap };
        let mut before = reach(length as f64 / 1e9 - seconds(first.when.nanos, end));
        if increase > 0.0 && first.value >= 0.0 {
            // A counter was never below zero.
            before = before.min(sampled * (first.value / increase));
        }
        let after = reach(seconds(last.when.nanos, end));
        Some(increase * ((sampled + before + after) / sampled) / (length as f64 / 1e9))
    }
}
