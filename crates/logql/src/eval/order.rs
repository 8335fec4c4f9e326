//! The order of lines: by time, then by the labels of their stream, then by arrival.

use std::cmp::Ordering;

use model::Timestamp;

use super::log::Direction;
use crate::Chunk;

/// Puts chunks in the order of their streams and of arrival inside each. The place of a chunk in this list
/// stands for both.
pub(super) fn arrange<C: Chunk>(chunks: &mut [C]) {
    chunks.sort_by(compare);
}

fn compare<C: Chunk>(a: &C, b: &C) -> Ordering {
    a.labels().cmp(b.labels()).then_with(|| a.sequence().cmp(&b.sequence()))
}

/// Where a line stands in an answer: less is earlier. Newest first is the exact reverse of oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    time: i64,
    place: u32,
    index: u32,
}

impl Rank {
    /// Of the line `index` of the chunk at `place`.
    pub(super) fn new(direction: Direction, timestamp: Timestamp, place: u32, index: u32) -> Self {
        let nanos = timestamp.nanos();
        match direction {
            Direction::Forward => Self { time: nanos, place, index },
            // The complement reverses the order of integers, all of them.
            Direction::Backward => Self { time: !nanos, place: !place, index: !index },
        }
    }

    /// The best that a line of the chunk at `place` can have, if its timestamps lie between the two.
    pub(super) fn best(direction: Direction, span: (Timestamp, Timestamp), place: u32) -> Self {
        match direction {
            Direction::Forward => Self::new(direction, span.0, place, 0),
            Direction::Backward => Self::new(direction, span.1, place, u32::MAX),
        }
    }

    /// The timestamp of which it was made.
    pub(super) fn timestamp(self, direction: Direction) -> Timestamp {
        Timestamp::from_nanos(match direction {
            Direction::Forward => self.time,
            Direction::Backward => !self.time,
        })
    }
}
