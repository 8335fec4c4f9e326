//! `status >= 500 and (method = "GET" or took > 1s)`.
//!
//! `and` binds more tightly than `or`. A comma or nothing at all between two filters means "and", too, but what
//! follows it is taken as a whole: `a, b or c` is `a and (b or c)`.

use model::MatchOp;

use super::selector::matcher_op;
use super::stage::is_stage_keyword;
use super::{Parsed, Parser};
use crate::ast::{Compared, Comparison, LabelFilter};
use crate::fault::Fault;
use crate::lexer::{Symbol, Token};

impl Parser<'_> {
    pub(super) fn label_filter(&mut self) -> Parsed<LabelFilter> {
        self.cursor.deeper()?;
        let mut alternatives = vec![self.label_filters()?];
        while self.cursor.eat_word("or") {
            self.cursor.count_operator()?;
            alternatives.push(self.label_filters()?);
        }
        self.cursor.shallower();
        Ok(LabelFilter::any(alternatives))
    }

    /// Filters with `and` between them.
    fn label_filters(&mut self) -> Parsed<LabelFilter> {
        let mut filters = Vec::new();
        loop {
            filters.push(self.one_label_filter()?);
            if self.cursor.eat_symbol(Symbol::Comma) || self.at_label_filter() {
                self.cursor.count_operator()?;
                filters.push(self.label_filter()?);
            } else if self.cursor.eat_word("and") {
                self.cursor.count_operator()?;
                continue;
            }
            return Ok(LabelFilter::all(filters));
        }
    }

    /// Whether another filter follows without anything between.
    fn at_label_filter(&self) -> bool {
        let keyword = self.cursor.is_word(0, "and") || self.cursor.is_word(0, "or");
        let name = self.cursor.word(0).is_some() && !keyword;
        name || self.cursor.symbol(0) == Some(Symbol::OpenParen)
    }

    fn one_label_filter(&mut self) -> Parsed<LabelFilter> {
        if self.cursor.eat_symbol(Symbol::OpenParen) {
            let filter = self.label_filter()?;
            self.cursor.expect_symbol(Symbol::CloseParen)?;
            return Ok(filter);
        }
        if self.cursor.word(0).is_some_and(is_stage_keyword) {
            return Err(self.cursor.unexpected("a label filter"));
        }
        let name = self.cursor.name()?;
        let symbol = self.cursor.symbol(0);
        if let Some(op) = matcher_op(symbol)
            && (matches!(op, MatchOp::Regex | MatchOp::NotRegex) || self.cursor.is_text(1))
        {
            return self.matcher_value(&name, op).map(LabelFilter::Matcher);
        }
        let Some(op) = comparison(symbol) else {
            return Err(self.cursor.unexpected("a comparison such as =, !=, =~, !~, ==, >, >=, <, <="));
        };
        let op_span = self.cursor.span();
        self.cursor.skip();
        if !self.at_ip() {
            return self.constant(name, op);
        }
        match op {
            Comparison::Equal | Comparison::NotEqual => {
                Ok(LabelFilter::Ip { name, negated: op == Comparison::NotEqual, addresses: self.ip()? })
            }
            _ => Err(Fault::syntax(op_span, "syntax error: ip() works with = and != only")),
        }
    }

    fn constant(&mut self, name: String, op: Comparison) -> Parsed<LabelFilter> {
        let minus = self.cursor.symbol(0) == Some(Symbol::Minus);
        if minus || self.cursor.symbol(0) == Some(Symbol::Plus) {
            self.cursor.skip();
        }
        let filter = match *self.cursor.peek() {
            Token::Number(value) => {
                LabelFilter::Number(Compared { name, op, value: if minus { -value } else { value } })
            }
            Token::Duration(value) if !minus => LabelFilter::Duration(Compared { name, op, value }),
            Token::Bytes(value) if !minus => LabelFilter::Bytes(Compared { name, op, value }),
            _ => {
                return Err(self
                    .cursor
                    .unexpected("a quoted text, a number, a duration, an amount of bytes or ip(\"…\")"));
            }
        };
        self.cursor.skip();
        Ok(filter)
    }
}

fn comparison(symbol: Option<Symbol>) -> Option<Comparison> {
    Some(match symbol? {
        Symbol::Assign | Symbol::Equal => Comparison::Equal,
        Symbol::NotEqual => Comparison::NotEqual,
        Symbol::Greater => Comparison::Greater,
        Symbol::GreaterOrEqual => Comparison::GreaterOrEqual,
        Symbol::Less => Comparison::Less,
        Symbol::LessOrEqual => Comparison::LessOrEqual,
        _ => return None,
    })
}
