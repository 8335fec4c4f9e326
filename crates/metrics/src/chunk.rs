//! The samples of some series of one target over a stretch of time: what becomes one row of a day's file. Format 1:
//!
//! ```text
//! ┌────────┬──────────┬─────────────────────────────┬────────────┬──────────────────────────────────┬──────────┐
//! │ format │ checksum │ timestamps, series (LEB128) │ timestamps │ per series: runs, bytes (LEB128) │ numbers  │
//! │ u8 = 1 │ u64      │                             │            │                                  │          │
//! └────────┴──────────┴─────────────────────────────┴────────────┴──────────────────────────────────┴──────────┘
//! ```
//!
//! All series of a target are measured at the same instants, so the timestamps stand there once. A series that was not
//! there at all of them has *runs*: how many timestamps it leaves out, how many it has, and so on. The checksum covers
//! all that follows it: a damaged chunk is an error, never a wrong number.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use store::varint::{Cursor, put};

use crate::codec;

const FORMAT: u8 = 1;

/// Format and checksum.
const HEADER: usize = 9;

/// A chunk's samples are at most so many timestamps; more would be no stretch of time but a mistake.
const TIMESTAMPS_MAX: usize = 1 << 20;

/// Numbers of one series at some of a chunk's timestamps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Where in the chunk's timestamps the numbers stand: which ones, without gaps, one run after the other.
    pub runs: Vec<Run>,
    /// The numbers of all runs.
    pub values: Vec<f64>,
}

/// Timestamps that follow one another, at each of which the series has a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Run {
    /// The place of the first one among the chunk's timestamps.
    pub start: u32,
    /// How many there are.
    pub len: u32,
}

/// Writes a chunk. `timestamps_ms` are in order, each once; each row has a number for each timestamp of its runs.
pub fn encode(timestamps_ms: &[i64], rows: &[Row]) -> Vec<u8> {
    let mut out = vec![FORMAT; HEADER];
    put(&mut out, timestamps_ms.len() as u64);
    put(&mut out, rows.len() as u64);
    codec::put_part(&mut out, &codec::encode_timestamps(timestamps_ms));
    let mut numbers = Vec::new();
    for row in rows {
        let begin = numbers.len();
        numbers.extend(codec::encode(&row.values));
        put(&mut out, row.runs.len() as u64);
        let mut end = 0;
        for run in &row.runs {
            put(&mut out, u64::from(run.start - end));
            put(&mut out, run.len.into());
            end = run.start + run.len;
        }
        put(&mut out, (numbers.len() - begin) as u64);
    }
    out.extend(numbers);
    let checksum = store::checksum(&out[HEADER..]);
    out[1..HEADER].copy_from_slice(&checksum.to_le_bytes());
    out
}

/// Why bytes are no chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Written by a later version.
    #[error("is of format {0}, which this version does not know")]
    Format(u8),
    /// The checksum does not fit.
    #[error("is damaged: its checksum does not fit")]
    Checksum,
    /// The checksum fits, but what it covers makes no sense.
    #[error("is damaged: it makes no sense")]
    Senseless,
}

/// A chunk whose bytes are whole; its numbers are read one series at a time.
#[derive(Debug)]
pub struct Chunk<'a> {
    /// In order, each once.
    pub timestamps_ms: Arc<[i64]>,
    rows: Vec<Place>,
    /// Those of the whole chunk.
    bytes: Cow<'a, [u8]>,
}

#[derive(Debug)]
struct Place {
    runs: Vec<Run>,
    count: usize,
    /// Where its numbers stand among the chunk's bytes.
    start: usize,
    end: usize,
}

impl<'a> Chunk<'a> {
    /// Checks the bytes and reads all but the numbers.
    pub fn read(bytes: impl Into<Cow<'a, [u8]>>) -> Result<Self, Damage> {
        let bytes = bytes.into();
        let (format, rest) = bytes.split_first().ok_or(Damage::Senseless)?;
        if *format != FORMAT {
            return Err(Damage::Format(*format));
        }
        let (checksum, rest) = rest.split_first_chunk::<8>().ok_or(Damage::Senseless)?;
        if store::checksum(rest) != u64::from_le_bytes(*checksum) {
            return Err(Damage::Checksum);
        }
        let (timestamps_ms, rows) = content(Cursor(rest), bytes.len()).ok_or(Damage::Senseless)?;
        Ok(Self { timestamps_ms, rows, bytes })
    }

    /// How many series there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The numbers of the series at `index`.
    pub fn row(&self, index: usize) -> Result<Row, Damage> {
        let place = self.rows.get(index).ok_or(Damage::Senseless)?;
        Ok(Row { runs: place.runs.clone(), values: self.numbers(place)? })
    }

    /// How many numbers the series at `index` has at these of the chunk's timestamps.
    pub(crate) fn count(&self, index: usize, within: &Range<u32>) -> usize {
        let runs = self.rows.get(index).map(|place| place.runs.as_slice()).unwrap_or_default();
        runs.iter().filter_map(|run| run.within(within)).map(|run| run.len as usize).sum()
    }

    /// Appends the numbers that the series at `index` has at these of the chunk's timestamps, and tells their runs.
    pub(crate) fn append(
        &self,
        index: usize,
        within: &Range<u32>,
        values: &mut Vec<f64>,
        mut tell: impl FnMut(Run),
    ) -> Result<(), Damage> {
        let place = self.rows.get(index).ok_or(Damage::Senseless)?;
        let numbers = self.numbers(place)?;
        let mut rest = numbers.as_slice();
        for run in &place.runs {
            let (own, others) = rest.split_at(run.len as usize);
            if let Some(inside) = run.within(within) {
                let from = (inside.start - run.start) as usize;
                values.extend_from_slice(&own[from..from + inside.len as usize]);
                tell(inside);
            }
            rest = others;
        }
        Ok(())
    }

    fn numbers(&self, place: &Place) -> Result<Vec<f64>, Damage> {
        if place.count == 0 {
            return Ok(Vec::new());
        }
        codec::decode(&self.bytes[place.start..place.end], place.count).ok_or(Damage::Senseless)
    }
}

impl Run {
    /// What of it is within a range.
    pub(crate) fn within(self, range: &Range<u32>) -> Option<Self> {
        let (start, end) = (self.start.max(range.start), (self.start + self.len).min(range.end));
        (start < end).then(|| Self { start, len: end - start })
    }
}

/// The timestamps and where the numbers of each series stand in a chunk of `length` bytes.
fn content(mut cursor: Cursor<'_>, length: usize) -> Option<(Arc<[i64]>, Vec<Place>)> {
    let timestamps = cursor.count().filter(|count| *count <= TIMESTAMPS_MAX)?;
    let series = cursor.count()?;
    let timestamps_ms = codec::decode_timestamps(cursor.bytes()?, timestamps)?;
    let mut rows = Vec::new();
    let mut start = 0_usize;
    for _ in 0..series {
        let (runs, count) = runs(&mut cursor, timestamps)?;
        let end = start.checked_add(cursor.count()?)?;
        rows.push(Place { runs, count, start, end });
        start = end;
    }
    let numbers_at = length - cursor.0.len();
    cursor.take(start)?;
    for row in &mut rows {
        row.start += numbers_at;
        row.end += numbers_at;
    }
    Some((timestamps_ms.into(), rows))
}

/// The runs of a series, and how many numbers they hold.
fn runs(cursor: &mut Cursor<'_>, timestamps: usize) -> Option<(Vec<Run>, usize)> {
    let mut runs = Vec::new();
    let (mut end, mut count) = (0_usize, 0);
    for _ in 0..cursor.count()? {
        let start = end.checked_add(cursor.count()?)?;
        let len = cursor.count()?;
        end = start.checked_add(len).filter(|end| *end <= timestamps)?;
        count += len;
        runs.push(Run { start: start as u32, len: len as u32 });
    }
    Some((runs, count))
}

#[cfg(test)]
mod tests;
