//! Keeps the first lines of an answer while they are found in any order.

use std::collections::BinaryHeap;

use super::Row;
use crate::eval::order::Rank;

/// What a row takes besides its texts, roughly.
const ROW_BYTES: usize = 128;

/// A line that was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) rank: Rank,
    /// The number of the first entry of its chunk.
    pub(super) sequence: u64,
    pub(super) row: Row,
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Found {}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Found {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank.cmp(&other.rank)
    }
}

impl Found {
    pub(super) fn bytes(&self) -> usize {
        let metadata: usize = self.row.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
        ROW_BYTES + self.row.line.len() + metadata
    }
}

/// The best lines so far: no more than there is room for, in number and in bytes.
#[derive(Debug)]
pub(super) struct Selection {
    /// The worst one is on top.
    kept: BinaryHeap<Found>,
    room: usize,
    bytes: usize,
    bytes_max: usize,
    /// Whether lines had to go for their size.
    pub(super) cut: bool,
}

impl Selection {
    pub(super) fn new(room: usize, bytes_max: usize) -> Self {
        Self { kept: BinaryHeap::new(), room, bytes: 0, bytes_max, cut: false }
    }

    /// Whether a line of this rank would be kept.
    pub(super) fn wants(&self, rank: Rank) -> bool {
        if self.kept.len() < self.room {
            true
        } else {
            self.kept.peek().is_some_and(|worst| rank < worst.rank)
        }
    }

    /// Keeps the line, if need be in place of worse ones. One line is always kept, however long it is.
    pub(super) fn add(&mut self, found: Found) {
        self.bytes += found.bytes();
        self.kept.push(found);
        while self.kept.len() > self.room || (self.bytes > self.bytes_max && self.kept.len() > 1) {
            let for_size = self.kept.len() <= self.room;
            if let Some(worst) = self.kept.pop() {
                self.bytes -= worst.bytes();
            }
            if for_size {
                self.cut = true;
                self.room = self.kept.len();
            }
        }
    }

    /// The lines in order.
    pub(super) fn finish(self) -> Vec<Found> {
        self.kept.into_sorted_vec()
    }
}
