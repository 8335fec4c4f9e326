//! Lines that are held back, as `tail.db` keeps them. Format 1:
//!
//! ```text
//! ┌────────┬──────────┬──────────────────────┬────────────────────────────┬──────────────┐
//! │ format │ checksum │ timestamp, signed    │ metadata: how many, LEB128 │ the lines    │
//! │ u8 = 1 │ u64      │ LEB128               │   name, value of each      │ as one text  │
//! └────────┴──────────┴──────────────────────┴────────────────────────────┴──────────────┘
//! ```

use model::{Entry, Labels, Multiline, Timestamp};

use store::varint::{self, Cursor};

const FORMAT: u8 = 1;

/// The lines of one stream that are held back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HeldLines {
    pub(crate) labels: Labels,
    pub(crate) multiline: Multiline,
    /// Of the first line, with all of them as its line.
    pub(crate) entry: Entry,
}

impl HeldLines {
    /// From what `tail.db` has of them; `None` for what was not written so.
    pub(crate) fn from_row(labels: &str, multiline: &str, data: &[u8]) -> Option<Self> {
        let labels = Labels::parse(labels).ok()?;
        Some(Self { labels, multiline: Multiline::from_text(multiline), entry: decode(data)? })
    }

    /// The entry as `tail.db` has it.
    pub(crate) fn data(&self) -> Vec<u8> {
        encode(&self.entry)
    }
}

/// What has to change on disk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum HeldChange {
    /// The stream's held lines are these now.
    Held(HeldLines),
    /// The stream has none any more.
    LetGo(Labels),
}

/// The bytes of a held entry.
pub(super) fn encode(entry: &Entry) -> Vec<u8> {
    let mut data = vec![FORMAT];
    data.extend_from_slice(&[0; 8]);
    varint::put_signed(&mut data, entry.timestamp.nanos());
    varint::put(&mut data, entry.metadata.len() as u64);
    for (name, value) in &entry.metadata {
        varint::put_bytes(&mut data, name.as_bytes());
        varint::put_bytes(&mut data, value.as_bytes());
    }
    varint::put_bytes(&mut data, entry.line.as_bytes());
    let checksum = store::checksum(&data[9..]);
    data[1..9].copy_from_slice(&checksum.to_le_bytes());
    data
}

/// The reverse of [`encode`]; `None` for what it did not write.
pub(super) fn decode(data: &[u8]) -> Option<Entry> {
    let rest = data.strip_prefix(&[FORMAT])?;
    let (checksum, rest) = rest.split_first_chunk::<8>()?;
    if store::checksum(rest) != u64::from_le_bytes(*checksum) {
        return None;
    }
    let mut cursor = Cursor(rest);
    let timestamp = Timestamp::from_nanos(cursor.signed()?);
    let pairs = (0..cursor.count()?).map(|_| Some((cursor.text()?.into(), cursor.text()?.into())));
    let metadata = pairs.collect::<Option<_>>()?;
    let line = cursor.text()?.to_owned();
    cursor.0.is_empty().then_some(Entry { timestamp, line, metadata })
}
