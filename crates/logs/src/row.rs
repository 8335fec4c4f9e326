//! A tail row: lines that are committed but not sealed yet, packed for `tail.db` and for memory. Rows are
//! small, many and short-lived, so they take less work than blocks. Format 1:
//!
//! ```text
//! ┌────────┬──────────┬───────────────┬──────────────────────────────────────────────────────────────────┐
//! │ format │ checksum │ bytes, LEB128 │ zstd of: lines, text bytes │ timestamps as differences │ lengths │ │
//! │ u8 = 1 │ u64      │ of the rest   │   levels, metadata (as a block's side) │ text                    │ │
//! └────────┴──────────┴───────────────┴──────────────────────────────────────────────────────────────────┘
//! ```

use std::io;

use crate::block::{Damage, lengths_fit};
use crate::columns::Columns;
use crate::squeeze;
use store::varint::{self, Cursor};

const FORMAT: u8 = 1;

/// The row of these entries.
pub(crate) fn pack(columns: &Columns) -> io::Result<Vec<u8>> {
    let mut body = Vec::with_capacity(columns.text.len() + columns.len() * 8 + 64);
    varint::put(&mut body, columns.len() as u64);
    varint::put(&mut body, columns.text.len() as u64);
    let mut before = 0_i64;
    for timestamp in &columns.timestamps {
        varint::put_signed(&mut body, timestamp.wrapping_sub(before));
        before = *timestamp;
    }
    columns.lengths.iter().for_each(|length| varint::put(&mut body, u64::from(*length)));
    columns.put_side(&mut body);
    body.extend_from_slice(columns.text.as_bytes());

    let packed = squeeze::compress(squeeze::PASSING, &body)?;
    let mut row = Vec::with_capacity(packed.len() + 16);
    row.push(FORMAT);
    row.extend_from_slice(&[0; 8]);
    varint::put(&mut row, body.len() as u64);
    row.extend_from_slice(&packed);
    let checksum = store::checksum(&row[9..]);
    row[1..9].copy_from_slice(&checksum.to_le_bytes());
    Ok(row)
}

/// The reverse of [`pack`].
pub(crate) fn unpack(row: &[u8]) -> Result<Columns, Damage> {
    unpack_if(row, &mut |_| true).map(Option::unwrap_or_default)
}

/// The reverse of [`pack`], if the text is `wanted`.
pub(crate) fn unpack_if(
    row: &[u8],
    wanted: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<Option<Columns>, Damage> {
    let (format, rest) = row.split_first().ok_or(Damage::Checksum)?;
    if *format != FORMAT {
        return Err(Damage::Format(*format));
    }
    let (checksum, rest) = rest.split_first_chunk::<8>().ok_or(Damage::Checksum)?;
    if store::checksum(rest) != u64::from_le_bytes(*checksum) {
        return Err(Damage::Checksum);
    }
    let body = body(rest).ok_or(Damage::Content("lines"))?;
    let (lines, text_bytes, rest) = head(&body).ok_or(Damage::Content("lines"))?;
    if !wanted(&rest[rest.len() - text_bytes..]) {
        return Ok(None);
    }
    content(lines, text_bytes, rest).map(Some).ok_or(Damage::Content("lines"))
}

fn body(packed: &[u8]) -> Option<Vec<u8>> {
    let mut cursor = Cursor(packed);
    let length = cursor.count()?;
    squeeze::expand(cursor.0, length)
}

/// How many lines there are, how many bytes of text, and what stands behind these numbers: the text at its end.
fn head(body: &[u8]) -> Option<(usize, usize, &[u8])> {
    let mut cursor = Cursor(body);
    let (lines, text_bytes) = (cursor.count()?, cursor.count()?);
    (text_bytes <= cursor.0.len()).then_some((lines, text_bytes, cursor.0))
}

fn content(lines: usize, text_bytes: usize, rest: &[u8]) -> Option<Columns> {
    let mut cursor = Cursor(rest);
    let mut columns = Columns::default();
    let mut before = 0_i64;
    let timestamps = (0..lines).map(|_| {
        before = before.wrapping_add(cursor.signed()?);
        Some(before)
    });
    columns.timestamps = timestamps.collect::<Option<_>>()?;
    let lengths = (0..lines).map(|_| u32::try_from(cursor.number()?).ok());
    columns.lengths = lengths.collect::<Option<_>>()?;
    columns.take_side(lines, &mut cursor)?;
    columns.text = String::from_utf8(cursor.take(text_bytes)?.to_vec()).ok()?;
    (cursor.0.is_empty() && lengths_fit(&columns)).then_some(columns)
}
