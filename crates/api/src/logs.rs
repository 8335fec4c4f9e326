//! Lines, their counts, and the lines around a line.
//!
//! | call | answer | fault |
//! |---|---|---|
//! | `GET logs/query?`[`LogRequest`] | [`LogPage`] | 400 [`QueryFault`] |
//! | `GET logs/histogram?`[`LogRequest`] | [`Histogram`] | 400 [`QueryFault`] |
//! | `GET logs/facets?`[`LogRequest`] | [`Facets`] | 400 [`QueryFault`] |
//! | `GET logs/context?`[`ContextRequest`] | [`LogPage`], oldest first | 400 [`QueryFault`] |

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Nanos;

/// The names of the levels, least severe first; a histogram's counts come in this order.
pub const LEVELS: [&str; 8] = ["unknown", "trace", "debug", "info", "warn", "error", "critical", "fatal"];

/// Which lines, and which page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRequest {
    /// LogQL.
    pub query: String,
    /// Only lines of these levels, by name, comma-separated; empty: all.
    #[serde(default)]
    pub levels: String,
    /// The first nanosecond.
    pub start: Nanos,
    /// The first nanosecond that no longer counts.
    pub end: Nanos,
    /// At most this many lines (1 to 5000). The histogram takes no notice of it.
    #[serde(default)]
    pub limit: u32,
    /// Oldest first instead of newest first.
    #[serde(default)]
    pub forward: bool,
    /// `next` of the page before; empty: from the beginning.
    #[serde(default)]
    pub cursor: String,
    /// Histogram: about this many buckets (1 to 500).
    #[serde(default)]
    pub buckets: u32,
}

/// A page of lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LogPage {
    /// The streams that the rows belong to.
    pub streams: Vec<StreamLabels>,
    /// By time, then stream, then arrival; newest first is the exact reverse of oldest first.
    pub rows: Vec<LogRow>,
    /// Where the next page begins; `None`: there are no more lines in the range.
    pub next: Option<String>,
    /// What was left out or could not be read, in words for the page.
    pub warnings: Vec<String>,
}

/// A stream's labels.
pub type StreamLabels = BTreeMap<String, String>;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// Names the line in links and stays valid: `<nanoseconds>.<stream fingerprint, 16 hex digits>.<n>`, `n`
    /// counting the stream's lines of that very nanosecond from 0.
    pub id: String,
    /// When it was written.
    pub time: Nanos,
    /// Index into [`LogPage::streams`].
    pub stream: u32,
    /// Index into [`LEVELS`].
    pub level: u8,
    /// The line.
    pub line: String,
    /// Byte ranges of the line that the query's filters matched, for marking; sorted, not overlapping.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<(u32, u32)>,
    /// Structured metadata besides the level.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// What the query's parsers found in the line and its templates made.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// The line did not match: it stands near one that did (`| context`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub context: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Lines per level over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// Where the first bucket begins.
    pub start: Nanos,
    /// How long each bucket is.
    pub step: Nanos,
    /// One after the other, empty ones included.
    pub buckets: Vec<HistogramBucket>,
    /// What was left out, in words for the page.
    pub warnings: Vec<String>,
}

/// Lines in one bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistogramBucket {
    /// In the order of [`LEVELS`].
    pub counts: [u64; 8],
}

/// How many lines there are by level, service and container: the sidebar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// `level`, `service`, `container`, in this order.
    pub facets: Vec<Facet>,
    /// All lines counted.
    pub total: u64,
}

/// The values of one label, most lines first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// The label's name.
    pub name: String,
    /// At most 100.
    pub values: Vec<FacetValue>,
}

/// A value and its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// The label's value.
    pub value: String,
    /// How many lines carry it.
    pub lines: u64,
}

/// Which line, and how many around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextRequest {
    /// [`LogRow::id`] of the line in the middle.
    pub id: String,
    /// How many lines before and after it (1 to 500).
    pub lines: u32,
    /// All streams of the line's service instead of the line's container alone.
    #[serde(default)]
    pub service: bool,
}

/// A query that cannot be answered, and where the fault is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryFault {
    /// What is wrong and what to write instead.
    pub message: String,
    /// Byte range in the query, where the fault has a place.
    pub at: Option<(u32, u32)>,
}
