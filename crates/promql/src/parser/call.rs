//! Functions and aggregations.

use syntax::Span;

use super::{Parsed, Parser};
use crate::ast::{Aggregation, AggregationOp, Call, Expr, Kind, Node};
use crate::fault::Fault;
use crate::functions::Function;
use crate::lexer::Symbol;

/// What Prometheus offers behind a switch, and native histograms' own.
const EXPERIMENTAL: [&str; 17] = [
    "double_exponential_smoothing",
    "end",
    "histogram_quantiles",
    "info",
    "mad_over_time",
    "max_of",
    "min_of",
    "range",
    "sort_by_label",
    "sort_by_label_desc",
    "start",
    "start_timestamp",
    "step",
    "ts_of_first_over_time",
    "ts_of_last_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
];

impl Parser<'_> {
    pub(super) fn call(&mut self, name: &str, span: Span) -> Parsed<Node> {
        let Some(function) = Function::named(name) else {
            let message = match EXPERIMENTAL.contains(&name) || ["limitk", "limit_ratio"].contains(&name) {
                true => format!("{name}() is experimental in Prometheus and not supported here"),
                false => format!("unknown function with name {name:?}"),
            };
            return Err(Fault::new(span, message));
        };
        let arguments = self.arguments("function call")?;
        check_count(function, &arguments, span)?;
        for (index, argument) in arguments.iter().enumerate() {
            expect_kind(argument, function.kind_of(index), &format!("call to function {name:?}"))?;
        }
        Ok(Node::Call(Call { function, arguments }))
    }

    pub(super) fn aggregation(&mut self, op: AggregationOp, span: Span) -> Parsed<Node> {
        let before = self.grouping()?;
        let mut arguments = self.arguments("aggregation")?;
        let grouping = match before {
            Some(grouping) => grouping,
            None => self.grouping()?.unwrap_or_default(),
        };
        let expected = 1 + usize::from(op.parameter().is_some());
        if arguments.len() != expected {
            let message = match arguments.len() {
                0 => "no arguments for aggregate expression provided".to_owned(),
                got => format!(
                    "wrong number of arguments for aggregate expression provided, expected {expected}, got {got}"
                ),
            };
            return Err(Fault::new(span, message));
        }
        let of = arguments.remove(expected - 1);
        expect_kind(&of, Kind::Vector, "aggregation expression")?;
        let parameter = arguments.pop();
        if let (Some(parameter), Some(kind)) = (&parameter, op.parameter()) {
            expect_kind(parameter, kind, "aggregation parameter")?;
        }
        Ok(Node::Aggregation(Box::new(Aggregation { op, parameter, of, grouping })))
    }

    fn arguments(&mut self, context: &str) -> Parsed<Vec<Expr>> {
        self.cursor.expect(Symbol::OpenParen, context)?;
        let mut arguments = Vec::new();
        if self.cursor.eat(Symbol::CloseParen) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expr(0)?);
            if self.cursor.eat(Symbol::CloseParen) {
                return Ok(arguments);
            }
            self.cursor.expect(Symbol::Comma, context)?;
        }
    }
}

fn check_count(function: &Function, arguments: &[Expr], span: Span) -> Parsed<()> {
    let (arity, name, got) = (function.arity(), function.name, arguments.len());
    if arity.contains(&got) {
        return Ok(());
    }
    let (least, most) = (*arity.start(), *arity.end());
    let expected = match (got < least, least == most) {
        (_, true) => format!("expected {least} argument(s)"),
        (true, _) => format!("expected at least {least} argument(s)"),
        (false, _) => format!("expected at most {most} argument(s)"),
    };
    Err(Fault::new(span, format!("{expected} in call to {name:?}, got {got}")))
}

fn expect_kind(part: &Expr, kind: Kind, context: &str) -> Parsed<()> {
    let found = part.node.kind();
    if found == kind {
        return Ok(());
    }
    let message = format!("expected type {} in {context}, got {}", kind.name(), found.name());
    Err(Fault::new(part.span, message))
}
