//! When things are looked at: the grid in milliseconds, stretches of time, windows.

use std::time::Duration;

use model::Timestamp;
use series::{Grid, Operator};

use super::EvalError;
use crate::ast::{At, Span, SpanOperator, When};

/// Instants with equal steps between them, in milliseconds: the unit in which Prometheus tells time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instants {
    pub(super) first_ms: i64,
    pub(super) step_ms: i64,
    pub(super) len: usize,
}

impl Instants {
    pub(super) fn one(at: Timestamp) -> Self {
        Self { first_ms: at.millis(), step_ms: 1, len: 1 }
    }

    pub(super) fn new(
        start: Timestamp,
        end: Timestamp,
        step: Duration,
        max: usize,
    ) -> Result<Self, EvalError> {
        let whole = |at: Timestamp| Timestamp::from_millis(at.millis());
        // Less than a millisecond is no step.
        let step = Duration::from_millis(u64::try_from(step.as_millis()).unwrap_or(u64::MAX));
        let grid = Grid::new(whole(start), whole(end), step, max)?;
        Ok(Self { first_ms: start.millis(), step_ms: step.as_millis() as i64, len: grid.len() })
    }

    pub(super) fn at(self, index: usize) -> i64 {
        self.first_ms + self.step_ms * index as i64
    }

    pub(super) fn last_ms(self) -> i64 {
        self.at(self.len - 1)
    }
}

/// The instants of the query itself, which `start()`, `end()`, `step()` and `range()` mean in every part of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) instants: Instants,
    /// Zero for a query at one instant.
    pub(super) step_ms: i64,
}

impl Asked {
    pub(super) fn span_ms(self, span: &Span) -> i64 {
        (self.seconds(span) * 1e3).round() as i64
    }

    /// A stretch of time that must be one.
    pub(super) fn positive_ms(self, span: &Span) -> Result<i64, EvalError> {
        match self.span_ms(span) {
            ms if ms > 0 => Ok(ms),
            _ => Err(EvalError::Duration),
        }
    }

    fn seconds(self, span: &Span) -> f64 {
        match span {
            Span::Seconds(seconds) => *seconds,
            Span::Step => self.step_ms as f64 / 1e3,
            Span::Range => (self.instants.last_ms() - self.instants.first_ms) as f64 / 1e3,
            Span::Negated(of) => -self.seconds(of),
            Span::Binary(op, sides) => combined(*op, self.seconds(&sides[0]), self.seconds(&sides[1])),
        }
    }

    /// Where a part of the query looks, whose own instants are these.
    pub(super) fn looks(self, when: &When) -> Looks {
        let offset_ms = when.offset.as_ref().map_or(0, |offset| self.span_ms(offset));
        let fixed = when.at.map(|at| match at {
            At::Seconds(seconds) => (seconds * 1e3).round() as i64,
            At::Start => self.instants.first_ms,
            At::End => self.instants.last_ms(),
        });
        Looks { offset_ms, fixed }
    }
}

fn combined(op: SpanOperator, left: f64, right: f64) -> f64 {
    match op {
        SpanOperator::Min => left.min(right),
        SpanOperator::Max => left.max(right),
        SpanOperator::Arithmetic(Operator::Add) => left + right,
        SpanOperator::Arithmetic(Operator::Subtract) => left - right,
        SpanOperator::Arithmetic(Operator::Multiply) => left * right,
        SpanOperator::Arithmetic(Operator::Divide) => left / right,
        SpanOperator::Arithmetic(Operator::Modulo) => left % right,
        SpanOperator::Arithmetic(Operator::Power) => left.powf(right),
        // The parser knows no others.
        SpanOperator::Arithmetic(_) => f64::NAN,
    }
}

/// The instant that is looked at, for each instant of evaluation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looks {
    offset_ms: i64,
    fixed: Option<i64>,
}

impl Looks {
    pub(super) fn at(self, instant_ms: i64) -> i64 {
        self.fixed.unwrap_or(instant_ms).saturating_sub(self.offset_ms)
    }

    /// The first and the last instant that are looked at.
    pub(super) fn reach(self, instants: Instants) -> (i64, i64) {
        (self.at(instants.first_ms), self.at(instants.last_ms()))
    }
}
