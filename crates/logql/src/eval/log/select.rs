//! Keeps the first lines of an answer while they are found in any order.

use std::collections::{BinaryHeap, HashMap};

use model::Metadata;

use super::Row;
use super::distinct::Key;
use crate::eval::order::Rank;

/// What a row takes besides its texts, roughly.
const ROW_BYTES: usize = 256;

/// A line that was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) rank: Rank,
    /// The number of the first entry of its chunk.
    pub(super) sequence: u64,
    pub(super) row: Row,
    /// What tells it from others, if it must not be like one before.
    pub(super) key: Option<Key>,
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
        let pairs =
            |pairs: &Metadata| pairs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        let row = &self.row;
        let labels = pairs(&row.metadata) + pairs(&row.categories.metadata) + pairs(&row.categories.parsed);
        ROW_BYTES + row.line.len() + labels
    }
}

/// The best lines so far: no more than there is room for, in number and in bytes.
#[derive(Debug)]
pub(super) struct Selection {
    /// The worst one is on top.
    kept: BinaryHeap<Found>,
    /// The ranks of those with a key.
    keys: HashMap<Key, Rank>,
    room: usize,
    bytes: usize,
    bytes_max: usize,
    /// Whether lines had to go for their size.
    pub(super) cut: bool,
}

impl Selection {
    pub(super) fn new(room: usize, bytes_max: usize) -> Self {
        Self { kept: BinaryHeap::new(), keys: HashMap::new(), room, bytes: 0, bytes_max, cut: false }
    }

    /// Whether every line is kept that does not lie behind all others.
    pub(super) fn has_room(&self) -> bool {
        self.kept.len() < self.room
    }

    /// Whether a line of this rank would be kept.
    pub(super) fn wants(&self, rank: Rank) -> bool {
        self.has_room() || self.kept.peek().is_some_and(|worst| rank < worst.rank)
    }

    /// Whether a line of this rank would be kept, other lines with its key considered.
    pub(super) fn wants_key(&self, rank: Rank, key: Option<&Key>) -> bool {
        let known = key.and_then(|key| self.keys.get(key));
        self.wants(rank) && known.is_none_or(|known| rank < *known)
    }

    /// Keeps the line, if need be in place of worse ones. One line is always kept, however long it is.
    pub(super) fn add(&mut self, found: Found) {
        if let Some(key) = &found.key
            && self.keys.insert(key.clone(), found.rank).is_some()
        {
            self.remove(key.clone());
        }
        self.bytes += found.bytes();
        self.kept.push(found);
        while self.kept.len() > self.room || (self.bytes > self.bytes_max && self.kept.len() > 1) {
            let for_size = self.kept.len() <= self.room;
            if let Some(worst) = self.kept.pop() {
                self.bytes -= worst.bytes();
                worst.key.map(|key| self.keys.remove(&key));
            }
            if for_size {
                self.cut = true;
                self.room = self.kept.len();
            }
        }
    }

    /// Takes out the line with this key; a better one comes.
    fn remove(&mut self, key: Key) {
        self.kept.retain(|found| found.key.as_ref() != Some(&key));
        self.bytes = self.kept.iter().map(Found::bytes).sum();
    }

    /// Forgets the lines from this rank on.
    pub(super) fn keep_before(&mut self, rank: Rank) {
        self.kept.retain(|found| found.rank < rank);
    }

    /// The lines in order.
    pub(super) fn finish(self) -> Vec<Found> {
        self.kept.into_sorted_vec()
    }
}
