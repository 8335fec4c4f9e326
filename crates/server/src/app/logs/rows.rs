//! Rows of the evaluator as the page reads them.

use std::collections::HashMap;

use api::{LogPage, LogRow, StreamLabels};
use logql::{LogQuery, Row};
use model::label::DETECTED_LEVEL;
use model::{Labels, Metadata, Timestamp};

/// The name of a line in links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineId {
    pub(super) at: Timestamp,
    pub(super) stream: u64,
    pub(super) nth: u64,
}

impl LineId {
    fn of(row: &Row, stream: u64) -> Self {
        Self { at: row.timestamp, stream, nth: row.nth }
    }

    /// Reads `<nanoseconds>.<stream, 16 hex digits>.<n>`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (nanos, stream, nth) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || stream.len() != 16 {
            return None;
        }
        Some(Self {
            at: Timestamp::from_nanos(nanos.parse().ok()?),
            stream: u64::from_str_radix(stream, 16).ok()?,
            nth: nth.parse().ok()?,
        })
    }
}

impl std::fmt::Display for LineId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:016x}.{}", self.at.nanos(), self.stream, self.nth)
    }
}

/// Rows as a page, in their order. `query` tells which parts of each line it matched.
pub(in crate::app) fn page(rows: Vec<Row>, query: Option<&LogQuery>) -> LogPage {
    let mut page = LogPage::default();
    let mut known: HashMap<Labels, (u32, u64)> = HashMap::new();
    for row in rows {
        let (stream, fingerprint) = *known.entry(row.labels.clone()).or_insert_with(|| {
            page.streams.push(stream_labels(&row.labels));
            (page.streams.len() as u32 - 1, row.labels.fingerprint())
        });
        page.rows.push(LogRow {
            id: LineId::of(&row, fingerprint).to_string(),
            time: row.timestamp.nanos(),
            stream,
            level: row.level.number(),
            marks: query.map(|query| query.marks(&row.line)).unwrap_or_default(),
            metadata: metadata(&row),
            fields: pairs(&row.categories.parsed),
            context: row.is_context,
            line: row.line,
        });
    }
    page
}

pub(super) fn stream_labels(labels: &Labels) -> StreamLabels {
    labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn metadata(row: &Row) -> StreamLabels {
    let mut metadata = pairs(&row.metadata);
    metadata.remove(DETECTED_LEVEL);
    metadata
}

fn pairs(metadata: &Metadata) -> StreamLabels {
    metadata.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}
