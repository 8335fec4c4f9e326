//! Questions that need several engines: what happened to one request, and why it was answered so.
//!
//! ```ignore
//! let Some(entry) = answers::find(&signals, id, near, now)? else { return not_found() };
//! let page: api::RequestPage = answers::request(&signals, &entry)?;
//! ```
//!
//! Pure: whatever is looked at comes through the trait [`Signals`], which whoever holds the engines implements.

#![forbid(unsafe_code)]

mod access;
mod find;
mod request;
mod signals;
mod why;

pub use access::row;
pub use find::{find, find_near};
pub use request::request;
pub use signals::{Done, Line, Lines, Signals, Span, Thrown};
pub use why::{Explained, explain, remedy};

#[cfg(test)]
mod tests;
