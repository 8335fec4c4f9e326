//! The sidecar of a block or of a tail row: how many lines and bytes it has per minute and level, and the
//! structured metadata if all lines have the same. Histograms and counts are answered from it without decoding
//! a line. It is derived data: where it is missing, damaged or of format 1, the block is counted instead.
//! Format 2:
//!
//! ```text
//! ┌────────┬──────────┬────────────────────────────────────────────┬────────────────────────────────┐
//! │ format │ checksum │ cells, then per cell as LEB128:            │ 0, or 1 and the metadata:      │
//! │ u8 = 2 │ u64      │ minutes since the cell before, kind,       │ pairs, then each pair's        │
//! │        │          │ lines, bytes                               │ name and value                 │
//! └────────┴──────────┴────────────────────────────────────────────┴────────────────────────────────┘
//! kind: the level's number, plus 8 for the lines of the minute's first nanosecond, which have cells of their own
//! ```

use logql::{Cell, Counts};
use model::{Level, Timestamp};

use crate::columns::{self, Columns};
use store::varint::{self, Cursor};

const FORMAT: u8 = 2;

/// Nanoseconds in a minute.
pub(crate) const MINUTE: i64 = 60_000_000_000;

/// Levels, twice.
const KINDS: usize = 16;

/// The minute that an instant is in, counted from the epoch.
pub(crate) fn minute_of(timestamp: Timestamp) -> i64 {
    timestamp.nanos().div_euclid(MINUTE)
}

/// Cells sorted by minute, the first nanosecond's before the others', and by level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sidecar(pub(crate) Counts);

impl Sidecar {
    pub(crate) fn of(columns: &Columns) -> Self {
        let mut cells = Vec::new();
        let mut minute = None;
        let mut counts = [(0_u64, 0_u64); KINDS];
        for ((timestamp, level), length) in
            columns.timestamps.iter().zip(&columns.levels).zip(&columns.lengths)
        {
            // Lines in a row are mostly of one minute; only a change of it costs a division.
            let within = |minute: i64| timestamp.wrapping_sub(minute.wrapping_mul(MINUTE)) as u64;
            if minute.is_none_or(|minute| within(minute) >= MINUTE as u64) {
                flush(&mut cells, minute, &mut counts);
                minute = Some(timestamp.div_euclid(MINUTE));
            }
            let at_start = minute.is_some_and(|minute| within(minute) == 0);
            let (lines, bytes) = &mut counts[usize::from(level | u8::from(at_start) << 3)];
            *lines += 1;
            *bytes += u64::from(*length);
        }
        flush(&mut cells, minute, &mut counts);
        let metadata = match columns.sets.list.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        Self(Counts { cells: merged(cells), metadata })
    }

    /// All lines counted.
    pub(crate) fn lines(&self) -> u64 {
        self.0.cells.iter().map(|cell| cell.lines).sum()
    }

    /// The levels that occur, as bits.
    pub(crate) fn levels(&self) -> u8 {
        self.0.cells.iter().fold(0, |bits, cell| bits | 1 << cell.level.number())
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![FORMAT, 0, 0, 0, 0, 0, 0, 0, 0];
        varint::put(&mut out, self.0.cells.len() as u64);
        let mut before = 0;
        for cell in &self.0.cells {
            varint::put_signed(&mut out, cell.minute - before);
            out.push(cell.level.number() | u8::from(cell.at_start) << 3);
            varint::put(&mut out, cell.lines);
            varint::put(&mut out, cell.bytes);
            before = cell.minute;
        }
        out.push(u8::from(self.0.metadata.is_some()));
        if let Some(metadata) = &self.0.metadata {
            columns::put_set(&mut out, metadata);
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
        let count = cursor.count()?;
        // Each takes four bytes or more.
        let mut cells = Vec::with_capacity(count.min(rest.len() / 4));
        let mut minute = 0_i64;
        for _ in 0..count {
            minute = minute.checked_add(cursor.signed()?)?;
            let kind = u8::try_from(cursor.number()?).ok().filter(|kind| usize::from(*kind) < KINDS)?;
            let (level, at_start) = (Level::from_number(kind & 7)?, kind >> 3 == 1);
            cells.push(Cell { minute, at_start, level, lines: cursor.number()?, bytes: cursor.number()? });
        }
        let metadata = match cursor.number()? {
            0 => None,
            _ => Some(columns::take_set(&mut cursor)?),
        };
        Some(Self(Counts { cells, metadata }))
    }
}

fn flush(cells: &mut Vec<Cell>, minute: Option<i64>, counts: &mut [(u64, u64); KINDS]) {
    let Some(minute) = minute else { return };
    for (kind, count) in counts.iter_mut().enumerate().filter(|(_, (lines, _))| *lines > 0) {
        let (lines, bytes) = std::mem::take(count);
        let level = Level::from_number(kind as u8 & 7).unwrap_or_default();
        cells.push(Cell { minute, at_start: kind >= KINDS / 2, level, lines, bytes });
    }
}

/// Sorted, and those of one kind as one.
fn merged(mut cells: Vec<Cell>) -> Vec<Cell> {
    let kind = |cell: &Cell| (cell.minute, !cell.at_start, cell.level);
    cells.sort_unstable_by_key(kind);
    cells.dedup_by(|next, kept| {
        let same = kind(next) == kind(kept);
        if same {
            kept.lines += next.lines;
            kept.bytes += next.bytes;
        }
        same
    });
    cells.shrink_to_fit();
    cells
}

#[cfg(test)]
mod tests {
    use model::Metadata;
    use proptest::prelude::*;

    use super::*;

    fn metadata(number: u8) -> Metadata {
        vec![("container_id".into(), number.to_string().into())]
    }

    proptest! {
        #[test]
        fn counts_are_those_of_the_lines(
            entries in prop::collection::vec((-10_i64..10, 0_u8..8, 0_usize..9, 0_u8..2), 0..60),
            sets in 1_u8..3,
        ) {
            let mut parts = [Columns::default(), Columns::default()];
            for (index, (half_minutes, level, length, set)) in entries.iter().enumerate() {
                let at = Timestamp::from_nanos(half_minutes * MINUTE / 2);
                let line = "x".repeat(*length);
                parts[index % 2].push(at, Level::from_number(*level).unwrap(), &metadata(set % sets), &line);
            }
            let mut columns = parts[0].clone();
            columns.append(&parts[1]);
            let sidecar = Sidecar::of(&columns);
            for cell in &sidecar.0.cells {
                let inside = entries.iter().filter(|(at, level, ..)| {
                    at.div_euclid(2) == cell.minute
                        && (at.rem_euclid(2) == 0) == cell.at_start
                        && *level == cell.level.number()
                });
                prop_assert_eq!(inside.clone().count() as u64, cell.lines);
                prop_assert_eq!(inside.map(|(_, _, length, _)| *length as u64).sum::<u64>(), cell.bytes);
                prop_assert!(sidecar.levels() & 1 << cell.level.number() != 0);
            }
            prop_assert!(sidecar.0.cells.is_sorted_by_key(|cell| cell.minute));
            prop_assert_eq!(sidecar.lines(), entries.len() as u64);
            let mut sets: Vec<u8> = entries.iter().map(|(_, _, _, set)| set % sets).collect();
            sets.sort_unstable();
            sets.dedup();
            let uniform = if sets.len() == 1 { Some(metadata(sets[0])) } else { None };
            prop_assert_eq!(&sidecar.0.metadata, &uniform);
            prop_assert_eq!(Sidecar::decode(&sidecar.encode()), Some(sidecar));
        }

        #[test]
        fn a_flipped_bit_is_found(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let mut columns = Columns::default();
            columns.push(Timestamp::from_seconds(1_700_000_000), Level::Warn, &metadata(1), "abc");
            let mut bytes = Sidecar::of(&columns).encode();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(Sidecar::decode(&bytes), None);
        }
    }
}
