//! The series that a file names by numbers: every file has a table of them of its own.
//!
//! ```text
//! series   first │ data     checksum, then zstd of the labels of the series first, first + 1, …
//! ```
//!
//! Labels of neighbours are much alike, so a block of them takes a tenth of what one row for each would.

use std::collections::HashMap;

use model::Labels;
use rusqlite::{Connection, params};
use store::varint::{Cursor, put, put_bytes};

use crate::blob;
use crate::series::Catalogue;

/// So many series make a block.
const BLOCK: usize = 4096;

/// A block that says to be larger is damaged.
const BLOCK_BYTES_MAX: usize = 256 << 20;

const ZSTD_LEVEL: i32 = 3;

/// Why the series of a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RosterError {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the names of the series from number {0} on are damaged")]
    Damaged(i64),
}

/// Numbers by labels, and the labels that are not in the file yet.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    numbers: HashMap<Labels, u32>,
    saved: u32,
    new: Vec<Labels>,
}

impl Roster {
    /// Reads what the file has. Labels that a series of the catalogue has share its memory.
    pub(crate) fn load(file: &Connection, catalogue: &Catalogue) -> Result<Self, RosterError> {
        let mut roster = Self::default();
        each(file, |number, labels| roster.know(number, catalogue.shared(labels)))?;
        Ok(roster)
    }

    /// The file has this series.
    pub(crate) fn know(&mut self, number: u32, labels: Labels) {
        self.saved = self.saved.max(number);
        self.numbers.insert(labels, number);
    }

    /// How many series there are.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Every series with its number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Labels, u32)> {
        self.numbers.iter().map(|(labels, number)| (labels, *number))
    }

    /// The number of a series; it is given one if it has none.
    pub(crate) fn number(&mut self, labels: &Labels) -> u32 {
        if let Some(number) = self.numbers.get(labels) {
            return *number;
        }
        self.new.push(labels.clone());
        let number = self.saved + self.new.len() as u32;
        self.numbers.insert(labels.clone(), number);
        number
    }

    /// Writes what is new; part of the caller's transaction.
    pub(crate) fn save(&mut self, file: &Connection) -> rusqlite::Result<()> {
        for block in self.new.chunks(BLOCK) {
            let data = encode(block)?;
            file.prepare_cached("INSERT INTO series (first, data) VALUES (?1, ?2)")?
                .execute(params![self.saved + 1, data])?;
            self.saved += block.len() as u32;
        }
        self.new.clear();
        Ok(())
    }
}

/// Shows each series with its number.
pub(crate) fn each(file: &Connection, mut see: impl FnMut(u32, Labels)) -> Result<(), RosterError> {
    let mut statement = file.prepare_cached("SELECT first, data FROM series ORDER BY first")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let first: i64 = row.get(0)?;
        let block = row.get_ref(1)?.as_blob().unwrap_or_default();
        let damaged = || RosterError::Damaged(first);
        let block = decode(block).ok_or_else(damaged)?;
        for (offset, labels) in block.into_iter().enumerate() {
            see(u32::try_from(first + offset as i64).map_err(|_| damaged())?, labels);
        }
    }
    Ok(())
}

fn encode(block: &[Labels]) -> rusqlite::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for labels in block {
        put(&mut bytes, labels.len() as u64);
        for (name, value) in labels.iter() {
            put_bytes(&mut bytes, name.as_bytes());
            put_bytes(&mut bytes, value.as_bytes());
        }
    }
    let told = |error: std::io::Error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
    Ok(blob::wrap(&zstd::bulk::compress(&bytes, ZSTD_LEVEL).map_err(told)?))
}

/// Reads a block; nothing for anything but what [`encode`] wrote.
pub(crate) fn decode(data: &[u8]) -> Option<Vec<Labels>> {
    let frame = blob::unwrap(data)?;
    let size = zstd::zstd_safe::get_frame_content_size(frame).ok()??;
    let size = usize::try_from(size).ok().filter(|size| *size <= BLOCK_BYTES_MAX)?;
    let bytes = zstd::bulk::decompress(frame, size).ok()?;
    let mut cursor = Cursor(&bytes);
    let mut block = Vec::new();
    while !cursor.0.is_empty() {
        let pairs = (0..cursor.count()?).map(|_| Some((cursor.text()?, cursor.text()?)));
        let pairs: Vec<(&str, &str)> = pairs.collect::<Option<_>>()?;
        if !pairs.is_sorted_by(|(a, _), (b, _)| a < b) {
            return None;
        }
        block.push(Labels::from_sorted(pairs));
    }
    Some(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(number: u32) -> Labels {
        Labels::from_pairs([
            ("__name__".to_owned(), format!("x{number}")),
            ("my.label \"".to_owned(), "é\0".to_owned()),
        ])
    }

    #[test]
    fn series_keep_their_numbers() {
        let file = Connection::open_in_memory().unwrap();
        file.execute_batch("CREATE TABLE series (first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT")
            .unwrap();
        let mut roster = Roster::default();
        for number in (0..5000).chain(4990..5010) {
            assert_eq!(roster.number(&labels(number)), number + 1);
        }
        roster.save(&file).unwrap();
        let mut roster = Roster::load(&file, &Catalogue::default()).unwrap();
        assert_eq!(roster.number(&labels(77)), 78);
        assert_eq!(roster.number(&labels(6000)), 5011);
        roster.save(&file).unwrap();
        let mut seen = Vec::new();
        each(&file, |number, labels| seen.push((number, labels))).unwrap();
        assert_eq!(seen.len(), 5011);
        assert!(seen.iter().take(5010).all(|(number, found)| *found == labels(number - 1)));
        assert_eq!(seen[5010], (5011, labels(6000)));
    }

    #[test]
    fn damage_is_found() {
        let data = encode(&[labels(1), labels(2)]).unwrap();
        assert_eq!(decode(&data), Some(vec![labels(1), labels(2)]));
        for at in 0..data.len() {
            let mut damaged = data.clone();
            damaged[at] ^= 1;
            assert_eq!(decode(&damaged), None, "{at}");
        }
    }
}
