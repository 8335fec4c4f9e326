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
//! A query takes three steps, and stops as early as it can. The picture tells which blocks have the wanted
//! streams, instants and levels. Their *filters* (`filter`, `rule_out`) tell which of them cannot hold the
//! wanted texts. Only what is left is read and decompressed, by as many threads as the query likes; counts come
//! from *sidecars* (`sidecar`) without reading any block. Both are derived data: where one is missing, the answer
//! is the same and takes longer.
//!
//! Upkeep, between commits: small blocks are merged (`storage/compact`), days past their retention or without
//! room are deleted (`storage/expire`), unless the clock is doubtful (`store::Horizon`), and blocks are written anew
//! without the lines that somebody asked to be deleted (`deletion`, `storage/delete`).
//!
//! This crate does not know Docker, nor HTTP. Nothing outside of it touches its files.

#![forbid(unsafe_code)]

mod activity;
mod arrival;
mod backup;
mod bitmaps;
mod block;
mod class;
mod columns;
mod config;
mod day;
mod deletion;
mod disk;
mod file;
mod filter;
mod follow;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod histogram;
mod intake;
mod joining;
mod level;
mod limits;
mod logs;
mod masking;
mod pending;
mod picture;
mod pipeline;
mod place;
mod reader;
mod readers;
mod row;
mod rule_out;
mod shared;
mod sidecar;
mod slices;
mod squeeze;
mod status;
mod storage;
mod stream;
mod tail;
mod writer;

pub use activity::{Activity, ServiceActivity};
pub use backup::BackupError;
pub use config::Config;
pub use deletion::{CancelError, DeleteError, Deletion, DeletionState};
pub use file::Files;
pub use follow::{Committed, Follow, Followed};
pub use intake::PushError;
pub use logs::{Logs, OpenError, open};
pub use masking::MaskedCount;
pub use pipeline::DroppedCount;
pub use reader::Chunk;
pub use status::{DropReason, Status};
pub use store::Fault;
pub use writer::{Writer, WriterError};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
