//! Places in a query, and what can be wrong at them.

use std::fmt;
use std::ops::Range;

/// Bytes of a query, from `start` to before `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The first byte that no longer belongs to it.
    pub end: u32,
}

impl Span {
    /// From byte offsets. Queries are far shorter than 4 GiB.
    pub(crate) fn new(range: Range<usize>) -> Self {
        Self { start: range.start as u32, end: range.end as u32 }
    }

    /// From the beginning of this one to the end of `last`.
    pub(crate) fn to(self, last: Self) -> Self {
        Self { start: self.start, end: last.end.max(self.start) }
    }

    /// The same as a range of indices.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A part of the syntax tree and where it was written. Two are equal if the parts are, wherever they stand.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The part.
    pub node: T,
    /// Where it was written.
    pub span: Span,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
    place: Option<Place>,
}

/// Line and column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    line: usize,
    column: usize,
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
        let before = query.get(..self.span.start as usize).unwrap_or(query);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let place = Place {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        };
        ParseError { message: self.message, span: self.span, place: self.placed.then_some(place) }
    }
}
