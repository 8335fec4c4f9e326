//! Functions: range aggregations, aggregations of series, `label_replace`, `vector`.

use super::{Parsed, Parser};
use crate::Spanned;
use crate::ast::{
    Aggregation, Expr, Grouping, LabelReplace, Metric, MetricExpr, RangeAggregation, RangeOp, Regexp,
    VectorOp,
};
use crate::fault::Fault;
use crate::lexer::{Symbol, Token};

impl Parser<'_> {
    /// A function of this name, which is next.
    pub(super) fn function(&mut self, name: &str) -> Parsed<MetricExpr> {
        let start = self.cursor.span();
        let node = if let Some(op) = RangeOp::from_text(name) {
            self.range_aggregation(op)?
        } else if let Some(op) = VectorOp::from_text(name) {
            self.aggregation(op)?
        } else if name.eq_ignore_ascii_case("vector") {
            self.vector()?
        } else if name.eq_ignore_ascii_case("label_replace") {
            self.label_replace()?
        } else {
            return Err(Fault::syntax(
                start,
                format!("syntax error: unexpected `{name}`, which is no function of LogQL"),
            ));
        };
        Ok(Spanned { node, span: self.cursor.span_from(start) })
    }

    fn range_aggregation(&mut self, op: RangeOp) -> Parsed<Metric> {
        let start = self.cursor.span();
        self.cursor.skip();
        self.cursor.expect_symbol(Symbol::OpenParen)?;
        let parameter = self.parameter()?;
        let over = self.log_range()?;
        self.cursor.expect_symbol(Symbol::CloseParen)?;
        let grouping = self.grouping()?;
        let aggregation = RangeAggregation { op, parameter, over, grouping };
        match fault_of(&aggregation) {
            Some(message) => Err(Fault::meaning(self.cursor.span_from(start), message)),
            None => Ok(Metric::Range(aggregation)),
        }
    }

    /// `0.99,` before the first argument.
    fn parameter(&mut self) -> Parsed<Option<f64>> {
        let Token::Number(parameter) = *self.cursor.peek() else { return Ok(None) };
        self.cursor.skip();
        self.cursor.expect_symbol(Symbol::Comma)?;
        Ok(Some(parameter))
    }

    fn aggregation(&mut self, op: VectorOp) -> Parsed<Metric> {
        let start = self.cursor.span();
        self.cursor.skip();
        let before = self.grouping()?;
        self.cursor.expect_symbol(Symbol::OpenParen)?;
        let parameter_span = self.cursor.span();
        let parameter = if op.takes_parameter() { Some(self.count(op)?) } else { None };
        if parameter.is_none()
            && matches!(self.cursor.peek(), Token::Number(_))
            && self.cursor.symbol(1) == Some(Symbol::Comma)
        {
            return Err(Fault::meaning(
                parameter_span,
                format!("unsupported parameter for operation {}(", op.text()),
            ));
        }
        let of = Box::new(self.metric_argument(op.text())?);
        self.cursor.expect_symbol(Symbol::CloseParen)?;
        let grouping = match before {
            Some(grouping) => Some(grouping),
            None => self.grouping()?,
        };
        // An empty grouping is the same as none, and only that much of one may stand with sort.
        if grouping.as_ref().is_some_and(|grouping| !grouping.labels.is_empty()) && !op.takes_grouping() {
            let message = format!("grouping not allowed for {} aggregation", op.text());
            return Err(Fault::meaning(self.cursor.span_from(start), message));
        }
        Ok(Metric::Aggregation(Aggregation { op, parameter, of, grouping }))
    }

    /// The k of `topk(k, …)`.
    fn count(&mut self, op: VectorOp) -> Parsed<u64> {
        let span = self.cursor.span();
        let Some(number) = self.parameter()? else {
            return Err(Fault::meaning(span, format!("parameter required for operation {}", op.text())));
        };
        if number < 1.0 || number.fract() != 0.0 || number > 1e9 {
            let message = format!("invalid parameter for {}: write a whole number above zero", op.text());
            return Err(Fault::meaning(span, message));
        }
        Ok(number as u64)
    }

    fn vector(&mut self) -> Parsed<Metric> {
        self.cursor.skip();
        self.cursor.expect_symbol(Symbol::OpenParen)?;
        let Token::Number(value) = *self.cursor.peek() else {
            return Err(self.cursor.unexpected("a number"));
        };
        self.cursor.skip();
        self.cursor.expect_symbol(Symbol::CloseParen)?;
        Ok(Metric::Vector(value))
    }

    fn label_replace(&mut self) -> Parsed<Metric> {
        self.cursor.skip();
        self.cursor.expect_symbol(Symbol::OpenParen)?;
        let of = self.metric_argument("label_replace")?;
        let mut text = |what| {
            self.cursor.expect_symbol(Symbol::Comma)?;
            Parsed::Ok(self.cursor.text(what)?.node)
        };
        let to = text("the label to set, quoted")?;
        let replacement = text("the replacement, quoted")?;
        let from = text("the label to look at, quoted")?;
        self.cursor.expect_symbol(Symbol::Comma)?;
        let regexp = self.cursor.operand("an expression, quoted", Regexp::new)?;
        self.cursor.expect_symbol(Symbol::CloseParen)?;
        Ok(Metric::LabelReplace(Box::new(LabelReplace { of, to, replacement, from, regexp })))
    }

    /// An argument that must be a query for numbers.
    fn metric_argument(&mut self, function: &str) -> Parsed<MetricExpr> {
        let start = self.cursor.span();
        match self.expression()? {
            Expr::Metric(metric) => Ok(metric),
            Expr::Log(_) => {
                let message = format!(
                    "syntax error: {function} needs numbers, not lines; write {function}(count_over_time({{…}}[5m])) or the like"
                );
                Err(Fault::syntax(self.cursor.span_from(start), message))
            }
        }
    }

    /// `by (a, b)` or `without (a, b)`, if it is next.
    fn grouping(&mut self) -> Parsed<Option<Grouping>> {
        let without = self.cursor.is_word(0, "without");
        if !without && !self.cursor.is_word(0, "by") {
            return Ok(None);
        }
        self.cursor.skip();
        Ok(Some(Grouping { without, labels: self.label_list()? }))
    }

    /// `(a, b)`, also without any.
    pub(super) fn label_list(&mut self) -> Parsed<Vec<String>> {
        self.cursor.expect_symbol(Symbol::OpenParen)?;
        if self.cursor.eat_symbol(Symbol::CloseParen) {
            return Ok(Vec::new());
        }
        let mut labels = vec![self.cursor.name()?];
        while self.cursor.eat_symbol(Symbol::Comma) {
            labels.push(self.cursor.name()?);
        }
        self.cursor.expect_symbol(Symbol::CloseParen)?;
        Ok(labels)
    }

    /// `1.5`, `+1.5` or `-1.5`, if it is next.
    pub(super) fn number(&mut self) -> Option<MetricExpr> {
        let start = self.cursor.span();
        let sign = match self.cursor.symbol(0) {
            Some(Symbol::Minus) => -1.0,
            Some(Symbol::Plus) => 1.0,
            _ => 0.0,
        };
        let Token::Number(size) = *self.cursor.token(usize::from(sign != 0.0)) else { return None };
        if sign != 0.0 {
            self.cursor.skip();
        }
        self.cursor.skip();
        let value = if sign < 0.0 { -size } else { size };
        Some(Spanned { node: Metric::Number(value), span: self.cursor.span_from(start) })
    }
}

/// What is wrong with a range aggregation that is well-formed.
fn fault_of(aggregation: &RangeAggregation) -> Option<String> {
    let (op, name) = (aggregation.op, aggregation.op.text());
    let unwraps = aggregation.over.unwrap.is_some();
    if op == RangeOp::QuantileOverTime && aggregation.parameter.is_none() {
        return Some(format!("parameter required for operation {name}"));
    }
    if op != RangeOp::QuantileOverTime && aggregation.parameter.is_some() {
        return Some(format!("parameter not supported for operation {name}"));
    }
    if aggregation.grouping.is_some() && !op.takes_grouping() {
        return Some(format!("grouping not allowed for {name} aggregation"));
    }
    match unwraps {
        true if !op.works_with_unwrap() => Some(format!("invalid aggregation {name} with unwrap")),
        false if !op.works_without_unwrap() => Some(format!("invalid aggregation {name} without unwrap")),
        _ => None,
    }
}
