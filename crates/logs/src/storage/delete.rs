//! Beside the steps: lines that somebody asked to be deleted. The request is in `tail.db`, as is the day that it came
//! to. Of each day the selected units are sealed; then blocks that hold such lines are replaced by blocks of the others,
//! the way merged ones are. The transaction that does so counts the lines too.

use std::collections::VecDeque;
use std::time::Instant;

use logql::LogQuery;
use model::{TimeRange, UtcDay};

use super::{Step, Storage, StorageError};
use crate::columns::Columns;
use crate::day::{Deleted, NewBlock};
use crate::deletion::{self, CancelError, DeleteError, Deletion, DeletionState, WAITING_MAX};
use crate::reader::{Chunk, Stored};

/// So much is looked through at once, lest lines wait for their commit.
const WEIGHT_AT_ONCE: u64 = 2 << 20;

/// A deletion that is being worked on.
pub(super) struct Deleting {
    deletion: Deletion,
    query: LogQuery,
    /// The day that is worked on, and its blocks that were not looked through.
    day: Option<UtcDay>,
    chunks: VecDeque<Chunk>,
}

impl Storage {
    /// Keeps a request, unless too many wait. The lines that it is about are committed.
    pub(crate) fn begin_deletion(
        &mut self,
        query: String,
        range: TimeRange,
    ) -> Result<Result<u64, DeleteError>, StorageError> {
        let waiting = |deletion: &&Deletion| deletion.state != DeletionState::Done;
        if self.shared.deletions.all().iter().filter(waiting).count() >= WAITING_MAX {
            return Ok(Err(DeleteError::TooMany));
        }
        let (created, from) = (self.shared.clock.now(), range.start.day());
        let new = Deletion { id: 0, query, range, created, state: DeletionState::Waiting, lines: 0, from };
        let id = self.tail.add_deletion(&new).map_err(StorageError::tail)?;
        tracing::info!(id, query = new.query, "asked to delete lines");
        self.shared.deletions.all().push(Deletion { id, ..new });
        self.reached(Step::DeletionKept)?;
        Ok(Ok(id))
    }

    /// Forgets a request that has not begun; with `force`, also the rest of one that has.
    pub(crate) fn cancel_deletion(
        &mut self,
        id: u64,
        force: bool,
    ) -> Result<Result<(), CancelError>, StorageError> {
        let known = self.shared.deletions.list().into_iter().find(|deletion| deletion.id == id);
        let Some(known) = known else { return Ok(Err(CancelError::Unknown)) };
        match known.state {
            DeletionState::Waiting => {
                self.tail.forget_deletion(id).map_err(StorageError::tail)?;
                self.shared.deletions.all().retain(|deletion| deletion.id != id);
            }
            DeletionState::Running if force => {
                // What is gone of the day in hand counts too.
                if let Some(mut deleting) = self.deleting.take()
                    && let Some(day) = deleting.day.take()
                {
                    self.end_day(&mut deleting, day)?;
                }
                self.end_deletion(id)?;
            }
            DeletionState::Running | DeletionState::Done => return Ok(Err(CancelError::Begun)),
        }
        Ok(Ok(()))
    }

    /// Whether lines are to be deleted.
    pub(crate) fn has_deletions(&self) -> bool {
        self.shared.deletions.next().is_some()
    }

    /// Deletes some of the lines that are to be deleted. Tells whether there is more to do now. After an error the day
    /// that was worked on is begun anew.
    pub(crate) fn delete_some(&mut self, now: Instant) -> Result<bool, StorageError> {
        if self.is_leased() {
            return Ok(false);
        }
        let next = match self.deleting.take() {
            None => self.next_deletion()?,
            going_on => going_on,
        };
        let Some(mut deleting) = next else { return Ok(false) };
        if deleting.chunks.is_empty() && !self.next_day(&mut deleting, now)? {
            self.end_deletion(deleting.deletion.id)?;
            return Ok(self.has_deletions());
        }
        self.look_through(&mut deleting, now)?;
        self.deleting = Some(deleting);
        Ok(true)
    }

    fn next_deletion(&mut self) -> Result<Option<Deleting>, StorageError> {
        let Some(deletion) = self.shared.deletions.next() else { return Ok(None) };
        match deletion::query(&deletion.query) {
            Ok(query) => {
                self.shared.deletions.change(deletion.id, |known| known.state = DeletionState::Running);
                Ok(Some(Deleting { deletion, query, day: None, chunks: VecDeque::new() }))
            }
            // Another version of Porthole took it.
            Err(error) => {
                let subject = format!("deletion {} of logs", deletion.id);
                self.shared.faults.set(&subject, error.to_string());
                self.end_deletion(deletion.id)?;
                Ok(None)
            }
        }
    }

    /// Ends a day and goes on to the next one; `false`: there is none.
    fn next_day(&mut self, deleting: &mut Deleting, now: Instant) -> Result<bool, StorageError> {
        if let Some(day) = deleting.day.take() {
            self.end_day(deleting, day)?;
        }
        let (from, range) = (deleting.deletion.from, deleting.deletion.range);
        let days = self.shared.picture.days();
        let keys = days.iter().map(|day| day.key).filter(|key| key.day >= from && key.overlaps(range));
        let Some(day) = keys.map(|key| key.day).min() else { return Ok(false) };
        for key in days.iter().map(|day| day.key).filter(|key| key.day == day) {
            let selector = deleting.query.selector();
            self.seal_chosen(key, |stream| selector.matches(&stream.labels), now)?;
        }
        let of_day = TimeRange { start: range.start.max(day.start()), end: range.end.min(day.end()) };
        // A day that cannot be read is told of elsewhere.
        let chunks = deleting.query.chunks(&Stored(&self.shared), of_day).unwrap_or_default();
        deleting.chunks = chunks.into_iter().filter(|chunk| chunk.block().is_some()).collect();
        deleting.chunks.make_contiguous().sort_by_key(Chunk::key);
        deleting.day = Some(day);
        Ok(true)
    }

    fn end_day(&mut self, deleting: &mut Deleting, day: UtcDay) -> Result<(), StorageError> {
        let (id, mut lines) = (deleting.deletion.id, 0);
        for key in self.shared.picture.days().iter().map(|day| day.key).filter(|key| key.day == day) {
            if store::exists(&key.index(&self.shared.root)) {
                let deleted = self.files(key)?.deleted(id);
                lines += deleted.map_err(|reason| StorageError::Day { key, reason })?;
            }
        }
        let next = UtcDay::from_days(day.days() + 1);
        self.tail.deletion_came_to(id, next, lines).map_err(StorageError::tail)?;
        deleting.deletion.from = next;
        self.shared.deletions.change(id, |known| {
            known.from = next;
            known.lines += lines;
        });
        self.reached(Step::DeletionCame)
    }

    fn end_deletion(&mut self, id: u64) -> Result<(), StorageError> {
        self.tail.end_deletion(id).map_err(StorageError::tail)?;
        *self.shared.deletions.all() = self.tail.deletions().map_err(StorageError::tail)?;
        let lines = self.shared.deletions.list().iter().find(|known| known.id == id).map(|known| known.lines);
        tracing::info!(id, lines, "deleted lines");
        Ok(())
    }

    /// Looks through blocks of one class, and replaces those that lose lines.
    fn look_through(&mut self, deleting: &mut Deleting, now: Instant) -> Result<(), StorageError> {
        let Some(key) = deleting.chunks.front().map(Chunk::key) else { return Ok(()) };
        let mut weight_left = WEIGHT_AT_ONCE;
        let (mut blocks, mut lines) = (Vec::new(), 0);
        while let Some(chunk) = deleting.chunks.pop_front_if(|chunk| weight_left > 0 && chunk.key() == key) {
            weight_left = weight_left.saturating_sub(chunk.block().map_or(0, |block| block.weight()));
            if let Some(block) = self.rest(&chunk, deleting)? {
                lines += chunk.block().map_or(0, |old| u64::from(old.lines - block.row.lines));
                blocks.push(block);
            }
        }
        if blocks.is_empty() {
            return Ok(());
        }
        let deleted = Deleted { request: deleting.deletion.id, lines };
        let day = self.shared.picture.day(key);
        self.replace_blocks(&day, &mut blocks, Some(deleted), now)?;
        self.shared.counters.deleted(lines);
        if blocks.iter().any(|block| self.is_small(&block.row)) {
            self.has_small(key);
        }
        Ok(())
    }

    /// The block in the place of this one; `None` if it stays. One that cannot be read stays too, and is told of as a fault of
    /// this deletion: nobody shall believe that its lines are gone.
    fn rest(&self, chunk: &Chunk, deleting: &Deleting) -> Result<Option<NewBlock>, StorageError> {
        let Deleting { query, deletion, .. } = deleting;
        let Some(block) = chunk.block() else { return Ok(None) };
        let (entries, gone) = match query.lines_of(chunk, deletion.range, deletion.created) {
            Ok(found) => found,
            Err(error) => {
                let subject = format!("deletion {} of logs", deletion.id);
                let told = format!(
                    "a block cannot be read, and what it holds stays: {error}; ask for the deletion again"
                );
                self.shared.faults.set(&subject, told);
                return Ok(None);
            }
        };
        if gone.is_empty() {
            return Ok(None);
        }
        let mut left = Columns::default();
        let mut gone = gone.into_iter().peekable();
        for place in 0..entries.len() {
            if gone.next_if_eq(&place).is_none() {
                let (at, level) = (entries.timestamps[place], entries.levels[place]);
                left.push(at, level, entries.metadata(place), entries.line(place));
            }
        }
        let rest = NewBlock::of_what_is_left(&chunk.stream, block.seq_to, &left);
        Ok(Some(NewBlock {
            replaces: vec![block],
            ..rest.map_err(StorageError::system("compressing a block"))?
        }))
    }
}
