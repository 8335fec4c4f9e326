//! A source in memory: what a store is to the evaluator.

use ::model::{Labels, Level, Metadata, Timestamp};

use crate::{Chunk, Entries, Scan, Source, SourceError};

/// Chunks of several streams. It leaves out chunks without the needles, as a store does.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    pub(super) chunks: Vec<MemoryChunk>,
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

impl Source for Memory {
    type Chunk = MemoryChunk;

    fn chunks(&self, scan: &Scan) -> Result<Vec<MemoryChunk>, SourceError> {
        let wanted = |chunk: &&MemoryChunk| {
            scan.selector.matches(&chunk.labels)
                && scan.range.overlaps(chunk.span().0, chunk.span().1)
                && scan.needles.iter().all(|needle| chunk.entries.text.contains(needle.as_str()))
        };
        // A store promises no order.
        Ok(self.chunks.iter().filter(wanted).rev().cloned().collect())
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
