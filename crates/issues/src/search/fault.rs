//! What can be wrong with a query, where, and what to write instead.

use std::fmt;

pub use syntax::{Place, Span, Spanned};

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFault {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub instead: String,
    /// The bytes of the query that it is about.
    pub span: Span,
    /// Where they begin, as people count.
    pub place: Place,
}

/// `1:7: what is wrong; what to write instead`
impl fmt::Display for QueryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.message, self.instead)
    }
}

impl std::error::Error for QueryFault {}

/// A [`QueryFault`] before its line and column are known.
#[derive(Debug)]
pub(super) struct Fault {
    span: Span,
    message: String,
    instead: String,
}

impl Fault {
    pub(super) fn new(span: Span, message: impl Into<String>, instead: impl Into<String>) -> Self {
        Self { span, message: message.into(), instead: instead.into() }
    }

    pub(super) fn in_query(self, query: &str) -> QueryFault {
        let place = self.span.place(query);
        QueryFault { message: self.message, instead: self.instead, span: self.span, place }
    }
}
