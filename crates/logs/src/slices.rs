//! The filters of many blocks, cut across: for each place of a bitmap one *row*, a bit for each block. A text of
//! thirty grams is held against all of them by reading thirty rows of a few bytes, instead of every filter as a
//! whole. Groups are of 64 blocks at first, a *lane* of eight bytes in each row; eight of them become one. Format 1:
//!
//! ```text
//! group   format u8 = 1 │ checksum u64 │ for each block: its id, as LEB128 of the distance to the one before
//! slice   checksum u64 │ rows of as many places as fit into a page of SQLite, each of 8 × lanes bytes
//! ```
//!
//! A group of less than whole lanes is filled up with blocks of the id 0, which do not exist. Slices are derived data,
//! as filters are: where one is missing or damaged, its blocks may hold anything.

use store::varint::{self, Cursor};

use crate::filter::{BITS_MAX, Sought};

const FORMAT: u8 = 1;

/// Blocks in a lane.
pub(crate) const LANE: usize = 64;

/// The widest group. Its rows are read with one cache line each.
pub(crate) const LANES_MAX: usize = 8;

/// So many words of eight bytes fill a page together with what SQLite adds, whatever the lanes.
const WORDS_PER_SLICE: usize = 504;

/// A bit for each block of a group.
pub(crate) type Row = [u64; LANES_MAX];

/// How many places are in one slice.
const fn places_per_slice(lanes: usize) -> usize {
    WORDS_PER_SLICE / lanes
}

/// Which blocks are in a group, by the place of their bits in rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group(Vec<i64>);

impl Group {
    /// Of these blocks, filled up to whole lanes.
    pub(crate) fn new(mut blocks: Vec<i64>) -> Self {
        blocks.resize(blocks.len().next_multiple_of(LANE), 0);
        Self(blocks)
    }

    /// The blocks of all groups, one after the other.
    pub(crate) fn joined<'g>(groups: impl IntoIterator<Item = &'g Self>) -> Self {
        Self(groups.into_iter().flat_map(|group| group.0.iter().copied()).collect())
    }

    pub(crate) fn lanes(&self) -> usize {
        self.0.len() / LANE
    }

    /// Each block's number among the bits of a row, and its id.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = (usize, i64)> {
        self.0.iter().copied().enumerate().filter(|(_, block)| *block > 0)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![FORMAT, 0, 0, 0, 0, 0, 0, 0, 0];
        let mut before = 0;
        for block in &self.0 {
            varint::put_signed(&mut out, block - before);
            before = *block;
        }
        let checksum = store::checksum(&out[9..]);
        out[1..9].copy_from_slice(&checksum.to_le_bytes());
        out
    }

    /// `None` for anything but an undamaged group of this format.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (FORMAT, rest) = bytes.split_first().map(|(format, rest)| (*format, rest))? else { return None };
        let (checksum, rest) = rest.split_first_chunk::<8>()?;
        if store::checksum(rest) != u64::from_le_bytes(*checksum) {
            return None;
        }
        let (mut cursor, mut blocks, mut before) = (Cursor(rest), Vec::new(), 0_i64);
        while !cursor.0.is_empty() {
            before = before.checked_add(cursor.signed()?)?;
            blocks.push(before);
        }
        let lanes = blocks.len() / LANE;
        (blocks.len() % LANE == 0 && (1..=LANES_MAX).contains(&lanes)).then_some(Self(blocks))
    }
}

/// All rows of a group, in memory while it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    lanes: usize,
    words: Vec<u64>,
}

impl Table {
    /// Of at most a lane of bitmaps of [`BITS_MAX`] or of half as many bits.
    pub(crate) fn cut(bitmaps: &[Vec<u8>]) -> Self {
        let mut words = vec![0; BITS_MAX];
        let mut square = [0_u64; LANE];
        for (at, rows) in words.chunks_mut(LANE).enumerate() {
            square.fill(0);
            for (word, bitmap) in square.iter_mut().zip(bitmaps) {
                *word = word_at(bitmap, at);
            }
            transpose(&mut square);
            rows.copy_from_slice(&square[..rows.len()]);
        }
        Self { lanes: 1, words }
    }

    /// The tables side by side.
    pub(crate) fn joined(tables: &[Self]) -> Self {
        let lanes = tables.iter().map(|table| table.lanes).sum();
        let mut words = Vec::with_capacity(BITS_MAX * lanes);
        for place in 0..BITS_MAX {
            for table in tables {
                words.extend_from_slice(&table.words[place * table.lanes..][..table.lanes]);
            }
        }
        Self { lanes, words }
    }

    /// As they are stored.
    pub(crate) fn slices(&self) -> impl Iterator<Item = Vec<u8>> {
        self.words.chunks(places_per_slice(self.lanes) * self.lanes).map(|words| {
            let mut slice = vec![0; 8];
            words.iter().for_each(|word| slice.extend_from_slice(&word.to_le_bytes()));
            let checksum = store::checksum(&slice[8..]);
            slice[..8].copy_from_slice(&checksum.to_le_bytes());
            slice
        })
    }

    /// Of all slices of a group, in their order; `None` if one of them is missing or damaged.
    pub(crate) fn of(lanes: usize, slices: &[Vec<u8>]) -> Option<Self> {
        let mut words = Vec::with_capacity(BITS_MAX * lanes);
        for slice in slices {
            words.extend(rows(slice)?.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)));
        }
        (words.len() == BITS_MAX * lanes).then_some(Self { lanes, words })
    }
}

/// The rows of an undamaged slice.
fn rows(slice: &[u8]) -> Option<&[u8]> {
    let (checksum, rows) = slice.split_first_chunk::<8>()?;
    (store::checksum(rows) == u64::from_le_bytes(*checksum)).then_some(rows)
}

/// The 64 bits at `at` of a bitmap that has as many as the largest, or of one that has half as many: there each bit
/// stands for two.
fn word_at(bitmap: &[u8], at: usize) -> u64 {
    let word = |from: usize, length: usize| {
        let mut word = [0; 8];
        let bytes = bitmap.get(from..).unwrap_or_default();
        let length = length.min(bytes.len());
        word[..length].copy_from_slice(&bytes[..length]);
        u64::from_le_bytes(word)
    };
    if bitmap.len() * 8 == BITS_MAX { word(at * 8, 8) } else { doubled(word(at * 4, 4)) }
}

/// Each of the lowest 32 bits twice.
fn doubled(word: u64) -> u64 {
    let mut spread = word & 0xffff_ffff;
    for (shift, mask) in [
        (16, 0x0000_ffff_0000_ffff_u64),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        spread = (spread | spread << shift) & mask;
    }
    spread | spread << 1
}

/// Bit `j` of word `i` becomes bit `i` of word `j`.
fn transpose(square: &mut [u64; LANE]) {
    let mut width = LANE / 2;
    let mut mask = u64::MAX >> width;
    while width > 0 {
        let mut at = 0;
        while at < LANE {
            let moved = (square[at] >> width ^ square[at + width]) & mask;
            square[at] ^= moved << width;
            square[at + width] ^= moved;
            at = (at + width + 1) & !width;
        }
        width /= 2;
        mask ^= mask << width;
    }
}

/// Which of the `wanted` blocks may hold what is sought. `slice` reads the slice of a number into a buffer; `None`
/// if one that is needed is missing or damaged.
pub(crate) fn ask<E>(
    sought: &Sought,
    lanes: usize,
    wanted: Row,
    mut slice: impl FnMut(usize, &mut Vec<u8>) -> Result<(), E>,
) -> Result<Option<Row>, E> {
    let places = places_per_slice(lanes);
    let mut buffer = Vec::new();
    let mut failed = None;
    let mut row = |place: usize| {
        buffer.clear();
        if let Err(error) = slice(place / places, &mut buffer) {
            failed = Some(error);
            return None;
        }
        let words = rows(&buffer)?.get(place % places * lanes * 8..)?.as_chunks::<8>().0.get(..lanes)?;
        let mut row = [0; LANES_MAX];
        row.iter_mut().zip(words).for_each(|(to, word)| *to = u64::from_le_bytes(*word));
        Some(row)
    };
    let found = sought.among(BITS_MAX, wanted, &mut row);
    failed.map_or(Ok(found), Err)
}

#[cfg(test)]
pub(crate) mod tests;
