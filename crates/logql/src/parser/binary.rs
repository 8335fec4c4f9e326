//! Operators between queries for numbers, by precedence.

use super::{Parsed, Parser};
use crate::Spanned;
use crate::ast::{Binary, BinaryOp, Expr, Group, Matching, Metric, MetricExpr};
use crate::fault::{Fault, Span};
use crate::lexer::{Symbol, Token};

impl Parser<'_> {
    /// A whole query, or what stands in parentheses.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.cursor.deeper()?;
        let expr = self.operators(0)?;
        self.cursor.shallower();
        Ok(expr)
    }

    /// Operands with operators of at least this precedence between them.
    fn operators(&mut self, least: u8) -> Parsed<Expr> {
        let start = self.cursor.span();
        let mut left = self.operand()?;
        while let Some(op) = self.operator().filter(|op| op.precedence() >= least) {
            self.cursor.count_operator()?;
            let left_span = self.cursor.span_from(start);
            self.cursor.skip();
            let (returns_bool, matching) = self.modifiers(op)?;
            let right_start = self.cursor.span();
            let tighter = op.precedence() + u8::from(!op.is_right_associative());
            let right = self.right_side(tighter)?;
            let right_span = self.cursor.span_from(right_start);
            let left_leg = leg(left, "left", op, left_span)?;
            let right_leg = leg(right, "right", op, right_span)?;
            let binary = Binary { op, returns_bool, matching, left: left_leg, right: right_leg };
            let node = Metric::Binary(Box::new(binary));
            left = Expr::Metric(Spanned { node, span: self.cursor.span_from(start) });
        }
        Ok(left)
    }

    fn right_side(&mut self, least: u8) -> Parsed<Expr> {
        self.cursor.deeper()?;
        let right = self.operators(least)?;
        self.cursor.shallower();
        Ok(right)
    }

    fn operand(&mut self) -> Parsed<Expr> {
        if let Some(number) = self.number() {
            return Ok(Expr::Metric(number));
        }
        if let Some(name) = self.cursor.word(0) {
            return self.function(name).map(Expr::Metric);
        }
        match self.cursor.symbol(0) {
            Some(Symbol::OpenBrace) => self.log().map(Expr::Log),
            Some(Symbol::OpenParen) => {
                self.cursor.skip();
                let inner = self.expression()?;
                self.cursor.expect_symbol(Symbol::CloseParen)?;
                Ok(inner)
            }
            _ => Err(self.cursor.unexpected("a selector such as {service=\"web\"}, a function or a number")),
        }
    }

    /// The operator that is next.
    fn operator(&self) -> Option<BinaryOp> {
        match *self.cursor.peek() {
            Token::Word => self.cursor.word(0).and_then(BinaryOp::from_text),
            Token::Symbol(symbol) => BinaryOp::from_text(symbol.text()),
            _ => None,
        }
    }

    /// `bool on (a) group_left (b)` after the operator.
    fn modifiers(&mut self, op: BinaryOp) -> Parsed<(bool, Option<Matching>)> {
        let span = self.cursor.span();
        let returns_bool = self.cursor.eat_word("bool");
        if returns_bool && !op.is_comparison() {
            return Err(Fault::meaning(span, "bool modifier can only be used on comparison operators"));
        }
        let on = self.cursor.is_word(0, "on");
        if !on && !self.cursor.is_word(0, "ignoring") {
            return Ok((returns_bool, None));
        }
        self.cursor.skip();
        let labels = self.label_list()?;
        let group_span = self.cursor.span();
        let group = self.group()?;
        if group.is_some() && op.is_set() {
            return Err(Fault::meaning(
                group_span,
                format!("no grouping allowed for {} operation", op.text()),
            ));
        }
        Ok((returns_bool, Some(Matching { on, labels, group })))
    }

    fn group(&mut self) -> Parsed<Option<Group>> {
        let left = self.cursor.is_word(0, "group_left");
        if !left && !self.cursor.is_word(0, "group_right") {
            return Ok(None);
        }
        self.cursor.skip();
        // A parenthesis after it can also begin the right side; only labels make it a list.
        let is_list = self.cursor.symbol(0) == Some(Symbol::OpenParen)
            && (self.cursor.symbol(1) == Some(Symbol::CloseParen) || self.is_label_then_list_goes_on());
        let labels = if is_list { self.label_list()? } else { Vec::new() };
        Ok(Some(if left { Group::Left(labels) } else { Group::Right(labels) }))
    }

    fn is_label_then_list_goes_on(&self) -> bool {
        let goes_on = matches!(self.cursor.symbol(2), Some(Symbol::Comma | Symbol::CloseParen));
        self.cursor.word(1).is_some() && goes_on
    }
}

/// A side of an operator: numbers, and for operators on sets series.
fn leg(side: Expr, which: &str, op: BinaryOp, span: Span) -> Parsed<MetricExpr> {
    match side {
        Expr::Log(_) => {
            let message = format!(
                "unexpected type for {which} leg of binary operation ({}): lines; count them, as in \
                 count_over_time({{…}}[5m])",
                op.text()
            );
            Err(Fault::meaning(span, message))
        }
        Expr::Metric(Spanned { node: Metric::Number(_), .. }) if op.is_set() => {
            let message =
                format!("unexpected literal for {which} leg of logical/set binary operation ({})", op.text());
            Err(Fault::meaning(span, message))
        }
        Expr::Metric(metric) => Ok(metric),
    }
}
