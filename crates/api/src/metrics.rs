//! Metrics for the page: numbers of PromQL, and what helps to write a query.
//!
//! | call | answer | fault |
//! |---|---|---|
//! | `GET metrics/numbers?`[`MetricsRequest`] | [`Numbers`](crate::Numbers) | 400 [`QueryFault`](crate::QueryFault) |
//! | `GET metrics/table?`[`InstantRequest`] | [`Numbers`](crate::Numbers), one point in each series, in the query's own order | 400 [`QueryFault`](crate::QueryFault) |
//! | `GET metrics/check?query=…` | [`QueryCheck`](crate::QueryCheck), also for a query at fault | – |
//! | `GET metrics/names?prefix=…` | list of [`MetricName`], by name; at most 500 | – |
//! | `GET metrics/labels?`[`LabelsRequest`] | list of texts, sorted; at most 500 | – |
//!
//! A query that would need too much is refused with 422 and a [`QueryFault`](crate::QueryFault) that names the
//! limit.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// Which numbers, over which time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricsRequest {
    /// PromQL.
    pub query: String,
    /// The first instant.
    pub start: Millis,
    /// The last instant.
    pub end: Millis,
    /// About how many points each series gets (1 to 2000); 0: 120.
    #[serde(default)]
    pub buckets: u32,
}

/// Which numbers, at which instant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstantRequest {
    /// PromQL.
    pub query: String,
    /// When; 0: now.
    #[serde(default)]
    pub at: Millis,
}

/// A metric, for completion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricName {
    /// As it stands in a query: `http_requests_total`.
    pub name: String,
    /// `counter`, `gauge`, `histogram`, …; empty where no target told.
    pub kind: String,
    /// What is measured, in words; may be empty.
    pub help: String,
    /// `seconds`, `bytes`, …; may be empty.
    pub unit: String,
}

/// Whose labels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelsRequest {
    /// A selector, `up{job="web"}`, or a whole query whose selectors are taken; empty, or one that cannot be
    /// read: all series.
    #[serde(default)]
    pub query: String,
    /// Empty: the names of labels. Else: the values of this one.
    #[serde(default)]
    pub name: String,
    /// The first instant; 0: an hour ago.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
}
