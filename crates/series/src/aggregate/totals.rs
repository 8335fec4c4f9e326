//! Numbers that are made by going through a group's series one after the other.

use super::Aggregation;
use crate::{Compensated, Mean, Points, Rules, Series, Variance};

pub(super) fn of(op: &Aggregation, members: &[Series], rules: &Rules) -> Points {
    match op {
        Aggregation::Sum if rules.compensated_sums => {
            fold(members, Compensated::default, Compensated::add, Compensated::total)
        }
        Aggregation::Sum => fold(members, f64::default, |sum, number| *sum += number, |sum| sum),
        Aggregation::Avg if rules.compensated_sums => {
            fold(members, Average::default, Average::add, Average::value)
        }
        Aggregation::Avg => fold(members, Mean::default, Mean::add, |mean| mean.mean),
        // A NaN gives way to every number.
        Aggregation::Min => {
            fold(members, || f64::NAN, |least, number| *least = least.min(number), |least| least)
        }
        Aggregation::Max => fold(members, || f64::NAN, |most, number| *most = most.max(number), |most| most),
        Aggregation::Count => fold(members, f64::default, |count, _| *count += 1.0, |count| count),
        Aggregation::Stddev => {
            fold(members, Variance::default, Variance::add, |variance| variance.value().sqrt())
        }
        Aggregation::Stdvar => fold(members, Variance::default, Variance::add, Variance::value),
        // The others do not come here: they look at all the numbers of an instant at once.
        Aggregation::Group | Aggregation::Quantile(_) | Aggregation::Topk(_) | Aggregation::Bottomk(_) => {
            fold(members, || 1.0, |_, _| {}, |one| one)
        }
    }
}

/// Adds each member's numbers to the states of their instants. An instant without numbers has none in the end.
fn fold<S: Copy>(
    members: &[Series],
    start: impl Fn() -> S,
    add: impl Fn(&mut S, f64),
    finish: impl Fn(S) -> f64,
) -> Points {
    let len = members.first().map_or(0, |series| series.points.len());
    let mut states: Vec<Option<S>> = vec![None; len];
    for series in members {
        for (state, number) in states.iter_mut().zip(series.points.iter()) {
            if let Some(number) = number {
                add(state.get_or_insert_with(&start), number);
            }
        }
    }
    Points::from_fn(len, |index| states[index].map(&finish))
}

/// A mean made of a compensated sum, or of a running one from where the sum would overflow.
#[derive(Clone, Copy, Debug, Default)]
struct Average {
    sum: Compensated,
    count: f64,
    is_running: bool,
}

impl Average {
    fn add(&mut self, number: f64) {
        self.count += 1.0;
        if !self.is_running {
            let mut sum = self.sum;
            sum.add(number);
            if !sum.sum.is_infinite() {
                self.sum = sum;
                return;
            }
            self.is_running = true;
            let before = self.count - 1.0;
            if before > 0.0 {
                self.sum = Compensated { sum: self.sum.sum / before, lost: self.sum.lost / before };
            }
        }
        let weight = (self.count - 1.0) / self.count;
        self.sum = Compensated { sum: self.sum.sum * weight, lost: self.sum.lost * weight };
        self.sum.add(number / self.count);
    }

    fn value(self) -> f64 {
        match self.is_running {
            true => self.sum.total(),
            false => self.sum.sum / self.count + self.sum.lost / self.count,
        }
    }
}
