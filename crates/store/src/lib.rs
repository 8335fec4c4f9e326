//! SQLite files: opening with a format version, many readers beside one writer, checksums, backup; the list of what is
//! wrong with them, and how far the clock is believed that things expire by.
//!
//! An engine describes each kind of file that it owns by a [`Schema`] and opens it with [`open`]; its queries
//! read beside the writer through [`open_reader`]. Every file is in write-ahead-log mode, so readers and the
//! writer never wait for one another. What cannot be opened is told in one sentence ([`OpenError`]): it is
//! what an operator reads when the start fails.
//!
//! ```text
//! store::open ── new file ──────────────► format 1, 2, … n      (one transaction each)
//!             ├─ file of an older format ► the formats missing  (one transaction each)
//!             ├─ file of this format ────► as it is
//!             └─ newer, foreign, damaged, unwritable ► OpenError; the file is left untouched
//! ```

#![forbid(unsafe_code)]

mod backup;
mod clock;
mod faults;
mod files;
mod horizon;
mod open;
pub mod varint;

pub use backup::{BackupError, backup};
pub use clock::Clock;
pub use faults::{Fault, Faults};
pub use files::{disk_bytes, exists, remove};
pub use horizon::{Doubt, Horizon};
pub use open::{OpenError, open, open_reader, open_shrinking};

/// One kind of SQLite file: what marks it as ours, and how its format came about.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// What the file holds, in words for an operator: `logs index`.
    pub name: &'static str,
    /// Written into the file's header; tells our files from other programs'. Never 0.
    pub application_id: i32,
    /// `versions[i]` is the SQL that brings a file of format `i` to format `i + 1`; format 0 is an empty
    /// file. Entries are only ever added.
    pub versions: &'static [&'static str],
}

/// The checksum of everything that Porthole stores as a blob: xxh3, 64 bits. It finds damage, not forgery.
pub fn checksum(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

#[cfg(test)]
mod tests;
