//! A button of a message in Slack. Slack wants an answer within three seconds and shows none: the message itself changes
//! when what was done is told.

use ::alerts::shown::{Linked, NewSilence};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use model::Matcher;
use serde::Deserialize;

use super::Acknowledge;
use crate::body;
use crate::fault::Fault;

/// Slack sends the message along.
const BODY_BYTES_MAX: usize = 256 << 10;
const HOUR_MS: i64 = 3_600_000;

/// What is pressed.
const ACKNOWLEDGE: &str = "acknowledge";
const SILENCE: &str = "silence_1h";

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    user: User,
    #[serde(default)]
    actions: Vec<Action>,
}

#[derive(Default, Deserialize)]
struct User {
    #[serde(default)]
    id: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Action {
    #[serde(default)]
    action_id: String,
    /// The link's token.
    #[serde(default)]
    value: String,
}

/// `POST /hooks/slack`
pub(super) async fn pressed(State(here): State<Acknowledge>, request: Request) -> Response {
    let payload = match here.payload(request).await {
        Ok(payload) => payload,
        Err(fault) => return fault.into_response(),
    };
    let by = payload.user.told();
    for action in payload.actions {
        if let Err(refused) = here.act(action, &by).await {
            return refused;
        }
    }
    StatusCode::OK.into_response()
}

impl User {
    fn told(&self) -> String {
        let name = [&self.username, &self.name, &self.id].into_iter().find(|name| !name.is_empty());
        format!("{} in Slack", name.map_or("somebody", String::as_str))
    }
}

impl Acknowledge {
    async fn payload(&self, request: Request) -> Result<Payload, Fault> {
        let (head, body) = request.into_parts();
        let bytes = body::read(&head.headers, body, BODY_BYTES_MAX).await?;
        let header = |name: &str| text(&head.headers, name);
        let (at, signature) = (header("x-slack-request-timestamp"), header("x-slack-signature"));
        if !self.alerts.signed_by_slack(at, &bytes, signature, self.clock.now().seconds()) {
            let message = "this was not signed by Slack, or too long ago; set signing_secret of the receiver";
            return Err(Fault::new(StatusCode::FORBIDDEN, message));
        }
        let payload = form_urlencoded::parse(&bytes).find(|(name, _)| name == "payload");
        let payload = payload.map(|(_, json)| json).unwrap_or_default();
        serde_json::from_str(&payload)
            .map_err(|error| Fault::bad_request(format!("the payload is not what Slack sends: {error}")))
    }

    async fn act(&self, action: Action, by: &str) -> Result<(), Response> {
        if ![ACKNOWLEDGE, SILENCE].contains(&action.action_id.as_str()) {
            return Ok(());
        }
        let linked = self.linked(action.value).await?;
        let (alerts, until_ms, by) = (self.alerts.clone(), self.until_ms(), by.to_owned());
        let now_ms = self.clock.now().millis();
        let done = self.queries.run(move |_| {
            if action.action_id == ACKNOWLEDGE {
                let done = alerts.acknowledge(&linked.incident, &by, Some(until_ms));
                return done.map(drop).map_err(|error| error.to_string());
            }
            silences(&linked, &by, now_ms)
                .try_for_each(|new| alerts.silence(new).map(drop).map_err(|error| error.to_string()))
        });
        match done.await {
            // What is over needs nobody, and Slack would only show that it failed.
            Ok(outcome) => {
                if let Err(why) = outcome {
                    tracing::info!("a button in Slack changed nothing: {why}");
                }
                Ok(())
            }
            Err(fault) => Err(fault.into_response()),
        }
    }
}

/// A silence for each alert of the incident, for an hour.
fn silences<'a>(linked: &'a Linked, by: &'a str, now_ms: i64) -> impl Iterator<Item = NewSilence> + 'a {
    linked.alerts.iter().filter(|alert| alert.state.is_on()).map(move |alert| NewSilence {
        id: None,
        matchers: alert.labels.iter().map(|(name, value)| Matcher::equal(name, value)).collect(),
        starts_ms: now_ms,
        ends_ms: now_ms + HOUR_MS,
        by: by.to_owned(),
        reason: "for an hour, by the button in Slack".to_owned(),
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
