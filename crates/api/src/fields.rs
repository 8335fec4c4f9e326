//! What the lines of a query are made of: their fields and their patterns.
//!
//! | call | answer | fault |
//! |---|---|---|
//! | `GET logs/fields?`[`LogRequest`](crate::LogRequest) | [`FieldStats`] | 400 [`QueryFault`](crate::QueryFault) |
//! | `GET logs/patterns?`[`LogRequest`](crate::LogRequest) | [`Patterns`] | 400 [`QueryFault`](crate::QueryFault) |

use serde::{Deserialize, Serialize};

use crate::{FacetValue, Nanos};

/// The fields of a query's lines, those in most lines first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldStats {
    /// At most 100.
    pub fields: Vec<Field>,
    /// How many lines were looked at: all, or if there are many some from all over the range.
    pub sampled: u64,
    /// What was left out or could not be read, in words for the page.
    pub warnings: Vec<String>,
}

/// A field and its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// As LogQL names it after the parser.
    pub name: String,
    /// Where it comes from.
    pub from: FieldSource,
    /// What its values have in common.
    pub kind: FieldKind,
    /// How many of the lines have it.
    pub lines: u64,
    /// How many different values it has; counting ends at 1000.
    pub distinct: u32,
    /// At most 20, most lines first.
    pub values: Vec<FacetValue>,
}

/// Where a field comes from, and so what a query has to say before it can use it: `| json` or
/// `| logfmt` for those of the same name, else nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldSource {
    /// A label of the stream: it belongs into the selector.
    Label,
    /// Structured metadata.
    Metadata,
    /// A member of a line that is a JSON object.
    Json,
    /// `key=value` in the line.
    Logfmt,
    /// What the query itself made, with a template or another parser: nothing more is needed.
    Query,
}

/// What all values of a field can be read as, the narrowest first that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// Anything.
    String,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Float,
    /// `true` or `false`.
    Boolean,
    /// `1.5s`
    Duration,
    /// `12KB`
    Bytes,
}

/// Lines that look alike, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patterns {
    /// At most 200.
    pub patterns: Vec<Pattern>,
    /// Where the first bucket begins.
    pub start: Nanos,
    /// How long each bucket is.
    pub step: Nanos,
    /// How many lines were looked at.
    pub sampled: u64,
    /// Of how many lines each one that was looked at stands for itself and others (1: all were looked at). The
    /// counts of the patterns are of those looked at.
    pub one_in: u64,
    /// What was left out or could not be read, in words for the page.
    pub warnings: Vec<String>,
}

/// A pattern and its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// `<_>` stands for what differs; the text works with `|>` as it is.
    pub pattern: String,
    /// Index into [`LEVELS`](crate::LEVELS).
    pub level: u8,
    /// How many lines.
    pub lines: u64,
    /// How many lines in each bucket.
    pub buckets: Vec<u64>,
    /// One of the lines.
    pub example: String,
}
