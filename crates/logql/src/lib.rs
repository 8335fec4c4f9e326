//! LogQL: the language that finds log lines and counts them.
//!
//! [`parse`] turns a query into a syntax tree ([`ast`]), or says what is wrong and where. A [`LogQuery`] made
//! of the tree gives pages of lines, marks what its filters matched and tells what a line that arrives just now
//! becomes in its answer; a [`MetricQuery`] gives numbers, at one instant or over a grid of them. Both read entries
//! through [`Source`], which a store implements, and spend no more than a [`Budget`] allows.
//!
//! Everything that Loki's grammar knows is answered, and two stages more: `| distinct a, b` keeps the first line of
//! each combination of values, `| context 3` adds the lines around each line of the answer.
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
mod patterns;
mod source;

pub use ast::Expr;
pub use eval::{
    Budget, Categories, Cursor, DetectedField, Direction, EvalError, FieldParser, Histogram, Instant,
    InstantValue, Levels, LogQuery, Matrix, MetricQuery, Page, ParseCursorError, Row, Rows, Sample, Seen,
    Series, Stats, Warning, detected_fields,
};
pub use fault::{ParseError, Span, Spanned};
pub use parser::{QUERY_BYTES_MAX, parse, parse_selector};
pub use patterns::{Mined, Miner};
pub use source::{Cell, Chunk, Counts, Entries, Needle, Scan, Source, SourceError};
