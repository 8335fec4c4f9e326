//! What is kept quiet.

use ::alerts::SilenceError;
use ::alerts::shown::{Alert, NewSilence, Silence};
use api::{SilenceRow, SilenceState, Silences};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::Ordered as _;

use super::deeds;
use crate::access::Who;
use crate::alertmanager::matchers;
use crate::app::App;
use crate::app::extract::{JsonBody, Named};
use crate::fault::Fault;

/// Longer than this is turning a rule off.
const MINUTES_MAX: u64 = 90 * 24 * 60;

/// `GET silences`
pub(super) async fn list(State(app): State<App>) -> Result<Json<Silences>, Fault> {
    let (alerts, now_ms) = (app.alerts.clone(), app.clock.now().millis());
    let (all, firing) = app.queries.run(move |_| (alerts.silences(), alerts.alerts())).await?;
    let mut rows: Vec<SilenceRow> = all.iter().map(|silence| row(silence, &firing, now_ms)).collect();
    rows.order_by_key(|row| (row.state as u8, row.end));
    Ok(Json(Silences { rows }))
}

fn row(silence: &Silence, alerts: &[Alert], now_ms: i64) -> SilenceRow {
    let state = match () {
        () if now_ms < silence.starts_ms => SilenceState::Pending,
        () if now_ms < silence.ends_ms => SilenceState::Active,
        () => SilenceState::Expired,
    };
    let quiet = alerts.iter().filter(|alert| alert.silenced_by.contains(&silence.id)).count();
    SilenceRow {
        id: silence.id.clone(),
        state,
        matchers: matchers::written(&silence.matchers),
        reason: silence.reason.clone(),
        by: silence.by.clone(),
        start: silence.starts_ms,
        end: silence.ends_ms,
        alerts: quiet as u64,
    }
}

/// `POST silences`
pub(super) async fn make(
    State(app): State<App>,
    who: Who,
    JsonBody(new): JsonBody<api::NewSilence>,
) -> Result<(StatusCode, Json<SilenceRow>), Fault> {
    let now_ms = app.clock.now().millis();
    let new = read(new, deeds::name(&who), now_ms)?;
    let (alerts, made) = (app.alerts.clone(), new.clone());
    let id = app.queries.run(move |_| alerts.silence(made)).await?.map_err(refused)?;
    let NewSilence { matchers, starts_ms, ends_ms, by, reason, .. } = new;
    let silence = Silence { id, matchers, starts_ms, ends_ms, updated_ms: now_ms, by, reason };
    Ok((StatusCode::CREATED, Json(row(&silence, &[], now_ms))))
}

fn read(new: api::NewSilence, by: String, now_ms: i64) -> Result<NewSilence, Fault> {
    let matchers = matchers::list(&new.matchers).map_err(Fault::bad_request)?;
    if matchers.is_empty() {
        return Err(Fault::bad_request("say what is to be quiet, as {alertname=\"…\"}"));
    }
    if !(1..=MINUTES_MAX).contains(&new.minutes) {
        return Err(Fault::bad_request(
            "a silence lasts from a minute to 90 days; turn the rule off for longer",
        ));
    }
    let reason = new.reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Fault::bad_request("say why, for whoever wonders about the silence"));
    }
    let ends_ms = now_ms + new.minutes as i64 * 60_000;
    Ok(NewSilence { id: None, matchers, starts_ms: now_ms, ends_ms, by, reason })
}

fn refused(error: SilenceError) -> Fault {
    match error {
        SilenceError::NotFound(_) => Fault::new(StatusCode::NOT_FOUND, error.to_string()),
        other => Fault::bad_request(other.to_string()),
    }
}

/// `DELETE silences/{id}`
pub(super) async fn expire(State(app): State<App>, Named(id): Named<String>) -> Result<StatusCode, Fault> {
    let alerts = app.alerts.clone();
    app.queries.run(move |_| alerts.expire(&id)).await?.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}
