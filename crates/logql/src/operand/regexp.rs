//! Regular expressions in Go's dialect, which is what queries are written in, run by the `regex` crate.

use std::ops::Range;

use super::required::{Required, required};
use regex::{Regex, RegexBuilder};

/// Larger compiled expressions are refused: a query must not be able to eat the machine.
const COMPILED_BYTES_MAX: usize = 4 << 20;

/// Matches of at most this many bytes can be looked for in many lines at once.
const SHORT_BYTES_MAX: usize = 256;

/// A regular expression. Not anchored; `.` matches no line break unless `(?s)` says so.
#[derive(Clone, Debug)]
pub struct Regexp {
    text: Box<str>,
    regex: Regex,
    required: Vec<Required>,
    finds_lines: bool,
}

impl PartialEq for Regexp {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Regexp {
    /// Compiles an expression.
    pub fn new(text: &str) -> Result<Self, String> {
        let translated = model::go_regex::translate(text);
        let fault = |error: String| {
            let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("error parsing regexp: {reason}: `{text}`")
        };
        let hir = regex_syntax::parse(&translated).map_err(|error| fault(error.to_string()))?;
        let regex = RegexBuilder::new(&translated)
            .size_limit(COMPILED_BYTES_MAX)
            .build()
            .map_err(|error| fault(error.to_string()))?;
        let properties = hir.properties();
        let is_short = properties.maximum_len().is_some_and(|most| most <= SHORT_BYTES_MAX);
        let finds_lines = is_short && properties.minimum_len() > Some(0) && properties.look_set().is_empty();
        Ok(Self { text: text.into(), regex, required: required(&hir), finds_lines })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether any part of `text` matches.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The parts of `text` that match, one after the other.
    pub fn find_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex.find_iter(text).map(|found| found.range())
    }

    /// Whether [`Regexp::find_start`] can look for lines in a text of many: a match must not depend on what is
    /// beside it, and must be short, or the search might run on over all lines again and again.
    pub(crate) fn finds_lines(&self) -> bool {
        self.finds_lines
    }

    /// Where the first match that starts at `from` or later starts.
    pub(crate) fn find_start(&self, text: &str, from: usize) -> Option<usize> {
        self.regex.find_at(text, from).map(|found| found.start())
    }

    /// The names of the groups that have one.
    pub fn named_groups(&self) -> impl Iterator<Item = &str> {
        self.regex.capture_names().flatten()
    }

    /// Gives the groups with names of the first match in a line; those that took no part in it are empty.
    pub(crate) fn captures<'a>(&'a self, line: &'a str, mut give: impl FnMut(&'a str, &'a str)) {
        let Some(found) = self.regex.captures(line) else { return };
        for (index, name) in self.regex.capture_names().enumerate() {
            if let Some(name) = name {
                give(name, found.get(index).map_or("", |part| part.as_str()));
            }
        }
    }

    /// `template` with the groups of the first match put in where it says `$1`, `${1}` or `$name`.
    pub(crate) fn expand_first(&self, text: &str, template: &str) -> Option<String> {
        let found = self.regex.captures(text)?;
        let mut expanded = String::new();
        found.expand(template, &mut expanded);
        Some(expanded)
    }

    /// What the text of every match holds: all of these.
    pub(crate) fn required(&self) -> &[Required] {
        &self.required
    }
}
