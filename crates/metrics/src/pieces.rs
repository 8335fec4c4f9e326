//! What a query takes out of the chunks of days: first it is listed, then several threads decode it, each one a series
//! at a time.

use std::ops::Range;
use std::sync::Arc;

use series::share_out;

use crate::chunk::{Chunk, Damage, Run};
use crate::gather::Gather;
use crate::index::{Index, ReadError};
use crate::place::Place;

/// Fewer numbers than these are not worth a second thread.
const SHARED_MIN: usize = 1 << 16;

/// Chunks, and what each slot of a [`Gather`] has in them, in the order of their time.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    chunks: Vec<Held>,
    of_slots: Vec<Vec<Piece>>,
    numbers: usize,
}

/// A chunk of a day's file.
#[derive(Debug)]
struct Held {
    chunk: Chunk<'static>,
    place: Place,
    index: Arc<Index>,
    /// Which of the index's chunks it is.
    row: usize,
    /// The wanted ones of its timestamps.
    within: Range<u32>,
}

/// A row of a chunk.
#[derive(Clone, Copy, Debug)]
struct Piece {
    chunk: u32,
    row: u32,
}

/// What a slot has.
struct Decoded {
    runs: Vec<(u32, Run)>,
    values: Vec<f64>,
}

impl Pieces {
    /// Lists rows of the chunk that is the `row`th one of a file's index, each with its slot. Gives the numbers that they
    /// have within the instants.
    pub(crate) fn add(
        &mut self,
        chunk: Chunk<'static>,
        (place, index, row): (Place, &Arc<Index>, usize),
        within: Range<u32>,
        wanted: impl Iterator<Item = (usize, u32)>,
    ) -> usize {
        let number = self.chunks.len() as u32;
        let before = self.numbers;
        for (at, slot) in wanted {
            let count = chunk.count(at, &within);
            if count == 0 {
                continue;
            }
            self.numbers += count;
            if self.of_slots.len() <= slot as usize {
                self.of_slots.resize_with(slot as usize + 1, Vec::new);
            }
            self.of_slots[slot as usize].push(Piece { chunk: number, row: at as u32 });
        }
        if self.numbers > before {
            self.chunks.push(Held { chunk, place, index: index.clone(), row, within });
        }
        self.numbers - before
    }

    /// Decodes everything into the slots. Fails with the first chunk that is damaged.
    pub(crate) fn decode(self, gather: &mut Gather) -> Result<(), (Place, ReadError)> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if self.numbers < SHARED_MIN { 1 } else { cores };
        let decoded = share_out(threads, &self.of_slots, |pieces| self.decode_slot(pieces));
        let known: Vec<u32> =
            self.chunks.iter().map(|held| gather.timestamps(&held.chunk.timestamps_ms)).collect();
        for (slot, decoded) in decoded.into_iter().enumerate() {
            let Decoded { runs, values } = decoded.map_err(|(chunk, damage)| self.damaged(chunk, damage))?;
            let runs = runs.into_iter().map(|(chunk, run)| (known[chunk as usize], run));
            gather.append(slot as u32, runs, values);
        }
        Ok(())
    }

    fn decode_slot(&self, pieces: &[Piece]) -> Result<Decoded, (u32, Damage)> {
        let held = |piece: &Piece| (&self.chunks[piece.chunk as usize], piece.row as usize);
        let count = pieces.iter().map(held).map(|(held, row)| held.chunk.count(row, &held.within)).sum();
        let mut decoded =
            Decoded { runs: Vec::with_capacity(pieces.len()), values: Vec::with_capacity(count) };
        for piece in pieces {
            let (held, row) = held(piece);
            let Decoded { runs, values } = &mut decoded;
            let tell = |run| runs.push((piece.chunk, run));
            held.chunk.append(row, &held.within, values, tell).map_err(|damage| (piece.chunk, damage))?;
        }
        Ok(decoded)
    }

    fn damaged(&self, chunk: u32, damage: Damage) -> (Place, ReadError) {
        let Held { place, index, row, .. } = &self.chunks[chunk as usize];
        (*place, index.damage(&index.chunks[*row], damage))
    }
}
