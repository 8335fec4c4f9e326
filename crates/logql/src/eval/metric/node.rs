//! A query for numbers in the form in which it runs.

use ::series::{Aggregation, Grid, Grouping, Points, Series, aggregate};

use super::operators::{Binary, LabelReplace};
use super::range::Range;
use super::{RULES, Value};
use crate::Span;
use crate::ast::{self, Metric, MetricExpr, VectorOp};
use crate::eval::EvalError;

/// A part of a query.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Number(f64),
    Vector(f64),
    Range(Box<Range>),
    Aggregate(Box<Aggregate>),
    Sort(Box<Sort>),
    Binary(Box<Binary>),
    LabelReplace(Box<LabelReplace>),
}

/// Fewer series of many.
#[derive(Clone, Debug)]
pub(super) struct Aggregate {
    pub(super) op: VectorOp,
    /// The k of `topk` and its kin.
    k: f64,
    grouping: Grouping,
    pub(super) of: Node,
    pub(super) span: Span,
}

/// The same series in the order of their numbers.
#[derive(Clone, Debug)]
pub(super) struct Sort {
    pub(super) descending: bool,
    pub(super) of: Node,
    pub(super) span: Span,
}

impl Node {
    pub(super) fn new(metric: &MetricExpr) -> Result<Self, EvalError> {
        let span = metric.span;
        Ok(match &metric.node {
            Metric::Number(number) => Self::Number(*number),
            Metric::Vector(number) => Self::Vector(*number),
            Metric::Range(range) => Self::Range(Box::new(Range::new(range, None)?)),
            Metric::Aggregation(aggregation) => Self::aggregation(aggregation, span)?,
            Metric::Binary(binary) => Self::Binary(Box::new(Binary::new(binary, span)?)),
            Metric::LabelReplace(replace) => Self::LabelReplace(Box::new(LabelReplace::new(replace, span)?)),
        })
    }

    fn aggregation(aggregation: &ast::Aggregation, span: Span) -> Result<Self, EvalError> {
        let (op, grouping) = (aggregation.op, grouping(aggregation.grouping.as_ref()));
        // What is summed up needs no series of its own first, so that it takes no memory.
        if let Metric::Range(range) = &aggregation.of.node
            && op == VectorOp::Sum
            && Range::adds_up(range)
        {
            return Ok(Self::Range(Box::new(Range::new(range, Some(grouping))?)));
        }
        let of = Self::new(&aggregation.of)?;
        if let VectorOp::Sort | VectorOp::SortDesc = op {
            return Ok(Self::Sort(Box::new(Sort { descending: op == VectorOp::SortDesc, of, span })));
        }
        let k = aggregation.parameter.unwrap_or_default() as f64;
        Ok(Self::Aggregate(Box::new(Aggregate { op, k, grouping, of, span })))
    }

    /// Whether something in it sorts, which decides on the order of an answer at one instant, as in Loki.
    pub(super) fn sorts(&self) -> bool {
        matches!(self, Self::Sort(_)) || self.parts().into_iter().any(Self::sorts)
    }

    /// Where it has an `approx_topk`, which has no answer over a range, as in Loki.
    pub(super) fn only_at_an_instant(&self) -> Option<Span> {
        match self {
            Self::Aggregate(aggregate) if aggregate.op == VectorOp::ApproxTopk => Some(aggregate.span),
            _ => self.parts().into_iter().find_map(Self::only_at_an_instant),
        }
    }

    fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Number(_) | Self::Vector(_) | Self::Range(_) => Vec::new(),
            Self::Sort(sort) => vec![&sort.of],
            Self::Aggregate(aggregate) => vec![&aggregate.of],
            Self::Binary(binary) => vec![&binary.left, &binary.right],
            Self::LabelReplace(replace) => vec![&replace.of],
        }
    }
}

/// Without a grouping there is one group.
pub(super) fn grouping(grouping: Option<&ast::Grouping>) -> Grouping {
    match grouping {
        None => Grouping::default(),
        Some(grouping) if grouping.without => Grouping::Without(grouping.labels.clone()),
        Some(grouping) => Grouping::By(grouping.labels.clone()),
    }
}

impl Aggregate {
    pub(super) fn apply(&self, lines: Vec<Series>, grid: Grid) -> Result<Value, EvalError> {
        let op = match self.op {
            VectorOp::Sum => Aggregation::Sum,
            VectorOp::Avg => Aggregation::Avg,
            VectorOp::Max => Aggregation::Max,
            VectorOp::Min => Aggregation::Min,
            VectorOp::Count => Aggregation::Count,
            VectorOp::Stddev => Aggregation::Stddev,
            VectorOp::Stdvar => Aggregation::Stdvar,
            VectorOp::Bottomk => Aggregation::Bottomk(Points::constant(self.k, grid.len())),
            // The exact answer is one that may be given for an approximate one.
            VectorOp::Topk | VectorOp::ApproxTopk => Aggregation::Topk(Points::constant(self.k, grid.len())),
            // Made into another node.
            VectorOp::Sort | VectorOp::SortDesc => return Ok(Value::Vector(lines)),
        };
        Ok(Value::Vector(aggregate(&op, &self.grouping, lines, &RULES)))
    }
}

impl Sort {
    pub(super) fn name(&self) -> &'static str {
        if self.descending { VectorOp::SortDesc.text() } else { VectorOp::Sort.text() }
    }
}
