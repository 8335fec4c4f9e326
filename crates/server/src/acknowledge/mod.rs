//! Where somebody says, outside the page, that they have an incident: a signed link of a message, a key pressed on the
//! phone, a button in Slack. None of it needs a login: the link's signature, Twilio's or Slack's is what counts.
//!
//! ```text
//! GET  /ack/{token}                     shows it; scanners of mail may fetch it as often as they like
//! POST /ack/{token}                     acts
//! POST /hooks/twilio/{token}            a key was pressed during a call
//! POST /hooks/slack                     a button of a message was pressed
//! ```

mod html;
mod link;
mod phone;
mod slack;

use std::sync::Arc;

use ::alerts::Alerts;
use axum::Router;
use axum::routing::{get, post};

use crate::Clock;
use crate::queries::Queries;

/// An acknowledgement counts for so long where nothing else is said.
const MINUTES: i64 = 4 * 60;
const MINUTE_MS: i64 = 60_000;

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Acknowledge {
    alerts: Alerts,
    queries: Queries,
    /// The address that others reach us by: Twilio signs it.
    base_url: Arc<str>,
    clock: Clock,
}

impl Acknowledge {
    pub(crate) fn new(alerts: Alerts, queries: Queries, base_url: String, clock: Clock) -> Self {
        Self { alerts, queries, base_url: base_url.into(), clock }
    }

    /// The routes; each stands in the table of `access` too.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/ack/style.css", get(html::style))
            .route("/ack/{token}", get(link::show).post(link::act))
            .route("/hooks/twilio/{token}", post(phone::pressed))
            .route("/hooks/slack", post(slack::pressed))
            .with_state(self)
    }

    /// When an acknowledgement of now ends.
    fn until_ms(&self) -> i64 {
        self.clock.now().millis() + MINUTES * MINUTE_MS
    }
}

#[cfg(test)]
mod tests;
