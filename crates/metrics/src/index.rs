//! What a file holds, as queries need it: its series, and the chunks with their members.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{Labels, Matcher};
use rusqlite::Connection;
use store::OpenError;

use crate::chunk::Damage;
use crate::file;
use crate::place::Place;
use crate::roster::{self, RosterError};
use crate::series::Catalogue;

/// What a file holds.
#[derive(Debug)]
pub(crate) struct Index {
    /// The series number n is at n - 1.
    pub(crate) series: Vec<Labels>,
    pub(crate) chunks: Vec<ChunkRow>,
    generation: i64,
}

#[derive(Debug)]
pub(crate) struct ChunkRow {
    pub(crate) id: i64,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    /// Numbers of series; as many rows of each as the chunk has rows for each.
    pub(crate) members: Box<[u32]>,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("{0}")]
    Open(#[from] OpenError),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Roster(#[from] RosterError),
    #[error("the names of the series in chunk {0} are damaged")]
    Members(i64),
    #[error("the samples from {first} to {last} of {series} (chunk {id}, {count} series in all) {damage}")]
    Damage {
        id: i64,
        first: model::Timestamp,
        last: model::Timestamp,
        series: Labels,
        count: usize,
        damage: Damage,
    },
}

impl ReadError {
    /// Whether only numbers are damaged, and the rest of the file can be read.
    pub(crate) fn is_of_a_chunk(&self) -> bool {
        matches!(self, Self::Damage { .. })
    }
}

impl Index {
    /// Reads the file's index, within a transaction of the caller's: the writer may just add to it. Labels that a
    /// series of the catalogue has share its memory.
    pub(crate) fn read(file: &Connection, catalogue: &Catalogue) -> Result<Self, ReadError> {
        let generation = file::generation(file)?;
        let mut series = Vec::new();
        roster::each(file, |number, labels| {
            let index = number.saturating_sub(1) as usize;
            if series.len() <= index {
                series.resize(index + 1, Labels::default());
            }
            series[index] = catalogue.shared(labels);
        })?;
        let mut chunks = Vec::new();
        let mut statement =
            file.prepare("SELECT id, first_ms, last_ms, members FROM chunk ORDER BY first_ms, id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            let members = file::members(row.get_ref(3)?.as_blob().unwrap_or_default());
            let members = members.filter(|members| members.iter().all(|n| *n as usize <= series.len()));
            let members = members.ok_or(ReadError::Members(id))?.into();
            chunks.push(ChunkRow { id, first_ms: row.get(1)?, last_ms: row.get(2)?, members });
        }
        Ok(Self { series, chunks, generation })
    }

    /// The numbers of the series that match.
    pub(crate) fn matching(&self, matchers: &[Matcher]) -> Vec<u32> {
        let places = self.series.iter().enumerate();
        places.filter(|(_, labels)| matches(labels, matchers)).map(|(at, _)| at as u32 + 1).collect()
    }

    /// The labels of the series of this number.
    pub(crate) fn labels(&self, number: u32) -> &Labels {
        &self.series[number as usize - 1]
    }

    /// How a chunk's damage is told.
    pub(crate) fn damage(&self, chunk: &ChunkRow, damage: Damage) -> ReadError {
        let series = chunk.members.first().map(|number| self.labels(*number).clone());
        ReadError::Damage {
            id: chunk.id,
            first: model::Timestamp::from_millis(chunk.first_ms),
            last: model::Timestamp::from_millis(chunk.last_ms),
            series: series.unwrap_or_default(),
            count: chunk.members.len(),
            damage,
        }
    }

    fn weight(&self) -> usize {
        self.series.len() * 8 + self.chunks.iter().map(|chunk| chunk.members.len() + 8).sum::<usize>()
    }
}

/// Whether a series matches.
pub(crate) fn matches(labels: &Labels, matchers: &[Matcher]) -> bool {
    matchers.iter().all(|matcher| matcher.matches_value(labels.get(matcher.name()).unwrap_or_default()))
}

/// The indexes of some files, kept while they are asked for.
#[derive(Debug, Default)]
pub(crate) struct Indexes(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    by_place: HashMap<Place, (Arc<Index>, u64)>,
    calls: u64,
}

/// Indexes stay in memory up to this weight; one of a numbers' size is about four bytes.
const WEIGHT_MAX: usize = 4 << 20;

impl Indexes {
    /// The index of an open file, read if it is not there or the file has changed. The caller is in a transaction.
    pub(crate) fn get(
        &self,
        file: &Connection,
        place: Place,
        catalogue: &Catalogue,
    ) -> Result<Arc<Index>, ReadError> {
        let generation = file::generation(file)?;
        let mut kept = self.kept();
        kept.calls += 1;
        let calls = kept.calls;
        if let Some((index, used)) = kept.by_place.get_mut(&place)
            && index.generation == generation
        {
            *used = calls;
            return Ok(index.clone());
        }
        drop(kept);
        let index = Arc::new(Index::read(file, catalogue)?);
        let mut kept = self.kept();
        kept.by_place.insert(place, (index.clone(), calls));
        kept.let_go();
        Ok(index)
    }

    /// The file is gone.
    pub(crate) fn forget(&self, place: Place) {
        self.kept().by_place.remove(&place);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Lets those go that were not asked for longest.
    fn let_go(&mut self) {
        let mut weight: usize = self.by_place.values().map(|(index, _)| index.weight()).sum();
        while weight > WEIGHT_MAX && self.by_place.len() > 1 {
            let oldest = self.by_place.iter().min_by_key(|(_, (_, used))| *used).map(|(place, _)| *place);
            let Some((index, _)) = oldest.and_then(|place| self.by_place.remove(&place)) else { return };
            weight -= index.weight();
        }
    }
}
