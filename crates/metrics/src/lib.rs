//! Metrics: appender and storage; a source for PromQL.
//!
//! ```text
//! scrapes ─── append ──┐ waits when full          ┌──► head: windows of two hours, in memory ◄── queries
//! remote ──── write ───┤ answered after commit    │       │ over, or too many numbers               │
//!                      ▼                          │       ▼                                         │
//!        writer: a commit every 200 ms ─► tail.db ┴─► seal ─► <day>.db: chunks ◄────────────────────┤
//!                                                             │ the day is over                     │
//!                                                             ├─► merge: chunks of a quarter day    │
//!                                                             └─► <month>.rollup.db: five minutes ◄─┘
//! ```
//!
//! [`open`] gives the handle [`Metrics`] and the [`Writer`], which writes while it runs. Samples of one target at one
//! instant are a [`Scrape`]; its row in `tail.db` and its numbers in the head are the same commit's. Two hours of all
//! targets are a *window*: when it is over, its samples become chunks of about a hundred series each in the file of
//! their day, together with the number of the last row of the tail that they hold. Rows up to there are as good as gone;
//! a crash between any two steps neither loses nor doubles a sample. Once a day's samples are no longer kept as they
//! came, queries read what is left of it in its month's file.
//!
//! Nothing outside of this crate touches its files.

#![forbid(unsafe_code)]

mod about;
mod backup;
mod blob;
pub mod chunk;
pub mod codec;
mod config;
mod disk;
mod exemplars;
mod file;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod gather;
mod head;
mod index;
mod limits;
mod metrics;
mod names;
mod pieces;
mod place;
mod rollup;
mod roster;
mod row;
mod series;
mod shared;
mod source;
mod status;
mod steps;
mod storage;
mod tail;
mod window;
mod writer;

pub use backup::BackupError;
pub use config::Config;
pub use metrics::{Metrics, WriteError, open};
pub use series::{Scrape, Series};
pub use status::{Refused, Room, Status, Written};
pub use storage::{AHEAD_MAX, OpenError};
pub use store::Fault;
pub use writer::Writer;

#[cfg(test)]
mod tests;
