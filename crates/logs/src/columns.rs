//! Entries of one unit as parallel columns over one text: what waits for a commit, and what blocks and tail
//! rows are made of.

use std::collections::HashMap;

use logql::Entries;
use model::{Level, Metadata, Timestamp};
use xxhash_rust::xxh3::Xxh3;

use store::varint::{self, Cursor};

/// Entries in the order of their arrival.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    /// Nanoseconds since the epoch.
    pub(crate) timestamps: Vec<i64>,
    /// Each line's length in `text`.
    pub(crate) lengths: Vec<u32>,
    /// Each line's level by its number.
    pub(crate) levels: Vec<u8>,
    /// The distinct sets of structured metadata.
    pub(crate) sets: Sets,
    /// Which set each line has.
    pub(crate) set_of: Vec<u32>,
    /// All lines, one after the other.
    pub(crate) text: String,
}

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.timestamps.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.timestamps.is_empty()
    }

    pub(crate) fn push(&mut self, timestamp: Timestamp, level: Level, metadata: &Metadata, line: &str) {
        self.timestamps.push(timestamp.nanos());
        self.lengths.push(line.len() as u32);
        self.levels.push(level.number());
        self.set_of.push(self.sets.number(metadata));
        self.text.push_str(line);
    }

    /// All of them, one after the other.
    pub(crate) fn joined(parts: &[Self]) -> Self {
        let mut joined = Self::default();
        joined.reserve(parts.iter().map(Self::len).sum(), parts.iter().map(|part| part.text.len()).sum());
        parts.iter().for_each(|part| joined.append(part));
        joined
    }

    /// Makes room for so many lines and bytes of text more.
    pub(crate) fn reserve(&mut self, lines: usize, bytes: usize) {
        self.timestamps.reserve(lines);
        self.lengths.reserve(lines);
        self.levels.reserve(lines);
        self.set_of.reserve(lines);
        self.text.reserve(bytes);
    }

    /// Appends all of `other`.
    pub(crate) fn append(&mut self, other: &Self) {
        let numbers: Vec<u32> = other.sets.list.iter().map(|set| self.sets.number(set)).collect();
        self.timestamps.extend_from_slice(&other.timestamps);
        self.lengths.extend_from_slice(&other.lengths);
        self.levels.extend_from_slice(&other.levels);
        self.set_of.extend(other.set_of.iter().map(|set| numbers[*set as usize]));
        self.text.push_str(&other.text);
    }

    /// The earliest and the latest timestamp; of no entries, an empty span.
    pub(crate) fn span(&self) -> (Timestamp, Timestamp) {
        let first = self.timestamps.iter().copied().min().unwrap_or(i64::MAX);
        let last = self.timestamps.iter().copied().max().unwrap_or(i64::MIN);
        (Timestamp::from_nanos(first), Timestamp::from_nanos(last))
    }

    /// About how many bytes this takes in memory.
    pub(crate) fn weight(&self) -> usize {
        self.text.len() + self.len() * 24 + self.sets.weight
    }

    /// Every text that a query may look for: the lines, and the values of structured metadata.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.text.as_str()).chain(self.values())
    }

    /// The values of structured metadata.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.sets.list.iter().flatten().map(|(_, value)| &**value)
    }

    /// As LogQL reads it. Levels were checked when the columns were decoded.
    pub(crate) fn into_entries(self) -> Entries {
        let mut end = 0;
        let ends = self.lengths.into_iter().map(|length| {
            end += length;
            end
        });
        Entries {
            ends: ends.collect(),
            text: self.text,
            timestamps: self.timestamps.into_iter().map(Timestamp::from_nanos).collect(),
            levels: self
                .levels
                .into_iter()
                .map(|level| Level::from_number(level).unwrap_or_default())
                .collect(),
            metadata: self.sets.list,
            metadata_of: self.set_of,
        }
    }

    /// Levels, sets and which line has which: the part that blocks and rows write alike.
    pub(crate) fn put_side(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.levels);
        self.sets.put(out);
        if self.sets.list.len() > 1 {
            self.set_of.iter().for_each(|set| varint::put(out, u64::from(*set)));
        }
    }

    /// Reads what [`Columns::put_side`] wrote for `lines` lines.
    pub(crate) fn take_side(&mut self, lines: usize, cursor: &mut Cursor<'_>) -> Option<()> {
        self.levels = cursor.take(lines)?.to_vec();
        self.sets = Sets::take(cursor)?;
        let sets = self.sets.list.len();
        self.set_of = match sets {
            0 | 1 => vec![0; lines],
            _ => {
                let numbers = (0..lines).map(|_| u32::try_from(cursor.number()?).ok());
                numbers.collect::<Option<_>>()?
            }
        };
        let known = self.levels.iter().all(|level| Level::from_number(*level).is_some());
        let in_range = lines == 0 || self.set_of.iter().all(|set| (*set as usize) < sets);
        (known && in_range).then_some(())
    }
}

/// Two are equal if they hold the same entries, however their sets are numbered.
impl PartialEq for Columns {
    fn eq(&self, other: &Self) -> bool {
        let metadata = |columns: &Self| -> Vec<Metadata> {
            columns.set_of.iter().map(|set| columns.sets.list[*set as usize].clone()).collect()
        };
        self.timestamps == other.timestamps
            && self.lengths == other.lengths
            && self.levels == other.levels
            && self.text == other.text
            && metadata(self) == metadata(other)
    }
}

/// Distinct sets of structured metadata, numbered in the order of their appearance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sets {
    pub(crate) list: Vec<Metadata>,
    /// By hash; two sets of one hash are kept as if they were never equal.
    numbers: HashMap<u64, u32>,
    latest: u32,
    weight: usize,
}

impl Sets {
    /// The set's number; a set not seen before gets the next one.
    fn number(&mut self, set: &Metadata) -> u32 {
        // Lines in a row mostly have the same set.
        if self.list.get(self.latest as usize) == Some(set) {
            return self.latest;
        }
        let hash = hash(set);
        self.latest = match self.numbers.get(&hash) {
            Some(known) if self.list[*known as usize] == *set => *known,
            _ => self.add(hash, set.clone()),
        };
        self.latest
    }

    fn add(&mut self, hash: u64, set: Metadata) -> u32 {
        let number = self.list.len() as u32;
        self.weight += set.iter().map(|(name, value)| name.len() + value.len() + 32).sum::<usize>() + 48;
        self.numbers.insert(hash, number);
        self.list.push(set);
        number
    }

    fn put(&self, out: &mut Vec<u8>) {
        varint::put(out, self.list.len() as u64);
        self.list.iter().for_each(|set| put_set(out, set));
    }

    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut sets = Self::default();
        for _ in 0..cursor.count()? {
            sets.list.push(take_set(cursor)?);
        }
        Some(sets)
    }
}

/// Writes one set: how many pairs, then each pair's name and value.
pub(crate) fn put_set(out: &mut Vec<u8>, set: &Metadata) {
    varint::put(out, set.len() as u64);
    for (name, value) in set {
        varint::put_bytes(out, name.as_bytes());
        varint::put_bytes(out, value.as_bytes());
    }
}

/// Reads what [`put_set`] wrote.
pub(crate) fn take_set(cursor: &mut Cursor<'_>) -> Option<Metadata> {
    let pairs = (0..cursor.count()?).map(|_| Some((cursor.text()?.into(), cursor.text()?.into())));
    pairs.collect()
}

fn hash(set: &Metadata) -> u64 {
    let mut hash = Xxh3::new();
    for (name, value) in set {
        hash.update(name.as_bytes());
        hash.update(&[0xff]);
        hash.update(value.as_bytes());
        hash.update(&[0xff]);
    }
    hash.digest()
}
