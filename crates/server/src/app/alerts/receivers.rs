//! Where messages go.

use ::alerts::shown::ReceiverStatus;
use api::{ReceiverRow, Receivers, Told};
use axum::Json;
use axum::extract::State;

use super::rows::severity;
use super::{deeds, rules};
use crate::access::Who;
use crate::app::App;
use crate::app::extract::Named;
use crate::fault::Fault;

/// `GET receivers`
pub(super) async fn list(State(app): State<App>) -> Result<Json<Receivers>, Fault> {
    let alerts = app.alerts.clone();
    let (all, heartbeat) = app.queries.run(move |_| (alerts.receivers(), alerts.heartbeat_ms())).await?;
    let faults = all.iter().filter_map(fault).collect();
    Ok(Json(Receivers { rows: all.into_iter().map(row).collect(), faults, heartbeat }))
}

fn row(status: ReceiverStatus) -> ReceiverRow {
    let (last, ok, message) = match status.last {
        Some((at, ok, message)) => (Some(at), ok, message),
        None => (None, true, String::new()),
    };
    ReceiverRow {
        name: status.name,
        kind: status.kind.to_owned(),
        place: status.place,
        tiers: status.tiers.into_iter().map(severity).collect(),
        last,
        ok,
        message,
        waiting: status.waiting,
        dead: status.dead,
        sent: status.sent,
    }
}

/// That the last message did not arrive.
pub(super) fn fault(status: &ReceiverStatus) -> Option<api::Fault> {
    let (_, _, message) = status.last.as_ref().filter(|(_, ok, _)| !ok)?;
    Some(api::Fault { subject: format!("receiver {}", status.name), message: message.clone() })
}

/// `POST receivers/{name}/test`
pub(super) async fn test(
    State(app): State<App>,
    who: Who,
    Named(name): Named<String>,
) -> Result<Json<Told>, Fault> {
    Ok(Json(rules::outcome(app.alerts.test(&name, &deeds::name(&who)).await)))
}
