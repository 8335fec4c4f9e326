//! A bounded memory of what was written last: the oldest entries make room for the newest.

use std::collections::VecDeque;

/// What an entry costs beside its own bytes.
const ENTRY_BYTES: usize = 48;

/// Entries, numbered from 0 in the order of their arrival. A reader keeps the number it has read up to.
#[derive(Debug)]
pub(crate) struct Ring<T> {
    entries: VecDeque<(T, usize)>,
    /// The number of the oldest entry still here.
    first: u64,
    bytes: usize,
    bytes_max: usize,
}

impl<T> Ring<T> {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { entries: VecDeque::new(), first: 0, bytes: 0, bytes_max }
    }

    /// Adds an entry of that many bytes. The newest entry stays even if it alone is too large.
    pub(crate) fn push(&mut self, entry: T, bytes: usize) {
        let cost = bytes + ENTRY_BYTES;
        self.entries.push_back((entry, cost));
        self.bytes += cost;
        while self.bytes > self.bytes_max && self.entries.len() > 1 {
            if let Some((_, cost)) = self.entries.pop_front() {
                self.bytes -= cost;
                self.first += 1;
            }
        }
    }

    /// The number that the next entry will have.
    pub(crate) fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// The entries from `number` on that are still here, with their numbers.
    pub(crate) fn from(&self, number: u64) -> impl Iterator<Item = (u64, &T)> {
        let skipped = number.saturating_sub(self.first);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX).min(self.entries.len());
        let first = self.first + skipped as u64;
        self.entries
            .range(skipped..)
            .enumerate()
            .map(move |(index, (entry, _))| (first + index as u64, entry))
    }

    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room() {
        let mut ring = Ring::new(3 * (ENTRY_BYTES + 10));
        for entry in 0..10 {
            ring.push(entry, 10);
        }
        let left = |from: u64| ring.from(from).map(|(number, entry)| (number, *entry)).collect::<Vec<_>>();
        assert_eq!(left(0), [(7, 7), (8, 8), (9, 9)]);
        assert_eq!(left(8), [(8, 8), (9, 9)]);
        assert_eq!(left(10), []);
        assert_eq!(left(99), []);
        assert_eq!(ring.end(), 10);
    }

    #[test]
    fn one_entry_may_be_larger_than_the_ring() {
        let mut ring = Ring::new(10);
        ring.push("small", 5);
        ring.push("large", 500);
        assert_eq!(ring.from(0).map(|(_, entry)| *entry).collect::<Vec<_>>(), ["large"]);
    }
}
