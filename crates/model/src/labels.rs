//! A set of labels: names and values, sorted by name, cheap to clone and to compare.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

/// The labels of one stream or series. Sorted by name, each name once; a clone shares the memory.
///
/// There may be hundreds of thousands, so one is a single piece of memory: how many pairs there are, then names and
/// values in turn, each behind its length. The same labels are always the same text; no labels are the empty one.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Labels(Arc<str>);

/// Why a text is no label set, and where (bytes from its start).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {message}")]
pub struct ParseLabelsError {
    /// Byte offset of the fault.
    pub at: usize,
    /// What is wrong there.
    pub message: &'static str,
}

impl Labels {
    /// From pairs in any order. A name given twice keeps its last value; empty values are kept out, since
    /// Loki and Prometheus take an empty label for an absent one.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<Box<str>>,
        V: Into<Box<str>>,
    {
        let mut sorted = BTreeMap::new();
        for (name, value) in pairs {
            sorted.insert(name.into(), value.into());
        }
        let sorted: BTreeMap<Box<str>, Box<str>> = sorted;
        Self(packed::of(sorted.iter().filter(|(_, value)| !value.is_empty()).map(|(n, v)| (&**n, &**v))))
    }

    /// From pairs that stand in the order of their names, each name once. Empty values stay: the series that a
    /// parser makes of a line can have such labels, streams cannot.
    pub fn from_sorted<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<Box<str>>,
        V: Into<Box<str>>,
    {
        let pairs: Vec<(Box<str>, Box<str>)> =
            pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        debug_assert!(pairs.is_sorted_by(|(a, _), (b, _)| a < b), "labels out of order");
        Self(packed::of(pairs.iter().map(|(name, value)| (&**name, &**value))))
    }

    /// The labels whose names pass.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        match self.iter().all(|(name, _)| keep(name)) {
            true => self.clone(),
            false => Self(packed::of(self.iter().filter(|(name, _)| keep(name)))),
        }
    }

    /// Reads `{name="value", other="value"}`, the text that Loki's push format carries and that
    /// [`Display`](fmt::Display) writes. Values may be quoted with `"` (Go escapes) or with backticks (none).
    pub fn parse(text: &str) -> Result<Self, ParseLabelsError> {
        parse::labels(text)
    }

    /// The value of `name`, if it is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// Names and values in the order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> + Clone {
        packed::Pairs::new(&self.0)
    }

    /// How many labels there are.
    pub fn len(&self) -> usize {
        self.iter().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same labels with `name` set to `value` (or removed, when `value` is empty).
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let kept = self.iter().filter(|(other, _)| *other != name);
        Self::from_pairs(kept.chain([(name, value)]))
    }

    /// A 64-bit hash of names and values (xxh3), the same in every run and version: it is part of links.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Xxh3::new();
        for (name, value) in self.iter() {
            hash.update(name.as_bytes());
            hash.update(&[0xff]);
            hash.update(value.as_bytes());
            hash.update(&[0xff]);
        }
        hash.digest()
    }
}

/// Pair by pair, and shorter ones before longer ones.
impl Ord for Labels {
    fn cmp(&self, other: &Self) -> Ordering {
        match Arc::ptr_eq(&self.0, &other.0) {
            true => Ordering::Equal,
            false => self.iter().cmp(other.iter()),
        }
    }
}

impl PartialOrd for Labels {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `{a="b", c="d"}` with Go's escapes, as Loki writes streams.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, (name, value)) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{name}=\"")?;
            for character in value.chars() {
                match character {
                    '"' => f.write_str("\\\"")?,
                    '\\' => f.write_str("\\\\")?,
                    '\n' => f.write_str("\\n")?,
                    '\r' => f.write_str("\\r")?,
                    '\t' => f.write_str("\\t")?,
                    other if other.is_control() => write!(f, "\\u{:04x}", other as u32)?,
                    other => write!(f, "{other}")?,
                }
            }
            f.write_str("\"")?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

mod packed;
mod parse;
#[cfg(test)]
mod tests;
