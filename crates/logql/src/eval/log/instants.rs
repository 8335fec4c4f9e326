//! How many lines of a chunk have the same timestamp.

use std::collections::HashMap;

use model::Timestamp;

/// The timestamps of a chunk, ready for many questions.
pub(super) enum Instants<'a> {
    /// In order, as they nearly always are.
    Sorted(&'a [Timestamp]),
    /// Where each timestamp is found.
    Mixed(HashMap<Timestamp, Vec<usize>>),
}

impl<'a> Instants<'a> {
    pub(super) fn new(timestamps: &'a [Timestamp]) -> Self {
        if timestamps.is_sorted() {
            return Self::Sorted(timestamps);
        }
        let mut places: HashMap<Timestamp, Vec<usize>> = HashMap::new();
        for (index, timestamp) in timestamps.iter().enumerate() {
            places.entry(*timestamp).or_default().push(index);
        }
        Self::Mixed(places)
    }

    /// How many of the lines before `index` have this timestamp.
    pub(super) fn count_before(&self, at: Timestamp, index: usize) -> u64 {
        match self {
            Self::Sorted(timestamps) => {
                let before = &timestamps[..index.min(timestamps.len())];
                let first = before.partition_point(|other| *other < at);
                before[first..].partition_point(|other| *other == at) as u64
            }
            Self::Mixed(places) => {
                places.get(&at).map_or(0, |places| places.partition_point(|place| *place < index) as u64)
            }
        }
    }
}
