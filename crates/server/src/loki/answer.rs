//! What Loki's API answers with: the envelope, the shapes of results, and faults as plain text.

mod fault;
mod label_map;
mod numbers;
mod stats;
mod streams;
mod volumes;

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub(super) use fault::LokiFault;
pub(super) use label_map::LabelMap;
pub(super) use numbers::{matrix, vector};
pub(super) use stats::{Spent, Stats};
pub(super) use streams::{Encoding, StreamValues, group, streams};
pub(super) use volumes::Volumes;

/// `{"status":"success","data":…}`
#[derive(Serialize)]
struct Success<T> {
    status: &'static str,
    data: T,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// What a query answers inside the envelope.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueryData<R> {
    result_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_flags: Option<[&'static str; 1]>,
    result: R,
    stats: Stats,
}

/// The envelope around an answer.
pub(super) fn success(data: impl Serialize, warnings: Vec<String>) -> Response {
    Json(Success { status: "success", data, warnings }).into_response()
}
