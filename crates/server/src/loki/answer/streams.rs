//! Lines as streams of values.
//!
//! Clients that send `X-Loki-Response-Encoding-Flags: categorize-labels` get the stream's own labels and, with
//! each line, its structured metadata apart; all others get both in one set of labels.

use std::collections::BTreeMap;

use http::HeaderMap;
use logql::Row;
use model::label::DETECTED_LEVEL;
use model::{Labels, Level, Metadata};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::{LabelMap, QueryData, Stats};

const HEADER: &str = "x-loki-response-encoding-flags";
const CATEGORIZE: &str = "categorize-labels";

/// Where structured metadata stands in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::loki) enum Encoding {
    /// Among the stream's labels.
    Merged,
    /// Beside each line.
    Categorized,
}

impl Encoding {
    /// What the client asks for.
    pub(in crate::loki) fn of(headers: &HeaderMap) -> Self {
        let flags = headers.get_all(HEADER).iter().filter_map(|value| value.to_str().ok());
        let wanted = flags.flat_map(|value| value.split(',')).any(|flag| flag.trim() == CATEGORIZE);
        if wanted { Self::Categorized } else { Self::Merged }
    }

    /// What an answer says of it.
    pub(in crate::loki) fn flags(self) -> Option<[&'static str; 1]> {
        (self == Self::Categorized).then_some([CATEGORIZE])
    }
}

/// One stream of an answer.
#[derive(Serialize)]
pub(in crate::loki) struct StreamValues {
    stream: LabelMap,
    values: Vec<Value>,
}

/// A line: `["<ns>", "line"]`, with metadata if it stands beside.
struct Value {
    nanos: i64,
    line: String,
    metadata: Option<Metadata>,
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        seq.serialize_element(&self.nanos.to_string())?;
        seq.serialize_element(&self.line)?;
        if let Some(metadata) = &self.metadata {
            seq.serialize_element(&Beside(metadata))?;
        }
        seq.end()
    }
}

struct Beside<'m>(&'m Metadata);

impl Serialize for Beside<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("structuredMetadata", &Pairs(self.0))?;
        map.serialize_entry("parsed", &Pairs(&Metadata::new()))?;
        map.end()
    }
}

struct Pairs<'m>(&'m Metadata);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A line on its way into an answer.
pub(in crate::loki) struct Line {
    pub(in crate::loki) labels: Labels,
    pub(in crate::loki) nanos: i64,
    pub(in crate::loki) line: String,
    pub(in crate::loki) level: Level,
    pub(in crate::loki) metadata: Metadata,
}

impl From<Row> for Line {
    fn from(row: Row) -> Self {
        Self {
            labels: row.labels,
            nanos: row.timestamp.nanos(),
            line: row.line,
            level: row.level,
            metadata: row.metadata,
        }
    }
}

/// Lines in their order as streams, sorted by labels.
pub(in crate::loki) fn group(lines: impl IntoIterator<Item = Line>, encoding: Encoding) -> Vec<StreamValues> {
    let mut streams: BTreeMap<LabelMap, Vec<Value>> = BTreeMap::new();
    for line in lines {
        let metadata = with_level(line.metadata, line.level);
        let (labels, metadata) = match encoding {
            Encoding::Categorized => (line.labels, Some(metadata)),
            Encoding::Merged => (merge(line.labels, metadata), None),
        };
        let value = Value { nanos: line.nanos, line: line.line, metadata };
        streams.entry(LabelMap(labels)).or_default().push(value);
    }
    streams.into_iter().map(|(stream, values)| StreamValues { stream, values }).collect()
}

/// The data of an answer of lines.
pub(in crate::loki) fn streams(
    rows: Vec<Row>,
    encoding: Encoding,
    stats: Stats,
) -> QueryData<Vec<StreamValues>> {
    let result = group(rows.into_iter().map(Line::from), encoding);
    QueryData { result_type: "streams", encoding_flags: encoding.flags(), result, stats }
}

fn with_level(mut metadata: Metadata, level: Level) -> Metadata {
    if let Err(place) = metadata.binary_search_by(|(name, _)| (**name).cmp(DETECTED_LEVEL)) {
        metadata.insert(place, (DETECTED_LEVEL.into(), level.name().into()));
    }
    metadata
}

/// A stream's own label wins over metadata of the same name.
fn merge(labels: Labels, metadata: Metadata) -> Labels {
    let more = metadata.iter().filter(|(name, _)| labels.get(name).is_none());
    let more = more.map(|(name, value)| (&**name, &**value));
    Labels::from_pairs(labels.iter().chain(more))
}
