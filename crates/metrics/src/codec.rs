//! The numbers of one series, bit for bit.
//!
//! Most numbers that programs report are decimals with few digits: counts, bytes, `0.25`. As whole numbers of such
//! units they pack far better than as floats. What is no decimal (or is a NaN that means something) stays a float.
//!
//! ```text
//! constant  kind 0 │ f64                      every number has the same bits
//! linear    kind 1 │ digits │ first │ step    whole numbers a step apart
//! little    kind 2 │ digits │ zigzag deltas   too few for a packer's header to pay
//! decimal   kind 3 │ digits │ pco i64         whole numbers of 10^-digits
//! float     kind 4 │ pco f64
//! patched   kind 5 │ count │ (numbers before it │ f64)…    a few that are no decimals; then the others, as above
//! ```

use pco::data_types::Number;
use pco::standalone::{simple_compress, simple_decompress_into};
use pco::{ChunkConfig, DeltaSpec, ModeSpec};
use store::varint::{Cursor, put, put_signed};

mod decimal;

use decimal::Decimals;

const CONSTANT: u8 = 0;
const LINEAR: u8 = 1;
const LITTLE: u8 = 2;
const DECIMAL: u8 = 3;
const FLOAT: u8 = 4;
const PATCHED: u8 = 5;

/// With fewer numbers the packer's header is larger than what it saves.
const PACKED_MIN: usize = 32;

/// How hard the packer tries. More costs twice the time and gains a hundredth.
const LEVEL: usize = 4;

/// Writes numbers, at least one.
pub fn encode(values: &[f64]) -> Vec<u8> {
    let Some(first) = values.first() else { return Vec::new() };
    if values.iter().all(|value| value.to_bits() == first.to_bits()) {
        let mut out = vec![CONSTANT];
        out.extend_from_slice(&first.to_le_bytes());
        return out;
    }
    match Decimals::of(values) {
        Some((decimals, others)) if others.is_empty() => encode_decimals(&decimals),
        Some((decimals, others)) => encode_patched(values, &others, &decimals),
        None => packed(FLOAT, None, simple_compress(values, &config(DeltaSpec::Auto)).ok()),
    }
}

fn encode_patched(values: &[f64], others: &[usize], decimals: &Decimals) -> Vec<u8> {
    let mut out = vec![PATCHED];
    put(&mut out, others.len() as u64);
    let mut end = 0;
    for index in others {
        put(&mut out, (index - end) as u64);
        out.extend_from_slice(&values[*index].to_le_bytes());
        end = index + 1;
    }
    out.extend(encode_decimals(decimals));
    out
}

fn decode_patched(bytes: &[u8], count: usize) -> Option<Vec<f64>> {
    let mut cursor = Cursor(bytes);
    let patches = cursor.count().filter(|patches| *patches < count)?;
    let mut others = Vec::new();
    for _ in 0..patches {
        let before = cursor.count()?;
        others.push((before, f64::from_le_bytes(cursor.take(8)?.try_into().ok()?)));
    }
    // A patch in a patch is nothing that is written.
    if cursor.0.first() == Some(&PATCHED) {
        return None;
    }
    let mut rest = decode(cursor.0, count - patches)?.into_iter();
    let mut values = Vec::with_capacity(count);
    for (before, value) in others {
        values.extend(rest.by_ref().take(before));
        values.push(value);
    }
    values.extend(rest);
    (values.len() == count).then_some(values)
}

fn encode_decimals(decimals: &Decimals) -> Vec<u8> {
    let whole = &decimals.whole;
    let step = whole[1].wrapping_sub(whole[0]);
    let mut out = vec![LINEAR, decimals.digits];
    if whole.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step) {
        put_signed(&mut out, whole[0]);
        put_signed(&mut out, step);
        return out;
    }
    if whole.len() < PACKED_MIN {
        out[0] = LITTLE;
        let mut before = 0_i64;
        for number in whole {
            put_signed(&mut out, number.wrapping_sub(before));
            before = *number;
        }
        return out;
    }
    packed(DECIMAL, Some(decimals.digits), simple_compress(whole, &config(DeltaSpec::Auto)).ok())
}

fn config(delta: DeltaSpec) -> ChunkConfig {
    ChunkConfig::default().with_compression_level(LEVEL).with_mode_spec(ModeSpec::Auto).with_delta_spec(delta)
}

fn packed(kind: u8, digits: Option<u8>, packed: Option<Vec<u8>>) -> Vec<u8> {
    let packed = packed.expect("pco refuses only configurations, and this one is fixed");
    std::iter::once(kind).chain(digits).chain(packed).collect()
}

/// Fills `numbers`; the bytes must hold just as many. What they say of their number is not believed.
fn unpacked<T: Number>(bytes: &[u8], mut numbers: Vec<T>) -> Option<Vec<T>> {
    let read = simple_decompress_into(bytes, &mut numbers).ok()?;
    (read.finished && read.n_processed == numbers.len()).then_some(numbers)
}

/// Reads `count` numbers; `None` for anything but what [`encode`] wrote of as many.
pub fn decode(bytes: &[u8], count: usize) -> Option<Vec<f64>> {
    let (kind, rest) = bytes.split_first()?;
    match *kind {
        CONSTANT => Some(vec![f64::from_le_bytes(rest.try_into().ok()?); count]),
        FLOAT => unpacked(rest, vec![0.0_f64; count]),
        LINEAR | LITTLE | DECIMAL => {
            let (digits, rest) = rest.split_first()?;
            let whole = whole_numbers(*kind, rest, count)?;
            Decimals { digits: *digits, whole }.values()
        }
        PATCHED => decode_patched(rest, count),
        _ => None,
    }
}

fn whole_numbers(kind: u8, bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let mut cursor = Cursor(bytes);
    match kind {
        LINEAR => {
            let (first, step) = (cursor.signed()?, cursor.signed()?);
            Some((0..count as i64).map(|index| first.wrapping_add(step.wrapping_mul(index))).collect())
        }
        LITTLE => {
            let mut number = 0_i64;
            (0..count)
                .map(|_| {
                    number = number.wrapping_add(cursor.signed()?);
                    Some(number)
                })
                .collect()
        }
        _ => unpacked(bytes, vec![0; count]),
    }
}

/// Writes timestamps in milliseconds, oldest first, at least one.
pub fn encode_timestamps(timestamps_ms: &[i64]) -> Vec<u8> {
    let mut out = Vec::new();
    let (Some(first), step) = (timestamps_ms.first(), timestamps_ms.get(1).zip(timestamps_ms.first())) else {
        return out;
    };
    let step = step.map_or(0, |(second, first)| second.wrapping_sub(*first));
    if timestamps_ms.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step) {
        out.push(LINEAR);
        put_signed(&mut out, *first);
        put_signed(&mut out, step);
        return out;
    }
    if timestamps_ms.len() < PACKED_MIN {
        out.push(LITTLE);
        let mut before = 0;
        for timestamp in timestamps_ms {
            put_signed(&mut out, timestamp.wrapping_sub(before));
            before = *timestamp;
        }
        return out;
    }
    packed(DECIMAL, None, simple_compress(timestamps_ms, &config(DeltaSpec::TryConsecutive(2))).ok())
}

/// Reads `count` timestamps; `None` for anything but what [`encode_timestamps`] wrote of as many.
pub fn decode_timestamps(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let (kind, rest) = bytes.split_first()?;
    matches!(*kind, LINEAR | LITTLE | DECIMAL).then(|| whole_numbers(*kind, rest, count)).flatten()
}

/// Appends a length and as many bytes; here since chunks are made of nothing else.
pub(crate) fn put_part(out: &mut Vec<u8>, part: &[u8]) {
    put(out, part.len() as u64);
    out.extend_from_slice(part);
}

#[cfg(test)]
mod tests;
