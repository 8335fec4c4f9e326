//! LogQL: the language that finds log lines and counts them.
//!
//! [`parse`] turns a query into a syntax tree ([`ast`]), or says what is wrong and where. A [`LogQuery`] made
//! of the tree gives pages of lines, marks what its filters matched and tells whether a line that arrives just
//! now belongs to it; a [`MetricQuery`] gives numbers, at one instant or over a grid of them. Both read entries
//! through [`Source`], which a store implements, and spend no more than a [`Budget`] allows.
//!
//! The whole grammar is parsed. What is not evaluated yet answers [`EvalError::NotYet`].
//!
//! No I/O, no clock, no async.

#![forbid(unsafe_code)]

pub mod ast;
mod display;
mod eval;
mod fault;
mod lexer;
mod literal;
mod operand;
mod parser;
mod source;

pub use ast::Expr;
pub use eval::{
    Budget, Cursor, Direction, EvalError, Histogram, Instant, InstantValue, Levels, LogQuery, Matrix,
    MetricQuery, Page, ParseCursorError, Row, Rows, Sample, Series, Stats, Warning,
};
pub use fault::{ParseError, Span, Spanned};
pub use parser::{QUERY_BYTES_MAX, parse, parse_selector};
pub use source::{Chunk, Entries, Scan, Source, SourceError};
