//! Line filters, ready to run over single lines and over whole chunks.

use std::ops::Range;

use memchr::memmem::Finder;

use crate::Entries;
use crate::ast::{IpMatch, LineFilter, LineMatch, LinePattern, Regexp};

/// How many places of one line are marked. A line of a megabyte may hold an `e` very often.
const MARKS_MAX: usize = 256;

/// Line filters, all of which must pass.
#[derive(Clone, Debug)]
pub(super) struct Filters {
    filters: Vec<Filter>,
    /// An expression that every passing line matches and that can look for lines.
    scout: Option<Regexp>,
}

#[derive(Clone, Debug)]
struct Filter {
    negative: bool,
    alternatives: Vec<Alternative>,
}

#[derive(Clone, Debug)]
enum Alternative {
    Text(Box<Finder<'static>>),
    Regexp(Regexp),
    Pattern(LinePattern),
    Ip(IpMatch),
}

impl Filters {
    pub(super) fn new<'a>(filters: impl IntoIterator<Item = &'a LineFilter>) -> Self {
        let filters: Vec<Filter> = filters.into_iter().map(Filter::new).collect();
        let scout = filters.iter().find_map(|filter| match filter.alternatives.as_slice() {
            [Alternative::Regexp(regexp)] if !filter.negative && regexp.finds_lines() => Some(regexp.clone()),
            _ => None,
        });
        Self { filters, scout }
    }

    /// Whether the line passes.
    pub(super) fn pass(&self, line: &str) -> bool {
        self.filters.iter().all(|filter| filter.passes(line))
    }

    /// Puts the numbers of the lines that are worth a look into `lines`, ascending.
    pub(super) fn candidates(&self, entries: &Entries, lines: &mut Vec<u32>) {
        lines.clear();
        let Some(scout) = &self.scout else {
            lines.extend(0..entries.len() as u32);
            return;
        };
        let mut at = 0;
        while let Some(hit) = scout.find_start(&entries.text, at) {
            let line = entries.ends.partition_point(|end| *end as usize <= hit);
            // A hit that reaches into the next line is none, which the filter itself will say.
            lines.push(line as u32);
            at = entries.ends[line] as usize;
        }
    }

    /// The places that positive filters among them matched: sorted, not overlapping.
    pub(super) fn marks<'a>(all: impl Iterator<Item = &'a Self>, line: &str) -> Vec<(u32, u32)> {
        let positive = all.flat_map(|one| &one.filters).filter(|filter| !filter.negative);
        let mut places: Vec<Range<usize>> = Vec::new();
        for alternative in positive.flat_map(|filter| &filter.alternatives) {
            alternative.mark(line, &mut places);
        }
        places.sort_unstable_by_key(|place| (place.start, place.end));
        let mut marks: Vec<(u32, u32)> = Vec::new();
        for place in places.into_iter().filter(|place| !place.is_empty()) {
            let (start, end) = (place.start as u32, place.end as u32);
            match marks.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => marks.push((start, end)),
            }
        }
        marks.truncate(MARKS_MAX);
        marks
    }
}

impl Filter {
    fn new(filter: &LineFilter) -> Self {
        let alternatives = filter.alternatives.iter().map(Alternative::new).collect();
        Self { negative: filter.op.is_negative(), alternatives }
    }

    fn passes(&self, line: &str) -> bool {
        self.alternatives.iter().any(|alternative| alternative.matches(line)) != self.negative
    }
}

impl Alternative {
    fn new(wanted: &LineMatch) -> Self {
        match wanted {
            LineMatch::Text(text) => Self::Text(Box::new(Finder::new(text.as_bytes()).into_owned())),
            LineMatch::Regexp(regexp) => Self::Regexp(regexp.clone()),
            LineMatch::Pattern(pattern) => Self::Pattern(pattern.clone()),
            LineMatch::Ip(addresses) => Self::Ip(addresses.clone()),
        }
    }

    fn matches(&self, line: &str) -> bool {
        match self {
            Self::Text(finder) => finder.find(line.as_bytes()).is_some(),
            Self::Regexp(regexp) => regexp.is_match(line),
            Self::Pattern(pattern) => pattern.matches(line),
            Self::Ip(addresses) => addresses.find_in(line).next().is_some(),
        }
    }

    fn mark(&self, line: &str, places: &mut Vec<Range<usize>>) {
        match self {
            Self::Text(finder) => {
                let length = finder.needle().len();
                places.extend(finder.find_iter(line.as_bytes()).take(MARKS_MAX).map(|at| at..at + length));
            }
            Self::Regexp(regexp) => places.extend(regexp.find_in(line).take(MARKS_MAX)),
            Self::Pattern(pattern) => places.extend(pattern.find_in(line).into_iter().flatten()),
            Self::Ip(addresses) => places.extend(addresses.find_in(line).take(MARKS_MAX)),
        }
    }
}
