//! Selectors, and what may follow a part of a query: `[5m]`, `[1h:5m]`, `offset 5m`, `@ start()`.

use model::{MatchOp, Matcher};
use syntax::Spanned;

use super::{Parsed, Parser};
use crate::ast::{At, Expr, Kind, Node, RangeSelector, Selector, Subquery, When};
use crate::fault::Fault;
use crate::lexer::{Symbol, Token};

const NAME: &str = "__name__";

impl Parser<'_> {
    /// `{…}` behind a name, or alone.
    pub(super) fn selector(&mut self, name: Option<&str>) -> Parsed<Selector> {
        let start = self.cursor.span();
        let mut matchers: Vec<Matcher> = name.map(|name| Matcher::equal(NAME, name)).into_iter().collect();
        if self.cursor.eat(Symbol::OpenBrace) {
            while !self.cursor.eat(Symbol::CloseBrace) {
                let matcher = self.matcher(&matchers)?;
                matchers.push(matcher);
                if !self.cursor.eat(Symbol::Comma) {
                    self.cursor.expect(Symbol::CloseBrace, "label matching")?;
                    break;
                }
            }
        }
        if matchers.iter().all(|matcher| matcher.matches_value("")) {
            let message = "vector selector must contain at least one non-empty matcher";
            return Err(Fault::new(self.cursor.span_from(start), message));
        }
        Ok(Selector { matchers, when: When::default() })
    }

    fn matcher(&mut self, before: &[Matcher]) -> Parsed<Matcher> {
        let span = self.cursor.span();
        let is_quoted = matches!(self.cursor.peek(), Token::Text(_));
        let name = self.label_name("label matching")?;
        let op = match self.cursor.symbol(0) {
            Some(Symbol::Assign) => MatchOp::Equal,
            Some(Symbol::NotEqual) => MatchOp::NotEqual,
            Some(Symbol::Matches) => MatchOp::Regex,
            Some(Symbol::NotMatches) => MatchOp::NotRegex,
            // `{"metric.name"}`
            Some(Symbol::Comma | Symbol::CloseBrace) if is_quoted => {
                if let Some(other) = before.iter().find(|matcher| matcher.name() == NAME) {
                    let message =
                        format!("metric name must not be set twice: {:?} or {name:?}", other.value());
                    return Err(Fault::new(span, message));
                }
                return Ok(Matcher::equal(NAME, &name));
            }
            _ => return Err(self.cursor.unexpected("label matching", "label matching operator")),
        };
        self.cursor.skip();
        let span = self.cursor.span();
        let value = self.cursor.text("label matching")?;
        let named_by = before.iter().find(|matcher| matcher.name() == NAME && matcher.op() == MatchOp::Equal);
        if let Some(other) = named_by.filter(|_| name == NAME && op == MatchOp::Equal) {
            let message = format!("metric name must not be set twice: {:?} or {value:?}", other.value());
            return Err(Fault::new(span, message));
        }
        Matcher::new(&name, op, &value).map_err(|error| Fault::new(span, error.to_string()))
    }

    /// What follows a part of a query. What stands in parentheses can only have a subquery made of it.
    pub(super) fn modified(&mut self, mut part: Expr, in_parentheses: bool) -> Parsed<Expr> {
        let mut closed = in_parentheses;
        loop {
            let start = part.span;
            let node = match self.cursor.symbol(0) {
                Some(Symbol::OpenBracket) => self.bracket(part, closed)?,
                Some(Symbol::At) => self.at(part, closed)?,
                _ if self.cursor.is_word("offset") => self.offset(part, closed)?,
                _ if self.cursor.is_word("anchored") || self.cursor.is_word("smoothed") => {
                    let message =
                        "anchored and smoothed are experimental in Prometheus and not supported here";
                    return Err(Fault::new(self.cursor.span(), message));
                }
                _ => return Ok(part),
            };
            part = Spanned { node, span: self.cursor.span_from(start) };
            closed = false;
        }
    }

    /// `[range]` or `[range:step]`.
    fn bracket(&mut self, part: Expr, closed: bool) -> Parsed<Node> {
        let span = self.cursor.span();
        self.cursor.skip();
        let range = self.span_in_brackets()?;
        if self.cursor.eat(Symbol::Colon) {
            let step = match self.cursor.symbol(0) {
                Some(Symbol::CloseBracket) => None,
                _ => Some(self.span_in_brackets()?),
            };
            self.cursor.expect(Symbol::CloseBracket, "subquery selector")?;
            let kind = part.node.kind();
            if kind != Kind::Vector {
                let message =
                    format!("subquery is only allowed on instant vector, got {} instead", kind.name());
                return Err(Fault::new(part.span, message));
            }
            let subquery = Subquery { of: part, range, step, when: When::default() };
            return Ok(Node::Subquery(Box::new(subquery)));
        }
        self.cursor.expect(Symbol::CloseBracket, "subquery or range")?;
        let message = match part.node {
            Node::Selector(of) if !closed => match (&of.when.offset, &of.when.at) {
                (Some(_), _) => "no offset modifiers allowed before range",
                (_, Some(_)) => "no @ modifiers allowed before range",
                _ => return Ok(Node::Range(RangeSelector { of, range })),
            },
            _ => "ranges only allowed for vector selectors",
        };
        Err(Fault::new(span, message))
    }

    fn offset(&mut self, mut part: Expr, closed: bool) -> Parsed<Node> {
        let span = self.cursor.span();
        self.cursor.skip();
        let offset = self.span_of_offset()?;
        let Some(when) = when_of(&mut part.node).filter(|_| !closed) else {
            let message = "offset modifier must be preceded by an instant vector selector or range vector selector \
                           or a subquery";
            return Err(Fault::new(span, message));
        };
        if when.offset.replace(offset).is_some() {
            return Err(Fault::new(span, "offset may not be set multiple times"));
        }
        Ok(part.node)
    }

    fn at(&mut self, mut part: Expr, closed: bool) -> Parsed<Node> {
        let span = self.cursor.span();
        self.cursor.skip();
        let at = self.instant()?;
        let Some(when) = when_of(&mut part.node).filter(|_| !closed) else {
            let message = "@ modifier must be preceded by an instant vector selector or range vector selector or a \
                           subquery";
            return Err(Fault::new(span, message));
        };
        if when.at.replace(at).is_some() {
            return Err(Fault::new(span, "@ <timestamp> may not be set multiple times"));
        }
        Ok(part.node)
    }

    /// A number of seconds, `start()` or `end()`.
    fn instant(&mut self) -> Parsed<At> {
        let span = self.cursor.span();
        for (word, at) in [("start", At::Start), ("end", At::End)] {
            if self.cursor.eat_word(word) {
                self.cursor.expect(Symbol::OpenParen, "@ modifier preprocessor")?;
                self.cursor.expect(Symbol::CloseParen, "@ modifier preprocessor")?;
                return Ok(at);
            }
        }
        let sign = if self.cursor.eat(Symbol::Minus) { -1.0 } else { 1.0 };
        if sign > 0.0 {
            self.cursor.eat(Symbol::Plus);
        }
        let (Token::Number(seconds) | Token::Duration(seconds)) = *self.cursor.peek() else {
            return Err(self.cursor.unexpected("@ modifier", "timestamp"));
        };
        self.cursor.skip();
        // Nanoseconds since the epoch have to fit into 64 bits.
        if !(seconds * 1e9).is_finite() || (seconds * 1e9) >= i64::MAX as f64 {
            let message = format!("timestamp out of bounds for @ modifier: {seconds}");
            return Err(Fault::new(span, message));
        }
        Ok(At::Seconds(sign * seconds))
    }
}

fn when_of(node: &mut Node) -> Option<&mut When> {
    match node {
        Node::Selector(selector) => Some(&mut selector.when),
        Node::Range(range) => Some(&mut range.of.when),
        Node::Subquery(subquery) => Some(&mut subquery.when),
        _ => None,
    }
}
