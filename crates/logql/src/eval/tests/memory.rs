//! A source in memory: what a store is to the evaluator.

use std::collections::BTreeMap;

use ::model::{Labels, Level, Metadata, Timestamp};

use crate::{Cell, Chunk, Counts, Entries, Needle, Scan, Source, SourceError};

/// Chunks of several streams. It leaves out chunks without the needles, as a store does.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    pub(super) chunks: Vec<MemoryChunk>,
    /// Whether it knows how many lines are in its chunks.
    pub(super) with_counts: bool,
}

/// A chunk, which may be damaged.
#[derive(Clone, Debug)]
pub(super) struct MemoryChunk {
    labels: Labels,
    sequence: u64,
    entries: Entries,
    damaged: bool,
}

/// A line of the source.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) timestamp: Timestamp,
    pub(super) level: Level,
    pub(super) text: String,
    pub(super) metadata: Metadata,
}

impl Memory {
    /// Adds a chunk to a stream; its lines arrived after those of the stream's earlier chunks.
    pub(super) fn add(&mut self, labels: &Labels, lines: &[Line], damaged: bool) {
        let earlier = self.chunks.iter().filter(|chunk| chunk.labels == *labels);
        let sequence = earlier.map(MemoryChunk::lines).sum();
        let mut entries = Entries::default();
        for line in lines {
            entries.text.push_str(&line.text);
            entries.ends.push(entries.text.len() as u32);
            entries.timestamps.push(line.timestamp);
            entries.levels.push(line.level);
            let known = entries.metadata.iter().position(|metadata| *metadata == line.metadata);
            let metadata = known.unwrap_or_else(|| {
                entries.metadata.push(line.metadata.clone());
                entries.metadata.len() - 1
            });
            entries.metadata_of.push(metadata as u32);
        }
        self.chunks.push(MemoryChunk { labels: labels.clone(), sequence, entries, damaged });
    }
}

/// Whether one of the needle's texts is there, ASCII case aside.
fn holds(text: &str, Needle(any): &Needle) -> bool {
    let text = text.to_ascii_lowercase();
    any.iter().any(|needle| text.contains(&needle.to_ascii_lowercase()))
}

impl Source for Memory {
    type Chunk = MemoryChunk;

    fn may_have_metadata(&self, name: &str) -> bool {
        let sets = self.chunks.iter().flat_map(|chunk| &chunk.entries.metadata);
        sets.flatten().any(|(other, _)| **other == *name)
    }

    fn chunks(&self, scan: &Scan) -> Result<Vec<MemoryChunk>, SourceError> {
        let wanted = |chunk: &&MemoryChunk| {
            scan.selector.matches(&chunk.labels)
                && scan.range.overlaps(chunk.span().0, chunk.span().1)
                && scan.needles.iter().all(|needle| holds(&chunk.entries.text, needle))
        };
        // A store promises no order.
        Ok(self.chunks.iter().filter(wanted).rev().cloned().collect())
    }

    fn counts(&self, chunks: &[MemoryChunk]) -> Vec<Option<Counts>> {
        chunks.iter().map(|chunk| (self.with_counts && !chunk.damaged).then(|| chunk.counts())).collect()
    }
}

impl MemoryChunk {
    fn counts(&self) -> Counts {
        const MINUTE: i64 = 60_000_000_000;
        let mut cells: BTreeMap<(i64, bool, Level), (u64, u64)> = BTreeMap::new();
        for index in 0..self.entries.len() {
            let nanos = self.entries.timestamps[index].nanos();
            let at_start = nanos.rem_euclid(MINUTE) == 0;
            let cell =
                cells.entry((nanos.div_euclid(MINUTE), at_start, self.entries.levels[index])).or_default();
            cell.0 += 1;
            cell.1 += self.entries.line(index).len() as u64;
        }
        let cell =
            |((minute, at_start, level), (lines, bytes))| Cell { minute, at_start, level, lines, bytes };
        let metadata = match self.entries.metadata.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        Counts { cells: cells.into_iter().map(cell).collect(), metadata }
    }
}

impl Chunk for MemoryChunk {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn span(&self) -> (Timestamp, Timestamp) {
        let times = self.entries.timestamps.iter().copied();
        (times.clone().min().expect("chunks are not empty"), times.max().expect("chunks are not empty"))
    }

    fn lines(&self) -> u64 {
        self.entries.len() as u64
    }

    fn sequence(&self) -> u64 {
        self.sequence
    }

    fn read(&self) -> Result<Entries, SourceError> {
        match self.damaged {
            true => Err(SourceError(format!("block {} of {} is damaged", self.sequence, self.labels))),
            false => Ok(self.entries.clone()),
        }
    }
}
