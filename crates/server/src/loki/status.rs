//! What Loki's clients ask to learn which features they may use, and what they ask of parts that are not here:
//! rules and alerts have short, valid answers.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::Loki;
use super::push::{LEVEL_KEYS, LINE_BYTES_MAX, TELLING};

/// The version of Loki whose API is answered; Grafana chooses its features by it.
const LOKI_VERSION: &str = "3.7.6";

/// `GET /loki/api/v1/status/buildinfo`
pub(super) async fn buildinfo(State(loki): State<Loki>) -> Json<Value> {
    Json(json!({
        "version": LOKI_VERSION,
        "revision": format!("porthole {}", loki.build),
        "branch": "",
        "buildUser": "",
        "buildDate": "",
        "goVersion": "",
    }))
}

/// `GET /loki/api/v1/drilldown-limits`: what Grafana's Logs Drilldown may show.
pub(super) async fn drilldown_limits(State(loki): State<Loki>) -> Json<Value> {
    let mut limits = limits(&loki);
    limits["pattern_persistence_enabled"] = json!(false);
    Json(json!({
        "limits": limits,
        "pattern_ingester_enabled": true,
        "version": format!("porthole {}", loki.build),
    }))
}

/// `GET /config/tenant/v1/limits`: YAML, of which JSON is a part.
pub(super) async fn tenant_limits(State(loki): State<Loki>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (kind, format!("{:#}\n", limits(&loki))).into_response()
}

/// In Loki's names. Durations of `0s` mean that there is no limit.
fn limits(loki: &Loki) -> Value {
    // Retention is counted in days.
    let retention_days = loki.logs.retention().as_secs() / 86_400;
    json!({
        "discover_log_levels": true,
        "discover_service_name": TELLING,
        "log_level_fields": LEVEL_KEYS,
        "max_entries_limit_per_query": 5000,
        "max_line_size": LINE_BYTES_MAX,
        "max_line_size_truncate": false,
        "max_query_bytes_read": "0B",
        "max_query_length": "0s",
        "max_query_lookback": "0s",
        "max_query_range": "0s",
        "max_query_series": 500,
        "metric_aggregation_enabled": false,
        "query_timeout": "1m",
        "retention_period": format!("{retention_days}d"),
        "volume_enabled": true,
        "volume_max_series": 5000,
    })
}

/// `GET /loki/api/v1/rules`: there are no rules of Loki's kind.
pub(super) async fn rules() -> Response {
    ([(header::CONTENT_TYPE, "application/yaml")], "{}\n").into_response()
}

/// `GET /prometheus/api/v1/rules`
pub(super) async fn rule_groups() -> Json<Value> {
    Json(json!({ "status": "success", "data": { "groups": [] } }))
}

/// `GET /prometheus/api/v1/alerts`
pub(super) async fn alerts() -> Json<Value> {
    Json(json!({ "status": "success", "data": { "alerts": [] } }))
}

/// `POST /flush`: whatever was acknowledged is on disk already.
pub(super) async fn flush() -> StatusCode {
    StatusCode::NO_CONTENT
}
