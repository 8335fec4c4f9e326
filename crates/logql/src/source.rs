//! What LogQL reads: chunks of entries, newest or oldest first. A store implements [`Source`]; the evaluator
//! decides how far to read.

use model::{Labels, Level, Metadata, Selector, TimeRange, Timestamp};

use crate::Levels;
use crate::eval::EntryRef;

/// Reads stored entries, from several threads at once. Implementations answer from their index alone; nothing
/// is decoded before [`Chunk::read`].
pub trait Source: Sync {
    /// A run of entries of one stream that is decoded as a whole.
    type Chunk: Chunk;

    /// Every chunk of the selected streams that may hold an entry that [`Scan`] asks for, in any order. Which
    /// streams are selected is the source's word; chunks may hold other instants, levels and lines than were
    /// asked for, the evaluator filters those. A chunk that can be seen to hold no wanted line is best left
    /// out.
    fn chunks(&self, scan: &Scan) -> Result<Vec<Self::Chunk>, SourceError>;

    /// Whether an entry may have structured metadata of this name, `detected_level` aside.
    fn may_have_metadata(&self, _name: &str) -> bool {
        true
    }

    /// Whether a chunk is left out only if its needles stand in no value of structured metadata either. Then a
    /// filter such as `| json | user="4711"` gives a needle too, wherever the label comes from.
    fn looks_through_metadata(&self) -> bool {
        false
    }

    /// How many lines and bytes each of `chunks` has, one answer for each: `None` where only decoding tells.
    fn counts(&self, chunks: &[Self::Chunk]) -> Vec<Option<Counts>> {
        chunks.iter().map(|_| None).collect()
    }
}

/// What to look for.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The streams.
    pub selector: Selector,
    /// The instants.
    pub range: TimeRange,
    /// The levels.
    pub levels: Levels,
    /// What the text of every wanted line holds (derived from the whole pipeline): all of these. A hint for
    /// leaving chunks out.
    pub needles: Vec<Needle>,
}

/// Texts of at least four bytes, at least one of which stands in every wanted line, ASCII letters in either
/// case. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle(pub Vec<String>);

/// What is known about a chunk without decoding it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sorted by minute; none of them empty.
    pub cells: Vec<Cell>,
    /// The structured metadata of every entry, if they all have the same.
    pub metadata: Option<Metadata>,
}

/// Entries of one level within one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Counted from the epoch.
    pub minute: i64,
    /// Only the entries of the very first nanosecond of the minute, instead of only the others: windows
    /// exclude their first instant and include their last.
    pub at_start: bool,
    /// Their level.
    pub level: Level,
    /// How many there are.
    pub lines: u64,
    /// The bytes of their lines.
    pub bytes: u64,
}

/// A run of entries of one stream.
pub trait Chunk: Send + Sync {
    /// The stream's labels.
    fn labels(&self) -> &Labels;
    /// The earliest and the latest timestamp inside, both inclusive.
    fn span(&self) -> (Timestamp, Timestamp);
    /// How many entries there are.
    fn lines(&self) -> u64;
    /// The number of its first entry, counted in the order in which the stream's entries arrived; the others
    /// count on from there without gaps. Of two chunks of one stream the one with the smaller number is the
    /// earlier. Sealing and merging change chunks but not these numbers: cursors and links to lines rest on
    /// their order.
    fn sequence(&self) -> u64;
    /// Decodes the entries, in the order of their arrival. A chunk that turns out damaged is an error that
    /// names it; the evaluator goes on without it and warns.
    fn read(&self) -> Result<Entries, SourceError>;
    /// Decodes the entries if `wanted` says so of their text: all lines, one after the other. A source that can tell
    /// by the text alone saves the rest.
    fn read_if(&self, wanted: &mut dyn FnMut(&[u8]) -> bool) -> Result<Option<Entries>, SourceError> {
        let entries = self.read()?;
        Ok(wanted(entries.text.as_bytes()).then_some(entries))
    }
}

/// Decoded entries of one chunk: parallel columns over one text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entries {
    /// All lines, one after the other, without separators.
    pub text: String,
    /// Where each line ends in `text`.
    pub ends: Vec<u32>,
    /// When each line was written, in arrival order.
    pub timestamps: Vec<Timestamp>,
    /// The level found in each line.
    pub levels: Vec<Level>,
    /// The distinct sets of structured metadata.
    pub metadata: Vec<model::Metadata>,
    /// Which of them each line has.
    pub metadata_of: Vec<u32>,
}

impl Entries {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The line at `index`.
    pub fn line(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.text[start..self.ends[index] as usize]
    }

    /// The entry at `index`.
    pub(crate) fn entry(&self, index: usize) -> EntryRef<'_> {
        EntryRef {
            timestamp: self.timestamps[index],
            level: self.levels[index],
            line: self.line(index),
            metadata: self.metadata(index),
        }
    }

    /// The structured metadata of the line at `index`.
    pub fn metadata(&self, index: usize) -> &model::Metadata {
        &self.metadata[self.metadata_of[index] as usize]
    }
}

/// Why stored entries cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub String);
