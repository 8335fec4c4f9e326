//! How a line is shown: coloured as its program wanted, marked where the query matched, JSON and logfmt told
//! apart into fields.

mod ansi;
mod fields;
mod json;
mod logfmt;
mod pieces;

#[cfg(test)]
mod tests;

pub use fields::{Field, fields};
pub use json::{Json, JsonValue, parse as parse_json};
pub use pieces::{Piece, Style, plain, shown, summary};

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use api::{LogPage, Nanos, StreamLabels};

/// A line as the page keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Names the line in links.
    pub id: String,
    /// When it was written.
    pub time: Nanos,
    /// Its stream.
    pub labels: Arc<StreamLabels>,
    /// Place in [`api::LEVELS`].
    pub level: u8,
    /// The line itself.
    pub text: String,
    /// Byte ranges that the query's filters matched.
    pub marks: Vec<(u32, u32)>,
    /// Structured metadata.
    pub metadata: BTreeMap<String, String>,
    /// What the query's parsers found in it and its templates made.
    pub fields: BTreeMap<String, String>,
    /// It did not match itself: it stands near a line that did.
    pub is_context: bool,
    /// Found when it is first needed, which takes reading the whole line: see [`Line::widths`].
    pub(crate) widths: OnceLock<Box<[u32]>>,
}

impl Line {
    /// The lines of a page, oldest first whatever order it came in. Rows whose stream is not there are left out.
    pub fn of_page(page: LogPage) -> Vec<Arc<Self>> {
        let streams: Vec<Arc<StreamLabels>> = page.streams.into_iter().map(Arc::new).collect();
        let line = |row: api::LogRow| {
            let labels = Arc::clone(streams.get(row.stream as usize)?);
            Some(Arc::new(Self {
                id: row.id,
                time: row.time,
                labels,
                level: row.level,
                text: row.line,
                marks: row.marks,
                metadata: row.metadata,
                fields: row.fields,
                is_context: row.context,
                widths: OnceLock::new(),
            }))
        };
        let mut lines: Vec<Arc<Self>> = page.rows.into_iter().filter_map(line).collect();
        if lines.first().zip(lines.last()).is_some_and(|(first, last)| first.time > last.time) {
            lines.reverse();
        }
        settle(&mut lines);
        lines
    }

    /// How many characters wide each line of its row is; one, but for text that holds line breaks.
    pub fn widths(&self) -> &[u32] {
        self.widths.get_or_init(|| pieces::widths(&summary(&self.text, &[])))
    }

    /// A label's value; empty if there is none.
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    /// The line as it was written, without what the query found in it.
    #[must_use]
    pub fn without_fields(&self) -> Self {
        Self { fields: BTreeMap::new(), ..self.clone() }
    }

    /// The trace that it belongs to, where one is told: 32 hexadecimal digits soon after the word.
    pub fn trace_id(&self) -> Option<&str> {
        self.metadata.get("trace_id").map(String::as_str).or_else(|| trace_id(&self.text))
    }

    /// What the row names as its service.
    pub fn service(&self) -> &str {
        let service = self.label("service");
        if service.is_empty() { self.label("service_name") } else { service }
    }
}

fn trace_id(text: &str) -> Option<&str> {
    /// `"trace_id": "`, `traceparent=00-`
    const BETWEEN: usize = 16;
    const DIGITS: usize = 32;
    let mut rest = text;
    // Whichever case its first letter has.
    while let Some(at) = rest.find("race") {
        rest = &rest[at + "race".len()..];
        let mut before = 0;
        for run in rest.split(|character: char| !character.is_ascii_hexdigit()) {
            if run.len() == DIGITS {
                return Some(run);
            }
            before += run.len() + 1;
            if before > BETWEEN {
                break;
            }
        }
    }
    None
}

/// Puts lines in order that are so already but for those of equal time.
fn settle(lines: &mut [Arc<Line>]) {
    let is_before = |one: &Line, other: &Line| {
        one.time < other.time || one.time == other.time && place_in_time(&one.id) < place_in_time(&other.id)
    };
    for end in 1..lines.len() {
        let mut at = end;
        while at > 0 && is_before(&lines[at], &lines[at - 1]) {
            lines.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// Stream and number of a line among those of its very nanosecond.
fn place_in_time(id: &str) -> (&str, u64) {
    let mut parts = id.split('.').skip(1);
    let stream = parts.next().unwrap_or_default();
    (stream, parts.next().and_then(|number| number.parse().ok()).unwrap_or(0))
}

/// When the line of an id was written.
pub fn time_of_id(id: &str) -> Option<Nanos> {
    id.split('.').next()?.parse().ok()
}
