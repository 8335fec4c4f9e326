//! `/containers/{id}/stats`: what a container uses. It is always measured once, whatever `stream` says.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::Api;
use super::fault::Fault;
use crate::engine::Container;
use crate::meters::{Counts, Program};
use crate::shop::Member;

/// How dockerd writes the time at which nothing was measured.
const NEVER: &str = "0001-01-01T00:00:00Z";
const NANOS: f64 = 1e9;

pub(super) async fn stats(
    State(api): State<Api>,
    Path(reference): Path<String>,
) -> Result<Json<Value>, Fault> {
    let found = api.engine.read(|memory| {
        memory
            .find(&reference)
            .map(|container| (container.id.clone(), container.name.clone(), limit(container)))
    });
    let (id, name, limit) = found.ok_or_else(|| Fault::no_container(&reference))?;
    let answer = api.meters.read(|counts| {
        let program = Member::of_container(&name).and_then(|member| counts.program(member));
        program.map_or_else(|| json!({ "read": NEVER }), |program| measured(program, counts, limit))
    });
    let mut answer = answer;
    answer["id"] = json!(id);
    answer["name"] = json!(format!("/{name}"));
    Ok(Json(answer))
}

/// `None`: it does not run.
fn limit(container: &Container) -> Option<u64> {
    container.is_running().then_some(container.spec.memory_bytes_max)
}

fn measured(program: &Program, counts: &Counts, limit: Option<u64>) -> Value {
    let Some(limit) = limit else { return json!({ "read": NEVER }) };
    let cpu = (program.cpu_seconds(counts.now) * NANOS) as u64;
    let memory = program.memory_bytes().min(limit);
    let block = |op: &str, bytes: u64| json!({ "major": 254, "minor": 0, "op": op, "value": bytes });
    let written = (program.worked * 2e5) as u64;
    json!({
        "read": counts.now.to_string(),
        "cpu_stats": {
            "cpu_usage": {
                "total_usage": cpu,
                "usage_in_kernelmode": cpu / 5,
                "usage_in_usermode": cpu - cpu / 5,
            },
            "online_cpus": 2,
            "throttling_data": { "periods": 0, "throttled_periods": 0, "throttled_time": 0 },
        },
        "memory_stats": {
            "usage": memory,
            "limit": limit,
            "stats": { "anon": memory / 10 * 8, "file": memory / 10 * 2, "inactive_file": memory / 10, "pgmajfault": 3 },
        },
        "pids_stats": { "current": 6 },
        "blkio_stats": {
            "io_service_bytes_recursive": [block("read", 41 << 20), block("write", written)],
        },
        "networks": { "eth0": {
            "rx_bytes": program.received_bytes,
            "rx_packets": program.received_bytes / 900,
            "rx_errors": 0,
            "rx_dropped": 0,
            "tx_bytes": program.sent_bytes,
            "tx_packets": program.sent_bytes / 900,
            "tx_errors": 0,
            "tx_dropped": 0,
        }},
    })
}
