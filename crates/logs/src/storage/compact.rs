//! After the steps: small blocks that lie next to one another become one. Units that write little are sealed by
//! age, an hour's lines in a block each; late lines likewise. A small block costs more of everything than its
//! lines do.
//!
//! It takes the way of a seal: the new block goes into `.data.db`, then one transaction of the index puts its row
//! in the place of theirs. Whoever chose the old blocks just before can still read them for a while; then they
//! are deleted. Lines keep their numbers.

use std::time::Instant;

use super::{Step, Storage, StorageError};
use crate::block::{self, Damage, Name};
use crate::columns::Columns;
use crate::day::{Deleted, NewBlock};
use crate::picture::{BlockRow, Day};
use crate::place::DayKey;
use crate::stream::Stream;

/// So much is merged at once; the rest waits for the next time, lest lines wait for their commit.
const WEIGHT_AT_ONCE: u64 = 2 << 20;

/// While a unit's day goes on, so many small blocks are waited for: few merges, each of many.
const RUN_MIN: usize = 8;

impl Storage {
    /// Merges some of the small blocks, and deletes those that were merged a while ago. A deletion that goes on has the
    /// old ones in hand.
    pub(crate) fn compact(&mut self, now: Instant) -> Result<(), StorageError> {
        if self.is_leased() || self.deleting.is_some() {
            return Ok(());
        }
        self.delete_replaced(now)?;
        let clock = self.shared.clock.now();
        let mut weight_left = WEIGHT_AT_ONCE;
        for key in self.with_small.clone() {
            let day = self.shared.picture.day(key);
            let is_past = clock >= key.day.end().plus(self.shared.limits.seal_past_day_after);
            let least = if is_past { 2 } else { RUN_MIN };
            let done = self.compact_day(&day, least, &mut weight_left, now);
            // A day that fails is looked at again when the next small block comes.
            if done.is_err() || (is_past && matches!(done, Ok(true))) {
                self.with_small.remove(&key);
            }
            done?;
        }
        Ok(())
    }

    /// Notes that the day has small blocks, or may have.
    pub(super) fn has_small(&mut self, key: DayKey) {
        self.with_small.insert(key);
    }

    /// Whether a block is small enough to be merged with others.
    pub(super) fn is_small(&self, block: &BlockRow) -> bool {
        block.weight() <= self.shared.limits.block_weight / 2
    }

    /// Tells whether nothing is left to do.
    fn compact_day(
        &mut self,
        day: &Day,
        least: usize,
        weight_left: &mut u64,
        now: Instant,
    ) -> Result<bool, StorageError> {
        // A damaged index is somebody else's matter.
        if self.shared.load(day).is_err() {
            return Ok(true);
        }
        let mut merged = Vec::new();
        let mut is_done = true;
        for (stream, run) in day.small_runs(self.shared.limits.block_weight, least) {
            let weight: u64 = run.iter().map(BlockRow::weight).sum();
            if weight > *weight_left {
                is_done = false;
                break;
            }
            *weight_left -= weight;
            merged.extend(self.merge_blocks(day, &stream, run)?);
        }
        if !merged.is_empty() {
            self.replace_blocks(day, &mut merged, None, now)?;
        }
        Ok(is_done)
    }

    /// Puts blocks in the place of those that each of them replaces.
    pub(super) fn replace_blocks(
        &mut self,
        day: &Day,
        blocks: &mut [NewBlock],
        deleted: Option<Deleted>,
        now: Instant,
    ) -> Result<(), StorageError> {
        self.write_blocks(day.key, blocks, deleted)?;
        for block in &*blocks {
            day.replace(&block.stream, block.row, &block.replaces);
        }
        self.replaced.entry(day.key).or_insert(now);
        self.reached(Step::Replaced)
    }

    /// `None` if one of the blocks cannot be read: it stays as it is, and is told of.
    fn merge_blocks(
        &mut self,
        day: &Day,
        stream: &std::sync::Arc<Stream>,
        run: Vec<BlockRow>,
    ) -> Result<Option<NewBlock>, StorageError> {
        if run.iter().any(|block| self.unreadable.contains(&(day.key, block.id))) {
            return Ok(None);
        }
        let mut columns = Columns::default();
        for block in run.iter().filter(|block| block.lines > 0) {
            match self.read_block(day.key, stream, block)? {
                Ok(part) => columns.append(&part),
                Err(damage) => {
                    let subject = format!("block {} of the logs of {}", block.id, day.key);
                    let (lines, labels) = (block.lines, &stream.labels);
                    let message = format!("{lines} lines of {labels} cannot be read: it {damage}");
                    self.shared.faults.set(&subject, message);
                    self.unreadable.insert((day.key, block.id));
                    return Ok(None);
                }
            }
        }
        let seq_to = run.last().map_or(0, |last| last.seq_to);
        let merged = NewBlock::of_what_is_left(stream, seq_to, &columns);
        Ok(Some(NewBlock { replaces: run, ..merged.map_err(StorageError::system("compressing a block"))? }))
    }

    fn read_block(
        &mut self,
        key: DayKey,
        stream: &Stream,
        block: &BlockRow,
    ) -> Result<Result<Columns, Damage>, StorageError> {
        let name = Name { fingerprint: stream.fingerprint, seq_to: block.seq_to };
        let data = self.files(key)?.read_data(block.id);
        let data = data.map_err(|reason| StorageError::Day { key, reason })?;
        Ok(data.ok_or(Damage::Missing).and_then(|data| block::decode(&data, name)))
    }

    fn delete_replaced(&mut self, now: Instant) -> Result<(), StorageError> {
        let kept = self.shared.limits.replaced_kept;
        let due = self.replaced.iter().filter(|(_, since)| now.saturating_duration_since(**since) >= kept);
        for key in due.map(|(key, _)| *key).collect::<Vec<_>>() {
            let deleted = self.files(key)?.delete_replaced();
            deleted.map_err(|reason| StorageError::Day { key, reason })?;
            self.replaced.remove(&key);
            self.reached(Step::ReplacedDeleted)?;
        }
        Ok(())
    }
}
