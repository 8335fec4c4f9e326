//! What the query field needs while somebody types.
//!
//! | call | answer | fault |
//! |---|---|---|
//! | `GET logs/check?query=…` | [`QueryCheck`], also for a query at fault | – |
//! | `GET logs/names?`[`NamesRequest`] | [`Names`] | – |
//! | `GET logs/values?`[`ValuesRequest`] | [`Values`] | – |

use serde::{Deserialize, Serialize};

use crate::{FacetValue, FieldSource, Nanos, QueryFault};

/// Whether a query can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryCheck {
    /// What is wrong with it, if anything is.
    pub fault: Option<QueryFault>,
    /// What it answers with; `None`: it is at fault.
    pub kind: Option<QueryKind>,
    /// The query in its normal form; empty: it is at fault.
    pub formatted: String,
}

/// What a query answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueryKind {
    /// Lines: `logs/query`.
    Lines,
    /// Numbers over time: `logs/numbers`.
    Numbers,
}

/// Which names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamesRequest {
    /// The query so far: names are those of the streams that its selector names and of their lines. A query
    /// that cannot be read counts as none.
    #[serde(default)]
    pub query: String,
    /// The first nanosecond; 0: an hour ago.
    #[serde(default)]
    pub start: Nanos,
    /// The first nanosecond that no longer counts; 0: now.
    #[serde(default)]
    pub end: Nanos,
}

/// Names that a query can use, most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// Labels, for the selector.
    pub labels: Vec<String>,
    /// Fields, for the pipeline.
    pub fields: Vec<FieldName>,
}

/// A field's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldName {
    /// As LogQL names it after the parser.
    pub name: String,
    /// Which parser finds it, if one is needed.
    pub from: FieldSource,
}

/// Whose values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValuesRequest {
    /// A label or a field.
    pub name: String,
    /// As in [`NamesRequest`].
    #[serde(default)]
    pub query: String,
    /// As in [`NamesRequest`].
    #[serde(default)]
    pub start: Nanos,
    /// As in [`NamesRequest`].
    #[serde(default)]
    pub end: Nanos,
}

/// Values of a label or a field, most lines first; at most 200. `lines` of a field's value counts within a
/// sample of lines, and is 0 where it was not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    /// The values.
    pub values: Vec<FacetValue>,
}
