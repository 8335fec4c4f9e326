//! A block: the sealed lines of one unit, as they lie in a day's `.data.db`. Format 2:
//!
//! ```text
//! ┌────────┬──────────┬────────────────────────────────────────────┬─────────────────────────────────────────────────┐
//! │ format │ checksum │ head                                       │ sections                                        │
//! │ u8 = 2 │ u64      │ fingerprint u64, then as LEB128:           │ timestamps │ lengths │ side │ lines │ ids │ runs │
//! │        │          │ seq_to, lines, text bytes, side bytes,     │ pco i64    │ pco u32 │ zstd │ zstd  │     │      │
//! │        │          │ bytes of: timestamps, lengths, side, then  │            │         │      │       │     │      │
//! │        │          │ bytes of: short text, ids, which, packed   │            │         │      │       │     │      │
//! │        │          │ which, runs with letters, without letters, │            │         │      │       │     │      │
//! │        │          │ each + 1 or 0 if unknown; bytes of lines   │            │         │      │       │     │      │
//! └────────┴──────────┴────────────────────────────────────────────┴─────────────────────────────────────────────────┘
//! side, before compression: one byte of level per line │ sets of metadata │ set of each line, if there are several
//! ids: sixteen bytes each │ which, zstd
//! ```
//!
//! Fixed numbers are little-endian. The checksum (xxh3) covers everything behind it. The fingerprint is the
//! stream's and `seq_to` the number of the block's last line: a block that its index row did not mean is told
//! from the right one. Entries stay in the order of their arrival. What ids, which and runs are `ids` says; in format 1
//! there are none, and the lines stand there as they are.

mod decode;
mod encode;
mod id;
mod ids;
mod runs;
mod sought;
#[cfg(test)]
mod tests;

pub(crate) use decode::{Damage, Times, decode, decode_if, decode_times, lengths_fit};
pub(crate) use encode::encode;
pub(crate) use sought::SoughtRuns;

/// The first byte of every block of this form. A later form gets the next number; each stays readable.
const FORMAT: u8 = 2;

/// In which ids are not kept apart.
const FORMAT_WITHOUT_IDS: u8 = 1;

/// Which block it is: written into it, and checked when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// The fingerprint of the stream's labels.
    pub(crate) fingerprint: u64,
    /// The number of the block's last line in its unit.
    pub(crate) seq_to: u64,
}
