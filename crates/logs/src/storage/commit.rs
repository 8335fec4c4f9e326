//! The first step: from waiting lines to committed rows of the tail.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use super::{Step, Storage, StorageError, Waiting};
use crate::columns::Columns;
use crate::joining::HeldChange;
use crate::pending::{Origin, Pending};
use crate::picture::TailRow;
use crate::place::DayKey;
use crate::row;
use crate::sidecar::Sidecar;
use crate::stream::Stream;
use crate::tail::{Commit, NewRow, Survive};

/// With more units in the tail their lines are not kept unpacked: it would take too much memory.
const UNITS_KNOWN_MAX: usize = 64;

/// Lines that are packed and numbered, ready for their commit.
#[derive(Debug)]
pub(crate) struct Packed {
    rows: Vec<NewRow>,
    /// Of each row.
    origins: Vec<Origin>,
    /// What each row holds.
    columns: Vec<Columns>,
    positions: BTreeMap<String, Option<Vec<u8>>>,
    held: Vec<HeldChange>,
    survive: Survive,
}

impl Packed {
    /// What deletes obsolete rows and does nothing else.
    pub(crate) fn nothing() -> Self {
        Self {
            rows: Vec::new(),
            origins: Vec::new(),
            columns: Vec::new(),
            positions: BTreeMap::new(),
            held: Vec::new(),
            survive: Survive::Crash,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.positions.is_empty() && self.held.is_empty()
    }

    /// Adds what has to change of the lines that are held back behind the positions.
    pub(crate) fn hold(&mut self, held: Vec<HeldChange>) {
        self.held = held;
    }

    /// Gives up what was pushed. The lines behind it in a unit are numbered anew.
    pub(crate) fn withdraw_pushed(&mut self) {
        let mut withdrawn: HashMap<(u32, DayKey), u64> = HashMap::new();
        let rows = std::mem::take(&mut self.rows).into_iter().zip(std::mem::take(&mut self.origins));
        for ((mut new, origin), columns) in rows.zip(std::mem::take(&mut self.columns)) {
            let before = withdrawn.entry((new.stream.number, new.key)).or_default();
            if origin == Origin::Pushed {
                *before += u64::from(new.row.lines);
                continue;
            }
            if *before > 0 {
                let row = TailRow::clone(&new.row);
                new.row = Arc::new(TailRow { seq_to: row.seq_to - *before, ..row });
            }
            self.rows.push(new);
            self.origins.push(origin);
            self.columns.push(columns);
        }
        self.survive = Survive::Crash;
    }
}

impl Storage {
    /// Packs what waits. An error leaves it waiting.
    pub(crate) fn pack(&mut self, pending: &mut Pending, survive: Survive) -> Result<Packed, StorageError> {
        let (mut rows, mut origins) = (Vec::new(), Vec::new());
        for unit in pending.units() {
            let day = self.shared.picture.day(unit.key);
            let mut seq = self.last_seq(&day, &unit.stream)?;
            for part in unit.parts() {
                seq += part.columns.len() as u64;
                let row = Arc::new(tail_row(&part.columns, seq)?);
                rows.push(NewRow { key: unit.key, stream: unit.stream.clone(), row });
                origins.push(part.origin);
            }
        }
        let positions = pending.take_positions();
        Ok(Packed { rows, origins, columns: pending.take_columns(), positions, held: Vec::new(), survive })
    }

    /// Commits what was packed and shows it to the readers. After an error it may be tried again.
    pub(crate) fn commit(&mut self, packed: &mut Packed) -> Result<(), StorageError> {
        self.reached(Step::Begun)?;
        let commit = Commit {
            obsolete: &self.obsolete,
            rows: &packed.rows,
            positions: Some(&packed.positions),
            held: &packed.held,
            ..Commit::default()
        };
        self.tail.commit(&commit, packed.survive).map_err(StorageError::tail)?;
        self.obsolete.clear();
        self.reached(Step::Committed)?;
        let now = self.shared.clock.now();
        for (new, columns) in packed.rows.iter().zip(std::mem::take(&mut packed.columns)) {
            let day = self.shared.picture.day(new.key);
            day.add_row(&new.stream, new.row.clone());
            self.shared.activity().add(&new.stream.service, &new.row.sidecar.0, now);
            self.shared.counters.stored(u64::from(new.row.lines), new.row.bytes, new.row.last);
            self.wait_for_seal(new, Some(columns));
        }
        self.keep_positions(&packed.positions);
        Ok(())
    }

    fn keep_positions(&self, positions: &BTreeMap<String, Option<Vec<u8>>>) {
        let mut kept = self.shared.positions();
        for (key, value) in positions {
            match value {
                Some(value) => kept.insert(key.clone(), value.clone()),
                None => kept.remove(key),
            };
        }
    }

    /// Notes that the row waits for its seal, and what it holds if that is at hand.
    pub(super) fn wait_for_seal(&mut self, NewRow { key, stream, row }: &NewRow, columns: Option<Columns>) {
        let columns = columns.filter(|_| self.waiting.len() <= UNITS_KNOWN_MAX);
        match self.waiting.entry((stream.number, *key)) {
            Entry::Occupied(mut unit) => {
                let unit = unit.get_mut();
                unit.weight += row.weight();
                unit.rows += 1;
                unit.columns = unit.columns.take().zip(columns).map(|(mut known, more)| {
                    known.push(more);
                    known
                });
            }
            Entry::Vacant(place) => {
                place.insert(Waiting {
                    day: self.shared.picture.day(*key),
                    stream: Arc::<Stream>::clone(stream),
                    weight: row.weight(),
                    rows: 1,
                    since: Instant::now(),
                    columns: columns.map(|columns| vec![columns]),
                });
            }
        }
    }
}

/// The row of these entries, the last of which has the number `seq_to`.
pub(super) fn tail_row(columns: &Columns, seq_to: u64) -> Result<TailRow, StorageError> {
    let (first, last) = columns.span();
    let data = row::pack(columns).map_err(StorageError::system("compressing lines"))?;
    Ok(TailRow {
        seq_to,
        lines: columns.len() as u32,
        bytes: columns.text.len() as u64,
        first,
        last,
        sidecar: Sidecar::of(columns),
        data: data.into(),
    })
}
