//! `| logfmt`: `key=value key2="quoted value"`.

use std::borrow::Cow;

use memchr::memchr2;

use super::json::{Escapes, unescape};
use super::labels::LineLabels;
use super::names::push_sanitised;
use super::wanted::Wanted;
use crate::ast::LogfmtExtraction;

/// What is wrong, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    at: usize,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Unexpected(char),
    Key,
    Open,
    Quoted,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "logfmt syntax error at pos {} : ", self.at + 1)?;
        match self.what {
            What::Unexpected(character) => write!(f, "unexpected '{character}'"),
            What::Key => f.write_str("invalid key"),
            What::Open => f.write_str("unterminated quoted value"),
            What::Quoted => f.write_str("invalid quoted value"),
        }
    }
}

/// The pairs of a line. After a fault the next pair is that after the next space.
pub(super) struct Pairs<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self { line, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        &self.line.as_bytes()[self.at..]
    }

    /// Moves to the next byte that `ends`, or to the end of the line.
    fn skip_until(&mut self, ends: impl Fn(u8) -> bool) -> Option<u8> {
        let rest = self.rest();
        let length = rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(length).copied()
    }

    fn fault(&mut self, what: What) -> Fault {
        let at = self.at;
        self.skip_until(is_space);
        Fault { at, what }
    }

    fn value(&mut self) -> Result<Cow<'a, str>, Fault> {
        if self.rest().first() == Some(&b'"') {
            return self.quoted();
        }
        let start = self.at;
        match self.skip_until(ends_word) {
            Some(byte @ (b'=' | b'"')) => Err(self.fault(What::Unexpected(byte as char))),
            _ => Ok(Cow::Borrowed(&self.line[start..self.at])),
        }
    }

    fn quoted(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at + 1;
        let mut escapes = false;
        let mut end = start;
        loop {
            let rest = self.line.as_bytes().get(end..).unwrap_or_default();
            let Some(length) = memchr2(b'"', b'\\', rest) else {
                self.at = self.line.len();
                return Err(Fault { at: self.at, what: What::Open });
            };
            end += length;
            if self.line.as_bytes()[end] == b'"' {
                break;
            }
            escapes = true;
            end += 2;
        }
        self.at = end + 1;
        let inside = &self.line[start..end];
        match escapes {
            false => Ok(Cow::Borrowed(inside)),
            true => unescape(inside, Escapes::Logfmt).ok_or(Fault { at: self.at, what: What::Quoted }),
        }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Result<(&'a str, Cow<'a, str>), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_until(|byte| !is_space(byte))?;
        let start = self.at;
        let end = self.skip_until(ends_word);
        let key = &self.line[start..self.at];
        match end {
            Some(b'"') => return Some(Err(self.fault(What::Unexpected('"')))),
            Some(b'=') if key.is_empty() => return Some(Err(self.fault(What::Unexpected('=')))),
            _ if !key.is_ascii() && key.contains(char::REPLACEMENT_CHARACTER) => {
                return Some(Err(self.fault(What::Key)));
            }
            Some(b'=') => self.at += 1,
            _ => return Some(Ok((key, Cow::Borrowed("")))),
        }
        Some(self.value().map(|value| (key, value)))
    }
}

fn is_space(byte: u8) -> bool {
    byte <= b' '
}

/// Whether a key or a value without quotes ends here.
fn ends_word(byte: u8) -> bool {
    /// One look for each byte of every line.
    const ENDS: [bool; 256] = {
        let mut ends = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            ends[byte] = byte as u8 == b'=' || byte as u8 == b'"' || byte as u8 <= b' ';
            byte += 1;
        }
        ends
    };
    ENDS[usize::from(byte)]
}

/// Takes out every wanted key. Without `strict` a fault costs only its own pair.
pub(super) fn all(
    line: &str,
    (strict, keep_empty): (bool, bool),
    wanted: &Wanted,
    name: &mut String,
    labels: &mut LineLabels<'_>,
) -> Result<(), Fault> {
    for pair in Pairs::new(line) {
        let (key, value) = match pair {
            Ok(pair) => pair,
            Err(fault) if strict => return Err(fault),
            Err(_) => continue,
        };
        if !wanted.may_be(key) || (value.is_empty() && !keep_empty) {
            continue;
        }
        name.clear();
        push_sanitised(name, key);
        let before = labels.changes.count();
        if !name.is_empty() {
            labels.extract(name, &value, wanted);
        }
        if labels.changes.count() > before && wanted.satisfied(labels) {
            return Ok(());
        }
    }
    Ok(())
}

/// Takes out some keys; those that are not there give empty labels.
pub(super) fn some(
    line: &str,
    strict: bool,
    extractions: &[LogfmtExtraction],
    name: &mut String,
    labels: &mut LineLabels<'_>,
) -> Result<(), Fault> {
    for extraction in extractions {
        if !labels.is_taken(&extraction.label) {
            labels.set(&extraction.label, "");
        }
    }
    for pair in Pairs::new(line) {
        let (key, value) = match pair {
            Ok(pair) => pair,
            Err(fault) if strict => return Err(fault),
            Err(_) => continue,
        };
        name.clear();
        push_sanitised(name, key);
        for extraction in extractions.iter().filter(|extraction| extraction.key == **name) {
            labels.extract_anew(&extraction.label, &value);
        }
    }
    Ok(())
}
