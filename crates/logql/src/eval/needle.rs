//! Texts that every line holds which passes a filter. They let a store leave chunks out unread.

use crate::ast::{LineFilter, LineMatch};

/// Shorter texts are of no use to an index of four-byte grams.
const INDEXED_BYTES_MIN: usize = 4;

/// More of them only cost.
const NEEDLES_MAX: usize = 8;

/// The texts that every passing line holds. A filter with alternatives has none in common to speak of.
pub(super) fn required(filter: &LineFilter) -> Vec<String> {
    let [only] = filter.alternatives.as_slice() else { return Vec::new() };
    if filter.op.is_negative() {
        return Vec::new();
    }
    let mut texts = match only {
        LineMatch::Text(text) => vec![text.clone()],
        LineMatch::Regexp(regexp) => regexp.literals().to_vec(),
        LineMatch::Pattern(pattern) => pattern.literals().map(str::to_owned).collect(),
        LineMatch::Ip(_) => Vec::new(),
    };
    texts.retain(|text| !text.is_empty());
    texts
}

/// Those that an index can use, the longest first.
pub(super) fn for_index(mut needles: Vec<String>) -> Vec<String> {
    needles.retain(|needle| needle.len() >= INDEXED_BYTES_MIN);
    needles.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    needles.dedup();
    needles.truncate(NEEDLES_MAX);
    needles
}
