//! `|= "a" or "b"` and its kin.

use super::{Parsed, Parser};
use crate::ast::{IpMatch, LineFilter, LineMatch, LineOp, LinePattern, Regexp};
use crate::fault::Fault;
use crate::lexer::Symbol;

impl Parser<'_> {
    /// The operator of a line filter, if one comes next.
    pub(super) fn line_op(&self) -> Option<LineOp> {
        Some(match self.cursor.symbol(0)? {
            Symbol::Contains => LineOp::Contains,
            Symbol::NotEqual => LineOp::NotContains,
            Symbol::Matches => LineOp::Matches,
            Symbol::NotMatches => LineOp::NotMatches,
            Symbol::Like => LineOp::Like,
            Symbol::NotLike => LineOp::NotLike,
            _ => return None,
        })
    }

    /// The filter whose operator is next.
    pub(super) fn line_filter(&mut self, op: LineOp) -> Parsed<LineFilter> {
        self.cursor.skip();
        let mut alternatives = vec![self.line_match(op)?];
        while self.cursor.eat_word("or") {
            self.cursor.count_operator()?;
            alternatives.push(self.line_match(op)?);
        }
        Ok(LineFilter { op, alternatives })
    }

    fn line_match(&mut self, op: LineOp) -> Parsed<LineMatch> {
        if self.at_ip() {
            let span = self.cursor.span();
            let addresses = self.ip()?;
            return match op {
                LineOp::Contains | LineOp::NotContains => Ok(LineMatch::Ip(addresses)),
                _ => Err(Fault::meaning(span, format!("ip() works with |= and !=, not with {}", op.text()))),
            };
        }
        let what = "a quoted text or ip(\"…\")";
        match op {
            LineOp::Contains | LineOp::NotContains => Ok(LineMatch::Text(self.cursor.text(what)?.node)),
            LineOp::Matches | LineOp::NotMatches => {
                self.cursor.operand(what, Regexp::new).map(LineMatch::Regexp)
            }
            LineOp::Like | LineOp::NotLike => {
                self.cursor.operand(what, LinePattern::new).map(LineMatch::Pattern)
            }
        }
    }

    pub(super) fn at_ip(&self) -> bool {
        self.cursor.is_word(0, "ip") && self.cursor.symbol(1) == Some(Symbol::OpenParen)
    }

    /// `ip("…")`, which is next.
    pub(super) fn ip(&mut self) -> Parsed<IpMatch> {
        self.cursor.skip();
        self.cursor.expect_symbol(Symbol::OpenParen)?;
        let addresses = self.cursor.operand("a quoted address", IpMatch::new)?;
        self.cursor.expect_symbol(Symbol::CloseParen)?;
        Ok(addresses)
    }
}
