//! Makes a syntax tree of lexemes: operators by their precedence, the rest by recursive descent. What does not fit
//! together (a rate of no window, a comparison of numbers without `bool`) is told here and never met by the
//! evaluator.

mod binary;
mod call;
mod cursor;
mod selector;
mod span;

use model::Matcher;
use series::Grouping;
use syntax::Spanned;

use crate::ast::{AggregationOp, Expr, Kind, Node, When};
use crate::fault::{Fault, ParseError};
use crate::lexer::{Symbol, Token};
use cursor::Cursor;

/// A longer query is refused before it is looked at.
pub const QUERY_BYTES_MAX: usize = 128 << 10;

/// Unary signs bind as tightly as `*`, so that only `^` is left to what they stand before.
const UNARY_PRECEDENCE: u8 = 6;

type Parsed<T> = Result<T, Fault>;

/// Reads a query.
///
/// ```
/// assert!(promql::parse("sum by (job) (rate(http_requests_total[5m]))").is_ok());
/// assert_eq!(promql::parse("sum(").unwrap_err().span.start, 4);
/// ```
pub fn parse(query: &str) -> Result<Expr, ParseError> {
    if query.len() > QUERY_BYTES_MAX {
        let message = format!("the query is longer than {QUERY_BYTES_MAX} bytes");
        return Err(ParseError::new(query, Fault::new(syntax::Span::default(), message)));
    }
    whole(query).map_err(|fault| ParseError::new(query, fault))
}

/// Reads a selector alone: `up{job="web"}`, as `match[]` of the API has it.
pub fn parse_selector(text: &str) -> Result<Vec<Matcher>, ParseError> {
    let expr = parse(text)?;
    match expr.node {
        Node::Selector(selector) if selector.when == When::default() => Ok(selector.matchers),
        _ => Err(ParseError::new(text, Fault::new(expr.span, "a selector is wanted here"))),
    }
}

fn whole(query: &str) -> Parsed<Expr> {
    let mut parser = Parser { cursor: Cursor::new(query) };
    if *parser.cursor.peek() == Token::End {
        return Err(Fault::new(parser.cursor.span(), "no expression found in input"));
    }
    let expr = parser.expr(0)?;
    match parser.cursor.peek() {
        Token::End => Ok(expr),
        _ => Err(parser.cursor.unexpected("query", "an operator or the end")),
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
}

impl Parser<'_> {
    /// A part whose operators all bind at least as tightly as `precedence`.
    fn expr(&mut self, precedence: u8) -> Parsed<Expr> {
        self.cursor.deeper()?;
        let start = self.cursor.span();
        let mut left = self.unary()?;
        while let Some(operator) = self.operator().filter(|operator| operator.precedence >= precedence) {
            left = self.binary(left, operator, start)?;
        }
        self.cursor.shallower();
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let start = self.cursor.span();
        let negated = self.cursor.symbol(0) == Some(Symbol::Minus);
        if !negated && self.cursor.symbol(0) != Some(Symbol::Plus) {
            return self.primary();
        }
        self.cursor.count_operator()?;
        self.cursor.skip();
        let of = self.expr(UNARY_PRECEDENCE + 1)?;
        let kind = of.node.kind();
        if !matches!(kind, Kind::Scalar | Kind::Vector) {
            let message = format!(
                "unary expression only allowed on expressions of type scalar or instant vector, got {:?}",
                kind.name()
            );
            return Err(Fault::new(of.span, message));
        }
        let node = match of.node {
            node if !negated => node,
            Node::Number(number) => Node::Number(-number),
            _ => Node::Negated(Box::new(of)),
        };
        Ok(Spanned { node, span: self.cursor.span_from(start) })
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let start = self.cursor.span();
        if self.cursor.eat(Symbol::OpenParen) {
            let inner = self.expr(0)?;
            self.cursor.expect(Symbol::CloseParen, "paren expression")?;
            let whole = Spanned { node: inner.node, span: self.cursor.span_from(start) };
            return self.modified(whole, true);
        }
        let node = match self.cursor.peek().clone() {
            Token::Number(number) | Token::Duration(number) => {
                self.cursor.skip();
                Node::Number(number)
            }
            Token::Text(text) => {
                self.cursor.skip();
                Node::Text(text)
            }
            Token::Word => self.named()?,
            Token::Symbol(Symbol::OpenBrace) => Node::Selector(self.selector(None)?),
            _ => return Err(self.cursor.unexpected("query", "an expression")),
        };
        let part = Spanned { node, span: self.cursor.span_from(start) };
        self.modified(part, false)
    }

    /// What begins with a name: an aggregation, a function, a metric.
    fn named(&mut self) -> Parsed<Node> {
        let Some(word) = self.cursor.word() else { return Err(self.cursor.unexpected("query", "a name")) };
        let span = self.cursor.span();
        self.cursor.skip();
        let is_called = self.cursor.symbol(0) == Some(Symbol::OpenParen);
        let is_grouped = self.cursor.is_word("by") || self.cursor.is_word("without");
        if let Some(op) = AggregationOp::from_word(word).filter(|_| is_called || is_grouped) {
            return self.aggregation(op, span);
        }
        match is_called {
            true => self.call(word, span),
            false => Ok(Node::Selector(self.selector(Some(word))?)),
        }
    }

    /// `by (a, b)` or `without (a, b)`, if it stands here.
    fn grouping(&mut self) -> Parsed<Option<Grouping>> {
        if self.cursor.eat_word("by") {
            return Ok(Some(Grouping::By(self.label_names("grouping opts")?)));
        }
        if self.cursor.eat_word("without") {
            return Ok(Some(Grouping::Without(self.label_names("grouping opts")?)));
        }
        Ok(None)
    }

    /// `(a, "b.c")`
    fn label_names(&mut self, context: &str) -> Parsed<Vec<String>> {
        self.cursor.expect(Symbol::OpenParen, context)?;
        let mut names = Vec::new();
        while !self.cursor.eat(Symbol::CloseParen) {
            names.push(self.label_name(context)?);
            if !self.cursor.eat(Symbol::Comma) {
                self.cursor.expect(Symbol::CloseParen, context)?;
                break;
            }
        }
        Ok(names)
    }

    /// A label's name: any word without a colon, or a text.
    fn label_name(&mut self, context: &str) -> Parsed<String> {
        if let Token::Text(_) = self.cursor.peek() {
            return self.cursor.text(context);
        }
        let Some(name) = self.cursor.word().filter(|word| !word.contains(':')) else {
            return Err(self.cursor.unexpected(context, "label"));
        };
        self.cursor.skip();
        Ok(name.to_owned())
    }
}
