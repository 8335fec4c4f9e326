//! How many different users there were, in few bytes: exactly while they are few, then to within some percent
//! (HyperLogLog of 1,024 registers).
//!
//! ```text
//! few    0 │ u32 │ u32 │ …     hashes, ascending, up to 200 of them
//! many   1 │ 1,024 registers of a byte
//! ```

use model::Ordered as _;

/// So many are told apart exactly.
const FEW_MAX: usize = 200;

/// The upper bits of a hash choose the register.
const REGISTER_BITS: u32 = 10;
const REGISTERS: usize = 1 << REGISTER_BITS;

const FEW: u8 = 0;
const MANY: u8 = 1;

/// A set of users of which only the size is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sketch {
    /// Hashes, ascending.
    Few(Vec<u32>),
    /// For each register the longest run of zeros seen, and one.
    Many(Box<[u8; REGISTERS]>),
}

impl Default for Sketch {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

/// What stands for a user in sketches.
pub(crate) fn hash(user: &str) -> u32 {
    (store::checksum(user.as_bytes()) >> 32) as u32
}

impl Sketch {
    /// Reads the bytes; what makes no sense counts as nobody.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        match bytes.split_first() {
            Some((&MANY, registers)) => match <[u8; REGISTERS]>::try_from(registers) {
                Ok(registers) => Self::Many(Box::new(registers)),
                Err(_) => Self::default(),
            },
            Some((&FEW, hashes)) => {
                let mut hashes: Vec<u32> =
                    hashes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four)).collect();
                hashes.truncate(FEW_MAX);
                hashes.order();
                hashes.dedup();
                Self::Few(hashes)
            }
            _ => Self::default(),
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Few(hashes) => {
                let hashes = hashes.iter().flat_map(|hash| hash.to_le_bytes());
                std::iter::once(FEW).chain(hashes).collect()
            }
            Self::Many(registers) => std::iter::once(MANY).chain(registers.iter().copied()).collect(),
        }
    }

    /// Adds a user. Gives whether anything changed.
    pub(crate) fn add(&mut self, hash: u32) -> bool {
        match self {
            Self::Few(hashes) => {
                let Err(place) = hashes.binary_search(&hash) else { return false };
                if hashes.len() < FEW_MAX {
                    hashes.insert(place, hash);
                    return true;
                }
                let mut registers = Box::new([0; REGISTERS]);
                for hash in hashes.iter().copied().chain([hash]) {
                    note(&mut registers, hash);
                }
                *self = Self::Many(registers);
                true
            }
            Self::Many(registers) => note(registers, hash),
        }
    }

    /// Adds everybody of another set.
    pub(crate) fn merge(&mut self, other: &Self) {
        match other {
            Self::Few(hashes) => hashes.iter().for_each(|hash| _ = self.add(*hash)),
            Self::Many(theirs) => {
                let mut registers = theirs.clone();
                match self {
                    Self::Few(hashes) => hashes.iter().for_each(|hash| _ = note(&mut registers, *hash)),
                    Self::Many(ours) => {
                        registers.iter_mut().zip(ours.iter()).for_each(|(all, our)| *all = (*all).max(*our));
                    }
                }
                *self = Self::Many(registers);
            }
        }
    }

    /// How many there are, as far as can be told.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::Few(hashes) => hashes.len() as u64,
            Self::Many(registers) => estimate(registers),
        }
    }
}

fn note(registers: &mut [u8; REGISTERS], hash: u32) -> bool {
    let register = &mut registers[(hash >> (32 - REGISTER_BITS)) as usize];
    let rest = hash << REGISTER_BITS;
    let rank = rest.leading_zeros().min(32 - REGISTER_BITS) as u8 + 1;
    let is_longer = rank > *register;
    *register = (*register).max(rank);
    is_longer
}

/// Flajolet et al., "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm" (2007), with its
/// corrections for small numbers and for hashes of 32 bits.
fn estimate(registers: &[u8; REGISTERS]) -> u64 {
    const SPACE: f64 = 4_294_967_296.0;
    let m = REGISTERS as f64;
    let sum: f64 = registers.iter().map(|rank| (-f64::from(*rank)).exp2()).sum();
    let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
    let empty = registers.iter().filter(|rank| **rank == 0).count() as f64;
    let estimate = if raw <= 2.5 * m && empty > 0.0 {
        m * (m / empty).ln()
    } else if raw > SPACE / 30.0 {
        -SPACE * (1.0 - raw / SPACE).ln()
    } else {
        raw
    };
    estimate.round() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(users: std::ops::Range<u32>) -> Sketch {
        let mut sketch = Sketch::default();
        users.for_each(|user| _ = sketch.add(hash(&format!("user {user}"))));
        sketch
    }

    #[test]
    fn few_are_exact_and_many_are_close() {
        for users in [0, 1, 7, 200] {
            assert_eq!(of(0..users).count(), u64::from(users));
        }
        for users in [201_u32, 1000, 5000, 50_000, 300_000] {
            let error = of(0..users).count() as f64 / f64::from(users) - 1.0;
            assert!(error.abs() < 0.1, "{users} users are told {error:+}");
        }
    }

    #[test]
    fn nobody_is_counted_twice() {
        let (mut left, right) = (of(0..150), of(100..190));
        left.merge(&right);
        assert_eq!(left.count(), 190);
        for (a, b) in [(0..150, 150..3000), (0..3000, 100..200), (0..2000, 1000..3000)] {
            let (all, mut left) = (of(0..a.end.max(b.end)), of(a));
            left.merge(&of(b));
            assert_eq!(left, all);
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(hashes in prop::collection::vec(any::<u32>(), 0..400)) {
            let mut sketch = Sketch::default();
            hashes.iter().for_each(|hash| _ = sketch.add(*hash));
            prop_assert_eq!(Sketch::read(&sketch.bytes()), sketch);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..1100)) {
            let mut sketch = Sketch::read(&bytes);
            sketch.add(7);
            sketch.count();
        }
    }
}
