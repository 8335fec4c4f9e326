//! A query for numbers, checked for what can be evaluated and put into the form in which it runs.

use super::grid::Window;
use crate::Span;
use crate::ast::{
    Aggregation, Binary, BinaryOp, Grouping, Metric, MetricExpr, RangeAggregation, RangeOp, VectorOp,
};
use crate::eval::{EvalError, LogQuery};

/// A part of a query.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Number(f64),
    Vector(f64),
    Count(Box<Count>),
    Aggregate(Box<Aggregate>),
    Arithmetic(Box<Arithmetic>),
}

/// Lines or bytes in windows.
#[derive(Clone, Debug)]
pub(super) struct Count {
    pub(super) query: LogQuery,
    /// Bytes instead of lines.
    pub(super) bytes: bool,
    /// Per second.
    pub(super) rate: bool,
    pub(super) window: Window,
    /// Summed up by this grouping right away, so that what is grouped takes no memory.
    pub(super) sum: Option<Option<Grouping>>,
}

/// One number of each group of series.
#[derive(Clone, Debug)]
pub(super) struct Aggregate {
    pub(super) op: AggregateOp,
    pub(super) grouping: Option<Grouping>,
    pub(super) of: Node,
    /// Where it stands in the query.
    pub(super) span: Span,
}

/// Functions of a group's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AggregateOp {
    Sum,
    Avg,
    Max,
    Min,
    Count,
}

/// An operator between two parts: arithmetic or a comparison.
#[derive(Clone, Debug)]
pub(super) struct Arithmetic {
    pub(super) op: BinaryOp,
    pub(super) returns_bool: bool,
    pub(super) left: Node,
    pub(super) right: Node,
}

impl Node {
    pub(super) fn new(metric: &MetricExpr) -> Result<Self, EvalError> {
        let span = metric.span;
        match &metric.node {
            Metric::Number(number) => Ok(Self::Number(*number)),
            Metric::Vector(number) => Ok(Self::Vector(*number)),
            Metric::Range(range) => count(range, span).map(|count| Self::Count(Box::new(count))),
            Metric::Aggregation(aggregation) => aggregate(aggregation, span),
            Metric::Binary(binary) => arithmetic(binary, span),
            Metric::LabelReplace(_) => Err(not_yet("label_replace", span)),
        }
    }
}

fn not_yet(what: &str, span: Span) -> EvalError {
    EvalError::NotYet { what: format!("`{what}`"), span }
}

fn count(range: &RangeAggregation, span: Span) -> Result<Count, EvalError> {
    let over = &range.over;
    if let Some(unwrap) = &over.unwrap {
        return Err(not_yet(&unwrap.to_string(), span));
    }
    let (bytes, rate) = match range.op {
        RangeOp::CountOverTime => (false, false),
        RangeOp::Rate => (false, true),
        RangeOp::BytesOverTime => (true, false),
        RangeOp::BytesRate => (true, true),
        other => return Err(not_yet(other.text(), span)),
    };
    let window = Window { length: over.range.as_nanos() as i128, offset: over.offset.into() };
    Ok(Count { query: LogQuery::new(&over.log)?, bytes, rate, window, sum: None })
}

fn aggregate(aggregation: &Aggregation, span: Span) -> Result<Node, EvalError> {
    let op = match aggregation.op {
        VectorOp::Sum => AggregateOp::Sum,
        VectorOp::Avg => AggregateOp::Avg,
        VectorOp::Max => AggregateOp::Max,
        VectorOp::Min => AggregateOp::Min,
        VectorOp::Count => AggregateOp::Count,
        other => return Err(not_yet(other.text(), span)),
    };
    let grouping = aggregation.grouping.clone();
    match Node::new(&aggregation.of)? {
        // Whole numbers add up the same in any order. Rates do not, and are summed up like Loki's.
        Node::Count(mut count) if op == AggregateOp::Sum && !count.rate && count.sum.is_none() => {
            count.sum = Some(grouping);
            Ok(Node::Count(count))
        }
        of => Ok(Node::Aggregate(Box::new(Aggregate { op, grouping, of, span }))),
    }
}

fn arithmetic(binary: &Binary, span: Span) -> Result<Node, EvalError> {
    let op = binary.op;
    if op.is_set() {
        return Err(not_yet(op.text(), span));
    }
    if let Some(matching) = &binary.matching {
        return Err(not_yet(&matching.to_string(), span));
    }
    let (left, right) = (Node::new(&binary.left)?, Node::new(&binary.right)?);
    Ok(Node::Arithmetic(Box::new(Arithmetic { op, returns_bool: binary.returns_bool, left, right })))
}
