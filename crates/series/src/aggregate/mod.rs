//! Makes fewer series of many.

mod ranked;
mod totals;

use std::collections::HashMap;

use model::Labels;

pub use ranked::quantile;

use crate::{Grouping, Points, Rules, Series};

/// What to make of the numbers that a group has at one instant. Parameters are a number for each instant.
#[derive(Clone, Debug, PartialEq)]
pub enum Aggregation {
    /// Their sum.
    Sum,
    /// Their mean.
    Avg,
    /// The least; NaN only if all of them are.
    Min,
    /// The greatest; NaN only if all of them are.
    Max,
    /// How many they are.
    Count,
    /// Always 1.
    Group,
    /// The standard deviation of the whole population.
    Stddev,
    /// The variance of the whole population.
    Stdvar,
    /// The φ-quantile, between two numbers by their distance.
    Quantile(Points),
    /// The k greatest series, with their own labels.
    Topk(Points),
    /// The k least series, with their own labels.
    Bottomk(Points),
}

/// Makes one series of each group, or with `Topk` and `Bottomk` picks some of each.
pub fn aggregate(op: &Aggregation, grouping: &Grouping, vector: Vec<Series>, rules: &Rules) -> Vec<Series> {
    let groups = groups(grouping, vector, rules).into_iter();
    match op {
        Aggregation::Topk(k) => groups.flat_map(|(_, members)| ranked::first(members, k, true)).collect(),
        Aggregation::Bottomk(k) => groups.flat_map(|(_, members)| ranked::first(members, k, false)).collect(),
        Aggregation::Quantile(phi) => groups
            .map(|(labels, members)| Series { labels, points: ranked::quantiles(&members, phi) })
            .collect(),
        _ => groups
            .map(|(labels, members)| Series { labels, points: totals::of(op, &members, rules) })
            .collect(),
    }
}

/// How many series of each group have the same number: one series for each of these numbers, written by `text` into
/// the label `name`.
pub fn count_values(
    name: &str,
    text: impl Fn(f64) -> String,
    grouping: &Grouping,
    vector: Vec<Series>,
    rules: &Rules,
) -> Vec<Series> {
    let mut counted: HashMap<Labels, Points> = HashMap::new();
    for (labels, members) in groups(grouping, vector, rules) {
        for series in members {
            for (index, number) in series.points.iter().enumerate() {
                let Some(number) = number else { continue };
                let points = counted
                    .entry(labels.with(name, &text(number)))
                    .or_insert_with(|| Points::none(series.points.len()));
                points.set(index, Some(points.get(index).unwrap_or_default() + 1.0));
            }
        }
    }
    let mut counted: Vec<Series> =
        counted.into_iter().map(|(labels, points)| Series { labels, points }).collect();
    crate::sort_by_labels(&mut counted);
    counted
}

/// The members of each group. Sorted, so that equal queries add up in the same order.
fn groups(grouping: &Grouping, mut vector: Vec<Series>, rules: &Rules) -> Vec<(Labels, Vec<Series>)> {
    crate::sort_by_labels(&mut vector);
    let mut groups: Vec<(Labels, Vec<Series>)> = Vec::new();
    let mut known: HashMap<Labels, usize> = HashMap::new();
    for series in vector {
        let labels = grouping.group(&series.labels, rules);
        let place = *known.entry(labels).or_insert_with_key(|labels| {
            groups.push((labels.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(series);
    }
    groups
}

#[cfg(test)]
mod tests;
