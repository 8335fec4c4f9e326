//! The fields of a line, each with the condition that finds lines like it.

use crate::logql::{LineFilter, escape_regex};

use super::json::{Json, JsonValue};
use super::logfmt;

/// A field of a logfmt line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Finds lines with the same value.
    pub filter: LineFilter,
}

/// The fields of a logfmt line; empty for other lines.
pub fn fields(line: &str) -> Vec<Field> {
    logfmt::pairs(line)
        .into_iter()
        .map(|pair| Field {
            filter: filter(&line[pair.span.0..pair.span.1], !pair.quoted),
            key: pair.key,
            value: pair.value,
        })
        .collect()
}

impl Json {
    /// Finds lines in which this member has the same value; `None` for lists, objects and long values.
    pub fn filter(&self, line: &str) -> Option<LineFilter> {
        const LENGTH_MAX: usize = 400;
        let ends_open = match self.value {
            JsonValue::Word(_) => true,
            JsonValue::Text(_) => false,
            JsonValue::List(_) | JsonValue::Object(_) => return None,
        };
        let short = self.span.1 - self.span.0 <= LENGTH_MAX;
        short.then(|| filter(&line[self.span.0..self.span.1], ends_open))
    }
}

/// The bytes as they stand. Where the value has no closing quote, `status=50` must not find `status=500`.
fn filter(bytes: &str, ends_open: bool) -> LineFilter {
    let ends_in_word = bytes.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if ends_open && ends_in_word {
        return LineFilter { text: format!("{}\\b", escape_regex(bytes)), is_regex: true };
    }
    LineFilter { text: bytes.to_owned(), is_regex: false }
}
