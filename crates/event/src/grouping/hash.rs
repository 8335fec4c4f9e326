//! Hashes, and what they are made of.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

use super::VERSION;

/// What an issue is found by: 32 hexadecimal digits. Carries the version of the algorithm that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 16]);

impl Hash {
    /// The hash of what an event is grouped by.
    pub(super) fn of_key(key: u128) -> Self {
        let mut bytes = [0; 18];
        bytes[..2].copy_from_slice(&VERSION.to_le_bytes());
        bytes[2..].copy_from_slice(&key.to_le_bytes());
        Self(xxh3_128(&bytes).to_be_bytes())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAHash);
        }
        u128::from_str_radix(text, 16).map(|number| Self(number.to_be_bytes())).map_err(|_| NotAHash)
    }
}

/// The text is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash has 32 hexadecimal digits")]
pub struct NotAHash;

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Gathers parts, each with its length, so that no two lists of parts look alike.
pub(super) struct Digest(Xxh3);

impl Digest {
    /// Begins with the kind of what follows.
    pub(super) fn new(kind: &str) -> Self {
        let mut digest = Self(Xxh3::new());
        digest.text(kind);
        digest
    }

    pub(super) fn text(&mut self, text: &str) {
        self.0.update(&(text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
    }

    pub(super) fn number(&mut self, number: u128) {
        self.0.update(&number.to_le_bytes());
    }

    pub(super) fn numbers(&mut self, numbers: impl ExactSizeIterator<Item = u128>) {
        self.number(numbers.len() as u128);
        numbers.for_each(|number| self.number(number));
    }

    pub(super) fn end(self) -> u128 {
        self.0.digest128()
    }
}

/// One short number for a few texts.
pub(super) fn short(parts: &[&str]) -> u64 {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    xxh3_64(&bytes)
}
