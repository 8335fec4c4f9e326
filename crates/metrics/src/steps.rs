//! Numbers told by what each adds to another one: quick to write, one after the other, and small where numbers change
//! little. For what does not last: numbers in memory and in the tail.
//!
//! ```text
//! same   count << 2        as many numbers are as the ones before
//! step   zigzag << 2 │ 1   a whole number, and how far it is from the one before, which is whole too
//! other  2 │ f64
//! ```

use store::varint::{Cursor, put};

const SAME: u64 = 0;
const STEP: u64 = 1;
const OTHER: u8 = 2;

/// Up to here every whole number is a float, and steps leave room for two more bits.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// Appends numbers to bytes that somebody keeps.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Steps {
    /// Numbers that are as the ones before and are not written yet.
    same: u32,
}

impl Steps {
    /// Appends a number; `before` is what the reader will have for it.
    pub(crate) fn push(&mut self, out: &mut Vec<u8>, before: f64, value: f64) {
        if before.to_bits() == value.to_bits() {
            self.same += 1;
            return;
        }
        self.finish(out);
        match whole(before).zip(whole(value)) {
            Some((before, value)) => {
                let step = value - before;
                put(out, (((step << 1) ^ (step >> 63)) as u64) << 2 | STEP);
            }
            None => {
                out.push(OTHER);
                out.extend_from_slice(&value.to_le_bytes());
            }
        }
    }

    /// Writes what is not written yet. More may be appended afterwards.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        if self.same > 0 {
            put(out, u64::from(self.same) << 2 | SAME);
            self.same = 0;
        }
    }

    /// How many numbers are not in the bytes.
    pub(crate) fn unwritten(self) -> u32 {
        self.same
    }
}

/// Reads the numbers back.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    cursor: Cursor<'a>,
    same: u64,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { cursor: Cursor(bytes), same: 0 }
    }

    /// The next number; nothing at the end, or where the bytes make no sense.
    pub(crate) fn next(&mut self, before: f64) -> Option<f64> {
        while self.same == 0 {
            let token = self.cursor.number()?;
            match token & 3 {
                SAME => self.same = token >> 2,
                STEP => {
                    let raw = token >> 2;
                    let step = (raw >> 1) as i64 ^ -((raw & 1) as i64);
                    return Some(whole(before)?.wrapping_add(step) as f64);
                }
                _ if token == u64::from(OTHER) => {
                    return Some(f64::from_le_bytes(self.cursor.take(8)?.try_into().ok()?));
                }
                _ => return None,
            }
        }
        self.same -= 1;
        Some(before)
    }

    /// Whether everything was read.
    pub(crate) fn is_done(&self) -> bool {
        self.same == 0 && self.cursor.0.is_empty()
    }
}

fn whole(value: f64) -> Option<i64> {
    let whole = value as i64;
    // Compared by its bits, since zero with a sign would lose it.
    (value.abs() <= WHOLE_MAX && (whole as f64).to_bits() == value.to_bits()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            4 => (0_i64..3).prop_map(|n| n as f64),
            2 => any::<i32>().prop_map(f64::from),
            1 => any::<i64>().prop_map(|n| n as f64),
            1 => any::<u64>().prop_map(f64::from_bits),
            1 => Just(-0.0), 1 => Just(f64::NAN),
        ]
    }

    proptest! {
        #[test]
        fn not_a_bit_is_lost(values in prop::collection::vec(number(), 0..80), pauses in any::<u64>()) {
            let (mut steps, mut out, mut before) = (Steps::default(), Vec::new(), 0.0);
            for (index, value) in values.iter().enumerate() {
                steps.push(&mut out, before, *value);
                before = *value;
                if pauses >> (index % 64) & 1 == 1 {
                    steps.finish(&mut out);
                }
            }
            steps.finish(&mut out);
            let mut reader = Reader::new(&out);
            let mut before = 0.0;
            for value in values {
                before = reader.next(before).expect("a number");
                prop_assert_eq!(before.to_bits(), value.to_bits());
            }
            prop_assert!(reader.is_done());
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut reader = Reader::new(&bytes);
            let mut before = 0.0;
            for _ in 0..100 {
                match reader.next(before) {
                    Some(value) => before = value,
                    None => break,
                }
            }
        }
    }
}
