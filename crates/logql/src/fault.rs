//! Places in a query, and what can be wrong at them.

use std::fmt;

use syntax::Place;
pub use syntax::{Span, Spanned};

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
    place: Option<Place>,
}

/// In Loki's words: `parse error at line 1, col 7: …`, or `parse error : …` where the text is well-formed but
/// means nothing.
impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(place) => {
                write!(f, "parse error at line {}, col {}: {}", place.line, place.column, self.message)
            }
            None => write!(f, "parse error : {}", self.message),
        }
    }
}

impl std::error::Error for ParseError {}

/// A [`ParseError`] before its line and column are known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    message: String,
    span: Span,
    placed: bool,
}

impl Fault {
    /// The text is not well-formed.
    pub(crate) fn syntax(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, placed: true }
    }

    /// The text is well-formed but means nothing.
    pub(crate) fn meaning(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, placed: false }
    }

    pub(crate) fn in_query(self, query: &str) -> ParseError {
        let place = self.span.place(query);
        ParseError { message: self.message, span: self.span, place: self.placed.then_some(place) }
    }
}
