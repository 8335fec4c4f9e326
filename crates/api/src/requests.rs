//! Requests that went through the proxy.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET requests?`[`RequestsRequest`] | [`Requests`] | everybody |
//! | `GET requests/{id}?`[`RequestRequest`] | [`RequestPage`]; `id`: a request's id or a trace's; 404 | everybody |
//!
//! They are read from the access entries among the logs. Every text was sent by whoever made the request: it is to be
//! shown as text.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// Which requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestsRequest {
    /// The first instant; 0: an hour before the end.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
    /// Services, with commas between them; empty: all.
    #[serde(default)]
    pub services: String,
    /// Empty: all.
    #[serde(default)]
    pub environment: String,
    /// A router with its provider; empty: all.
    #[serde(default)]
    pub router: String,
}

/// Requests worth a look.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Requests {
    /// How many there were in that time.
    pub total: u64,
    /// How many of them ended in 5xx.
    pub failed: u64,
    /// The latest that ended in 5xx, newest first.
    pub failing: Vec<RequestRow>,
    /// The latest that ended in 4xx, newest first.
    pub refused: Vec<RequestRow>,
    /// The slowest, the slowest first.
    pub slowest: Vec<RequestRow>,
    /// What was left out, in words for the page.
    pub warnings: Vec<String>,
}

/// A request in a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestRow {
    /// Its id.
    pub id: String,
    /// Its trace.
    pub trace_id: String,
    /// When it ended.
    pub time: Millis,
    /// `GET`, …
    pub method: String,
    /// The host that was asked for.
    pub domain: String,
    /// The path, and the query with its secrets masked.
    pub path: String,
    /// What was answered.
    pub status: u16,
    /// From its head to the end of the answer.
    pub duration_ms: f64,
    /// Until the application began to answer; `None`: it did not.
    pub upstream_ms: Option<f64>,
    /// Bytes of its body.
    pub bytes_in: u64,
    /// Bytes of the answer's body.
    pub bytes_out: u64,
    /// Whom it is from.
    pub client: String,
    /// What it calls itself.
    pub user_agent: String,
    /// Whose it was; `porthole`: nobody's.
    pub service: String,
    /// Its compose project.
    pub project: String,
    /// Its environment.
    pub environment: String,
    /// The container that answered, or was tried last; empty: none.
    pub container: String,
    /// Where it came in.
    pub entrypoint: String,
    /// The router that took it; empty: none.
    pub router: String,
    /// The service that it was sent to, in Traefik's sense; empty: none.
    pub target: String,
    /// The address that it was sent to; empty: none.
    pub server: String,
    /// How often it was sent again.
    pub retries: u32,
    /// Why it is not simply the application's answer; empty: it is.
    pub why: String,
    /// Particulars of that.
    pub detail: String,
}

/// Where one request is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRequest {
    /// About when it ended; 0: not known.
    #[serde(default)]
    pub at: Millis,
}

/// One request with all that is known of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestPage {
    /// The request.
    pub row: RequestRow,
    /// What happened, in plain words.
    pub what: String,
    /// What to do, a sentence each.
    pub advice: Vec<String>,
    /// What is known of it from everywhere, oldest first.
    pub moments: Vec<Moment>,
    /// LogQL of the container's lines with its ids, or of that time.
    pub lines_query: String,
    /// What was looked for in vain, or left out, a sentence each.
    pub missing: Vec<String>,
}

/// What a moment is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MomentKind {
    /// The proxy's own.
    #[default]
    Proxy,
    /// A line with one of its ids.
    Line,
    /// A line of its container at that time; nothing ties it to the request.
    Nearby,
    /// An error event.
    Error,
    /// A transaction.
    Transaction,
    /// A step of it.
    Span,
    /// What happened to the container.
    Event,
}

/// Something that was part of a request, or happened meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// What it is.
    pub kind: MomentKind,
    /// When it began, after the request's head; before it if negative.
    pub offset_ms: f64,
    /// How long it took; `None`: it is an instant.
    pub duration_ms: Option<f64>,
    /// It went wrong.
    pub failed: bool,
    /// Where: a container, a project.
    pub place: String,
    /// What.
    pub text: String,
    /// The page that tells more; empty: none.
    pub href: String,
}
