//! What senders are told: an id, or why not, and what to hold back for how long.

use axum::Json;
use axum::response::{IntoResponse, Response};
use event::EventId;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use crate::fault::Fault;

const ERROR: HeaderName = HeaderName::from_static("x-sentry-error");
const RATE_LIMITS: HeaderName = HeaderName::from_static("x-sentry-rate-limits");

/// What a sender is to hold back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hold {
    /// For how long. Whole seconds: SDKs skip a limit of another form.
    pub(super) seconds: u64,
    /// `error`, `transaction`, …; none: everything.
    pub(super) categories: Vec<&'static str>,
    /// For whom: `project`, `organization`.
    pub(super) scope: &'static str,
    /// Why, in one word.
    pub(super) reason: &'static str,
}

/// `60:error;default:project:rate_limit, …`
fn holds_header(holds: &[Hold]) -> Option<HeaderValue> {
    if holds.is_empty() {
        return None;
    }
    let form = |hold: &Hold| {
        format!("{}:{}:{}:{}", hold.seconds, hold.categories.join(";"), hold.scope, hold.reason)
    };
    HeaderValue::from_str(&holds.iter().map(form).collect::<Vec<_>>().join(", ")).ok()
}

/// What was taken: `{"id":"…"}`, or `{}` where there was no event.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) id: Option<EventId>,
    /// What is to be held back all the same.
    pub(super) holds: Vec<Hold>,
}

#[derive(Serialize)]
struct TakenBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<EventId>,
}

impl IntoResponse for Taken {
    fn into_response(self) -> Response {
        let mut response = Json(TakenBody { id: self.id }).into_response();
        insert(response.headers_mut(), RATE_LIMITS, holds_header(&self.holds));
        response
    }
}

/// A refusal, as Sentry's clients read it.
#[derive(Debug)]
pub(crate) struct SentryFault {
    status: StatusCode,
    detail: String,
    causes: Vec<String>,
    retry_after_s: Option<u64>,
    holds: Vec<Hold>,
}

#[derive(Serialize)]
struct Told<'a> {
    detail: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    causes: &'a [String],
}

impl SentryFault {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), causes: Vec::new(), retry_after_s: None, holds: Vec::new() }
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Because of this.
    pub(super) fn because(mut self, cause: String) -> Self {
        self.causes.push(cause);
        self
    }

    /// With what is to be held back.
    pub(super) fn holding(mut self, hold: Hold) -> Self {
        self.retry_after_s = self.retry_after_s.max(Some(hold.seconds));
        self.holds.push(hold);
        self
    }
}

impl From<Fault> for SentryFault {
    fn from(fault: Fault) -> Self {
        Self { retry_after_s: fault.retry_after_s, ..Self::new(fault.status, fault.message) }
    }
}

impl IntoResponse for SentryFault {
    fn into_response(self) -> Response {
        let told = Told { detail: &self.detail, causes: &self.causes };
        let mut response = (self.status, Json(told)).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        insert(headers, ERROR, HeaderValue::from_str(&plain(&self.detail)).ok());
        insert(headers, RATE_LIMITS, holds_header(&self.holds));
        response
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: Option<HeaderValue>) {
    if let Some(value) = value {
        headers.insert(name, value);
    }
}

/// A text that a header can carry.
fn plain(text: &str) -> String {
    text.chars().map(|character| if (' '..='~').contains(&character) { character } else { '?' }).collect()
}
