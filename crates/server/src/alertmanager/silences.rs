//! `silences` and `silence/{id}`.

use ::alerts::SilenceError;
use ::alerts::shown::{NewSilence, Silence};
use axum::Json;
use axum::extract::{Path, Request, State};
use http::StatusCode;
use model::Ordered as _;
use model::{MatchOp, Matcher};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Alertmanager;
use super::answer::{AmFault, instant, read_instant};
use super::filter::Asked;
use crate::access::Who;
use crate::body;

const BODY_BYTES_MAX: usize = 64 << 10;

/// A silence as it is sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    #[serde(default)]
    id: String,
    matchers: Vec<SentMatcher>,
    starts_at: String,
    ends_at: String,
    created_by: String,
    comment: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SentMatcher {
    name: String,
    value: String,
    #[serde(default)]
    is_regex: bool,
    #[serde(default = "yes")]
    is_equal: bool,
}

const fn yes() -> bool {
    true
}

/// `GET silences`: those in force first, of these the next to end; then those to come; then the ones that ended last.
pub(super) async fn list(State(here): State<Alertmanager>, asked: Asked) -> Result<Json<Value>, AmFault> {
    let wanted = asked.matchers("filter")?;
    let (alerts, now_ms) = (here.alerts.clone(), here.clock.now().millis());
    let mut all = here.queries.run(move |_| alerts.silences()).await?;
    let is_wanted = |silence: &Silence| {
        asked.wants(state(silence, now_ms)) && wanted.iter().all(|matcher| silence.matchers.contains(matcher))
    };
    all.retain(is_wanted);
    all.order_by_key(|silence| order(silence, now_ms));
    Ok(Json(all.iter().map(|silence| object(silence, now_ms)).collect()))
}

/// `GET silence/{id}`
pub(super) async fn show(
    State(here): State<Alertmanager>,
    Path(id): Path<String>,
) -> Result<Json<Value>, AmFault> {
    let (alerts, now_ms) = (here.alerts.clone(), here.clock.now().millis());
    let all = here.queries.run(move |_| alerts.silences()).await?;
    let found = all.iter().find(|silence| silence.id == id);
    found.map(|silence| Json(object(silence, now_ms))).ok_or_else(|| absent(&id))
}

/// `POST silences`
pub(super) async fn save(
    State(here): State<Alertmanager>,
    who: Who,
    request: Request,
) -> Result<Json<Value>, AmFault> {
    let (head, body) = request.into_parts();
    let bytes = body::read(&head.headers, body, BODY_BYTES_MAX).await?;
    let sent: Sent = serde_json::from_slice(&bytes)
        .map_err(|error| AmFault::bad_request(format!("the body is no silence in JSON: {error}")))?;
    let new = read(sent, who.name(), here.clock.now().millis())?;
    let alerts = here.alerts.clone();
    let saved = here.queries.run(move |_| alerts.silence(new)).await?;
    match saved {
        Ok(id) => Ok(Json(json!({ "silenceID": id }))),
        Err(error @ SilenceError::NotFound(_)) => Err(AmFault::not_found(error.to_string())),
        Err(error) => Err(AmFault::bad_request(error.to_string())),
    }
}

/// `DELETE silence/{id}`: it is over from now on.
pub(super) async fn expire(
    State(here): State<Alertmanager>,
    Path(id): Path<String>,
) -> Result<StatusCode, AmFault> {
    let (alerts, meant) = (here.alerts.clone(), id.clone());
    match here.queries.run(move |_| alerts.expire(&meant)).await? {
        Err(SilenceError::NotFound(_)) => Err(absent(&id)),
        // What is over may be ended again.
        _ => Ok(StatusCode::OK),
    }
}

fn absent(id: &str) -> AmFault {
    AmFault::not_found(format!("silence {id} not found"))
}

/// Whoever is signed in makes it in their own name; a program says whose it is.
fn read(sent: Sent, name: Option<String>, now_ms: i64) -> Result<NewSilence, AmFault> {
    let instant = |text: &str, key: &str| {
        let at = read_instant(text).map_err(AmFault::bad_request)?;
        at.ok_or_else(|| AmFault::bad_request(format!("{key} is missing")))
    };
    let (starts_ms, ends_ms) = (instant(&sent.starts_at, "startsAt")?, instant(&sent.ends_at, "endsAt")?);
    let refused = |why: &str| Err(AmFault::bad_request(format!("Failed to create silence: {why}")));
    if starts_ms >= ends_ms {
        return refused("start time must be before end time");
    }
    if ends_ms < now_ms {
        return refused("end time can't be in the past");
    }
    let matchers = sent.matchers.iter().map(matcher).collect::<Result<Vec<_>, _>>()?;
    Ok(NewSilence {
        id: Some(sent.id).filter(|id| !id.is_empty()),
        matchers,
        starts_ms,
        ends_ms,
        by: name.unwrap_or(sent.created_by),
        reason: sent.comment,
    })
}

fn matcher(sent: &SentMatcher) -> Result<Matcher, AmFault> {
    let op = match (sent.is_equal, sent.is_regex) {
        (true, false) => MatchOp::Equal,
        (false, false) => MatchOp::NotEqual,
        (true, true) => MatchOp::Regex,
        (false, true) => MatchOp::NotRegex,
    };
    Matcher::new(&sent.name, op, &sent.value).map_err(|error| AmFault::bad_request(error.to_string()))
}

fn object(silence: &Silence, now_ms: i64) -> Value {
    let matcher = |matcher: &Matcher| {
        json!({
            "isEqual": matches!(matcher.op(), MatchOp::Equal | MatchOp::Regex),
            "isRegex": matches!(matcher.op(), MatchOp::Regex | MatchOp::NotRegex),
            "name": matcher.name(),
            "value": matcher.value(),
        })
    };
    json!({
        "id": silence.id,
        "status": { "state": state(silence, now_ms) },
        "updatedAt": instant(silence.updated_ms),
        "comment": silence.reason,
        "createdBy": silence.by,
        "endsAt": instant(silence.ends_ms),
        "matchers": silence.matchers.iter().map(matcher).collect::<Vec<_>>(),
        "startsAt": instant(silence.starts_ms),
        "annotations": {},
    })
}

fn state(silence: &Silence, now_ms: i64) -> &'static str {
    match () {
        () if now_ms < silence.starts_ms => "pending",
        () if now_ms < silence.ends_ms => "active",
        () => "expired",
    }
}

fn order(silence: &Silence, now_ms: i64) -> (u8, i64) {
    match state(silence, now_ms) {
        "active" => (0, silence.ends_ms),
        "pending" => (1, silence.starts_ms),
        _ => (2, -silence.ends_ms),
    }
}
