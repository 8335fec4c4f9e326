//! A query, ready to be asked, and its answer.

use std::time::Duration;

use model::Timestamp;
use series::{Points, Series};

use super::budget::{Account, Budget};
use super::notes::{Notebook, Notes};
use super::run::{Part, Run};
use super::time::{Asked, Instants};
use super::{EvalError, samples};
use crate::ast::{Expr, Kind, Node};
use crate::source::{Samples, Source, Wanted};

/// A query, ready to be asked.
#[derive(Clone, Debug)]
pub struct Query {
    text: String,
    expr: Expr,
}

/// What a query gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The numbers.
    pub value: Value,
    /// Doubts about them.
    pub notes: Notes,
    /// How many samples it took.
    pub samples: usize,
}

/// What kind of thing a query gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number for each instant.
    Scalar(Points),
    /// Series with a number for each instant or none. At one instant they are in the order that the query asks for.
    Vector(Vec<Series>),
    /// The samples of a window, which only a query at one instant can give.
    Matrix(Vec<Samples>),
    /// A text.
    Text(String),
}

impl Query {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Self, crate::ParseError> {
        Ok(Self { text: text.to_owned(), expr: crate::parse(text)? })
    }

    /// Its syntax tree.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The answer at one instant.
    pub fn instant(
        &self,
        source: &impl Source,
        at: Timestamp,
        budget: &Budget<'_>,
    ) -> Result<Answer, EvalError> {
        let instants = Instants::one(at);
        self.run(source, Asked { instants, step_ms: 0 }, budget)
    }

    /// The answer from `start` on in steps, up to `end` at the latest.
    pub fn range(
        &self,
        source: &impl Source,
        start: Timestamp,
        end: Timestamp,
        step: Duration,
        budget: &Budget<'_>,
    ) -> Result<Answer, EvalError> {
        let kind = self.expr.node.kind();
        if !matches!(kind, Kind::Scalar | Kind::Vector) {
            return Err(EvalError::Kind { kind: kind.name() });
        }
        let instants = Instants::new(start, end, step, budget.points)?;
        self.run(source, Asked { instants, step_ms: instants.step_ms }, budget)
    }

    fn run(&self, source: &impl Source, asked: Asked, budget: &Budget<'_>) -> Result<Answer, EvalError> {
        let (mut account, mut notebook) = (Account::new(budget), Notebook::new(&self.text));
        let mut run =
            Run { source, asked, instants: asked.instants, account: &mut account, notebook: &mut notebook };
        let value = match &self.expr.node {
            Node::Range(_) | Node::Subquery(_) => {
                Value::Matrix(samples::whole(run.windows(&self.expr, Wanted::Newest)?))
            }
            _ => match run.part(&self.expr)? {
                Part::Scalar(points) => Value::Scalar(points),
                Part::Vector(vector) => {
                    Value::Vector(vector.into_iter().filter(|s| !s.points.is_empty()).collect())
                }
                Part::Text(text) => Value::Text(text),
            },
        };
        Ok(Answer { value, notes: notebook.notes, samples: budget.samples - account.left() })
    }
}
