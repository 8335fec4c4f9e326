//! Leaving blocks out unread: those whose filters say that they do not hold what is sought.

use std::fs::File;

use rustix::fs::{Advice, fadvise};

use crate::day::{Asked, Derived, ask_slices, each_derived, has_filters};
use crate::filter::{self, Sought};
use crate::picture::Unit;
use crate::place::DayKey;
use crate::readers::{Part, ReadError};
use crate::shared::Shared;

/// So many filters are worth a thread.
const FILTERS_PER_THREAD: usize = 1024;

/// With so many to read that are not cut into slices the file is wanted as a whole.
const FILTERS_AHEAD: usize = 256;

/// What the filters of some blocks say.
#[derive(Default)]
struct Word {
    /// The blocks that cannot be left out, sorted.
    kept: Vec<i64>,
    damaged: usize,
}

impl Shared {
    /// Takes the blocks out that do not hold what is sought.
    pub(crate) fn rule_out(&self, key: DayKey, units: &mut Vec<Unit>, sought: &Sought) {
        if sought.is_empty() {
            return;
        }
        let mut blocks: Vec<i64> =
            units.iter().flat_map(|unit| unit.blocks.iter().map(|block| block.id)).collect();
        blocks.sort_unstable();
        let word = self.word(key, &blocks, sought);
        let subject = format!("filters of the logs of {key}");
        if word.damaged > 0 {
            let message = format!("{} are damaged; their blocks are searched without them", word.damaged);
            self.faults.set(&subject, message);
        }
        for unit in &mut *units {
            unit.blocks.retain(|block| word.kept.binary_search(&block.id).is_ok());
        }
        units.retain(|unit| !unit.blocks.is_empty() || !unit.rows.is_empty());
    }

    /// Asks the filters, in several threads if they are many.
    fn word(&self, key: DayKey, blocks: &[i64], sought: &Sought) -> Word {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = blocks.len().div_ceil(threads).max(FILTERS_PER_THREAD);
        let mut shares = blocks.chunks(share);
        let first = shares.next().unwrap_or_default();
        // Derived data: where filters cannot be read, every block may hold what is sought.
        let all = |blocks: &[i64]| Word { kept: blocks.to_vec(), damaged: 0 };
        let ask = |blocks| self.ask(key, blocks, sought).unwrap_or_else(|_| all(blocks));
        std::thread::scope(|scope| {
            let others: Vec<_> = shares.map(|share| (share, scope.spawn(move || ask(share)))).collect();
            let mut word = ask(first);
            for (share, other) in others {
                let other = other.join().unwrap_or_else(|_| all(share));
                word.kept.extend(other.kept);
                word.damaged += other.damaged;
            }
            word
        })
    }

    /// Asks the slices, and the filters of the blocks that they do not know.
    fn ask(&self, key: DayKey, blocks: &[i64], sought: &Sought) -> Result<Word, ReadError> {
        let mut word = Word::default();
        let asked = self.readers.with(key, Part::Index, |index| ask_slices(index, blocks, sought))?;
        let mut loose = Vec::new();
        for (block, asked) in blocks.iter().zip(asked) {
            match asked {
                Asked::No => {}
                Asked::Maybe => word.kept.push(*block),
                Asked::Unknown => loose.push(*block),
                Asked::Damaged => {
                    word.kept.push(*block);
                    word.damaged += 1;
                }
            }
        }
        if !loose.is_empty() {
            self.ask_loose(key, &loose, sought, &mut word)?;
        }
        word.kept.sort_unstable();
        Ok(word)
    }

    fn ask_loose(
        &self,
        key: DayKey,
        loose: &[i64],
        sought: &Sought,
        word: &mut Word,
    ) -> Result<(), ReadError> {
        let unknown = self.bitmaps.each(key, loose, |block, bitmap| word.hear(sought, block, Some(bitmap)));
        if unknown.is_empty() {
            return Ok(());
        }
        if unknown.len() >= FILTERS_AHEAD {
            self.read_ahead(key);
        }
        let mut read = Vec::new();
        let mut silent = unknown.iter().copied().map(Some).collect::<Vec<_>>();
        self.readers.with(key, Part::Index, |index| {
            if !has_filters(index)? {
                return Ok(());
            }
            each_derived(index, Derived::Filter, &unknown, |at, data| {
                let bitmap = filter::bitmap(data);
                word.hear(sought, unknown[at], bitmap);
                silent[at] = None;
                read.extend(bitmap.map(|bitmap| (unknown[at], Box::from(bitmap))));
            })
        })?;
        word.kept.extend(silent.into_iter().flatten());
        self.bitmaps.keep(key, read);
        Ok(())
    }
}

impl Shared {
    /// Has the system fetch the index as a whole, if it is not in memory: in one go that takes half the time.
    fn read_ahead(&self, key: DayKey) {
        if let Ok(index) = File::open(key.index(&self.root)) {
            // Only advice: without it everything is found as well.
            let _ = fadvise(&index, 0, None, Advice::WillNeed);
        }
    }
}

impl Word {
    fn hear(&mut self, sought: &Sought, block: i64, bitmap: Option<&[u8]>) {
        if bitmap.is_some_and(|bitmap| !sought.may_stand_in(bitmap)) {
            return;
        }
        self.kept.push(block);
        self.damaged += usize::from(bitmap.is_none());
    }
}
