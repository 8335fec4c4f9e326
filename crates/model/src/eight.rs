//! Eight bytes of a text at once, as one number: what is asked of every byte of every line is asked of eight in a few
//! steps of plain arithmetic, whatever the compiler makes of loops.
//!
//! ```
//! use model::Eight;
//!
//! let eight = Eight::at(b"Order 4711", 2);
//! assert_eq!(eight.between(b'0', b'9').bits(), 0b1111_0000);
//! ```

/// Eight bytes, the first one lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Eight(pub u64);

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x80 * ONES;

impl Eight {
    /// The bytes from `at` on; zeros if there are not eight.
    #[inline]
    #[must_use]
    pub fn at(bytes: &[u8], at: usize) -> Self {
        let eight = bytes.get(at..).and_then(|rest| rest.first_chunk());
        Self(eight.copied().map_or(0, u64::from_le_bytes))
    }

    /// Writes them from `at` on, if there is room.
    #[inline]
    pub fn put(self, bytes: &mut [u8], at: usize) {
        if let Some(eight) = bytes.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
            *eight = self.0.to_le_bytes();
        }
    }

    /// Which bytes are at least `low` and at most `high`, both of ASCII.
    #[inline]
    #[must_use]
    pub const fn between(self, low: u8, high: u8) -> Flags {
        // Without their highest bits no byte's sum carries into the next.
        let seven = self.0 & !HIGHS;
        let from_low = seven + (0x80 - low as u64) * ONES;
        let above_high = seven + (0x7f - high as u64) * ONES;
        Flags((from_low & !above_high & !self.0 & HIGHS) >> 7)
    }

    /// Which bytes are this one of ASCII.
    #[inline]
    #[must_use]
    pub const fn are(self, byte: u8) -> Flags {
        self.between(byte, byte)
    }

    /// With small letters for the capitals of ASCII.
    #[inline]
    #[must_use]
    pub const fn small(self) -> Self {
        Self(self.0 | self.between(b'A', b'Z').0 << 5)
    }
}

/// A yes or no for each of eight bytes: 1 or 0 in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u64);

impl Flags {
    /// Yes where either says so.
    #[inline]
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// One bit for each, that of the first byte lowest.
    #[inline]
    #[must_use]
    pub const fn bits(self) -> u8 {
        (self.0.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_byte_is_answered_for_itself(bytes in any::<[u8; 8]>(), low in 0_u8..128, high in 0_u8..128) {
            let (eight, high) = (Eight::at(&bytes, 0), high.max(low));
            let flags = bytes.map(|byte| u8::from((low..=high).contains(&byte)));
            prop_assert_eq!(eight.between(low, high), Flags(u64::from_le_bytes(flags)));
            let bits = flags.iter().rev().fold(0, |bits, flag| bits << 1 | flag);
            prop_assert_eq!(eight.between(low, high).bits(), bits);
            let mut small = [0; 8];
            eight.small().put(&mut small, 0);
            prop_assert_eq!(small, bytes.map(|byte| byte.to_ascii_lowercase()));
        }
    }
}
