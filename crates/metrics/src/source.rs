//! Reading: what PromQL asks of the storage.

use std::borrow::Cow;
use std::sync::Arc;

use model::{Labels, Matcher};
use promql::{Samples, Selection, Source, SourceError, Wanted};
use rusqlite::Connection;

use crate::chunk::{Chunk, Damage};
use crate::file;
use crate::gather::Gather;
use crate::index::{self, ChunkRow, Index, ReadError};
use crate::metrics::Metrics;
use crate::pieces::Pieces;
use crate::place::{Place, day_of};
use crate::rollup::{self, Columns};
use crate::shared::Shared;

impl Source for Metrics {
    fn select(&self, selection: &Selection) -> Result<Vec<Samples>, SourceError> {
        self.select_for(Wanted::Newest, selection)
    }

    fn select_for(&self, wanted: Wanted, selection: &Selection) -> Result<Vec<Samples>, SourceError> {
        let Selection { matchers, first_ms, last_ms, samples_max } = selection;
        let (copied, places) = {
            // The head is read first: what is sealed meanwhile is in the files that are listed here.
            let stored = self.shared.stored();
            let is_wanted = |labels: &Labels| index::matches(labels, matchers);
            (stored.head.copy(*first_ms, *last_ms, is_wanted), stored.places(*first_ms, *last_ms))
        };
        let mut gather = Gather::new(*first_ms, *last_ms, *samples_max);
        let mut pieces = Pieces::default();
        for place in places {
            let (gather, pieces) = (&mut gather, &mut pieces);
            let mut reading = Reading { shared: &self.shared, selection, wanted, place, gather, pieces };
            self.shared.reading(place, |file, index| reading.read(file, index))?;
        }
        pieces.decode(&mut gather).map_err(|(place, error)| self.shared.damaged(place, &error))?;
        for copied in copied {
            let slot = gather.slot(&copied.labels);
            let timestamps = gather.timestamps(&copied.timestamps_ms);
            gather.add(slot, timestamps, copied.row.whole());
        }
        Ok(gather.finish())
    }
}

impl Metrics {
    /// Shows the labels of every series that may have samples in the range, some more than once.
    pub(crate) fn each_series(
        &self,
        first_ms: i64,
        last_ms: i64,
        mut see: impl FnMut(&Labels),
    ) -> Result<(), SourceError> {
        let places = {
            let stored = self.shared.stored();
            stored.head.each_series(first_ms, last_ms, &mut see);
            stored.places(first_ms, last_ms)
        };
        for place in places {
            self.shared.reading(place, |_, index| {
                let inside = index.chunks.iter().filter(|chunk| overlaps(chunk, first_ms, last_ms));
                let mut seen = vec![false; index.series.len()];
                inside.flat_map(|chunk| &chunk.members).for_each(|number| seen[*number as usize - 1] = true);
                index.series.iter().zip(seen).filter(|(_, seen)| *seen).for_each(|(labels, _)| see(labels));
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl Shared {
    /// Reads a file. One that cannot be read is left out, and told of; damaged samples are an error, since an answer
    /// without them would be a wrong number.
    fn reading(
        &self,
        place: Place,
        read: impl FnOnce(&Connection, &Arc<Index>) -> Result<(), ReadError>,
    ) -> Result<(), SourceError> {
        let opened = || {
            let file = file::open_reader(&self.directory, place)?;
            // One state of the file, whatever the writer does meanwhile.
            file.execute_batch("BEGIN")?;
            let index = self.indexes.get(&file, place, &self.catalogue)?;
            Ok((file, index))
        };
        let done = opened().and_then(|(file, index)| read(&file, &index));
        match done {
            Ok(()) => {
                self.faults.clear(&subject(place));
                Ok(())
            }
            Err(error) if error.is_of_a_chunk() => Err(self.damaged(place, &error)),
            // It has expired meanwhile.
            Err(_) if !self.stored().has(place) => Ok(()),
            Err(error) => {
                self.faults.set(&subject(place), format!("{error}; its samples are missing in all answers"));
                Ok(())
            }
        }
    }

    fn damaged(&self, place: Place, error: &ReadError) -> SourceError {
        self.tell_damage(place, error);
        SourceError(format!("metrics/{place}: {error}"))
    }

    /// Samples are damaged; the rest of the file is not.
    pub(crate) fn tell_damage(&self, place: Place, error: &ReadError) {
        let subject = format!("{}, damage", subject(place));
        self.faults.set(&subject, format!("{error}; queries that need them fail, all others work"));
    }
}

/// The subject of the faults of a file.
pub(crate) fn subject(place: Place) -> String {
    format!("metrics/{place}")
}

/// Gathers what a file has; what a day's has is only listed.
struct Reading<'a> {
    shared: &'a Shared,
    selection: &'a Selection,
    wanted: Wanted,
    place: Place,
    gather: &'a mut Gather,
    pieces: &'a mut Pieces,
}

impl Reading<'_> {
    /// Each chunk is read once, for all of its series that are wanted.
    fn read(&mut self, file: &Connection, index: &Arc<Index>) -> Result<(), ReadError> {
        let Selection { matchers, first_ms, last_ms, .. } = self.selection;
        let mut slots: Vec<Option<u32>> = vec![None; index.series.len() + 1];
        for number in index.matching(matchers) {
            slots[number as usize] = Some(self.gather.slot(index.labels(number)));
        }
        let rows = index.chunks.iter().enumerate();
        for (number, row) in rows.filter(|(_, row)| overlaps(row, *first_ms, *last_ms)) {
            if self.gather.is_full() {
                break;
            }
            let members = row.members.iter().enumerate();
            let mut wanted =
                members.filter_map(|(at, number)| Some((at, slots[*number as usize]?))).peekable();
            if wanted.peek().is_none() || self.is_superseded(row) {
                continue;
            }
            if let Place::Rollup(_) = self.place {
                with_chunk(file, index, row, |chunk| self.add(chunk, wanted))?;
                continue;
            }
            let chunk = with_bytes(file, index, row, |bytes| checked(row, bytes.to_vec()))?;
            let within = self.gather.within(&chunk.timestamps_ms);
            let numbers = self.pieces.add(chunk, (self.place, index, number), within, wanted);
            self.gather.expect(numbers);
        }
        Ok(())
    }

    /// Whether the day of a rolled up chunk still has its own samples.
    fn is_superseded(&self, row: &ChunkRow) -> bool {
        let day = day_of(row.first_ms);
        matches!(self.place, Place::Rollup(_)) && self.shared.stored().days.contains(&day)
    }

    fn add(&mut self, chunk: &Chunk<'_>, wanted: impl Iterator<Item = (usize, u32)>) -> Result<(), Damage> {
        for (at, slot) in wanted {
            let (timestamps_ms, row) = Columns::read(chunk, at)?.samples(self.wanted);
            let timestamps = self.gather.timestamps(&timestamps_ms);
            self.gather.add(slot, timestamps, row);
        }
        Ok(())
    }
}

fn overlaps(chunk: &ChunkRow, first_ms: i64, last_ms: i64) -> bool {
    // A sample of roll-ups stands at the end of what it is of.
    chunk.last_ms >= first_ms && chunk.first_ms.saturating_sub(rollup::BUCKET_MS) <= last_ms
}

/// Reads a chunk and hands it to `take`.
pub(crate) fn with_chunk<T>(
    file: &Connection,
    index: &Index,
    row: &ChunkRow,
    take: impl FnOnce(&Chunk<'_>) -> Result<T, Damage>,
) -> Result<T, ReadError> {
    with_bytes(file, index, row, |bytes| take(&checked(row, bytes)?))
}

fn with_bytes<T>(
    file: &Connection,
    index: &Index,
    row: &ChunkRow,
    take: impl FnOnce(&[u8]) -> Result<T, Damage>,
) -> Result<T, ReadError> {
    let mut select = file.prepare_cached("SELECT data FROM chunk WHERE id = ?1")?;
    let mut rows = select.query([row.id])?;
    let found = rows.next()?;
    let bytes = found.and_then(|found| found.get_ref(0).ok()?.as_blob().ok()).unwrap_or_default();
    take(bytes).map_err(|damage| index.damage(row, damage))
}

/// The chunk, if it has the rows of each member and no others.
fn checked<'a>(row: &ChunkRow, bytes: impl Into<Cow<'a, [u8]>>) -> Result<Chunk<'a>, Damage> {
    let chunk = Chunk::read(bytes)?;
    chunk.len().is_multiple_of(row.members.len().max(1)).then_some(chunk).ok_or(Damage::Senseless)
}

/// Whether one of the selectors matches; without a selector every series is wanted.
pub(crate) fn is_wanted(labels: &Labels, selectors: &[Vec<Matcher>]) -> bool {
    selectors.is_empty() || selectors.iter().any(|matchers| index::matches(labels, matchers))
}
