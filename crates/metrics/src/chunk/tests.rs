use proptest::prelude::*;

use super::*;

/// Rows over `len` timestamps, each with a number or nothing at each of them.
fn row(numbers: &[Option<f64>]) -> Row {
    let mut row = Row::default();
    for (index, number) in numbers.iter().enumerate() {
        let Some(number) = number else { continue };
        row.values.push(*number);
        match row.runs.last_mut().filter(|run| run.start + run.len == index as u32) {
            Some(run) => run.len += 1,
            None => row.runs.push(Run { start: index as u32, len: 1 }),
        }
    }
    row
}

fn bits(row: &Row) -> (Vec<Run>, Vec<u64>) {
    (row.runs.clone(), row.values.iter().map(|value| value.to_bits()).collect())
}

fn chunk() -> impl Strategy<Value = (Vec<i64>, Vec<Row>)> {
    (1_usize..60).prop_flat_map(|len| {
        let number = prop::option::weighted(0.8, prop_oneof![any::<f64>(), (0..9_i32).prop_map(f64::from)]);
        let one = prop::collection::vec(number, len).prop_map(|numbers| row(&numbers));
        let rows =
            prop::collection::vec(one.prop_filter("a row has numbers", |row| !row.values.is_empty()), 0..8);
        (Just((0..len as i64).map(|index| 1_700_000_000_000 + index * 15_000).collect()), rows)
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read((timestamps, rows) in chunk()) {
        let bytes = encode(&timestamps, &rows);
        let chunk = Chunk::read(&bytes).expect("a chunk");
        prop_assert_eq!(&chunk.timestamps_ms[..], &timestamps[..]);
        prop_assert_eq!(chunk.len(), rows.len());
        for (index, row) in rows.iter().enumerate() {
            prop_assert_eq!(bits(&chunk.row(index).expect("a row")), bits(row));
        }
    }

    #[test]
    fn every_damaged_byte_is_found((timestamps, rows) in chunk(), at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let mut bytes = encode(&timestamps, &rows);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(Chunk::read(&bytes).is_err());
    }

    #[test]
    fn no_bytes_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = Chunk::read(&bytes);
        // Past the checksum as well.
        if bytes.len() > HEADER {
            bytes[0] = FORMAT;
            let checksum = store::checksum(&bytes[HEADER..]);
            bytes[1..HEADER].copy_from_slice(&checksum.to_le_bytes());
            if let Ok(chunk) = Chunk::read(&bytes) {
                for index in 0..chunk.len() {
                    let _ = chunk.row(index);
                }
            }
        }
    }
}
