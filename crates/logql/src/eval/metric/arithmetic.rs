//! Arithmetic and comparisons between scalars and series.

use std::collections::HashMap;

use model::Labels;

use super::node::Arithmetic;
use super::points::{Line, Points, Value};
use crate::ast::BinaryOp;

pub(super) fn apply(arithmetic: &Arithmetic, left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Scalar(left), Value::Scalar(right)) => Value::Scalar(number(arithmetic.op, left, right)),
        (Value::Vector(left), Value::Scalar(right)) => {
            beside_scalar(left, |n| kept(arithmetic, n, number(arithmetic.op, n, right)))
        }
        (Value::Scalar(left), Value::Vector(right)) => {
            beside_scalar(right, |n| kept(arithmetic, n, number(arithmetic.op, left, n)))
        }
        (Value::Vector(left), Value::Vector(right)) => Value::Vector(pairs(arithmetic, left, right)),
    }
}

fn beside_scalar(lines: Vec<Line>, change: impl Fn(f64) -> Option<f64>) -> Value {
    let line = |line: Line| Line { labels: line.labels, points: line.points.map(|_, n| change(n)) };
    Value::Vector(lines.into_iter().map(line).collect())
}

/// Series with equal labels make a pair; others fall away.
fn pairs(arithmetic: &Arithmetic, left: Vec<Line>, right: Vec<Line>) -> Vec<Line> {
    let mut right: HashMap<Labels, Points> =
        right.into_iter().map(|line| (line.labels, line.points)).collect();
    let pair = |line: Line| {
        let other = right.remove(&line.labels)?;
        let points =
            line.points.map(|index, n| kept(arithmetic, n, number(arithmetic.op, n, other.get(index)?)));
        Some(Line { labels: line.labels, points })
    };
    left.into_iter().filter_map(pair).collect()
}

/// A comparison without `bool` is a filter: it keeps the series' own number, or nothing.
fn kept(arithmetic: &Arithmetic, own: f64, result: f64) -> Option<f64> {
    match arithmetic.op.is_comparison() && !arithmetic.returns_bool {
        true => (result != 0.0).then_some(own),
        false => Some(result),
    }
}

/// What an operator makes of two numbers. As in Loki nothing can be divided by zero.
fn number(op: BinaryOp, left: f64, right: f64) -> f64 {
    match op {
        BinaryOp::Add => left + right,
        BinaryOp::Subtract => left - right,
        BinaryOp::Multiply => left * right,
        BinaryOp::Divide if right == 0.0 => f64::NAN,
        BinaryOp::Divide => left / right,
        BinaryOp::Modulo => left % right,
        BinaryOp::Power => left.powf(right),
        BinaryOp::Equal => f64::from(left == right),
        BinaryOp::NotEqual => f64::from(left != right),
        BinaryOp::Greater => f64::from(left > right),
        BinaryOp::GreaterOrEqual => f64::from(left >= right),
        BinaryOp::Less => f64::from(left < right),
        BinaryOp::LessOrEqual => f64::from(left <= right),
        // Refused when the query was prepared.
        BinaryOp::Or | BinaryOp::And | BinaryOp::Unless => f64::NAN,
    }
}
