//! What similar lines have in common, and how many they are.

use model::Level;

use super::Mined;
use super::shape::Shape;

/// An example is cut here.
const EXAMPLE_BYTES_MAX: usize = 4 << 10;

/// Lines of the same glue whose words are mostly the same.
#[derive(Debug)]
pub(super) struct Template {
    glue: Vec<Box<str>>,
    /// `None`: it differs from line to line.
    words: Vec<Option<Box<str>>>,
    open: (bool, bool),
    lines: u64,
    buckets: Vec<u64>,
    example: String,
}

impl Template {
    /// Made by its first line.
    pub(super) fn new(shape: &Shape<'_>, line: &str, bucket: usize, buckets: usize) -> Self {
        let mut counts = vec![0; buckets];
        counts[bucket] = 1;
        Self {
            glue: shape.glue.iter().map(|text| (*text).into()).collect(),
            words: shape.words.iter().map(|word| (!word.varies).then(|| word.text.into())).collect(),
            open: shape.open,
            lines: 1,
            buckets: counts,
            example: line[..line.floor_char_boundary(EXAMPLE_BYTES_MAX)].to_owned(),
        }
    }

    pub(super) fn has_glue(&self, shape: &Shape<'_>) -> bool {
        self.open == shape.open && self.glue.iter().map(|text| &**text).eq(shape.glue.iter().copied())
    }

    /// How many words would have to become gaps for the line to fit.
    pub(super) fn distance(&self, shape: &Shape<'_>) -> usize {
        let differs = |(mine, word): &(&Option<Box<str>>, &super::shape::Word<'_>)| {
            mine.as_deref().is_some_and(|mine| word.varies || mine != word.text)
        };
        self.words.iter().zip(&shape.words).filter(differs).count()
    }

    /// Takes a line in; words that differ become gaps.
    pub(super) fn take(&mut self, shape: &Shape<'_>, bucket: usize) {
        for (mine, word) in self.words.iter_mut().zip(&shape.words) {
            if word.varies || mine.as_deref().is_some_and(|mine| mine != word.text) {
                *mine = None;
            }
        }
        self.lines += 1;
        self.buckets[bucket] += 1;
    }

    /// Whether every line of the other one fits this one.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.open == other.open
            && self.glue == other.glue
            && self.words.iter().zip(&other.words).all(|(mine, other)| mine.is_none() || mine == other)
    }

    pub(super) fn absorb(&mut self, other: &Self) {
        self.lines += other.lines;
        self.buckets.iter_mut().zip(&other.buckets).for_each(|(mine, more)| *mine += more);
    }

    pub(super) fn finish(self, level: Level) -> Mined {
        let pattern = self.text();
        Mined { pattern, level, lines: self.lines, buckets: self.buckets, example: self.example }
    }

    fn text(&self) -> String {
        const GAP: &str = "<_>";
        let mut text = String::from(if self.open.0 { GAP } else { "" });
        let mut ends_with_gap = self.open.0;
        for (index, glue) in self.glue.iter().enumerate() {
            text.push_str(glue);
            ends_with_gap &= glue.is_empty();
            match self.words.get(index) {
                Some(Some(word)) => {
                    text.push_str(word);
                    ends_with_gap = false;
                }
                Some(None) if !ends_with_gap => {
                    text.push_str(GAP);
                    ends_with_gap = true;
                }
                Some(None) | None => {}
            }
        }
        if self.open.1 && !ends_with_gap {
            text.push_str(GAP);
        }
        text
    }
}
