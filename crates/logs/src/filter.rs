//! The filter of a block: which short pieces of text, *grams*, stand in its lines, as a bitmap. A text can only
//! stand in a line that holds each of the text's own grams, so most blocks are ruled out unread, for any
//! substring and not just for whole words. Letters of ASCII count as small ones, so that filters serve searches
//! without regard to case as well. It is derived data: where it is missing or damaged, the block may hold
//! anything. Format 2:
//!
//! ```text
//! ┌────────┬──────────┬──────────────────────────────────────────────────────────────────┐
//! │ format │ checksum │ bitmap: bit i of byte j is set if a gram with the place 8j+i     │
//! │ u8 = 2 │ u64      │ stands in the text; place = hash × bits / 2^64                   │
//! └────────┴──────────┴──────────────────────────────────────────────────────────────────┘
//! ```
//!
//! A gram begins at every byte and has four of them, or five where these four are such as ids and numbers are
//! made of (hexadecimal digits and dashes): there are so few grams of four hexadecimal digits that a block full of ids
//! holds most of them. Of the five grams of an id that hold one and the same dash only two are taken, those in which it
//! stands second or fourth: they tell as much, and would be nearly half of all. All this follows from the bytes alone,
//! so a text has the same grams wherever it stands; only of its last four bytes it may be unknown whether there is a
//! fifth, and then they are not asked for. In filters of format 1 every gram is taken, so they can be asked likewise.
//!
//! The lines stand one after the other in a block, so grams that reach from a line into the next are in the
//! bitmap too. They make it say "maybe" a little oftener, and never "no" where it should not. The values of
//! structured metadata are in it as well: a query cannot always tell whether a label comes from the line.

use logql::Needle;
use model::Eight;

use crate::slices::Row;

const FORMAT: u8 = 2;

/// In which every gram is taken.
const FORMAT_OF_ALL: u8 = 1;

/// Format and checksum.
pub(crate) const HEAD_BYTES: usize = 9;

/// A plain gram's length; one of an id has a byte more.
const GRAM: usize = 4;

/// The bits of the largest bitmap. About four of ten are set by 256 KiB of lines full of unique ids; eight letters of
/// an id then seem to stand in one block of fifty, a whole id in none but its own.
pub(crate) const BITS_MAX: usize = 111 << 9;

/// The smallest bitmap has these.
const BITS_MIN: usize = 111 << 3;

/// More grams of one text only cost.
const GRAMS_MAX: usize = 64;

/// So many bytes are looked at together.
const WINDOW: usize = 4096;

/// The filter of these texts: the lines of a block, and the values beside them.
pub(crate) fn encode<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut seen = vec![0_u8; BITS_MAX];
    let mut window = Window::new();
    texts.into_iter().for_each(|text| add(text, &mut window, &mut seen));
    fold(&mut seen);
    let mut filter = Vec::with_capacity(HEAD_BYTES + seen.len() / 8);
    filter.push(FORMAT);
    filter.extend_from_slice(&[0; 8]);
    filter.extend(seen.as_chunks().0.iter().map(|eight| packed(*eight)));
    let checksum = store::checksum(&filter[HEAD_BYTES..]);
    filter[1..HEAD_BYTES].copy_from_slice(&checksum.to_le_bytes());
    filter
}

/// Marks the grams of a text.
fn add(text: &str, window: &mut Window, seen: &mut [u8]) {
    let mut rest = text.as_bytes();
    loop {
        let taken = rest.len().min(WINDOW);
        window.fill(&rest[..taken]);
        // Bytes instead of bits: writing without reading first is twice as fast.
        window.each(|gram| {
            if let Some(seen) = seen.get_mut(place(hash(gram), BITS_MAX)) {
                *seen = 1;
            }
        });
        if taken < WINDOW {
            break;
        }
        // The next window begins early enough to see the grams whole that this one cut off.
        rest = &rest[WINDOW - GRAM..];
    }
}

/// Halves the map while hardly any of it is set. Two neighbours become one, which is the place that the gram has in a
/// map of half the size.
fn fold(seen: &mut Vec<u8>) {
    let set: usize = seen.iter().map(|seen| usize::from(*seen)).sum();
    while seen.len() > BITS_MIN && set * 5 <= seen.len() {
        let half = seen.len() / 2;
        (0..half).for_each(|at| seen[at] = seen[2 * at] | seen[2 * at + 1]);
        seen.truncate(half);
    }
}

/// Eight bytes of 0 or 1 as the bits of one.
fn packed(eight: [u8; 8]) -> u8 {
    (u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// The bitmap of an undamaged filter.
pub(crate) fn bitmap(filter: &[u8]) -> Option<&[u8]> {
    let (format, rest) = filter.split_first()?;
    let (checksum, bitmap) = rest.split_first_chunk::<8>()?;
    let is_known = matches!(*format, FORMAT | FORMAT_OF_ALL);
    let whole = is_known && !bitmap.is_empty() && store::checksum(bitmap) == u64::from_le_bytes(*checksum);
    whole.then_some(bitmap)
}

/// What a query looks for, ready to be held against filters.
#[derive(Debug)]
pub(crate) struct Sought(Vec<Vec<Grams>>);

/// The hashes of a text's grams.
type Grams = Vec<u64>;

impl Sought {
    pub(crate) fn new(needles: &[Needle]) -> Self {
        let of_needle = |needle: &Needle| needle.0.iter().map(|text| grams(text)).collect();
        let mut sought: Vec<Vec<Grams>> = needles.iter().map(of_needle).collect();
        // A text that is too short stands everywhere, for all that is known.
        sought.retain(|texts| texts.iter().all(|grams| !grams.is_empty()));
        Self(sought)
    }

    /// Whether there is nothing that could be missing anywhere.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a block of this bitmap may hold one of the texts of every needle.
    pub(crate) fn may_stand_in(&self, bitmap: &[u8]) -> bool {
        let is_set = |hash: &u64| {
            let place = place(*hash, bitmap.len() * 8);
            bitmap[place / 8] & (1 << (place % 8)) != 0
        };
        self.0.iter().all(|texts| texts.iter().any(|grams| grams.iter().all(is_set)))
    }

    /// The same of many blocks at once: which of the `wanted` ones may hold one of the texts of every needle. `row`
    /// tells which blocks have the bit of a place; `None` if one that is needed is not to be had.
    pub(crate) fn among(
        &self,
        bits: usize,
        mut wanted: Row,
        row: &mut impl FnMut(usize) -> Option<Row>,
    ) -> Option<Row> {
        for texts in &self.0 {
            let mut any = Row::default();
            for grams in texts {
                let mut all = wanted;
                for hash in grams {
                    if all == Row::default() {
                        break;
                    }
                    let row = row(place(*hash, bits))?;
                    all.iter_mut().zip(row).for_each(|(all, row)| *all &= row);
                }
                any.iter_mut().zip(all).for_each(|(any, all)| *any |= all);
            }
            wanted = any;
        }
        Some(wanted)
    }
}

fn grams(text: &str) -> Grams {
    let mut grams = Vec::new();
    let mut window = Window::new();
    // The beginning of an endless text tells enough.
    window.fill(&text.as_bytes()[..text.len().min(WINDOW)]);
    window.each(|gram| grams.extend((gram != LEFT_OUT).then(|| hash(gram))));
    let step = grams.len().div_ceil(GRAMS_MAX).max(1);
    grams.into_iter().step_by(step).collect()
}

/// Stands for a gram that is not taken: whoever writes may write it, but nobody asks for it.
const LEFT_OUT: u64 = 0;

/// Some bytes, their letters small, and where grams of ids begin.
struct Window {
    /// Eight more than are looked at, so that each can be read together with those behind it.
    bytes: [u8; WINDOW + 8],
    /// 1 where four bytes follow that ids are made of.
    of_id: [u8; WINDOW + 8],
    /// 1 where a gram begins that is taken.
    taken: [u8; WINDOW + 8],
    length: usize,
}

impl Window {
    const fn new() -> Self {
        Self { bytes: [0; WINDOW + 8], of_id: [0; WINDOW + 8], taken: [0; WINDOW + 8], length: 0 }
    }

    fn fill(&mut self, bytes: &[u8]) {
        self.length = bytes.len();
        self.bytes[..self.length].copy_from_slice(bytes);
        // What stands behind the last byte is of an older text, and decides of no gram that is whole.
        let places = || (0..self.length).step_by(8);
        for at in places() {
            let small = Eight::at(&self.bytes, at).small();
            small.put(&mut self.bytes, at);
            let of_id = small.between(b'0', b'9').or(small.between(b'a', b'f')).or(small.are(b'-'));
            Eight(of_id.0).put(&mut self.of_id, at);
        }
        for at in places() {
            let of_id = (1..GRAM).fold(Eight::at(&self.of_id, at).0, |all, further| {
                all & Eight::at(&self.of_id, at + further).0
            });
            Eight(of_id).put(&mut self.of_id, at);
            let dashes = |further| Eight::at(&self.bytes, at + further).are(b'-');
            let with_dash = of_id & dashes(0).or(dashes(2)).or(dashes(4)).0;
            Eight(with_dash ^ u64::from_le_bytes([1; 8])).put(&mut self.taken, at);
        }
    }

    /// Every gram that is known to be whole, as a number, or [`LEFT_OUT`] in its place.
    fn each(&self, mut found: impl FnMut(u64)) {
        const PLAIN: u64 = (1 << (8 * GRAM)) - 1;
        const FIFTH: u64 = 0xff << (8 * GRAM);
        let Some(last) = self.length.checked_sub(GRAM) else { return };
        // Behind the last four bytes of an id a fifth may follow that is not here.
        let count = last + usize::from(self.of_id[last] == 0);
        let places = self.bytes.windows(8).zip(&self.of_id).zip(&self.taken);
        for ((bytes, of_id), taken) in places.take(count) {
            let eight = bytes.try_into().map_or(0, u64::from_le_bytes);
            found(eight & (PLAIN | (FIFTH * u64::from(*of_id))) & u64::from(*taken).wrapping_neg());
        }
    }
}

/// Spreads grams over 64 bits, of which the highest count.
fn hash(gram: u64) -> u64 {
    gram.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn place(hash: u64, bits: usize) -> usize {
    ((u128::from(hash) * bits as u128) >> 64) as usize
}

#[cfg(test)]
mod tests;
