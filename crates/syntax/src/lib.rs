//! What the query languages have in common before they mean anything: places in a query, and texts in quotes.

#![forbid(unsafe_code)]

mod span;
pub mod text;

pub use span::{Place, Span, Spanned};
