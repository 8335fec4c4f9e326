//! Log entries, and the batches in which they travel.

use crate::{Labels, Multiline, Position, Timestamp};

/// Structured metadata of an entry: names and values beside the line, sorted by name. Most entries of a
/// stream share one set, so stores keep the sets apart from the lines.
pub type Metadata = Vec<(Box<str>, Box<str>)>;

/// One line of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was written, by its source's clock. Not monotonic: clocks step back.
    pub timestamp: Timestamp,
    /// The line without its line break. Bytes that are no UTF-8 were replaced at the edge.
    pub line: String,
    /// What is known beside the line.
    pub metadata: Metadata,
}

/// Entries of one stream, in the order in which they arrived, with the collector's positions after them.
/// Entries and positions are committed in one transaction: either both are kept or neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The stream.
    pub labels: Labels,
    /// In arrival order.
    pub entries: Vec<Entry>,
    /// What the collector wants to find again at its next start.
    pub positions: Vec<Position>,
    /// Which of the entries are to be joined, with each other and with those of the stream's next batch.
    pub multiline: Multiline,
}
