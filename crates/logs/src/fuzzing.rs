//! The decoders of what lies on disk, for the fuzz targets: no bytes may make them panic or take memory without
//! bound, and what they accept they give out again as the same.

use crate::block::{self, Name};
use crate::filter::{self, Sought};
use crate::row;
use crate::sidecar::Sidecar;
use store::varint;

/// Takes `bytes` for a block, a row of the tail, a sidecar and a filter, with their checksums made right: what
/// lies behind them is to be reached.
pub fn stored(bytes: &[u8]) {
    let whole = with_checksum(bytes);
    if let Some(name) = name_in(&whole)
        && let Ok(columns) = block::decode(&whole, name)
    {
        let again = block::encode(name, &columns).expect("zstd in memory");
        assert_eq!(block::decode(&again, name), Ok(columns));
    }
    if let Ok(columns) = row::unpack(&whole) {
        let again = row::pack(&columns).expect("zstd in memory");
        assert_eq!(row::unpack(&again), Ok(columns));
    }
    if let Some(sidecar) = Sidecar::decode(&whole) {
        assert!(sidecar.0.cells.len() <= whole.len());
    }
    if let Some(bitmap) = filter::bitmap(&whole) {
        let needle = logql::Needle(vec!["0123-abcd and words".to_owned()]);
        Sought::new(&[needle]).may_stand_in(bitmap);
    }
}

/// All of them have it in the same place.
fn with_checksum(bytes: &[u8]) -> Vec<u8> {
    let mut whole = bytes.to_vec();
    if whole.len() > 9 {
        let checksum = store::checksum(&whole[9..]);
        whole[1..9].copy_from_slice(&checksum.to_le_bytes());
    }
    whole
}

/// The name that the block says it has.
fn name_in(block: &[u8]) -> Option<Name> {
    let (fingerprint, rest) = block.get(9..)?.split_first_chunk::<8>()?;
    let seq_to = varint::Cursor(rest).number()?;
    Some(Name { fingerprint: u64::from_le_bytes(*fingerprint), seq_to })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn samples_with_any_bytes_changed_do_not_panic(
            which in 0_usize..5,
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            cut in any::<prop::sample::Index>(),
        ) {
            let names = ["block.format-1", "block.format-2", "row.format-1", "sidecar.format-2", "filter.format-1"];
            let name = names[which];
            let mut bytes = std::fs::read(format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            super::stored(&bytes);
            super::stored(&bytes[..cut.index(bytes.len())]);
        }
    }
}
