//! The decoders of what lies on disk, for the fuzz targets: no bytes may make them panic or take memory without bound, and
//! what they accept they give out again as the same.

use crate::chunk::{self, Chunk, Row, Run};
use crate::rollup::{Columns, ROWS};
use crate::{file, roster, tail};

/// Takes `bytes` for a chunk, its members, names of series and a row of the tail, with their checksums made right: what lies
/// behind them is to be reached.
pub fn stored(bytes: &[u8]) {
    let whole = with_checksum(bytes, 1);
    if let Ok(read) = Chunk::read(&whole) {
        let rows = if read.timestamps_ms.is_empty() { 0 } else { read.len().min(8) };
        for row in (0..rows).map_while(|index| read.row(index).ok()) {
            let again = chunk::encode(&read.timestamps_ms, std::slice::from_ref(&row));
            let again = Chunk::read(&again).and_then(|chunk| chunk.row(0)).expect("what was written");
            assert_eq!(bits(&again), bits(&row));
        }
        if read.len() >= ROWS {
            let _ = Columns::read(&read, 0);
        }
    }
    let whole = with_checksum(bytes, 0);
    let _ = file::members(&whole);
    let _ = roster::decode(&whole);
    tail::fuzz(&whole);
}

fn bits(row: &Row) -> (&[Run], Vec<u64>) {
    (&row.runs, row.values.iter().map(|value| value.to_bits()).collect())
}

/// The checksum stands behind so many bytes.
fn with_checksum(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut whole = bytes.to_vec();
    if whole.len() > at + 8 {
        let checksum = store::checksum(&whole[at + 8..]);
        whole[at..at + 8].copy_from_slice(&checksum.to_le_bytes());
    }
    whole
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A chunk with a number of every kind.
    fn sample() -> Vec<u8> {
        let at: Vec<i64> = (0..100).map(|number| 1_700_000_000_000 + number * 15_000).collect();
        let row = |of: fn(f64) -> f64, len: u32| Row {
            runs: vec![Run { start: 100 - len, len }],
            values: (0..len).map(|number| of(f64::from(number))).collect(),
        };
        let patched = row(|n| if n == 3.0 { f64::NAN } else { n * n }, 60);
        let rows = [
            row(|_| 5.0, 100),
            row(|n| n, 90),
            row(|n| n * n, 9),
            row(|n| n * n, 99),
            row(f64::sqrt, 40),
            patched,
        ];
        chunk::encode(&at, &rows)
    }

    proptest! {
        #[test]
        fn samples_with_any_bytes_changed_do_not_panic(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = sample();
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            super::stored(&bytes);
            super::stored(&bytes[..cut.index(bytes.len())]);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            super::stored(&bytes);
        }
    }
}
