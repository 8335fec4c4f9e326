//! Access entries, read back from their lines.

use api::RequestRow;
use model::label::{CONTAINER, ENVIRONMENT, PROJECT, SERVICE};
use model::{Labels, Timestamp};
use serde::Deserialize;

/// An access entry's line, as the proxy writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    status: u16,
    method: String,
    domain: String,
    path: String,
    query: String,
    duration_ms: f64,
    upstream_ms: Option<f64>,
    bytes_in: u64,
    bytes_out: u64,
    client: String,
    request_id: String,
    trace_id: String,
    entrypoint: String,
    router: String,
    target: String,
    server: String,
    retries: u32,
    why: String,
    detail: String,
    user_agent: String,
}

/// The request of an access entry; `None` if the line is none.
pub fn row(labels: &Labels, at: Timestamp, line: &str) -> Option<RequestRow> {
    let entry: Entry = serde_json::from_str(line).ok()?;
    if entry.request_id.is_empty() {
        return None;
    }
    let label = |name| labels.get(name).unwrap_or_default().to_owned();
    let path = if entry.query.is_empty() { entry.path } else { format!("{}?{}", entry.path, entry.query) };
    Some(RequestRow {
        id: entry.request_id,
        trace_id: entry.trace_id,
        time: at.millis(),
        method: entry.method,
        domain: entry.domain,
        path,
        status: entry.status,
        duration_ms: entry.duration_ms,
        upstream_ms: entry.upstream_ms,
        bytes_in: entry.bytes_in,
        bytes_out: entry.bytes_out,
        client: entry.client,
        user_agent: entry.user_agent,
        service: label(SERVICE),
        project: label(PROJECT),
        environment: label(ENVIRONMENT),
        container: label(CONTAINER),
        entrypoint: entry.entrypoint,
        router: entry.router,
        target: entry.target,
        server: entry.server,
        retries: entry.retries,
        why: entry.why,
        detail: entry.detail,
    })
}
