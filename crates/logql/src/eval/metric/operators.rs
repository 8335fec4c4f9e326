//! Operators between two parts of a query, and `label_replace`.

use ::series::{self, Grid, Matching, Operator, Points, Series, SetOperator};
use model::Labels;

use super::node::Node;
use super::{RULES, Value};
use crate::Span;
use crate::ast::{self, BinaryOp, Regexp};
use crate::eval::EvalError;

/// An operator between two parts.
#[derive(Clone, Debug)]
pub(super) struct Binary {
    op: Op,
    pub(super) left: Node,
    pub(super) right: Node,
    name: &'static str,
    span: Span,
}

#[derive(Clone, Debug)]
enum Op {
    Number(series::Binary),
    Set(SetOperator, Matching),
}

impl Binary {
    pub(super) fn new(binary: &ast::Binary, span: Span) -> Result<Self, EvalError> {
        let matching = binary.matching.as_ref().map(matching).unwrap_or_default();
        let returns_bool = binary.returns_bool;
        let number =
            |operator| Op::Number(series::Binary { operator, returns_bool, matching: matching.clone() });
        let set = |operator| Op::Set(operator, matching.clone());
        let op = match binary.op {
            BinaryOp::Or => set(SetOperator::Or),
            BinaryOp::And => set(SetOperator::And),
            BinaryOp::Unless => set(SetOperator::Unless),
            BinaryOp::Equal => number(Operator::Equal),
            BinaryOp::NotEqual => number(Operator::NotEqual),
            BinaryOp::Greater => number(Operator::Greater),
            BinaryOp::GreaterOrEqual => number(Operator::GreaterOrEqual),
            BinaryOp::Less => number(Operator::Less),
            BinaryOp::LessOrEqual => number(Operator::LessOrEqual),
            BinaryOp::Add => number(Operator::Add),
            BinaryOp::Subtract => number(Operator::Subtract),
            BinaryOp::Multiply => number(Operator::Multiply),
            BinaryOp::Divide => number(Operator::Divide),
            BinaryOp::Modulo => number(Operator::Modulo),
            BinaryOp::Power => number(Operator::Power),
        };
        let (left, right) = (Node::new(&binary.left)?, Node::new(&binary.right)?);
        Ok(Self { op, left, right, name: binary.op.text(), span })
    }

    pub(super) fn apply(&self, left: Value, right: Value, grid: Grid) -> Result<Value, EvalError> {
        let scalar = |number| Points::constant(number, grid.len());
        let vector = match (&self.op, left, right) {
            (Op::Number(binary), Value::Scalar(left), Value::Scalar(right)) => {
                return Ok(Value::Scalar(binary.scalars(left, right, &RULES)));
            }
            (Op::Number(binary), Value::Vector(left), Value::Scalar(right)) => {
                binary.with_scalar(left, &scalar(right), false, &RULES)
            }
            (Op::Number(binary), Value::Scalar(left), Value::Vector(right)) => {
                binary.with_scalar(right, &scalar(left), true, &RULES)
            }
            (Op::Number(binary), Value::Vector(left), Value::Vector(right)) => {
                binary.vectors(left, right, &RULES)
            }
            (Op::Set(operator, matching), Value::Vector(left), Value::Vector(right)) => {
                series::combine(*operator, matching, left, right, &RULES)
            }
            // Literals are refused by the parser, but not what is computed of them.
            (Op::Set(..), _, _) => return Err(EvalError::Scalar { function: self.name, span: self.span }),
        };
        Ok(Value::Vector(vector?))
    }
}

fn matching(matching: &ast::Matching) -> Matching {
    let group = matching.group.as_ref().map(|group| match group {
        ast::Group::Left(labels) => series::Group::Left(labels.clone()),
        ast::Group::Right(labels) => series::Group::Right(labels.clone()),
    });
    Matching { on: matching.on, labels: matching.labels.clone(), group }
}

/// Sets a label from another one.
#[derive(Clone, Debug)]
pub(super) struct LabelReplace {
    pub(super) of: Node,
    to: String,
    replacement: String,
    from: String,
    /// Matches whole values.
    regexp: Regexp,
    pub(super) span: Span,
}

impl LabelReplace {
    pub(super) fn new(replace: &ast::LabelReplace, span: Span) -> Result<Self, EvalError> {
        Ok(Self {
            of: Node::new(&replace.of)?,
            to: replace.to.clone(),
            replacement: replace.replacement.clone(),
            from: replace.from.clone(),
            regexp: whole(&replace.regexp, span)?,
            span,
        })
    }

    pub(super) fn apply(&self, lines: Vec<Series>) -> Result<Value, EvalError> {
        let relabelled = |labels: &Labels| {
            let value = labels.get(&self.from).unwrap_or_default();
            match self.regexp.expand_first(value, &self.replacement) {
                Some(value) => labels.with(&self.to, &value),
                None => labels.clone(),
            }
        };
        Ok(Value::Vector(series::relabel(lines, relabelled)?))
    }
}

/// The expression, for whole texts.
fn whole(regexp: &Regexp, span: Span) -> Result<Regexp, EvalError> {
    let anchored = format!("^(?:{})$", regexp.text());
    Regexp::new(&anchored).map_err(|message| EvalError::Stage { message, span })
}
