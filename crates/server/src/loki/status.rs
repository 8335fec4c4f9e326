//! What Loki's clients ask to learn which features they may use.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::Loki;

/// The version of Loki whose API is answered; Grafana chooses its features by it.
const LOKI_VERSION: &str = "3.7.6";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BuildInfo {
    version: &'static str,
    revision: String,
    branch: &'static str,
    build_user: &'static str,
    build_date: &'static str,
    go_version: &'static str,
}

/// `GET /loki/api/v1/status/buildinfo`
pub(super) async fn buildinfo(State(loki): State<Loki>) -> Json<BuildInfo> {
    Json(BuildInfo {
        version: LOKI_VERSION,
        revision: format!("porthole {}", loki.build),
        branch: "",
        build_user: "",
        build_date: "",
        go_version: "",
    })
}
