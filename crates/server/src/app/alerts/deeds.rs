//! Somebody takes care of an alert, or gives it back.

use ::alerts::AcknowledgeError;
use api::NewAcknowledgement;
use axum::extract::State;
use http::StatusCode;

use super::absent;
use crate::access::Who;
use crate::app::App;
use crate::app::extract::{JsonBody, Named};
use crate::fault::Fault;

/// How long an acknowledgement counts where nothing is said.
const MINUTES: u64 = 4 * 60;
/// Nobody takes care of anything for longer.
const MINUTES_MAX: u64 = 7 * 24 * 60;

/// Who does it, for the history.
pub(super) fn name(who: &Who) -> String {
    who.name().unwrap_or_else(|| "somebody".to_owned())
}

/// `POST alerts/{id}/acknowledge`
pub(super) async fn acknowledge(
    State(app): State<App>,
    who: Who,
    Named(id): Named<String>,
    JsonBody(new): JsonBody<NewAcknowledgement>,
) -> Result<StatusCode, Fault> {
    let minutes = if new.minutes == 0 { MINUTES } else { new.minutes };
    if minutes > MINUTES_MAX {
        return Err(Fault::bad_request("acknowledge it for at most a week; then it asks again"));
    }
    let until_ms = app.clock.now().millis() + minutes as i64 * 60_000;
    let (alerts, by) = (app.alerts.clone(), name(&who));
    app.queries.run(move |_| alerts.acknowledge(&id, &by, Some(until_ms))).await?.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE alerts/{id}/acknowledge`
pub(super) async fn give_back(
    State(app): State<App>,
    who: Who,
    Named(id): Named<String>,
) -> Result<StatusCode, Fault> {
    let (alerts, by) = (app.alerts.clone(), name(&who));
    app.queries.run(move |_| alerts.unacknowledge(&id, &by)).await?.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(error: AcknowledgeError) -> Fault {
    match error {
        AcknowledgeError::NotFound(_) => absent(),
        AcknowledgeError::Over(_) => Fault::new(StatusCode::CONFLICT, "it is over already"),
        other => Fault::bad_request(other.to_string()),
    }
}
