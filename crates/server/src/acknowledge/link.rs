//! A message's link.

use ::alerts::LinkError;
use ::alerts::shown::Linked;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{Acknowledge, MINUTE_MS, html};
use crate::access::Who;
use crate::form::Form;

/// Longer names are cut.
const NAME_CHARACTERS_MAX: usize = 64;
/// Nobody takes care of anything for longer.
const MINUTES_MAX: i64 = 7 * 24 * 60;

impl Acknowledge {
    /// What a link is for; else what to tell whoever opened it.
    pub(super) async fn linked(&self, token: String) -> Result<Linked, Response> {
        let alerts = self.alerts.clone();
        let read = self.queries.run(move |_| alerts.verify_link(&token)).await;
        let read = read.map_err(IntoResponse::into_response)?;
        read.map_err(|error| {
            let status = match error {
                LinkError::Forged => StatusCode::NOT_FOUND,
                LinkError::Expired | LinkError::Gone => StatusCode::GONE,
            };
            html::said(status, &html::sentence(&error.to_string()))
        })
    }
}

/// `GET /ack/{token}`: changes nothing.
pub(super) async fn show(State(here): State<Acknowledge>, who: Who, Path(token): Path<String>) -> Response {
    match here.linked(token).await {
        Ok(linked) => html::incident(&linked.alerts, &who.name().unwrap_or_default(), here.clock.now()),
        Err(told) => told,
    }
}

/// `POST /ack/{token}`, with `who` and `minutes`.
pub(super) async fn act(
    State(here): State<Acknowledge>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let linked = match here.linked(token.clone()).await {
        Ok(linked) => linked,
        Err(told) => return told,
    };
    let form = match Form::read(request).await {
        Ok(form) => form,
        Err(fault) => return fault.into_response(),
    };
    let who: String = form.get("who").unwrap_or_default().trim().chars().take(NAME_CHARACTERS_MAX).collect();
    if who.is_empty() {
        return html::said(StatusCode::BAD_REQUEST, "Say who you are, so that others know whom to ask.");
    }
    let minutes = form.get("minutes").and_then(|text| text.parse::<i64>().ok()).unwrap_or(super::MINUTES);
    let until_ms = here.clock.now().millis() + minutes.clamp(1, MINUTES_MAX) * MINUTE_MS;
    let alerts = here.alerts.clone();
    let done = here.queries.run(move |_| alerts.acknowledge(&linked.incident, &who, Some(until_ms))).await;
    match done {
        Ok(Ok(_)) => Redirect::to(&format!("/ack/{token}")).into_response(),
        Ok(Err(error)) => html::said(StatusCode::CONFLICT, &html::sentence(&error.to_string())),
        Err(fault) => fault.into_response(),
    }
}
