//! What Prometheus' API answers with: the envelope, the shapes of results, and faults.

mod fault;
mod numbers;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header;
use model::Labels;
use serde::{Serialize, Serializer};

pub(super) use fault::{Kind, PromFault};
pub(super) use numbers::{Answered, Stats, written};

/// What is said of an answer that `limit` cut.
const TRUNCATED: &str = "results truncated due to limit";

/// `{"status":"success","data":…}`
#[derive(Serialize)]
struct Success<T> {
    status: &'static str,
    data: T,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    infos: Vec<String>,
}

/// What an answer has to be read with.
#[derive(Clone, Debug, Default)]
pub(super) struct Remarks {
    pub(super) warnings: Vec<String>,
    pub(super) infos: Vec<String>,
}

impl Remarks {
    /// Those of a query, each on its own.
    pub(super) fn of(notes: &promql::Notes) -> Self {
        let told = |notes: &std::collections::BTreeSet<promql::Note>| {
            notes.iter().map(ToString::to_string).collect()
        };
        Self { warnings: told(&notes.warnings), infos: told(&notes.infos) }
    }

    /// Cuts a list to its limit, and says so.
    pub(super) fn cut<T>(&mut self, list: &mut Vec<T>, limit: Option<usize>) {
        if let Some(limit) = limit.filter(|limit| list.len() > *limit) {
            list.truncate(limit);
            self.warnings.push(TRUNCATED.to_owned());
        }
    }
}

/// The envelope around an answer.
pub(super) fn success(data: impl Serialize) -> Response {
    remarked(data, Remarks::default())
}

/// The envelope around an answer that has to be read with care.
pub(super) fn remarked(data: impl Serialize, Remarks { warnings, infos }: Remarks) -> Response {
    Json(Success { status: "success", data, warnings, infos }).into_response()
}

/// The envelope around an answer that is JSON already: large ones are written as they are made.
pub(super) fn written_already(data: &str, Remarks { warnings, infos }: &Remarks) -> Response {
    let mut text = String::with_capacity(data.len() + 64);
    text.push_str("{\"status\":\"success\",\"data\":");
    text.push_str(data);
    for (name, remarks) in [("warnings", warnings), ("infos", infos)] {
        if !remarks.is_empty() {
            text.push_str(&format!(",\"{name}\":{}", serde_json::Value::from(remarks.as_slice())));
        }
    }
    text.push('}');
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Labels as a JSON object.
pub(crate) struct LabelMap(pub(crate) Labels);

impl Serialize for LabelMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter())
    }
}
