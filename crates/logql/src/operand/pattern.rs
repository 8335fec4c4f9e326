//! Patterns: literal text with `<_>` (anything) and `<name>` (anything, kept under a name) in between.

use std::ops::Range;

use memchr::memmem;

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Anything,
    Capture(String),
}

/// The pattern of the line filters `|>` and `!>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePattern {
    text: Box<str>,
    parts: Vec<Part>,
}

impl LinePattern {
    /// Reads literals and `<_>`.
    pub fn new(text: &str) -> Result<Self, String> {
        let parts = parts(text);
        if let Some(Part::Capture(name)) = parts.iter().find(|part| matches!(part, Part::Capture(_))) {
            return Err(format!("line filters keep nothing under a name; write <_> instead of <{name}>"));
        }
        check_gaps(&parts)?;
        Ok(Self { text: text.into(), parts })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Texts that every matching line holds.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(literal) => Some(literal.as_str()),
            _ => None,
        })
    }

    /// Whether the line matches. As in Loki each literal is taken where it first occurs, `<_>` is never empty,
    /// a literal at the beginning may stand anywhere, and one at the end must end the line.
    pub fn matches(&self, line: &str) -> bool {
        self.find_in(line).is_some()
    }

    /// Where the literals of a matching line stand.
    pub(crate) fn find_in(&self, line: &str) -> Option<Vec<Range<usize>>> {
        if line.is_empty() || self.parts.is_empty() {
            return (line.is_empty() && self.parts.is_empty()).then(Vec::new);
        }
        let mut found = Vec::new();
        let mut at = 0;
        for (index, part) in self.parts.iter().enumerate() {
            let Part::Literal(literal) = part else { continue };
            let gap = memmem::find(&line.as_bytes()[at..], literal.as_bytes())?;
            if index > 0 && gap == 0 {
                return None;
            }
            found.push(at + gap..at + gap + literal.len());
            at += gap + literal.len();
        }
        let ends_open = self.parts.last() == Some(&Part::Anything);
        (ends_open == (at < line.len())).then_some(found)
    }
}

/// The pattern of the parser `| pattern`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapturePattern {
    text: Box<str>,
    parts: Vec<Part>,
}

impl CapturePattern {
    /// Reads literals, `<_>` and at least one `<name>`.
    pub fn new(text: &str) -> Result<Self, String> {
        let parts = parts(text);
        check_gaps(&parts)?;
        let names: Vec<&str> = names(&parts).collect();
        if names.is_empty() {
            return Err("at least one named capture must be supplied, such as <name>".to_owned());
        }
        if let Some(twice) = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
            return Err(format!("duplicate capture name ({})", twice.1));
        }
        Ok(Self { text: text.into(), parts })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        names(&self.parts)
    }

    /// Texts that every line holds in which the name is found, however little of the rest matches.
    pub(crate) fn literals_before(&self, name: &str) -> impl Iterator<Item = &str> {
        let before =
            self.parts.iter().take_while(move |part| !matches!(part, Part::Capture(other) if other == name));
        before.filter_map(|part| match part {
            Part::Literal(literal) => Some(literal.as_str()),
            _ => None,
        })
    }

    /// Gives the named parts of a line, from its beginning on. Where a literal is missing, the part before it is
    /// all the rest, and nothing comes after it.
    pub(crate) fn captures<'a>(&'a self, line: &'a str, mut give: impl FnMut(&'a str, &'a str)) {
        let (mut rest, mut parts) = (line, self.parts.as_slice());
        if line.is_empty() {
            return;
        }
        if let [Part::Literal(first), after @ ..] = parts {
            let Some(after_first) = rest.strip_prefix(first.as_str()) else { return };
            (rest, parts) = (after_first, after);
        }
        while let [gap, after @ ..] = parts {
            let end = match after.first() {
                Some(Part::Literal(literal)) => memmem::find(rest.as_bytes(), literal.as_bytes()),
                _ => None,
            };
            if let Part::Capture(name) = gap {
                give(name, &rest[..end.unwrap_or(rest.len())]);
            }
            let (Some(end), [Part::Literal(literal), after @ ..]) = (end, after) else { return };
            (rest, parts) = (&rest[end + literal.len()..], after);
        }
    }
}

fn names(parts: &[Part]) -> impl Iterator<Item = &str> {
    parts.iter().filter_map(|part| match part {
        Part::Capture(name) => Some(name.as_str()),
        _ => None,
    })
}

/// Two gaps side by side leave open where one ends.
fn check_gaps(parts: &[Part]) -> Result<(), String> {
    let side_by_side = parts.windows(2).any(|pair| !pair.iter().any(|part| matches!(part, Part::Literal(_))));
    if side_by_side {
        Err("consecutive captures are not allowed; put text between them".to_owned())
    } else {
        Ok(())
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let Some((gap, after)) = gap(rest) else {
            literal.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal)));
        }
        parts.push(gap);
        rest = after;
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    parts
}

/// `<_>` or `<name>` at the beginning of `text`.
fn gap(text: &str) -> Option<(Part, &str)> {
    let (name, after) = text.strip_prefix('<')?.split_once('>')?;
    let is_name = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    let part = if name == "_" { Part::Anything } else { Part::Capture(name.to_owned()) };
    is_name.then_some((part, after))
}
