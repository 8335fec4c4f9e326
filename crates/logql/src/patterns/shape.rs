//! A line taken apart: words that may differ from line to line, and the glue between them, which may not.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::{json, vary};

/// What of a line is looked at.
pub(super) const BYTES_MAX: usize = 1500;
/// Words that are told apart; what comes after them is not looked at.
pub(super) const WORDS_MAX: usize = 60;
/// A text in double quotes of more words than this is one word.
const QUOTED_WORDS_MAX: usize = 3;
/// What comes after these is prose, even in double quotes.
pub(super) const MESSAGE_KEYS: [&str; 6] = ["msg", "message", "event", "Message", "MESSAGE", "error"];

/// A word of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Whether it looks as if it is another one in each line.
    pub(super) varies: bool,
}

/// A line, or the part of it that tells what made it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape<'a> {
    /// What stands before, between and after the words: one more than there are words.
    pub(super) glue: Vec<&'a str>,
    pub(super) words: Vec<Word<'a>>,
    /// Something stands before the first glue, something after the last.
    pub(super) open: (bool, bool),
}

impl<'a> Shape<'a> {
    /// `None`: the line is empty.
    pub(super) fn of(line: &'a str) -> Option<Self> {
        if line.is_empty() {
            return None;
        }
        Some(json::shape(line).unwrap_or_else(|| Self::of_text(line)))
    }

    fn of_text(line: &'a str) -> Self {
        let (glue, words, is_whole) = Splitter::new(line, 0, 0..line.len()).run("");
        Self { glue, words, open: (false, !is_whole) }
    }

    /// The same for lines of the same glue.
    pub(super) fn glue_hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.glue, self.open).hash(&mut hasher);
        hasher.finish()
    }
}

/// Splits a part of a line into words and glue.
pub(super) struct Splitter<'a> {
    line: &'a str,
    at: usize,
    /// What is not looked at begins here.
    end: usize,
    /// Where the part ends.
    part_end: usize,
    /// Where the glue began that is being read.
    glue_from: usize,
    /// Between double quotes.
    quoted: bool,
    glue: Vec<&'a str>,
    words: Vec<Word<'a>>,
}

/// Glue and words, and whether they are the whole part of the line.
type Split<'a> = (Vec<&'a str>, Vec<Word<'a>>, bool);

impl<'a> Splitter<'a> {
    /// Splits `part` of the line; the first glue begins at `glue_from`, which may be before it.
    pub(super) fn new(line: &'a str, glue_from: usize, part: Range<usize>) -> Self {
        let text = &line[part.clone()];
        let line_end = text.find('\n').unwrap_or(text.len());
        let end = part.start + text.floor_char_boundary(line_end.min(BYTES_MAX));
        Self {
            line,
            at: part.start,
            end,
            part_end: part.end,
            glue_from,
            quoted: false,
            glue: Vec::new(),
            words: Vec::new(),
        }
    }

    /// Splits. If nothing had to be left out, `closing` stands behind the part and belongs to the last glue.
    pub(super) fn run(mut self, closing: &str) -> Split<'a> {
        while self.at < self.end && self.words.len() < WORDS_MAX {
            let rest = &self.line[self.at..self.end];
            if let Some(after) = rest.strip_prefix('"') {
                self.at += 1;
                self.quoted = !self.quoted;
                if let Some(length) = self.quotation(after).filter(|_| self.quoted) {
                    self.word(length, vary::quoted);
                }
                continue;
            }
            match rest.find(is_glue).unwrap_or(rest.len()) {
                0 => self.at += 1,
                length => self.word(length, vary::word),
            }
        }
        let is_whole = self.at == self.part_end;
        let end = if is_whole { self.at + closing.len() } else { self.at };
        self.glue.push(&self.line[self.glue_from..end]);
        self.unname();
        (self.glue, self.words, is_whole)
    }

    fn word(&mut self, length: usize, varies: fn(&str) -> bool) {
        let text = &self.line[self.at..self.at + length];
        self.glue.push(&self.line[self.glue_from..self.at]);
        self.words.push(Word { text, varies: varies(text) });
        self.at += length;
        self.glue_from = self.at;
    }

    /// The length of a text in double quotes that is one word, if `rest` begins with one.
    fn quotation(&self, rest: &str) -> Option<usize> {
        let content = &rest[..rest.find('"')?];
        let is_message = self.line[self.glue_from..self.at] == *"=\""
            && self.words.last().is_some_and(|word| MESSAGE_KEYS.contains(&word.text));
        let is_long = content.split(' ').nth(QUOTED_WORDS_MAX).is_some();
        (is_long && !is_message).then_some(content.len())
    }

    /// A literal `<name>` would be read as a gap of the pattern: such a name counts as one that varies.
    fn unname(&mut self) {
        for (index, word) in self.words.iter_mut().enumerate() {
            let is_between = self.glue[index].ends_with('<') && self.glue[index + 1].starts_with('>');
            word.varies |= is_between && is_name(word.text);
        }
    }
}

/// Whether `<text>` would be a gap with a name.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

/// What stands between words. A word holds none of these.
fn is_glue(character: char) -> bool {
    matches!(
        character,
        ' ' | '\t'
            | '\r'
            | '='
            | '"'
            | '\''
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | ','
            | ';'
            | '<'
            | '>'
            | '|'
    )
}
