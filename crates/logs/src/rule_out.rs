//! Leaving blocks out unread: those whose filters say that they do not hold what is sought.

use std::fs::File;

use rustix::fs::{Advice, fadvise};

use crate::day::{Derived, each_derived, has_filters};
use crate::filter::{self, Sought};
use crate::picture::Unit;
use crate::place::DayKey;
use crate::readers::{Part, ReadError};
use crate::shared::Shared;

/// So many filters are worth a thread.
const FILTERS_PER_THREAD: usize = 1024;

/// With so many to read the file is wanted as a whole.
const FILTERS_AHEAD: usize = 256;

/// What the filters of some blocks say.
#[derive(Default)]
struct Word {
    /// The blocks that can be left out, sorted.
    ruled_out: Vec<i64>,
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
            unit.blocks.retain(|block| word.ruled_out.binary_search(&block.id).is_err());
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
        let ask = |blocks| self.ask(key, blocks, sought).unwrap_or_default();
        std::thread::scope(|scope| {
            let others: Vec<_> = shares.map(|share| scope.spawn(move || ask(share))).collect();
            let mut word = ask(first);
            for other in others.into_iter().filter_map(|other| other.join().ok()) {
                word.ruled_out.extend(other.ruled_out);
                word.damaged += other.damaged;
            }
            word
        })
    }

    fn ask(&self, key: DayKey, blocks: &[i64], sought: &Sought) -> Result<Word, ReadError> {
        let mut word = Word::default();
        let unknown = self.bitmaps.each(key, blocks, |block, bitmap| word.hear(sought, block, Some(bitmap)));
        if unknown.is_empty() {
            return Ok(word);
        }
        if unknown.len() >= FILTERS_AHEAD {
            self.read_ahead(key);
        }
        let mut read = Vec::new();
        self.readers.with(key, Part::Index, |index| {
            if !has_filters(index)? {
                return Ok(());
            }
            each_derived(index, Derived::Filter, &unknown, |at, data| {
                let bitmap = filter::bitmap(data);
                word.hear(sought, unknown[at], bitmap);
                read.extend(bitmap.map(|bitmap| (unknown[at], Box::from(bitmap))));
            })
        })?;
        self.bitmaps.keep(key, read);
        word.ruled_out.sort_unstable();
        Ok(word)
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
        match bitmap {
            Some(bitmap) if sought.may_stand_in(bitmap) => {}
            Some(_) => self.ruled_out.push(block),
            None => self.damaged += 1,
        }
    }
}
