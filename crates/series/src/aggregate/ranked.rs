//! What looks at all numbers of an instant at once.

use crate::vector::in_order;
use crate::{Points, Series};

/// Keeps the k first series of each instant: the greatest or the least ones, NaN last, equal ones by their labels.
pub(super) fn first(mut members: Vec<Series>, k: &Points, greatest: bool) -> Vec<Series> {
    let len = members.first().map_or(0, |series| series.points.len());
    let mut ranking: Vec<(f64, usize)> = Vec::with_capacity(members.len());
    for index in 0..len {
        ranking.clear();
        let numbers = members.iter().map(|series| series.points.get(index));
        ranking.extend(numbers.enumerate().filter_map(|(place, number)| Some((number?, place))));
        let k = k.get(index).map_or(0, |k| k as usize);
        if k >= ranking.len() {
            continue;
        }
        if k > 0 {
            let order = |a: &(f64, usize), b: &(f64, usize)| in_order(a.0, b.0, greatest).then(a.1.cmp(&b.1));
            ranking.select_nth_unstable_by(k - 1, order);
        }
        for (_, place) in &ranking[k..] {
            members[*place].points.set(index, None);
        }
    }
    members.retain(|series| !series.points.is_empty());
    members
}

pub(super) fn quantiles(members: &[Series], phi: &Points) -> Points {
    let mut numbers: Vec<f64> = Vec::with_capacity(members.len());
    Points::from_fn(phi.len(), |index| {
        numbers.clear();
        numbers.extend(members.iter().filter_map(|series| series.points.get(index)));
        let phi = phi.get(index)?;
        (!numbers.is_empty()).then(|| {
            numbers.sort_unstable_by(|a, b| nan_first(*a, *b));
            quantile(phi, numbers.len(), |index| numbers[index])
        })
    })
}

/// The φ-quantile of `count` sorted numbers, of which `nth` gives each; NaN is the least. Between two of them it is
/// weighted by the distance to each; below 0 it is −∞, above 1 it is +∞, and NaN for no numbers.
pub fn quantile(phi: f64, count: usize, nth: impl Fn(usize) -> f64) -> f64 {
    if count == 0 || phi.is_nan() {
        return f64::NAN;
    }
    if phi < 0.0 {
        return f64::NEG_INFINITY;
    }
    if phi > 1.0 {
        return f64::INFINITY;
    }
    let rank = phi * (count - 1) as f64;
    let (lower, weight) = (rank.floor() as usize, rank - rank.floor());
    nth(lower) * (1.0 - weight) + nth((lower + 1).min(count - 1)) * weight
}

fn nan_first(a: f64, b: f64) -> std::cmp::Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}
