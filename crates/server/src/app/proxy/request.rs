//! `GET requests/{id}`: one request with all that is known of it.

use api::{RequestPage, RequestRequest, RequestRow};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use logs::Logs;
use model::Timestamp;

use super::signals::Engines;
use crate::app::App;
use crate::app::extract::{Asked, Named};
use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;
use crate::queries::Allowance;

/// The handler.
pub(super) async fn page(
    State(app): State<App>,
    Named(id): Named<String>,
    Asked(request): Asked<RequestRequest>,
) -> Result<Json<RequestPage>, QueryRefusal> {
    let near = (request.at != 0).then(|| Timestamp::from_millis(request.at));
    let (now, picture) = (app.clock.now(), app.proxy.picture());
    let (logs, issues) = (app.logs.clone(), app.issues.clone());
    let found = app.queries.run(move |allowance| {
        let engines = Engines { logs: &logs, issues: &issues, picture: &picture, allowance };
        let found = answers::find(&engines, &id, near, now)?.ok_or_else(|| unknown(&id))?;
        answers::request(&engines, &found)
    });
    Ok(Json(found.await??))
}

fn unknown(id: &str) -> Fault {
    let id: String = id.chars().take(128).collect();
    let message = format!(
        "no access entry has the request or trace id `{id}`: it did not come through the proxy, or its entry is not \
         kept any more"
    );
    Fault::new(StatusCode::NOT_FOUND, message)
}

/// The request that an error event belongs to, by its request's id or its trace's.
pub(in crate::app) fn of_event(
    logs: &Logs,
    allowance: &Allowance,
    ids: [Option<&str>; 2],
    at: Timestamp,
) -> Result<Option<RequestRow>, QueryRefusal> {
    let entries = super::signals::Entries { logs, allowance };
    for id in ids.into_iter().flatten() {
        if let Some((_, row)) = answers::find_near(&entries, id, at)? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}
