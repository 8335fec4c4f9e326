//! Performance: what is done again and again, and how long it takes. Requests, tasks, page loads.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET performance?`[`PerformanceRequest`] | [`Performance`] | everybody |
//! | `GET performance/transaction?`[`TransactionRequest`] | [`Transaction`]; 404 | everybody |
//! | `GET performance/example/{id}` | [`Example`]; 404 | everybody |
//!
//! Counts are scaled by the SDK's sample rate. Quantiles come from buckets: each is exact to 5 %.

use serde::{Deserialize, Serialize};

use crate::{EventRow, Mark, Millis, Pair, ProjectName};

/// Which transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceRequest {
    /// The project's slug; empty: all.
    #[serde(default)]
    pub project: String,
    /// Empty: all.
    #[serde(default)]
    pub environment: String,
    /// Only names that contain this.
    #[serde(default)]
    pub query: String,
    /// The first instant; 0: 24 hours before the end.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
    /// The order of rows.
    #[serde(default)]
    pub sort: TransactionSort,
}

/// The order of transactions; the greatest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionSort {
    /// By all the time that was spent in them.
    #[default]
    Time,
    /// By how many there were.
    Count,
    /// By the share that failed.
    Failures,
    /// By the 95th percentile.
    P95,
}

/// Transactions by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Performance {
    /// In the order asked for, at most 500.
    pub rows: Vec<TransactionRow>,
    /// Where the first bucket of [`TransactionRow::spark`] begins.
    pub start: Millis,
    /// How long each bucket is.
    pub step: Millis,
    /// All projects, by slug.
    pub projects: Vec<ProjectName>,
    /// All environments that transactions came from.
    pub environments: Vec<String>,
    /// What was left out, in words for the page.
    pub warnings: Vec<String>,
}

/// All transactions of one name and operation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TransactionRow {
    /// The project's slug.
    pub project: String,
    /// `/checkout`, `shop.tasks.send_mail`.
    pub name: String,
    /// `http.server`, `queue.task.celery`, `pageload`, …
    pub op: String,
    /// How many.
    pub count: u64,
    /// How many each minute.
    pub per_minute: f64,
    /// The share that failed, 0 to 1.
    pub failure_rate: f64,
    /// Half of them took no longer.
    pub p50_ms: f64,
    /// 75 % took no longer.
    pub p75_ms: f64,
    /// 95 % took no longer.
    pub p95_ms: f64,
    /// 99 % took no longer.
    pub p99_ms: f64,
    /// All together.
    pub total_ms: f64,
    /// Their part of the time of all rows, 0 to 1.
    pub share: f64,
    /// Where the time goes, by operation of spans, the greatest first: `db`, `http`, `cache`; what is left is
    /// `own`. Each with its part of the time, 0 to 1. At most six.
    pub operations: Vec<(String, f64)>,
    /// The 95th percentile over time, in milliseconds; `None`: there were none then.
    pub spark: Vec<Option<f64>>,
}

/// One name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionRequest {
    /// The project's slug.
    pub project: String,
    /// As in the list.
    pub name: String,
    /// As in the list.
    #[serde(default)]
    pub op: String,
    /// Empty: all.
    #[serde(default)]
    pub environment: String,
    /// The first instant; 0: 24 hours before the end.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
}

/// One name whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transaction {
    /// As in the list.
    pub row: TransactionRow,
    /// Where the first bucket of the series begins.
    pub start: Millis,
    /// How long each bucket is.
    pub step: Millis,
    /// How many in each bucket.
    pub counts: Vec<u64>,
    /// How many of them failed.
    pub failures: Vec<u64>,
    /// Of each bucket; `None`: there were none.
    pub p50_ms: Vec<Option<f64>>,
    /// Of each bucket.
    pub p95_ms: Vec<Option<f64>>,
    /// What happened to containers of the project's service in that time.
    pub marks: Vec<Mark>,
    /// Where the time goes, by operation of spans, the greatest first.
    pub operations: Vec<SpanOperation>,
    /// Transactions that were kept whole: slow ones, failed ones, the newest; newest first.
    pub examples: Vec<ExampleRow>,
}

/// All spans of one operation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpanOperation {
    /// `db`, `http.client`, …
    pub op: String,
    /// All together.
    pub total_ms: f64,
    /// Its part of the transactions' time, 0 to 1.
    pub share: f64,
    /// Spans of it in a transaction, on average.
    pub each: f64,
}

/// A transaction that was kept whole, in a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExampleRow {
    /// Names it.
    pub id: String,
    /// When it began.
    pub time: Millis,
    /// How long it took.
    pub duration_ms: f64,
    /// `ok`, `internal_error`, …; empty: not told.
    pub status: String,
    /// It failed.
    pub failed: bool,
    /// Its trace.
    pub trace_id: String,
    /// Empty: not told.
    pub environment: String,
    /// Empty: not told.
    pub release: String,
    /// How many spans it has.
    pub spans: u32,
}

/// A transaction whole: a waterfall.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// As in the list.
    pub row: ExampleRow,
    /// The project's slug.
    pub project: String,
    /// As in the list.
    pub name: String,
    /// As in the list.
    pub op: String,
    /// Where it happened; empty: not told.
    pub server_name: String,
    /// Its spans as a tree, each after the one that it is part of. At most 1000.
    pub spans: Vec<Span>,
    /// By name.
    pub tags: Vec<Pair>,
    /// Errors of the same trace.
    pub events: Vec<EventRow>,
    /// What was left out, in words for the page.
    pub warnings: Vec<String>,
}

/// A step of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Names it.
    pub id: String,
    /// How deep it stands in the tree; 0: the transaction itself.
    pub depth: u32,
    /// `db`, `http.client`, …
    pub op: String,
    /// What: a query, an address.
    pub description: String,
    /// After the transaction began.
    pub start_ms: f64,
    /// How long it took.
    pub duration_ms: f64,
    /// `ok`, …; empty: not told.
    pub status: String,
    /// It failed.
    pub failed: bool,
    /// More of it, by name.
    pub data: Vec<Pair>,
}
