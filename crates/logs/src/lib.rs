//! Logs: pipeline, storage and live tail; a source for LogQL.
//!
//! ```text
//! collectors ── intake ──┐ waits when full            ┌─► follow           live
//! pushes ─────── push ───┤ refused when full          │
//!                        ▼                            │
//!        writer thread: sort by unit ─► commit ───────┼─► picture ◄─ queries
//!                                       tail.db       │      ▲
//!                                         │ 256 KiB   │      │ loads on demand
//!                                         ▼           │      │
//!                                       seal ─────────┘  <day>/<class>.index.db
//!                                         └────────────► <day>/<class>.data.db
//! ```
//!
//! [`open`] gives the handle [`Logs`] and the [`Writer`], which writes while it runs. A *stream* is a set of
//! labels; a *unit* is what it has within one UTC day and retention class. Lines of a unit are numbered; a
//! block's index row says up to which number the unit is sealed (`seq_to`), and tail rows up to there are as
//! good as gone. `storage` tells the protocol, `block` and `row` the formats, `day` and `tail` the
//! files.
//!
//! This crate does not know Docker, nor HTTP. Nothing outside of it touches its files.

#![forbid(unsafe_code)]

mod activity;
mod backup;
mod block;
mod class;
mod clock;
mod columns;
mod config;
mod day;
mod disk;
mod follow;
mod histogram;
mod intake;
mod level;
mod limits;
mod logs;
mod pending;
mod picture;
mod place;
mod reader;
mod readers;
mod row;
mod shared;
mod sidecar;
mod squeeze;
mod status;
mod storage;
mod stream;
mod tail;
mod varint;
mod writer;

pub use activity::{Activity, ServiceActivity};
pub use backup::BackupError;
pub use config::Config;
pub use follow::{Committed, Follow, Followed};
pub use intake::PushError;
pub use logs::{Logs, OpenError, open};
pub use reader::Chunk;
pub use status::{DropReason, Fault, Status};
pub use writer::{Writer, WriterError};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
