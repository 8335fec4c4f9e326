//! `sum`, `avg`, `max`, `min` and `count` of groups of series.

use std::collections::HashMap;

use model::Labels;

use super::grid::Grid;
use super::grouping::group;
use super::node::{Aggregate, AggregateOp};
use super::points::{Line, Points, Value};
use crate::eval::{Budget, EvalError};

pub(super) fn aggregate(
    aggregate: &Aggregate,
    value: Value,
    grid: Grid,
    budget: &Budget<'_>,
) -> Result<Value, EvalError> {
    let Value::Vector(mut lines) = value else {
        return Err(EvalError::Scalar { function: aggregate.op.text(), span: aggregate.span });
    };
    // A fixed order of adding makes equal queries give equal sums.
    lines.sort_by(|a, b| a.labels.cmp(&b.labels));
    let mut groups: Vec<(Labels, Vec<Line>)> = Vec::new();
    let mut known: HashMap<Labels, usize> = HashMap::new();
    for line in lines {
        let labels = group(&line.labels, aggregate.grouping.as_ref());
        let place = *known.entry(labels).or_insert_with_key(|labels| {
            groups.push((labels.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(line);
    }
    if groups.len() * grid.len > budget.numbers.max(grid.len) {
        return Err(EvalError::Numbers { max: budget.numbers });
    }
    let line = |(labels, members): (Labels, Vec<Line>)| {
        let points = Points::from_fn(grid, |index| {
            aggregate.op.of(members.iter().filter_map(|member| member.points.get(index)))
        });
        Line { labels, points }
    };
    Ok(Value::Vector(groups.into_iter().map(line).collect()))
}

impl AggregateOp {
    fn text(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Max => "max",
            Self::Min => "min",
            Self::Count => "count",
        }
    }

    /// `None` without any numbers.
    fn of(self, numbers: impl Iterator<Item = f64>) -> Option<f64> {
        let mut numbers = numbers.peekable();
        numbers.peek()?;
        Some(match self {
            Self::Sum => numbers.sum(),
            Self::Count => numbers.count() as f64,
            // A running mean, as in Loki: it cannot overflow, and rounds the same way.
            Self::Avg => {
                numbers
                    .fold((0.0, 0.0), |(mean, count), n| (mean + (n - mean) / (count + 1.0), count + 1.0))
                    .0
            }
            // A NaN gives way to every number.
            Self::Max => numbers.fold(f64::NAN, f64::max),
            Self::Min => numbers.fold(f64::NAN, f64::min),
        })
    }
}
