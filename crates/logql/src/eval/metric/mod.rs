//! Queries for numbers.
//!
//! A query is evaluated over a whole grid of instants at once: each part of it gives a plain number, or series with
//! a number or none for each instant. What is done with series is the affair of the crate `series`; here lines
//! become numbers ([`range`]), once for each range aggregation, however many windows they are in.

mod answer;
mod node;
mod operators;
mod range;

use std::time::Duration;

use ::series::{Grid, Points, Rules, Series as Line, numbers_in};
use model::{Labels, Timestamp};

pub use answer::{Instant, InstantValue, Matrix, Sample, Series};

use self::node::Node;
use super::reader::Reader;
use super::{Budget, EvalError};
use crate::ast::MetricExpr;
use crate::{Source, Span};

/// How LogQL computes, where languages differ.
const RULES: Rules = Rules { name_labels: &[], zero_divides_to_nan: true, compensated_sums: false };

/// A query for numbers, ready to run.
#[derive(Clone, Debug)]
pub struct MetricQuery {
    node: Node,
    /// An answer at one instant comes in the order of its numbers.
    sorted: bool,
}

impl MetricQuery {
    /// Prepares a query.
    pub fn new(metric: &MetricExpr) -> Result<Self, EvalError> {
        let node = Node::new(metric)?;
        Ok(Self { sorted: node.sorts(), node })
    }

    /// The answer at one instant.
    pub fn instant(
        &self,
        source: &impl Source,
        at: Timestamp,
        budget: &Budget<'_>,
    ) -> Result<Instant, EvalError> {
        let mut run = Run { source, grid: Grid::single(at), reader: Reader::new(budget) };
        let value = run.value(&self.node, 0)?;
        answer::instant(value, self.sorted, run.reader)
    }

    /// The answer at every multiple of `step` since the epoch, from the last one not after `start` to the first
    /// one not before `end`.
    pub fn range(
        &self,
        source: &impl Source,
        start: Timestamp,
        end: Timestamp,
        step: Duration,
        budget: &Budget<'_>,
    ) -> Result<Matrix, EvalError> {
        let grid = Grid::aligned(start, end, step, budget.points)?;
        if let Some(span) = self.node.only_at_an_instant() {
            return Err(EvalError::OnlyInstant { span });
        }
        let mut run = Run { source, grid, reader: Reader::new(budget) };
        let value = run.value(&self.node, 0)?;
        answer::matrix(value, grid, run.reader)
    }
}

/// What a part of a query gives over the grid.
enum Value {
    /// The same number at every instant, without labels.
    Scalar(f64),
    /// Series.
    Vector(Vec<Line>),
}

impl Value {
    /// How many numbers it holds.
    fn numbers(&self) -> usize {
        match self {
            Self::Scalar(_) => 0,
            Self::Vector(lines) => numbers_in(lines),
        }
    }
}

struct Run<'a, S> {
    source: &'a S,
    grid: Grid,
    reader: Reader<'a>,
}

impl<S: Source> Run<'_, S> {
    /// What a part of the query gives, while other parts hold so many numbers.
    fn value(&mut self, node: &Node, held: usize) -> Result<Value, EvalError> {
        match node {
            Node::Number(number) => Ok(Value::Scalar(*number)),
            Node::Vector(number) => Ok(Value::Vector(vec![constant(*number, self.grid)])),
            Node::Range(range) => {
                range.evaluate(self.source, self.grid, &mut self.reader, held).map(Value::Vector)
            }
            Node::Aggregate(aggregate) => {
                let value = self.value(&aggregate.of, held)?;
                aggregate.apply(vector(value, aggregate.op.text(), aggregate.span)?, self.grid)
            }
            Node::Sort(sort) => {
                let value = self.value(&sort.of, held)?;
                let mut lines = vector(value, sort.name(), sort.span)?;
                ::series::sort_by_labels(&mut lines);
                ::series::sort_by_value(&mut lines, sort.descending);
                Ok(Value::Vector(lines))
            }
            Node::Binary(binary) => {
                let left = self.value(&binary.left, held)?;
                let right = self.value(&binary.right, held + left.numbers())?;
                binary.apply(left, right, self.grid)
            }
            Node::LabelReplace(replace) => {
                let value = self.value(&replace.of, held)?;
                replace.apply(vector(value, "label_replace", replace.span)?)
            }
        }
    }
}

/// The series of a value; a plain number has none.
fn vector(value: Value, function: &'static str, span: Span) -> Result<Vec<Line>, EvalError> {
    match value {
        Value::Vector(lines) => Ok(lines),
        Value::Scalar(_) => Err(EvalError::Scalar { function, span }),
    }
}

/// The same number at every instant, without labels.
fn constant(number: f64, grid: Grid) -> Line {
    Line { labels: Labels::default(), points: Points::constant(number, grid.len()) }
}
