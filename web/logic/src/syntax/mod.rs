//! What the boxes of both query languages have in common: tokens, texts in quotes, and what is offered while
//! somebody types.

mod offer;
mod quoting;
mod tokens;

pub use offer::Candidate;
pub(crate) use offer::{known, matching};
pub(crate) use quoting::unquote;
pub use quoting::{escape_regex, quote};
pub(crate) use tokens::{Kind, Token, is_name, logql_tokens, promql_tokens};
