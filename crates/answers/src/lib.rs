//! Questions that need several engines: what happened to one request, and why it was answered so.
//!
//! ```ignore
//! let Some(entry) = answers::find(&signals, id, near, now)? else { return not_found() };
//! let page: api::RequestPage = answers::request(&signals, &entry)?;
//! ```
//!
//! And what is broken at all: [`Seen`] is what one instant shows, a [`Watch`] makes incidents of it from look to look,
//! [`sentence`] says the worst of them in plain words.
//!
//! ```ignore
//! let looked = watch.look(&seen);
//! let sentence: api::Sentence = answers::sentence(&looked.open, last, calm);
//! ```
//!
//! Pure: whatever is looked at comes as plain facts, or through the trait [`Signals`], which whoever holds the engines
//! implements.

#![forbid(unsafe_code)]

mod access;
mod checklist;
mod deploy;
mod find;
mod incident;
mod links;
mod moment;
mod request;
pub mod seen;
mod sentence;
mod signals;
mod symptom;
mod watch;
mod why;
mod words;

pub use access::row;
pub use api::Evidence;
pub use checklist::{Observed, Whole, checklist};
pub use deploy::{Measured, deploy};
pub use find::{find, find_near};
pub use moment::{Around, evidence};
pub use request::request;
pub use seen::Seen;
pub use sentence::{Calm, of as sentence_of, sentence};
pub use signals::{Done, Line, Lines, Signals, Span, Thrown};
pub use watch::{Looked, Watch};
pub use why::{Explained, explain, remedy};

#[cfg(test)]
mod tests;
