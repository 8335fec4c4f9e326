//! Reads chunks within a budget and keeps the account.

use super::budget::{Budget, Stats, Warning};
use crate::{Chunk, Entries};

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
        if (self.budget.stop)() {
            return Err(self.stop(Warning::Stopped));
        }
        if self.stats.bytes >= self.budget.bytes_read {
            return Err(self.stop(Warning::ReadEnough(self.budget.bytes_read)));
        }
        match chunk.read() {
            Ok(entries) => {
                self.stats.chunks += 1;
                self.stats.entries += entries.len() as u64;
                self.stats.bytes += entries.text.len() as u64;
                Ok(Some(entries))
            }
            Err(error) => {
                let warning = Warning::Damaged(error);
                if !self.warnings.contains(&warning) {
                    self.damaged += 1;
                    if self.damaged <= NAMED_MAX {
                        self.warnings.push(warning);
                    }
                }
                Ok(None)
            }
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
