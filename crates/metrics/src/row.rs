//! The numbers of one series in a window that still grows: full pieces are packed, the rest waits as it is.

use crate::chunk::{Row, Run};
use crate::codec;

/// So many numbers become a piece. Few enough that what waits unpacked is little, also with many series.
const PIECE: usize = 64;

/// The numbers of a series at some timestamps of its window.
#[derive(Clone, Debug, Default)]
pub(crate) struct GrowingRow {
    runs: Vec<Run>,
    pieces: Vec<Box<[u8]>>,
    open: Vec<f64>,
}

impl GrowingRow {
    /// The place of the next number must be after that of the last one.
    pub(crate) fn push(&mut self, place: u32, value: f64) {
        match self.runs.last_mut().filter(|run| run.start + run.len == place) {
            Some(run) => run.len += 1,
            None => self.runs.push(Run { start: place, len: 1 }),
        }
        if self.open.capacity() == 0 {
            self.open.reserve_exact(PIECE / 4);
        }
        self.open.push(value);
        if self.open.len() == PIECE {
            self.pieces.push(codec::encode(&self.open).into());
            self.open.clear();
        }
    }

    /// The place of the last number.
    pub(crate) fn last_place(&self) -> Option<u32> {
        self.runs.last().map(|run| run.start + run.len - 1)
    }

    /// The last number.
    pub(crate) fn last_value(&self) -> Option<f64> {
        match self.open.last() {
            Some(value) => Some(*value),
            None => self.pieces.last().and_then(|piece| codec::decode(piece, PIECE)?.pop()),
        }
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        self.pieces.len() * PIECE + self.open.len()
    }

    /// A timestamp was put in at `place`: all from there on are one further.
    pub(crate) fn make_room(&mut self, place: u32) {
        let mut moved = Vec::with_capacity(self.runs.len() + 1);
        for run in &self.runs {
            let end = run.start + run.len;
            if end <= place {
                moved.push(*run);
            } else if run.start >= place {
                moved.push(Run { start: run.start + 1, len: run.len });
            } else {
                moved.push(Run { start: run.start, len: place - run.start });
                moved.push(Run { start: place + 1, len: end - place });
            }
        }
        self.runs = moved;
    }

    /// As a chunk has it.
    pub(crate) fn whole(&self) -> Row {
        let mut values = Vec::with_capacity(self.len());
        for piece in &self.pieces {
            values.extend(codec::decode(piece, PIECE).expect("what was packed here"));
        }
        values.extend_from_slice(&self.open);
        Row { runs: self.runs.clone(), values }
    }
}
