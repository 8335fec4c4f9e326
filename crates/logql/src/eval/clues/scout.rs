//! Finds the lines of a chunk that hold a clue, with one search over the whole text.

use memchr::memmem::Finder;
use regex::{Regex, RegexBuilder};

use crate::Entries;
use crate::operand::Required;

/// A search that is built from a clue.
#[derive(Clone, Debug)]
pub(super) enum Scout {
    Text(Box<Finder<'static>>),
    Texts(Regex),
}

impl Scout {
    pub(super) fn new(required: &Required) -> Option<Self> {
        if let ([text], false) = (required.texts.as_slice(), required.folded) {
            return Some(Self::Text(Box::new(Finder::new(text.as_bytes()).into_owned())));
        }
        let alternatives: Vec<String> = required.texts.iter().map(|text| regex::escape(text)).collect();
        // Without Unicode's folding: letters that are no ASCII stand in the texts as they are.
        let pattern = match required.folded {
            true => fold(&alternatives.join("|")),
            false => alternatives.join("|"),
        };
        RegexBuilder::new(&pattern).build().ok().map(Self::Texts)
    }

    /// Whether a text of many lines may hold one that is worth a look.
    pub(super) fn may_find(&self, text: &[u8]) -> bool {
        match self {
            Self::Text(finder) => finder.find(text).is_some(),
            Self::Texts(_) => true,
        }
    }

    /// Puts the numbers of the lines that are worth a look into `lines`, ascending.
    pub(super) fn candidates(&self, entries: &Entries, lines: &mut Vec<u32>) {
        lines.clear();
        let mut at = 0;
        while let Some(hit) = self.find(&entries.text, at) {
            let line = entries.ends.partition_point(|end| *end as usize <= hit);
            // A hit that reaches into the next line is none, which the pipeline itself will say.
            lines.push(line as u32);
            at = entries.ends[line] as usize;
        }
    }

    fn find(&self, text: &str, from: usize) -> Option<usize> {
        match self {
            Self::Text(finder) => finder.find(&text.as_bytes()[from..]).map(|hit| from + hit),
            Self::Texts(regex) => regex.find_at(text, from).map(|found| found.start()),
        }
    }
}

/// Lets ASCII letters stand in either case.
fn fold(pattern: &str) -> String {
    let mut folded = String::with_capacity(pattern.len() * 4);
    let mut escaped = false;
    for character in pattern.chars() {
        if character.is_ascii_alphabetic() && !escaped {
            let (lower, upper) = (character.to_ascii_lowercase(), character.to_ascii_uppercase());
            folded.extend(['[', lower, upper, ']']);
        } else {
            folded.push(character);
        }
        escaped = character == '\\' && !escaped;
    }
    folded
}
