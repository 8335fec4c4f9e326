//! Loki's API of deletion: requests are kept, worked off in the background, listed and forgotten.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use logs::{CancelError, DeleteError, Deletion, DeletionState, PushError};
use model::{TimeRange, Timestamp};
use serde_json::{Value, json};

use super::Loki;
use super::answer::LokiFault;
use super::params::Params;
use crate::fault::Fault;

/// `POST`, `PUT /loki/api/v1/delete`: 204 once the request would survive a loss of power.
pub(super) async fn ask(State(loki): State<Loki>, params: Params) -> Result<StatusCode, LokiFault> {
    let now = loki.clock.now();
    let query = params.get("query").ok_or_else(|| LokiFault::bad_request("query not set"))?;
    let start = params.time("start")?.unwrap_or(Timestamp::from_nanos(0));
    let end = params.time("end")?.unwrap_or(now);
    if end > now {
        return Err(LokiFault::bad_request("deletes in the future are not allowed"));
    }
    if start > end {
        return Err(LokiFault::bad_request("start time can't be greater than end time"));
    }
    // The end belongs to it.
    let range = TimeRange { start, end: end.plus(Duration::from_nanos(1)) };
    loki.logs.delete(query, range).await.map_err(|error| match error {
        DeleteError::Query(message) => LokiFault::bad_request(message),
        DeleteError::TooMany => Fault::too_many(error.to_string(), 60).into(),
        DeleteError::Store(error) => stuck(&error),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /loki/api/v1/delete`: the requests, oldest first.
pub(super) async fn list(State(loki): State<Loki>) -> Json<Vec<Value>> {
    Json(loki.logs.deletions().iter().map(told).collect())
}

/// `DELETE /loki/api/v1/delete?request_id=…&force=true`
pub(super) async fn cancel(State(loki): State<Loki>, params: Params) -> Result<StatusCode, LokiFault> {
    let id = params.get("request_id").ok_or_else(|| LokiFault::bad_request("request_id not set"))?;
    let force = params.get("force").is_some_and(|force| force == "true");
    // What is no number is nobody's.
    let id = id.parse().unwrap_or(0);
    loki.logs.cancel_deletion(id, force).await.map_err(|error| match error {
        CancelError::Unknown => Fault::new(StatusCode::NOT_FOUND, error.to_string()).into(),
        CancelError::Begun => LokiFault::bad_request(error.to_string()),
        CancelError::Store(error) => stuck(&error),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

fn stuck(error: &PushError) -> LokiFault {
    Fault::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into()
}

fn told(deletion: &Deletion) -> Value {
    let seconds = |at: Timestamp| at.millis() as f64 / 1000.0;
    json!({
        "request_id": deletion.id.to_string(),
        "start_time": seconds(deletion.range.start),
        "end_time": seconds(deletion.range.end),
        "query": deletion.query,
        "status": match deletion.state {
            DeletionState::Waiting => "received",
            DeletionState::Running => "processing",
            DeletionState::Done => "processed",
        },
        "created_at": seconds(deletion.created),
        "deleted_lines": deletion.lines,
    })
}
