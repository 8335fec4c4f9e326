//! Stretches of time: `5m`, `300`, `step() * 2`, `max_of(step(), 1m)`.

use series::Operator;

use super::{Parsed, Parser};
use crate::ast::{Span, SpanOperator};
use crate::fault::Fault;
use crate::lexer::{Symbol, Token};

const POWER_PRECEDENCE: u8 = 3;

/// The operators and how tightly they bind.
const OPERATORS: [(Symbol, Operator, u8); 6] = [
    (Symbol::Plus, Operator::Add, 1),
    (Symbol::Minus, Operator::Subtract, 1),
    (Symbol::Times, Operator::Multiply, 2),
    (Symbol::Over, Operator::Divide, 2),
    (Symbol::Modulo, Operator::Modulo, 2),
    (Symbol::Power, Operator::Power, POWER_PRECEDENCE),
];

impl Parser<'_> {
    /// Between brackets; constants must be positive.
    pub(super) fn span_in_brackets(&mut self) -> Parsed<Span> {
        let start = self.cursor.span();
        let span = self.time(0)?;
        match span {
            Span::Seconds(seconds) if seconds <= 0.0 => {
                Err(Fault::new(self.cursor.span_from(start), "duration must be greater than 0"))
            }
            span => Ok(span),
        }
    }

    /// Behind `offset`: one part, with a sign before it or in parentheses.
    pub(super) fn span_of_offset(&mut self) -> Parsed<Span> {
        self.signed_time()
    }

    fn time(&mut self, precedence: u8) -> Parsed<Span> {
        self.cursor.deeper()?;
        let mut left = match self.cursor.eat(Symbol::Minus) {
            // As everywhere: only `^` binds more tightly than a sign.
            true => negated(self.time(POWER_PRECEDENCE)?),
            false => self.signed_time()?,
        };
        while let Some((op, own)) = self.time_operator().filter(|(_, own)| *own >= precedence) {
            self.cursor.count_operator()?;
            self.cursor.skip();
            let right = self.time(own + u8::from(op != Operator::Power))?;
            left = Span::Binary(SpanOperator::Arithmetic(op), Box::new([left, right]));
        }
        self.cursor.shallower();
        Ok(left)
    }

    fn time_operator(&self) -> Option<(Operator, u8)> {
        let symbol = self.cursor.symbol(0)?;
        OPERATORS.iter().find(|(other, ..)| *other == symbol).map(|(_, op, precedence)| (*op, *precedence))
    }

    fn signed_time(&mut self) -> Parsed<Span> {
        if self.cursor.eat(Symbol::Plus) {
            return self.single_time();
        }
        if !self.cursor.eat(Symbol::Minus) {
            return self.single_time();
        }
        Ok(negated(self.single_time()?))
    }

    fn single_time(&mut self) -> Parsed<Span> {
        if self.cursor.eat(Symbol::OpenParen) {
            let inner = self.time(0)?;
            self.cursor.expect(Symbol::CloseParen, "duration expression")?;
            return Ok(inner);
        }
        if let Token::Number(seconds) | Token::Duration(seconds) = *self.cursor.peek() {
            return self.constant(seconds);
        }
        for (word, span) in [("step", Span::Step), ("range", Span::Range)] {
            if self.cursor.eat_word(word) {
                self.cursor.expect(Symbol::OpenParen, "duration expression")?;
                self.cursor.expect(Symbol::CloseParen, "duration expression")?;
                return Ok(span);
            }
        }
        for (word, op) in [("min_of", SpanOperator::Min), ("max_of", SpanOperator::Max)] {
            if self.cursor.eat_word(word) {
                return self.time_of_two(op);
            }
        }
        Err(self.cursor.unexpected("duration expression", "a duration"))
    }

    fn constant(&mut self, seconds: f64) -> Parsed<Span> {
        let span = self.cursor.span();
        self.cursor.skip();
        match (seconds * 1e9).abs() < i64::MAX as f64 {
            true => Ok(Span::Seconds(seconds)),
            false => Err(Fault::new(span, "duration out of range")),
        }
    }

    fn time_of_two(&mut self, op: SpanOperator) -> Parsed<Span> {
        self.cursor.expect(Symbol::OpenParen, "duration expression")?;
        let first = self.time(0)?;
        self.cursor.expect(Symbol::Comma, "duration expression")?;
        let second = self.time(0)?;
        self.cursor.expect(Symbol::CloseParen, "duration expression")?;
        Ok(Span::Binary(op, Box::new([first, second])))
    }
}

fn negated(span: Span) -> Span {
    match span {
        Span::Seconds(seconds) => Span::Seconds(-seconds),
        other => Span::Negated(Box::new(other)),
    }
}
