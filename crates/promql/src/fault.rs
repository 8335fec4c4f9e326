//! Why a text is no query.

use std::fmt;

use syntax::{Place, Span};

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong.
    pub message: String,
    /// Where, as bytes of the query.
    pub span: Span,
    place: Place,
}

impl ParseError {
    pub(crate) fn new(query: &str, fault: Fault) -> Self {
        Self { message: fault.message, span: fault.span, place: fault.span.place(query) }
    }
}

/// In Prometheus's words: `1:7: parse error: …`.
impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: parse error: {}", self.place, self.message)
    }
}

impl std::error::Error for ParseError {}

/// A [`ParseError`] before its line and column are known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    message: String,
    span: Span,
}

impl Fault {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_left_open_is_told_as_prometheus_tells_it() {
        for (query, expected) in [
            ("sum(x", "1:6: parse error: unclosed left parenthesis"),
            ("sum(", "1:5: parse error: unclosed left parenthesis"),
            ("rate(x[5m)", "1:10: parse error: unexpected \")\" in "),
            ("x[5m", "1:5: parse error: unclosed left bracket"),
            ("x)", "1:2: parse error: unexpected right parenthesis ')'"),
            ("x{a=\"b\"", "1:8: parse error: unexpected end of input inside braces"),
            ("1 +", "1:4: parse error: unexpected end of input"),
        ] {
            let told = crate::parse(query).expect_err(query).to_string();
            assert!(told.starts_with(expected), "{query}: {told}");
        }
    }
}
