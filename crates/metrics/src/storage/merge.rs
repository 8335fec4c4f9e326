//! Chunks of a day that is over become chunks of a quarter of it: they are smaller together, and quicker to read. Longer
//! ones would be smaller by a fiftieth, and a question about one instant would have to read all of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use model::{Labels, Timestamp, UtcDay};
use promql::Samples;
use rusqlite::{Connection, params};

use super::seal::SERIES_PER_CHUNK;
use super::{Step, Storage, StorageError};
use crate::chunk::{Row, Run};
use crate::file;
use crate::gather::Gather;
use crate::index::{ChunkRow, Index, ReadError};
use crate::place::{Place, day_of};
use crate::source::{subject, with_chunk};
use crate::window::WINDOW_MS;

/// So many series are put together at once.
pub(super) const BATCH: usize = 2 * SERIES_PER_CHUNK;

/// How long a merged chunk is at most: as many windows as are a quarter of a day.
const QUARTER_MS: i64 = 3 * WINDOW_MS;

/// A series with more runs than this does not share the others' timestamps.
const RUNS_MAX: usize = 64;

impl Storage {
    /// Goes on merging and rolling up days that are over. Gives whether there is more to do at once.
    pub(crate) fn merge(&mut self) -> Result<bool, StorageError> {
        if self.is_leased() {
            return Ok(false);
        }
        self.note_settings();
        let begun = Instant::now();
        while let Some(day) = self.due() {
            match self.merge_day(day, begun) {
                Ok(true) => {
                    self.unmerged.remove(&day);
                }
                Ok(false) => return Ok(true),
                Err(error) if error.is_damage() => {
                    let message = format!("{error}; it stays as it is");
                    self.shared.faults.set(&subject(Place::Day(day)), message);
                    self.unmerged.remove(&day);
                }
                Err(error) => return Err(error),
            }
            if begun.elapsed() >= self.shared.limits.merge_slice {
                return Ok(self.due().is_some());
            }
        }
        Ok(false)
    }

    /// Days that were merged while nothing was to be rolled up are taken up again when that changes.
    fn note_settings(&mut self) {
        let rolls = self.shared.config().rolls();
        if rolls && !self.rolls {
            for day in &self.shared.stored().days {
                self.unmerged.entry(*day).or_insert(Timestamp::MIN);
            }
        }
        self.rolls = rolls;
    }

    /// The oldest day that is over and that nothing more will be added to soon.
    fn due(&self) -> Option<UtcDay> {
        let now = self.shared.clock.now();
        let since = now.minus(self.shared.limits.merge_after);
        let windows = self.shared.stored().head.all();
        let is_open = |day: UtcDay| windows.iter().any(|window| day_of(*window) == day);
        let quiet_since = now.minus(self.shared.limits.quiet);
        // After a clock was set back nobody knows how long ago something came.
        let is_quiet = |added| added <= quiet_since || added > now;
        let is_due = |day: UtcDay, added| day.end() <= since && is_quiet(added) && !is_open(day);
        self.unmerged.iter().find(|(day, added)| is_due(**day, **added)).map(|(day, _)| *day)
    }

    /// Gives whether the day is merged and rolled up.
    fn merge_day(&mut self, day: UtcDay, begun: Instant) -> Result<bool, StorageError> {
        let place = Place::Day(day);
        if !self.shared.stored().days.contains(&day) {
            return Ok(true);
        }
        let file = file::open(&self.shared.directory, place)?;
        let told = StorageError::file(place);
        if is_merged(&file).map_err(&told)? {
            return self.roll(day, &file).map(|()| true);
        }
        let index = Index::read(&file, &self.shared.catalogue).map_err(StorageError::read(place))?;
        let mut is_further = false;
        for chunks in components(&index) {
            // However long it took to get here, each slice gets on: damaged ones come first every time.
            if is_further && begun.elapsed() >= self.shared.limits.merge_slice {
                return Ok(false);
            }
            match merge_chunks(&file, &index, &chunks) {
                Ok(()) => {
                    is_further = true;
                    self.reached(Step::Merged)?;
                }
                Err(error) if error.is_of_a_chunk() => {
                    self.shared.tell_damage(place, &error);
                }
                Err(error) => return Err(StorageError::read(place)(error)),
            }
        }
        file.execute("UPDATE state SET merged = (SELECT coalesce(max(id), 0) FROM chunk)", [])
            .map_err(&told)?;
        // Gives the room of the chunks that are gone back.
        file.execute_batch("VACUUM").map_err(&told)?;
        self.reached(Step::Vacuumed)?;
        self.roll(day, &file)?;
        Ok(true)
    }
}

fn is_merged(file: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT merged >= (SELECT coalesce(max(id), 0) FROM chunk) FROM state";
    file.query_row(sql, [], |row| row.get(0))
}

/// Chunks of a quarter of the day that hang together by their series, where there is more than one.
fn components(index: &Index) -> Vec<Vec<&ChunkRow>> {
    let mut parents: Vec<usize> = (0..index.chunks.len()).collect();
    let mut chunk_of: Vec<Option<(usize, i64)>> = vec![None; index.series.len() + 1];
    // They are in the order of their time.
    for (at, chunk) in index.chunks.iter().enumerate() {
        let quarter = chunk.first_ms.div_euclid(QUARTER_MS);
        for number in &chunk.members {
            let before = chunk_of[*number as usize].replace((at, quarter));
            if let Some((other, _)) = before.filter(|(_, other)| *other == quarter) {
                let (a, b) = (root(&mut parents, at), root(&mut parents, other));
                parents[a.max(b)] = a.min(b);
            }
        }
    }
    let mut components: HashMap<usize, Vec<&ChunkRow>> = HashMap::new();
    for (at, chunk) in index.chunks.iter().enumerate() {
        components.entry(root(&mut parents, at)).or_default().push(chunk);
    }
    let mut components: Vec<_> = components.into_values().filter(|chunks| chunks.len() > 1).collect();
    components.sort_by_key(|chunks| chunks[0].id);
    components
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

/// Puts chunks that share series in place of these, in one transaction.
fn merge_chunks(file: &Connection, index: &Index, chunks: &[&ChunkRow]) -> Result<(), ReadError> {
    let transaction = file.unchecked_transaction()?;
    for batch in sorted_series(index, chunks).chunks(BATCH) {
        let numbers: HashMap<&Labels, u32> = batch.iter().map(|n| (index.labels(*n), *n)).collect();
        for (timestamps_ms, members) in shared(gather(file, index, chunks, batch)?) {
            for group in members.chunks(SERIES_PER_CHUNK) {
                let (series, rows): (Vec<u32>, Vec<Row>) =
                    group.iter().map(|(labels, row)| (numbers[labels], row.clone())).unzip();
                file::insert_chunk(&transaction, &timestamps_ms, &series, &rows)?;
            }
        }
    }
    let mut delete = transaction.prepare_cached("DELETE FROM chunk WHERE id = ?1")?;
    chunks.iter().try_for_each(|chunk| delete.execute(params![chunk.id]).map(|_| ()))?;
    drop(delete);
    file::next_generation(&transaction)?;
    Ok(transaction.commit()?)
}

/// The numbers of the chunks' series, in the order of their labels.
pub(super) fn sorted_series(index: &Index, chunks: &[&ChunkRow]) -> Vec<u32> {
    let mut series: Vec<u32> = chunks.iter().flat_map(|chunk| chunk.members.iter().copied()).collect();
    series.sort_unstable();
    series.dedup();
    series.sort_by(|a, b| index.labels(*a).cmp(index.labels(*b)));
    series
}

/// All samples that the chunks have of some series.
pub(super) fn gather(
    file: &Connection,
    index: &Index,
    chunks: &[&ChunkRow],
    series: &[u32],
) -> Result<Vec<Samples>, ReadError> {
    let mut gather = Gather::new(i64::MIN, i64::MAX, usize::MAX);
    let slots: HashMap<u32, u32> = series.iter().map(|n| (*n, gather.slot(index.labels(*n)))).collect();
    for row in chunks {
        let wanted: Vec<(usize, u32)> =
            row.members.iter().enumerate().filter_map(|(at, n)| Some((at, *slots.get(n)?))).collect();
        if wanted.is_empty() {
            continue;
        }
        with_chunk(file, index, row, |chunk| {
            let timestamps = gather.timestamps(&chunk.timestamps_ms);
            for (at, slot) in &wanted {
                gather.add(*slot, timestamps, chunk.row(*at)?);
            }
            Ok(())
        })?;
    }
    Ok(gather.finish())
}

/// Timestamps, and the rows of the series that share them.
type Shared = (Arc<[i64]>, Vec<(Labels, Row)>);

/// Puts series together that can share timestamps.
fn shared(samples: Vec<Samples>) -> Vec<Shared> {
    let longest = samples.iter().map(|samples| &samples.timestamps_ms).max_by_key(|at| at.len());
    let mut groups: Vec<Shared> = longest.map(|at| (at.clone(), Vec::new())).into_iter().collect();
    for Samples { labels, timestamps_ms, values } in samples {
        let found =
            groups.iter_mut().find_map(|(at, members)| Some((runs_within(&timestamps_ms, at)?, members)));
        match found {
            Some((runs, members)) => members.push((labels, Row { runs, values })),
            None => {
                let runs = vec![Run { start: 0, len: values.len() as u32 }];
                groups.push((timestamps_ms, vec![(labels, Row { runs, values })]));
            }
        }
    }
    groups
}

/// Where timestamps stand among others; nothing if not all do, or too scattered.
fn runs_within(timestamps_ms: &Arc<[i64]>, all: &Arc<[i64]>) -> Option<Vec<Run>> {
    if Arc::ptr_eq(timestamps_ms, all) {
        return Some(vec![Run { start: 0, len: all.len() as u32 }]);
    }
    let mut runs: Vec<Run> = Vec::new();
    let mut place = 0;
    for at in timestamps_ms.iter() {
        match runs.last_mut() {
            Some(run) if all.get(place) == Some(at) => run.len += 1,
            _ => {
                place += all.get(place..)?.partition_point(|other| other < at);
                if all.get(place) != Some(at) || runs.len() == RUNS_MAX {
                    return None;
                }
                runs.push(Run { start: place as u32, len: 1 });
            }
        }
        place += 1;
    }
    Some(runs)
}
