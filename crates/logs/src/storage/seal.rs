//! The second step: from rows of the tail to published blocks.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Instant;

use model::Timestamp;

use super::recover::make_directory;
use super::{OpenFiles, Step, Storage, StorageError};
use crate::columns::Columns;
use crate::day::{DayFiles, Deleted, NewBlock};
use crate::picture::{Day, TailRow};
use crate::place::DayKey;
use crate::row;
use crate::status::DropReason;
use crate::stream::Stream;
use crate::tail::RowsUpTo;

/// Units that are sealed with one pair of commits. It bounds the memory that their blocks take.
const UNITS_AT_ONCE: usize = 64;

/// A unit that is to be sealed.
struct Due {
    stream: Arc<Stream>,
    /// All its lines, or as many as fill whole blocks.
    whole: bool,
}

impl Storage {
    /// Seals every unit whose time has come.
    pub(crate) fn seal(&mut self, now: Instant) -> Result<(), StorageError> {
        if self.is_leased() {
            return Ok(());
        }
        let due = self.due(now, self.shared.clock.now());
        if due.is_empty() {
            return Ok(());
        }
        self.tail.make_durable().map_err(StorageError::tail)?;
        self.reached(Step::MadeDurable)?;
        // A day whose files fail does not keep the others waiting.
        let mut done = Ok(());
        for (key, units) in due {
            done = done.and(self.seal_day(key, &units, now));
        }
        done
    }

    /// Seals what the chosen streams have in the tail.
    pub(super) fn seal_chosen(
        &mut self,
        key: DayKey,
        is_chosen: impl Fn(&Stream) -> bool,
        now: Instant,
    ) -> Result<(), StorageError> {
        let of_day = self.waiting.iter().filter(|((_, other), _)| *other == key);
        let chosen = of_day.filter(|(_, unit)| is_chosen(&unit.stream));
        let units: Vec<Due> =
            chosen.map(|(_, unit)| Due { stream: unit.stream.clone(), whole: true }).collect();
        if units.is_empty() {
            return Ok(());
        }
        self.tail.make_durable().map_err(StorageError::tail)?;
        self.reached(Step::MadeDurable)?;
        self.seal_day(key, &units, now)
    }

    fn seal_day(&mut self, key: DayKey, units: &[Due], now: Instant) -> Result<(), StorageError> {
        let day = self.shared.picture.day(key);
        units.chunks(UNITS_AT_ONCE).try_for_each(|units| self.seal_units(&day, units, now))?;
        if self.files(key)?.slice(false).map_err(|reason| StorageError::Day { key, reason })? {
            self.reached(Step::Sliced)?;
        }
        Ok(())
    }

    fn due(&self, now: Instant, clock: Timestamp) -> BTreeMap<DayKey, Vec<Due>> {
        let limits = &self.shared.limits;
        let mut due: BTreeMap<DayKey, Vec<Due>> = BTreeMap::new();
        let mut left = Vec::new();
        let mut weight_left = 0;
        for ((_, key), unit) in &self.waiting {
            let is_past = clock >= key.day.end().plus(limits.seal_past_day_after);
            let age_max = if is_past { limits.seal_past_day_after } else { limits.seal_after };
            let is_old = now.saturating_duration_since(unit.since) >= age_max;
            if is_old || unit.weight >= limits.block_weight {
                let unit = Due { stream: unit.stream.clone(), whole: is_old };
                due.entry(*key).or_default().push(unit);
            } else {
                weight_left += unit.weight;
                left.push((unit, *key));
            }
        }
        if weight_left > limits.tail_weight {
            // Down to three quarters, so that this is not done for every commit.
            left.sort_by_key(|(unit, _)| Reverse(unit.weight));
            for (unit, key) in left {
                if weight_left <= limits.tail_weight / 4 * 3 {
                    break;
                }
                weight_left -= unit.weight;
                let unit = Due { stream: unit.stream.clone(), whole: true };
                due.entry(key).or_default().push(unit);
            }
        }
        due
    }

    fn seal_units(&mut self, day: &Day, units: &[Due], now: Instant) -> Result<(), StorageError> {
        let mut blocks = Vec::new();
        for unit in units {
            self.make_blocks(day, unit, &mut blocks)?;
        }
        match self.write_blocks(day.key, &mut blocks, None) {
            Err(error) if error.is_damage() => return self.put_aside(day, &error.to_string()),
            written => written?,
        }
        for block in blocks {
            if self.is_small(&block.row) {
                self.has_small(day.key);
            }
            day.publish(&block.stream, block.row);
            self.obsolete.push(RowsUpTo { key: day.key, stream: block.stream, seq_to: block.row.seq_to });
        }
        self.reached(Step::Published)?;
        for unit in units {
            self.recount(day, &unit.stream, now);
        }
        Ok(())
    }

    pub(super) fn write_blocks(
        &mut self,
        key: DayKey,
        blocks: &mut [NewBlock],
        deleted: Option<Deleted>,
    ) -> Result<(), StorageError> {
        if blocks.is_empty() {
            return Ok(());
        }
        let told = |reason| StorageError::Day { key, reason };
        self.files(key)?.write_data(blocks).map_err(told)?;
        self.reached(Step::DataWritten)?;
        self.files(key)?.write_index(blocks, deleted).map_err(told)?;
        self.reached(Step::IndexWritten)
    }

    /// Makes blocks of the unit's rows, each of about the size of a block.
    fn make_blocks(&mut self, day: &Day, unit: &Due, blocks: &mut Vec<NewBlock>) -> Result<(), StorageError> {
        let block_weight = self.shared.limits.block_weight;
        let rows = day.rows(&unit.stream);
        if let Some(run) = self.known_run(day, unit, &rows) {
            blocks.extend(run.into_block(&unit.stream)?);
            return Ok(());
        }
        let mut run = Run::default();
        for row in rows {
            self.append(day, &unit.stream, &row, &mut run);
            if run.weight >= block_weight {
                blocks.extend(std::mem::take(&mut run).into_block(&unit.stream)?);
            }
        }
        if unit.whole {
            blocks.extend(run.into_block(&unit.stream)?);
        }
        Ok(())
    }

    /// All rows of the unit without unpacking them, if they make one block and what they hold is at hand.
    fn known_run(&mut self, day: &Day, unit: &Due, rows: &[Arc<TailRow>]) -> Option<Run> {
        let block_weight = self.shared.limits.block_weight;
        let known = self.waiting.get_mut(&(unit.stream.number, day.key))?.columns.take()?;
        let (last, others) = rows.split_last()?;
        let before: u64 = others.iter().map(|row| row.weight()).sum();
        let weight = before + last.weight();
        let is_one = before < block_weight && (unit.whole || weight >= block_weight);
        let lines: u64 = rows.iter().map(|row| u64::from(row.lines)).sum();
        let is_all = lines == known.iter().map(|columns| columns.len() as u64).sum::<u64>();
        (is_one && is_all).then(|| Run { columns: Columns::joined(&known), weight, seq_to: last.seq_to })
    }

    /// A row that cannot be read any more is told of, counted and left out.
    fn append(&mut self, day: &Day, stream: &Arc<Stream>, row: &TailRow, run: &mut Run) {
        run.seq_to = row.seq_to;
        run.weight += row.weight();
        match row::unpack(&row.data) {
            Ok(columns) => run.columns.append(&columns),
            Err(damage) => {
                let subject = format!("lines of {} not sealed yet", stream.stored);
                self.shared
                    .faults
                    .set(&subject, format!("{} lines are lost: what was stored {damage}", row.lines));
                self.shared.counters.dropped(DropReason::Damaged, u64::from(row.lines));
                day.drop_row(stream, row.seq_to);
            }
        }
    }

    /// Brings what is known about the unit's rows up to date.
    fn recount(&mut self, day: &Day, stream: &Stream, now: Instant) {
        let rows = day.rows(stream);
        let Entry::Occupied(mut waiting) = self.waiting.entry((stream.number, day.key)) else { return };
        if rows.is_empty() {
            waiting.remove();
            return;
        }
        let waiting = waiting.get_mut();
        waiting.weight = rows.iter().map(|row| row.weight()).sum();
        waiting.rows = rows.len();
        waiting.columns = None;
        waiting.since = now;
    }

    /// The day's pair of files, opened if it was not.
    pub(super) fn files(&mut self, key: DayKey) -> Result<&mut DayFiles, StorageError> {
        let open = match self.files.entry(key) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(place) => {
                make_directory(&self.shared.root, key)
                    .map_err(StorageError::system("making the directory of a day"))?;
                let files = DayFiles::open(&self.shared.root, key).map_err(StorageError::open)?;
                // Of blocks that were replaced before the process ended.
                if files.has_replaced().map_err(|reason| StorageError::Day { key, reason })? {
                    self.replaced.entry(key).or_insert_with(Instant::now);
                }
                place.insert(OpenFiles { files, used: Instant::now() })
            }
        };
        open.used = Instant::now();
        Ok(&mut open.files)
    }
}

/// Rows that become one block.
#[derive(Default)]
struct Run {
    columns: Columns,
    weight: u64,
    seq_to: u64,
}

impl Run {
    fn into_block(self, stream: &Arc<Stream>) -> Result<Option<NewBlock>, StorageError> {
        if self.columns.is_empty() {
            return Ok(None);
        }
        let block = NewBlock::make(stream, self.seq_to, &self.columns);
        block.map(Some).map_err(StorageError::system("compressing a block"))
    }
}
