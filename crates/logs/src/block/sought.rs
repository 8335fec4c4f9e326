//! What a query looks for, held against a block's ids and runs.

use memchr::memmem;

use super::id::{ID_BYTES, PLAIN, PLAIN_CHARS, UUID, UUID_CHARS, write};
use super::runs::{BETWEEN, Lists, Runs, has_letter};

/// The runs in what a query looks for: needles, each of which is one of some texts, which hold all of their runs.
#[derive(Debug, Default)]
pub(crate) struct SoughtRuns(Vec<Vec<Vec<Vec<u8>>>>);

impl SoughtRuns {
    pub(crate) fn new(needles: &[logql::Needle]) -> Self {
        let of_text = |text: &String| {
            let mut runs = Vec::new();
            Runs::of(text.as_bytes())
                .each(|start, end| runs.push(text.as_bytes()[start..end].to_ascii_lowercase()));
            runs
        };
        let mut sought: Vec<Vec<Vec<Vec<u8>>>> =
            needles.iter().map(|needle| needle.0.iter().map(of_text).collect()).collect();
        // Of a text without a run nothing is known.
        sought.retain(|texts| texts.iter().all(|runs| !runs.is_empty()));
        Self(sought)
    }

    /// Whether there is nothing that ids and runs could tell.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a block with these ids and other runs may hold one of the texts of every needle.
    pub(super) fn may_stand_among(&self, ids: &[u8], runs: Lists<&[u8]>) -> bool {
        let mut written = Vec::new();
        let mut stands = |run: &Vec<u8>| {
            let in_list = |list: Option<&[u8]>| list.is_none_or(|list| memmem::find(list, run).is_some());
            // What has a letter is no part of what has none.
            if in_list(runs.letters) || (!has_letter(run) && in_list(runs.digits)) {
                return true;
            }
            if written.is_empty() {
                write_all(ids, &mut written);
            }
            memmem::find(&written, run).is_some()
        };
        self.0.iter().all(|texts| texts.iter().any(|runs| runs.iter().all(&mut stands)))
    }
}

/// Writes all ids in both forms: in which they stand in the text is not known here.
fn write_all(ids: &[u8], out: &mut Vec<u8>) {
    out.reserve(ids.len() / ID_BYTES * (UUID_CHARS + PLAIN_CHARS + 2));
    for id in ids.as_chunks().0 {
        for mark in [UUID, PLAIN] {
            write(id, mark, out);
            out.push(BETWEEN);
        }
    }
}
