//! Queries for numbers.
//!
//! A query is evaluated over a whole grid of instants at once: each part of it gives a scalar or series with a
//! number, or none, for each instant. Lines are read once for each range aggregation, however many windows they
//! are in.

mod aggregate;
mod answer;
mod arithmetic;
mod count;
mod grid;
mod grouping;
mod node;
mod points;

use std::time::Duration;

use model::Timestamp;

pub use answer::{Instant, InstantValue, Matrix, Sample, Series};

use self::count::count;
use self::grid::Grid;
use self::node::Node;
use self::points::Value;
use super::reader::Reader;
use super::{Budget, EvalError};
use crate::Source;
use crate::ast::MetricExpr;

/// A query for numbers, ready to run.
#[derive(Clone, Debug)]
pub struct MetricQuery {
    node: Node,
}

impl MetricQuery {
    /// Prepares a query; one with parts that are not evaluated yet is an error.
    pub fn new(metric: &MetricExpr) -> Result<Self, EvalError> {
        Ok(Self { node: Node::new(metric)? })
    }

    /// The answer at one instant.
    pub fn instant(
        &self,
        source: &impl Source,
        at: Timestamp,
        budget: &Budget<'_>,
    ) -> Result<Instant, EvalError> {
        let mut run = Run { source, grid: Grid::single(at), reader: Reader::new(budget) };
        let value = run.value(&self.node)?;
        answer::instant(value, run.reader)
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
        let mut run = Run { source, grid, reader: Reader::new(budget) };
        let value = run.value(&self.node)?;
        answer::matrix(value, grid, run.reader)
    }
}

struct Run<'a, S> {
    source: &'a S,
    grid: Grid,
    reader: Reader<'a>,
}

impl<S: Source> Run<'_, S> {
    fn value(&mut self, node: &Node) -> Result<Value, EvalError> {
        match node {
            Node::Number(number) => Ok(Value::Scalar(*number)),
            Node::Vector(number) => Ok(Value::Vector(points::constant(*number, self.grid))),
            Node::Count(of) => count(of, self.source, self.grid, &mut self.reader),
            Node::Aggregate(aggregate) => {
                let value = self.value(&aggregate.of)?;
                aggregate::aggregate(aggregate, value, self.grid, self.reader.budget)
            }
            Node::Arithmetic(arithmetic) => {
                let (left, right) = (self.value(&arithmetic.left)?, self.value(&arithmetic.right)?);
                Ok(arithmetic::apply(arithmetic, left, right))
            }
        }
    }
}
