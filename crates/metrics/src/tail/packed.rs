//! The numbers of a scrape as a row has them, behind a checksum.

use store::varint::Cursor;

use crate::blob;
use crate::steps::{Reader, Steps};

/// Packs numbers; each by what it adds to the one at its place in `base`, or else to the one before it.
pub(super) fn pack(base: Option<&Vec<f64>>, values: impl ExactSizeIterator<Item = f64>) -> Vec<u8> {
    let mut out = Vec::with_capacity(values.len() * 2);
    let mut steps = Steps::default();
    let mut before = 0.0;
    for (index, value) in values.enumerate() {
        let reference = base.map_or(before, |base| base[index]);
        steps.push(&mut out, reference, value);
        before = value;
    }
    steps.finish(&mut out);
    blob::wrap(&out)
}

/// Reads `count` numbers; nothing for anything but what [`pack`] wrote of as many.
pub(super) fn unpack(data: &[u8], base: Option<&Vec<f64>>, count: usize) -> Option<Vec<f64>> {
    let mut reader = Reader::new(blob::unwrap(data)?);
    let mut values: Vec<f64> = Vec::with_capacity(count);
    for index in 0..count {
        let reference = match base {
            Some(base) => *base.get(index)?,
            None => values.last().copied().unwrap_or(0.0),
        };
        values.push(reader.next(reference)?);
    }
    reader.is_done().then_some(values)
}

/// The series of a layout, by their numbers in the file.
pub(super) fn members(data: &[u8]) -> Option<Vec<u32>> {
    let mut cursor = Cursor(blob::unwrap(data)?);
    let mut members = Vec::new();
    while !cursor.0.is_empty() {
        members.push(u32::try_from(cursor.number()?).ok()?);
    }
    Some(members)
}
