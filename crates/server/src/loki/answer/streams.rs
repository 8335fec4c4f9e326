//! Lines as streams of values.
//!
//! Clients that send `X-Loki-Response-Encoding-Flags: categorize-labels` get the stream's own labels and, with
//! each line, its structured metadata and what the query found in it apart; all others get one set of labels.

use std::collections::BTreeMap;

use http::HeaderMap;
use logql::{Categories, Row};
use model::Ordered as _;
use model::{Labels, Metadata};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::{LabelMap, QueryData, Stats};

const HEADER: &str = "x-loki-response-encoding-flags";
const CATEGORIZE: &str = "categorize-labels";

/// Where labels that are not the stream's own stand in an answer.
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

/// A line: `["<ns>", "line"]`, with what stands beside it.
struct Value {
    nanos: i64,
    line: String,
    beside: Option<Beside>,
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        seq.serialize_element(&self.nanos.to_string())?;
        seq.serialize_element(&self.line)?;
        if let Some(beside) = &self.beside {
            seq.serialize_element(beside)?;
        }
        seq.end()
    }
}

/// Labels of a line; a category without any is left out.
struct Beside {
    metadata: Metadata,
    parsed: Metadata,
}

impl Serialize for Beside {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, pairs) in [("structuredMetadata", &self.metadata), ("parsed", &self.parsed)] {
            if !pairs.is_empty() {
                map.serialize_entry(name, &Pairs(pairs))?;
            }
        }
        map.end()
    }
}

struct Pairs<'m>(&'m Metadata);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Lines in their order as streams, sorted by labels.
pub(in crate::loki) fn group(rows: impl IntoIterator<Item = Row>, encoding: Encoding) -> Vec<StreamValues> {
    let mut streams: BTreeMap<LabelMap, Vec<Value>> = BTreeMap::new();
    for row in rows {
        let (labels, beside) = match encoding {
            Encoding::Categorized => {
                let Categories { stream, metadata, parsed } = row.categories;
                (stream, Some(Beside { metadata, parsed }))
            }
            Encoding::Merged => (merged(&row.categories), None),
        };
        let value = Value { nanos: row.timestamp.nanos(), line: row.line, beside };
        streams.entry(LabelMap(labels)).or_default().push(value);
    }
    streams.into_iter().map(|(stream, values)| StreamValues { stream, values }).collect()
}

/// All labels of a line; empty ones stay.
fn merged(categories: &Categories) -> Labels {
    let mut pairs: Vec<(&str, &str)> = categories.iter().collect();
    pairs.order();
    Labels::from_sorted(pairs)
}

/// The data of an answer of lines.
pub(in crate::loki) fn streams(
    rows: Vec<Row>,
    encoding: Encoding,
    stats: Stats,
) -> QueryData<Vec<StreamValues>> {
    let result = group(rows, encoding);
    QueryData { result_type: "streams", encoding_flags: encoding.flags(), result, stats }
}
