//! Goes through a body line by line.

use super::line::{self, Line};
use super::{Fault, Format, Item, Problem, number};

/// Goes through a body. [`Reader::next`] reads the next line whatever it is. Who knows what the line is likely to be
/// asks [`Reader::next_if`] first, which costs a comparison and a number.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a str,
    format: Format,
    /// Lines read so far.
    lines: usize,
    /// The line that was read last.
    line: &'a str,
    /// `# EOF` was read.
    is_ended: bool,
}

impl<'a> Reader<'a> {
    /// Reads `body` from its beginning.
    pub fn new(body: &'a str, format: Format) -> Self {
        Self { rest: body, format, lines: 0, line: "", is_ended: false }
    }

    /// What the next line says, or what is wrong with it. Lines that say nothing are passed over.
    #[allow(clippy::should_implement_trait, reason = "an iterator could not be asked `next_if` in between")]
    pub fn next(&mut self) -> Option<Result<Item<'a>, Fault>> {
        while let Some(line) = self.next_line() {
            if self.is_ended && !line.trim_ascii().is_empty() {
                self.rest = "";
                return Some(Err(Fault::new(self.lines, Problem::AfterEnd, line)));
            }
            match line::read(line, self.format) {
                Ok(Line::Item(item)) => return Some(Ok(item)),
                Ok(Line::Nothing) => {}
                Ok(Line::End) => self.is_ended = true,
                Err(problem) => return Some(Err(Fault::new(self.lines, problem, line))),
            }
        }
        if self.format == Format::OpenMetrics && !self.is_ended {
            self.is_ended = true;
            return Some(Err(Fault::new(self.lines, Problem::NoEnd, "")));
        }
        None
    }

    /// The number of the next line, if that is a sample of this series, written in this way, with a number and nothing
    /// more. Otherwise nothing is read.
    pub fn next_if(&mut self, series: &str) -> Option<f64> {
        let after = self.rest.as_bytes().strip_prefix(series.as_bytes())?;
        if series.is_empty() || !matches!(after.first(), Some(b' ' | b'\t')) || self.is_ended {
            return None;
        }
        let end = after.iter().position(|byte| *byte == b'\n').unwrap_or(after.len());
        // What follows a whole series in UTF-8 begins a character.
        let text = self.rest.get(series.len()..series.len() + end)?;
        let value = number::value(text.strip_suffix('\r').unwrap_or(text).trim_matches(line::BLANKS))?;
        self.advance(series.len() + end);
        Some(value)
    }

    /// Passes the next line over if it is this one.
    pub fn skip_if(&mut self, line: &str) -> bool {
        let Some(after) = self.rest.as_bytes().strip_prefix(line.as_bytes()) else { return false };
        if !matches!(after.first(), None | Some(b'\n')) || self.is_ended {
            return false;
        }
        self.advance(line.len());
        true
    }

    /// The line that was read last, without its break.
    pub fn line(&self) -> &'a str {
        self.line
    }

    /// How many lines were read.
    pub fn line_number(&self) -> usize {
        self.lines
    }

    /// A carriage return before a break belongs to it.
    fn next_line(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest.as_bytes()).unwrap_or(self.rest.len());
        self.advance(end);
        self.line = self.line.strip_suffix('\r').unwrap_or(self.line);
        Some(self.line)
    }

    /// The line that is so long is read, and the break behind it.
    fn advance(&mut self, length: usize) {
        self.line = &self.rest[..length];
        self.rest = self.rest.get(length + 1..).unwrap_or_default();
        self.lines += 1;
    }
}
