//! The numbers of one series in a window that still grows.

use crate::chunk::{Row, Run};
use crate::steps::{Reader, Steps};

/// Bytes are made room for by so many at least, and an eighth of what is there.
const ROOM: usize = 16;

/// The numbers of a series at some timestamps of its window.
#[derive(Clone, Debug, Default)]
pub(crate) struct GrowingRow {
    /// Runs that are over.
    earlier: Vec<Run>,
    run: Run,
    bytes: Vec<u8>,
    steps: Steps,
    last: f64,
}

impl GrowingRow {
    /// The place of the next number must be after that of the last one.
    pub(crate) fn push(&mut self, place: u32, value: f64) {
        if self.end() == place && self.run.len > 0 {
            self.run.len += 1;
        } else {
            if self.run.len > 0 {
                self.earlier.push(self.run);
            }
            self.run = Run { start: place, len: 1 };
        }
        if self.bytes.capacity() - self.bytes.len() < 10 {
            self.bytes.reserve_exact(ROOM + self.bytes.len() / 8);
        }
        self.steps.push(&mut self.bytes, self.last, value);
        self.last = value;
    }

    /// The place after that of the last number.
    pub(crate) fn end(&self) -> u32 {
        self.run.start + self.run.len
    }

    /// How many bytes are kept on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.earlier.capacity() * size_of::<Run>()
    }

    /// The number at a place.
    pub(crate) fn at(&self, place: u32) -> Option<f64> {
        let mut before = 0;
        for run in self.runs() {
            if (run.start..run.start + run.len).contains(&place) {
                return self.values().nth((before + place - run.start) as usize);
            }
            before += run.len;
        }
        None
    }

    /// A timestamp was put in at `place`: all from there on are one further.
    pub(crate) fn make_room(&mut self, place: u32) {
        let mut moved = Vec::with_capacity(self.earlier.len() + 1);
        for run in self.runs() {
            let end = run.start + run.len;
            if end <= place {
                moved.push(run);
            } else if run.start >= place {
                moved.push(Run { start: run.start + 1, len: run.len });
            } else {
                moved.push(Run { start: run.start, len: place - run.start });
                moved.push(Run { start: place + 1, len: end - place });
            }
        }
        self.run = moved.pop().unwrap_or_default();
        self.earlier = moved;
    }

    fn runs(&self) -> impl Iterator<Item = Run> {
        self.earlier.iter().copied().chain([self.run]).filter(|run| run.len > 0)
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        let mut reader = Reader::new(&self.bytes);
        let mut before = 0.0;
        let written = std::iter::from_fn(move || {
            before = reader.next(before)?;
            Some(before)
        });
        written.chain(std::iter::repeat_n(self.last, self.steps.unwritten() as usize))
    }

    /// As a chunk has it.
    pub(crate) fn whole(&self) -> Row {
        let runs: Vec<Run> = self.runs().collect();
        let mut values = Vec::with_capacity(runs.iter().map(|run| run.len as usize).sum());
        values.extend(self.values());
        Row { runs, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_where_they_were_put() {
        let mut row = GrowingRow::default();
        for (place, value) in [(1, 5.0), (2, 5.0), (3, 0.1), (7, 9.0), (8, 9.0)] {
            row.push(place, value);
        }
        let run = |start, len| Run { start, len };
        assert_eq!(
            row.whole(),
            Row { runs: vec![run(1, 3), run(7, 2)], values: vec![5.0, 5.0, 0.1, 9.0, 9.0] }
        );
        assert_eq!((row.at(0), row.at(2), row.at(7), row.at(5)), (None, Some(5.0), Some(9.0), None));
        row.make_room(2);
        assert_eq!(row.whole().runs, [run(1, 1), run(3, 2), run(8, 2)]);
        row.push(10, 9.0);
        assert_eq!((row.at(2), row.at(3), row.at(10)), (None, Some(5.0), Some(9.0)));
    }
}
