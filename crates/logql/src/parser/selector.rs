//! `{service="web", stream=~"std.*"}`, and matchers wherever else they stand.

use model::{MatchOp, Matcher, Selector};

use super::{Parsed, Parser};
use crate::Spanned;
use crate::fault::Fault;
use crate::lexer::Symbol;

/// Loki's words for a selector that would read every stream.
const SELECTS_EVERYTHING: &str = "queries require at least one regexp or equality matcher that does not have an \
     empty-compatible value. For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will";

impl Parser<'_> {
    /// A selector that does not read every stream.
    pub(super) fn selector(&mut self) -> Parsed<Spanned<Selector>> {
        let selector = self.braces()?;
        if selector.node.0.iter().all(|matcher| matcher.matches_value("")) {
            return Err(Fault::meaning(selector.span, SELECTS_EVERYTHING));
        }
        Ok(selector)
    }

    /// Any selector.
    pub(super) fn braces(&mut self) -> Parsed<Spanned<Selector>> {
        let start = self.cursor.span();
        if !self.cursor.eat_symbol(Symbol::OpenBrace) {
            return Err(self.cursor.unexpected("a selector such as {service=\"web\"}"));
        }
        let mut matchers = Vec::new();
        while !self.cursor.eat_symbol(Symbol::CloseBrace) {
            if !matchers.is_empty() && !self.cursor.eat_symbol(Symbol::Comma) {
                return Err(self.cursor.unexpected("`,` or `}`"));
            }
            let name = self.cursor.name()?;
            let Some(op) = matcher_op(self.cursor.symbol(0)) else {
                return Err(self.cursor.unexpected("one of = != =~ !~"));
            };
            matchers.push(self.matcher_value(&name, op)?);
        }
        Ok(Spanned { node: Selector(matchers), span: self.cursor.span_from(start) })
    }

    /// The operator, which is next, and the text after it.
    pub(super) fn matcher_value(&mut self, name: &str, op: MatchOp) -> Parsed<Matcher> {
        self.cursor.skip();
        self.cursor.operand("a quoted text", |value| {
            Matcher::new(name, op, value).map_err(|error| {
                format!("error parsing regexp: {}: `{}`", last_line(&error.reason), error.pattern)
            })
        })
    }
}

pub(super) fn matcher_op(symbol: Option<Symbol>) -> Option<MatchOp> {
    Some(match symbol? {
        Symbol::Assign => MatchOp::Equal,
        Symbol::NotEqual => MatchOp::NotEqual,
        Symbol::Regex => MatchOp::Regex,
        Symbol::NotMatches => MatchOp::NotRegex,
        _ => return None,
    })
}

/// The regex engine draws the fault over several lines and names it on the last.
fn last_line(reason: &str) -> &str {
    reason.lines().last().unwrap_or_default().trim_start_matches("error: ")
}
