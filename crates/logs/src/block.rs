//! A block: the sealed lines of one unit, as they lie in a day's `.data.db`. Format 1:
//!
//! ```text
//! ┌────────┬──────────┬──────────────────────────────────────────────┬───────────────────────────────────────┐
//! │ format │ checksum │ head                                         │ sections                              │
//! │ u8 = 1 │ u64      │ fingerprint u64, then as LEB128:             │ timestamps │ lengths │ side  │ lines  │
//! │        │          │ seq_to, lines, text bytes, side bytes,       │ pco i64    │ pco u32 │ zstd  │ zstd   │
//! │        │          │ bytes of: timestamps, lengths, side          │            │         │       │        │
//! └────────┴──────────┴──────────────────────────────────────────────┴───────────────────────────────────────┘
//! side, before compression: one byte of level per line │ sets of metadata │ set of each line, if there are several
//! ```
//!
//! Fixed numbers are little-endian. The checksum (xxh3) covers everything behind it. The fingerprint is the
//! stream's and `seq_to` the number of the block's last line: a block that its index row did not mean is told
//! from the right one. Entries stay in the order of their arrival.

mod decode;
mod encode;
#[cfg(test)]
mod tests;

pub(crate) use decode::{Damage, Times, decode, decode_if, decode_times, lengths_fit};
pub(crate) use encode::encode;

/// The first byte of every block of this form. A later form gets the next number; each stays readable.
const FORMAT: u8 = 1;

/// Which block it is: written into it, and checked when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// The fingerprint of the stream's labels.
    pub(crate) fingerprint: u64,
    /// The number of the block's last line in its unit.
    pub(crate) seq_to: u64,
}
