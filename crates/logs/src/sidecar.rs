//! The sidecar of a block or of a tail row: how many lines and bytes it has per minute and level. Histograms
//! and counts are answered from it without decoding a line. It is derived data: where it is missing or
//! damaged, the block is counted instead. Format 1:
//!
//! ```text
//! ┌────────┬──────────┬──────────────────────────────────────────────────────────────────────────┐
//! │ format │ checksum │ cells, then per cell as LEB128: minutes since the cell before, level,    │
//! │ u8 = 1 │ u64      │ lines, bytes                                                             │
//! └────────┴──────────┴──────────────────────────────────────────────────────────────────────────┘
//! ```

use model::Timestamp;

use crate::columns::Columns;
use crate::varint::{self, Cursor};

const FORMAT: u8 = 1;

/// Nanoseconds in a minute.
pub(crate) const MINUTE: i64 = 60_000_000_000;

/// The minute that an instant is in, counted from the epoch.
pub(crate) fn minute_of(timestamp: Timestamp) -> i64 {
    timestamp.nanos().div_euclid(MINUTE)
}

/// Lines of one level within one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Counted from the epoch.
    pub(crate) minute: i64,
    /// The level's number.
    pub(crate) level: u8,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
}

/// Cells sorted by minute and level, none of them empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sidecar(pub(crate) Box<[Cell]>);

impl Sidecar {
    pub(crate) fn of(columns: &Columns) -> Self {
        let mut cells = Vec::new();
        let mut minute = None;
        let mut counts = [(0_u64, 0_u64); 8];
        for ((timestamp, level), length) in
            columns.timestamps.iter().zip(&columns.levels).zip(&columns.lengths)
        {
            // Lines in a row are mostly of one minute; only a change of it costs a division.
            let is_outside =
                |minute: i64| timestamp.wrapping_sub(minute.wrapping_mul(MINUTE)) as u64 >= MINUTE as u64;
            if minute.is_none_or(is_outside) {
                flush(&mut cells, minute, &mut counts);
                minute = Some(timestamp.div_euclid(MINUTE));
            }
            let (lines, bytes) = &mut counts[usize::from(*level)];
            *lines += 1;
            *bytes += u64::from(*length);
        }
        flush(&mut cells, minute, &mut counts);
        Self::from_cells(cells)
    }

    /// The counts of all of `parts` together.
    pub(crate) fn merged<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        Self::from_cells(parts.into_iter().flat_map(|part| part.0.iter().copied()).collect())
    }

    /// All lines counted.
    pub(crate) fn lines(&self) -> u64 {
        self.0.iter().map(|cell| cell.lines).sum()
    }

    fn from_cells(mut cells: Vec<Cell>) -> Self {
        cells.sort_unstable_by_key(|cell| (cell.minute, cell.level));
        cells.dedup_by(|next, kept| {
            let same = (next.minute, next.level) == (kept.minute, kept.level);
            if same {
                kept.lines += next.lines;
                kept.bytes += next.bytes;
            }
            same
        });
        Self(cells.into())
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![FORMAT, 0, 0, 0, 0, 0, 0, 0, 0];
        varint::put(&mut out, self.0.len() as u64);
        let mut before = 0;
        for cell in &self.0 {
            varint::put_signed(&mut out, cell.minute - before);
            for number in [u64::from(cell.level), cell.lines, cell.bytes] {
                varint::put(&mut out, number);
            }
            before = cell.minute;
        }
        let checksum = store::checksum(&out[9..]);
        out[1..9].copy_from_slice(&checksum.to_le_bytes());
        out
    }

    /// `None` for anything but an undamaged sidecar of this format.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (FORMAT, rest) = bytes.split_first().map(|(format, rest)| (*format, rest))? else { return None };
        let (checksum, rest) = rest.split_first_chunk::<8>()?;
        if store::checksum(rest) != u64::from_le_bytes(*checksum) {
            return None;
        }
        let mut cursor = Cursor(rest);
        let mut minute = 0_i64;
        let cells = (0..cursor.count()?).map(|_| {
            minute = minute.checked_add(cursor.signed()?)?;
            let level = u8::try_from(cursor.number()?).ok().filter(|level| *level < 8)?;
            Some(Cell { minute, level, lines: cursor.number()?, bytes: cursor.number()? })
        });
        cells.collect::<Option<_>>().map(Self)
    }
}

fn flush(cells: &mut Vec<Cell>, minute: Option<i64>, counts: &mut [(u64, u64); 8]) {
    let Some(minute) = minute else { return };
    for (level, (lines, bytes)) in counts.iter_mut().enumerate().filter(|(_, (lines, _))| *lines > 0) {
        cells.push(Cell { minute, level: level as u8, lines: *lines, bytes: *bytes });
        (*lines, *bytes) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use model::Level;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_are_those_of_the_lines(
            entries in prop::collection::vec((-10_i64..10, 0_u8..8, 0_usize..9), 0..60),
        ) {
            let mut columns = Columns::default();
            for (half_minutes, level, length) in &entries {
                let at = Timestamp::from_nanos(half_minutes * MINUTE / 2);
                columns.push(at, Level::from_number(*level).unwrap(), &Vec::new(), &"x".repeat(*length));
            }
            let sidecar = Sidecar::of(&columns);
            for cell in &sidecar.0 {
                let inside = entries.iter().filter(|(at, level, _)| at.div_euclid(2) == cell.minute && *level == cell.level);
                prop_assert_eq!(inside.clone().count() as u64, cell.lines);
                prop_assert_eq!(inside.map(|(_, _, length)| *length as u64).sum::<u64>(), cell.bytes);
            }
            prop_assert_eq!(sidecar.0.iter().map(|cell| cell.lines).sum::<u64>(), entries.len() as u64);
            prop_assert_eq!(Sidecar::decode(&sidecar.encode()), Some(sidecar.clone()));
            let doubled = Sidecar::merged([&sidecar, &sidecar]);
            prop_assert!(doubled.0.iter().zip(&sidecar.0).all(|(two, one)| two.lines == 2 * one.lines));
        }

        #[test]
        fn a_flipped_bit_is_found(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let mut columns = Columns::default();
            columns.push(Timestamp::from_seconds(1_700_000_000), Level::Warn, &Vec::new(), "abc");
            let mut bytes = Sidecar::of(&columns).encode();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(Sidecar::decode(&bytes), None);
        }
    }
}
