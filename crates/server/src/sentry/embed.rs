//! The crash form: what a user can say about an error that has just happened.
//!
//! SDKs load it as a script (`showReportDialog`); whoever opens its address gets it as a page. It reads what it is
//! given from its own address, so that nothing of it is ever put into a text that a browser runs.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use event::{Dsn, EventId};
use http::{HeaderMap, header};
use serde::Serialize;

use super::Sentry;
use super::answer::{SentryFault, Taken};
use super::knock::Knock;
use super::open::Form;
use crate::body;

const SCRIPT: &str = include_str!("embed/dialog.js");
const PAGE: &str = include_str!("embed/page.html");
/// Names, an address and a few sentences.
const FORM_BYTES_MAX: usize = 64 << 10;

/// `GET /api/embed/error-page/?dsn=…&eventId=…`
pub(super) async fn show(
    State(sentry): State<Sentry>,
    knock: Knock,
    headers: HeaderMap,
) -> Result<Response, SentryFault> {
    asked(&sentry, &knock)?;
    let takes = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if takes.contains("text/html") {
        return Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], PAGE).into_response());
    }
    Ok(([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response())
}

/// As the item `user_report` has it.
#[derive(Serialize)]
struct Report {
    event_id: EventId,
    name: String,
    email: String,
    comments: String,
}

/// `POST /api/embed/error-page/?dsn=…&eventId=…`: the form's fields.
pub(super) async fn take(
    State(sentry): State<Sentry>,
    knock: Knock,
    headers: HeaderMap,
    body: Body,
) -> Result<Taken, SentryFault> {
    let (dsn, event_id) = asked(&sentry, &knock)?;
    let form = body::read(&headers, body, FORM_BYTES_MAX).await?;
    let field = |name: &str| {
        let found = form_urlencoded::parse(&form).find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let report = Report { event_id, name: field("name"), email: field("email"), comments: field("comments") };
    if report.comments.is_empty() {
        return Err(SentryFault::bad_request("comments: tell what happened"));
    }
    let payload = serde_json::to_vec(&report).expect("texts are JSON without fail");
    let knock = knock.with_key(&dsn.key.to_string()).without_packing();
    sentry
        .receive(knock, Some(dsn.project), &HeaderMap::new(), Body::from(Bytes::from(payload)), Form::Report)
        .await
}

/// The project and the event, as the address tells them.
fn asked(sentry: &Sentry, knock: &Knock) -> Result<(Dsn, EventId), SentryFault> {
    let missing = |name: &str| SentryFault::bad_request(format!("{name}: it is missing"));
    let dsn = knock.asked("dsn").ok_or_else(|| missing("dsn"))?;
    let dsn: Dsn = dsn.parse().map_err(|error| SentryFault::bad_request(format!("dsn: {error}")))?;
    let event = knock.asked("eventId").ok_or_else(|| missing("eventId"))?;
    let event = event.parse().map_err(|error| SentryFault::bad_request(format!("eventId: {error}")))?;
    sentry.admit(dsn.project, &dsn.key)?;
    Ok((dsn, event))
}
