//! The TOML tree: one file plus the environment, read once into typed values, with all faults reported at
//! once and in place.
//!
//! This crate knows no engine's keys. An engine is given the root [`Section`] and reads what it owns; every
//! key asked for is remembered, so that [`Tree::finish`] can name those which nobody knows.
//!
//! ```ignore
//! let tree = Tree::load(Some(path), std::env::vars())?;
//! let logs = tree.root().section("logs");
//! let retention = logs.duration("retention").unwrap_or(DEFAULT);   // a fault was recorded if it is no duration
//! for fault in tree.finish() {
//!     println!("{fault}");                                         // file:line:column: key: problem; instead
//! }
//! ```
//!
//! An accessor answers `None` both for what is absent and for what is faulty: engines go on with their
//! default, and the faults decide at the end whether anything starts.

#![forbid(unsafe_code)]

mod environment;
mod fault;
mod load;
mod nearest;
mod node;
mod place;
mod read;
mod relabel;
mod secret;
mod section;
mod shown;
mod size;
mod syntax;
mod tree;
mod unknown;
mod written;

pub use fault::Fault;
pub use load::LoadError;
pub use nearest::nearest;
pub use place::Place;
pub use secret::Secret;
pub use section::Section;
pub use shown::Shown;
pub use size::{ByteSize, ParseByteSizeError};
pub use tree::{SetKey, Tree};
pub use written::{Written, WrittenValue};

#[cfg(test)]
mod tests;
