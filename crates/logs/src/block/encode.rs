//! From columns to a block's bytes.

use std::io;

use pco::standalone::simple_compress;
use pco::{ChunkConfig, DeltaSpec, ModeSpec};

use super::ids::Apart;
use super::{FORMAT, Name};
use crate::columns::Columns;
use crate::squeeze;
use store::varint;

/// The block of these entries.
pub(crate) fn encode(name: Name, columns: &Columns) -> io::Result<Vec<u8>> {
    let timestamps = numbers(&columns.timestamps, DeltaSpec::TryConsecutive(1))?;
    let lengths = numbers(&columns.lengths, DeltaSpec::NoOp)?;
    let mut side = Vec::new();
    columns.put_side(&mut side);
    let packed_side = squeeze::compress(squeeze::KEPT, &side)?;
    let apart = Apart::of(&columns.text, columns.values());
    let lines = squeeze::compress(squeeze::KEPT, &apart.text)?;
    let packed_which = squeeze::compress(squeeze::KEPT, &apart.which)?;
    let runs = apart.runs.as_ref();
    let [letters, digits] = [runs.letters, runs.digits];

    let sections = [
        &timestamps[..],
        &lengths,
        &packed_side,
        &lines,
        &apart.ids,
        &packed_which,
        letters.unwrap_or_default(),
        digits.unwrap_or_default(),
    ];
    let mut block = Vec::with_capacity(128 + sections.iter().map(|section| section.len()).sum::<usize>());
    block.push(FORMAT);
    block.extend_from_slice(&[0; 8]);
    block.extend_from_slice(&name.fingerprint.to_le_bytes());
    varint::put(&mut block, name.seq_to);
    for count in [
        columns.len(),
        columns.text.len(),
        side.len(),
        timestamps.len(),
        lengths.len(),
        packed_side.len(),
        apart.text.len(),
        apart.ids.len(),
        apart.which.len(),
        packed_which.len(),
        letters.map_or(0, |list| list.len() + 1),
        digits.map_or(0, |list| list.len() + 1),
        lines.len(),
    ] {
        varint::put(&mut block, count as u64);
    }
    sections.iter().for_each(|section| block.extend_from_slice(section));
    let checksum = store::checksum(&block[9..]);
    block[1..9].copy_from_slice(&checksum.to_le_bytes());
    Ok(block)
}

/// The mode and the differences are given: trying all of them costs as much as the rest of the block and finds
/// nothing better in logs.
fn numbers<T: pco::data_types::Number>(values: &[T], delta: DeltaSpec) -> io::Result<Vec<u8>> {
    let config = ChunkConfig::default()
        .with_compression_level(8)
        .with_mode_spec(ModeSpec::Classic)
        .with_delta_spec(delta);
    simple_compress(values, &config).map_err(io::Error::other)
}
