//! Reads a query: recursive descent over the lexemes, precedence climbing for operators. It accepts what Loki's
//! grammar accepts, and besides that keywords wherever only a label's name can stand.

mod binary;
mod cursor;
mod label_filter;
mod line_filter;
mod log;
mod metric;
mod range;
mod selector;
mod stage;

use cursor::Cursor;
use model::Selector;

use crate::ast::Expr;
use crate::fault::{Fault, ParseError, Span};
use crate::lexer::Token;

/// Longer queries are refused.
pub const QUERY_BYTES_MAX: usize = 128 << 10;

/// What parsing a part of a query gives.
type Parsed<T> = Result<T, Fault>;

/// Reads a query.
pub fn parse(query: &str) -> Result<Expr, ParseError> {
    whole(query, Parser::expression)
}

/// Reads a selector alone, as the calls that list labels and streams take it. It may select every stream.
pub fn parse_selector(text: &str) -> Result<Selector, ParseError> {
    whole(text, Parser::braces).map(|selector| selector.node)
}

/// Reads a text that is one `part` and nothing more.
fn whole<'a, T>(text: &'a str, part: impl FnOnce(&mut Parser<'a>) -> Parsed<T>) -> Result<T, ParseError> {
    if text.len() > QUERY_BYTES_MAX {
        let message = format!("input size too long ({} > {QUERY_BYTES_MAX})", text.len());
        return Err(Fault::meaning(Span::default(), message).in_query(text));
    }
    let mut parser = Parser { cursor: Cursor::new(text) };
    let read = part(&mut parser).and_then(|read| match parser.cursor.peek() {
        Token::End => Ok(read),
        _ => Err(parser.cursor.unexpected("the end of the query or an operator")),
    });
    read.map_err(|fault| fault.in_query(text))
}

/// The grammar, spread over this module's files: one method per rule.
struct Parser<'a> {
    cursor: Cursor<'a>,
}

#[cfg(test)]
pub(crate) mod tests;
