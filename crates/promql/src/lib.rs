//! PromQL: the language that asks series for numbers.
//!
//! [`parse`] turns a query into a syntax tree ([`ast`]), or says what is wrong and where. A [`Query`] made of the
//! tree gives numbers, at one instant or over a grid of them; it reads samples through [`Source`], which a store
//! implements, and spends no more than a [`Budget`] allows.
//!
//! Every stable function, aggregation, modifier and operator of Prometheus 3 on floats and on classic histograms.
//! Native histograms and what Prometheus calls experimental are refused, by name.
//!
//! No I/O, no clock, no async.

#![forbid(unsafe_code)]

pub mod ast;
mod display;
mod eval;
mod fault;
pub mod functions;
mod lexer;
mod literal;
mod parser;
mod source;

pub use ast::Expr;
pub use eval::{Answer, Budget, EvalError, Note, Notes, Query, Value};
pub use fault::ParseError;
pub use parser::{QUERY_BYTES_MAX, parse, parse_selector};
pub use source::{STALE, Samples, Selection, Source, SourceError, Wanted};
