//! Metrics: appender and storage; a source for PromQL.
//!
//! ```text
//! scrapes ─── append ──┐ waits when full          ┌──► head: windows of two hours, in memory ◄── queries
//! remote ──── write ───┤ answered after commit    │       │ over                                    │
//!                      ▼                          │       ▼                                         │
//!        writer: a commit every 200 ms ─► tail.db ┴─► seal ─► <day>.db: chunks ◄────────────────────┘
//! ```
//!
//! [`open`] gives the handle [`Metrics`] and the [`Writer`], which writes while it runs. Samples of one target at one
//! instant are a [`Scrape`]; its row in `tail.db` and its numbers in the head are the same commit's. Two hours of all
//! targets are a *window*: when it is over, its samples become chunks of about a hundred series each in the file of
//! their day, together with the number of the last row of the tail that they hold. Rows up to there are as good as gone;
//! a crash between any two steps neither loses nor doubles a sample.
//!
//! Nothing outside of this crate touches its files.

#![forbid(unsafe_code)]

pub mod chunk;
pub mod codec;
mod config;
mod day;
mod head;
mod index;
mod recent;
mod row;
mod series;
mod series_ids;
mod source;
mod status;
mod storage;
mod tail;
mod window;
mod writer;

pub use config::Config;
pub use recent::{Metrics, WriteError};
pub use series::{Scrape, Series};
pub use status::{Refused, Status};
pub use storage::OpenError;
pub use writer::{Writer, open};

#[cfg(test)]
mod tests;
