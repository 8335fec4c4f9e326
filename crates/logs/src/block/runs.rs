//! Runs: eight or more hexadecimal digits and dashes in a row, of which ids are one kind.

use std::collections::HashSet;

use memchr::memchr;

/// Shorter runs of hexadecimal digits and dashes are nothing special.
const RUN_MIN: usize = 8;

/// A list of more bytes is not kept: then nobody knows which runs there are.
const RUNS_BYTES_MAX: usize = 4096;

/// Between two ids or runs in a list.
pub(super) const BETWEEN: u8 = 0;

/// A block's runs that are no ids, in small letters, each followed by [`BETWEEN`]; `None` if they are too many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Lists<L> {
    /// Those with a letter.
    pub(super) letters: Option<L>,
    /// Those of digits and dashes alone.
    pub(super) digits: Option<L>,
}

impl Lists<Vec<u8>> {
    pub(super) fn as_ref(&self) -> Lists<&[u8]> {
        Lists { letters: self.letters.as_deref(), digits: self.digits.as_deref() }
    }
}

pub(super) fn has_letter(run: &[u8]) -> bool {
    run.iter().any(u8::is_ascii_alphabetic)
}

/// Adds a run to the list that it belongs to: of those with letters, and of those without.
pub(super) fn list_of([letters, digits]: &mut [RunList; 2], run: &[u8]) {
    if has_letter(run) { letters.add(run) } else { digits.add(run) }
}

/// Distinct runs.
#[derive(Default)]
pub(super) struct RunList {
    known: HashSet<Vec<u8>>,
    latest: Vec<u8>,
    bytes: usize,
}

impl RunList {
    fn add(&mut self, run: &[u8]) {
        // Mostly the date, which stands in every line.
        if self.bytes > RUNS_BYTES_MAX || self.latest == run {
            return;
        }
        self.latest.clear();
        self.latest.extend_from_slice(run);
        let run = run.to_ascii_lowercase();
        if !self.known.contains(&run) {
            self.bytes += run.len() + 1;
            self.known.insert(run);
        }
    }

    pub(super) fn finish(self) -> Option<Vec<u8>> {
        let mut runs: Vec<Vec<u8>> = self.known.into_iter().collect();
        runs.sort_unstable();
        let list = runs.into_iter().flat_map(|run| run.into_iter().chain([BETWEEN])).collect();
        (self.bytes <= RUNS_BYTES_MAX).then_some(list)
    }
}

/// So many bytes are looked at together.
const WINDOW: usize = 1024;

/// Finds the runs of a text.
pub(super) struct Runs<'t> {
    text: &'t [u8],
    /// 1 where [`RUN_MIN`] bytes follow that ids are made of, from `start` on.
    begins: [u8; WINDOW + RUN_MIN],
    start: usize,
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_hexdigit() | (byte == b'-')
}

impl<'t> Runs<'t> {
    pub(super) fn of(text: &'t [u8]) -> Self {
        Self { text, begins: [0; WINDOW + RUN_MIN], start: 0 }
    }

    /// Calls `found` with the bounds of each run that is long enough.
    pub(super) fn each(mut self, mut found: impl FnMut(usize, usize)) {
        // Where the last run ended.
        let mut at = 0;
        while self.start + RUN_MIN <= self.text.len() {
            self.fill();
            at = at.max(self.start);
            while at < self.start + WINDOW
                && let Some(begin) = memchr(1, &self.begins[at - self.start..WINDOW])
            {
                let begin = at + begin;
                at = self.end_of(begin);
                found(begin, at);
            }
            self.start += WINDOW;
        }
    }

    /// Where the run ends that begins at `begin`.
    fn end_of(&self, begin: usize) -> usize {
        let begins = &self.begins[begin - self.start..WINDOW];
        let known = memchr(0, begins).unwrap_or(begins.len());
        let end = begin + known + RUN_MIN - 1;
        if known < begins.len() {
            return end;
        }
        let rest = self.text[end..].iter().position(|byte| !is_part(*byte));
        rest.map_or(self.text.len(), |more| end + more)
    }

    /// One thing at a time for all bytes: so each of the loops is done for many of them at once.
    fn fill(&mut self) {
        let window = &self.text[self.start..self.text.len().min(self.start + WINDOW + RUN_MIN)];
        self.begins[window.len()..].fill(0);
        for (begins, byte) in self.begins.iter_mut().zip(window) {
            *begins = u8::from(is_part(*byte));
        }
        // Of rows of one byte those of two, of these those of four, and of eight.
        for further in [1, 2, 4] {
            for at in 0..WINDOW + RUN_MIN - further {
                self.begins[at] &= self.begins[at + further];
            }
        }
    }
}
