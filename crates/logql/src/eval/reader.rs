//! Reads chunks within a budget and keeps the account.

use super::budget::{Budget, Stats, Warning};
use crate::{Chunk, Entries, SourceError};

/// How many damaged chunks are named.
const NAMED_MAX: usize = 10;

/// Reading has to end here; why stands among the warnings.
#[derive(Debug)]
pub(super) struct Stop;

/// The account of one query.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) budget: &'a Budget<'a>,
    stats: Stats,
    warnings: Vec<Warning>,
    damaged: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(budget: &'a Budget<'a>) -> Self {
        Self { budget, stats: Stats::default(), warnings: Vec::new(), damaged: 0 }
    }

    /// The chunk's entries; `None` if they are damaged, of which a warning tells.
    pub(super) fn read<C: Chunk>(&mut self, chunk: &C) -> Result<Option<Entries>, Stop> {
        self.go_on()?;
        let entries = chunk.read();
        self.add(entries.as_ref().map(|entries| (entries.len(), entries.text.len())));
        Ok(entries.ok())
    }

    /// Asks whether reading may go on.
    pub(super) fn go_on(&mut self) -> Result<(), Stop> {
        if (self.budget.stop)() {
            return Err(self.stop(Warning::Stopped));
        }
        if self.stats.bytes >= self.budget.bytes_read {
            return Err(self.stop(Warning::ReadEnough(self.budget.bytes_read)));
        }
        Ok(())
    }

    /// Puts a chunk of so many entries and bytes on the account that was read, perhaps by another thread.
    pub(super) fn add(&mut self, read: Result<(usize, usize), &SourceError>) {
        match read {
            Ok((entries, bytes)) => self.add_sizes(entries, bytes),
            Err(error) => self.add_damaged(error),
        }
    }

    /// Puts a chunk of so many entries and bytes on the account.
    pub(super) fn add_sizes(&mut self, entries: usize, bytes: usize) {
        self.stats.chunks += 1;
        self.stats.entries += entries as u64;
        self.stats.bytes += bytes as u64;
    }

    /// Puts a chunk on the account that cannot be read.
    pub(super) fn add_damaged(&mut self, error: &SourceError) {
        let warning = Warning::Damaged(error.clone());
        if self.warnings.contains(&warning) {
            return;
        }
        self.damaged += 1;
        if self.damaged <= NAMED_MAX {
            self.warnings.push(warning);
        }
    }

    fn stop(&mut self, why: Warning) -> Stop {
        self.warn(why);
        Stop
    }

    pub(super) fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// What was done and what was left out.
    pub(super) fn finish(mut self) -> (Stats, Vec<Warning>) {
        if self.damaged > NAMED_MAX {
            self.warnings.push(Warning::MoreDamaged((self.damaged - NAMED_MAX) as u64));
        }
        (self.stats, self.warnings)
    }
}
