//! Finding issues: a small language, an index of the words of events, and SQL for what issues themselves know.
//!
//! ```text
//! query ──► parse ──► Query ─┬─ about events: tags, releases, words ──► index ──► fingerprints ─┐
//!                            └─ about issues: status, counts, times ──► SQL ◄──────────────────┘──► issues, sorted
//!
//! event table ──► Indexer (its own thread, its own reader) ──► search/
//! ```
//!
//! Every kept event is a document. All conditions about events hold for one and the same event: what happened in
//! production *and* on Firefox. The index is derived: it says up to which event it has got, and is made anew when it is
//! missing, damaged, or made from another database. It follows within seconds; what is deleted in the database is
//! forgotten by a trigger.

mod amount;
mod beforehand;
mod beside;
mod collector;
mod document;
mod events;
mod fault;
mod field;
mod find;
mod index;
mod indexer;
mod issues;
mod lexer;
mod moment;
mod parser;
mod query;
mod value;
mod words;

#[cfg(test)]
mod tests;

pub use fault::{Place, QueryFault, Span, Spanned};
pub use find::{Find, FindError, Found, Sort, find};
pub use index::{Index, Status};
pub use indexer::Indexer;
pub(crate) use indexer::{open, tidy};
pub use moment::{Moment, When};
pub use parser::{event_id, parse};
pub use query::{Amount, Assignee, Comparison, Condition, Filter, Query, State, Version};
pub use value::Value;

/// Cuts a text into words, for the fuzz targets.
#[cfg(any(fuzzing, test))]
pub(crate) fn cut(text: &str) {
    let words = words::words(text);
    assert!(words.windows(2).all(|two| two[0].position <= two[1].position));
}
