//! Events: of an issue, of a project, one of them.

use ::event::{EventId, ProjectId};
use ::issues::{EventCursor, EventSummary, EventWhole};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde_json::{Value, json};

use super::Web;
use super::answer::Answer;
use super::asked::Asked;
use super::event_json::{summary, whole};
use crate::fault::Fault;

/// `GET …/issues/{issue}/events/`
pub(super) async fn of_issue(State(web): State<Web>, asked: Asked) -> Answer {
    let (limit, before) = (asked.limit(), asked.get("cursor").and_then(cursor));
    let environment = asked.get("environment").map(str::to_owned);
    let asked = std::sync::Arc::new(asked);
    let named = asked.clone();
    let found = web.ask(move |issues| {
        let issue = named.issue(issues)?;
        let mut events = issues.events(issue.id, environment.as_deref(), before, limit + 1)?;
        let has_more = events.len() > limit;
        events.truncate(limit);
        let next = events
            .last()
            .filter(|_| has_more)
            .map(|last| format!("{}.{}", last.cursor.at_ms, last.cursor.row));
        let rows = events.iter().filter_map(|event| event.stored.as_ref());
        let rows: Vec<Value> = rows.map(|stored| summary(&stored.event, issue.project.0, issue.id)).collect();
        Ok((rows, next))
    });
    let (rows, next) = found.await?;
    Ok(web.page(&asked, rows, next.as_deref()))
}

/// `<milliseconds>.<row>`
fn cursor(text: &str) -> Option<EventCursor> {
    let (at, row) = text.split_once('.')?;
    Some(EventCursor { at_ms: at.parse().ok()?, row: row.parse().ok()? })
}

/// `GET …/issues/{issue}/events/{event}/`: `latest`, `oldest`, `recommended`, or an id.
pub(super) async fn one_of_issue(State(web): State<Web>, asked: Asked) -> Answer {
    let found = web.ask(move |issues| {
        let issue = asked.issue(issues)?;
        let found = match asked.part("event") {
            "latest" | "recommended" => issues.latest_event(issue.id)?,
            "oldest" => issues.oldest_event(issue.id)?,
            id => issues.event(issue.project, event_id(id)?)?.filter(|event| event.issue == issue.id),
        };
        found.map(|event| shown(&event)).ok_or_else(gone)
    });
    Ok(Json(found.await?).into_response())
}

fn event_id(text: &str) -> Result<EventId, Fault> {
    text.parse().map_err(|error: ::event::ParseIdError| Fault::new(StatusCode::NOT_FOUND, error.to_string()))
}

fn gone() -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "this event is not kept any more, or there never was one of this id")
}

fn shown(event: &EventWhole) -> Value {
    let mut json = whole(&event.stored.event, event.project.0, event.issue);
    json["previousEventID"] = json!(event.previous);
    json["nextEventID"] = json!(event.next);
    json
}

/// `GET /projects/{org}/{project}/events/{event}/`
pub(super) async fn one_of_project(State(web): State<Web>, asked: Asked) -> Answer {
    let project = asked.project(&web.issues)?.map(|project| project.id);
    let found = web.ask(move |issues| {
        let id = event_id(asked.part("event"))?;
        let found = project.map_or(Ok(None), |project| issues.event(project, id))?;
        found.map(|event| shown(&event)).ok_or_else(gone)
    });
    Ok(Json(found.await?).into_response())
}

/// `GET /projects/{org}/{project}/events/`: as they were received, newest first.
pub(super) async fn of_project(State(web): State<Web>, asked: Asked) -> Answer {
    let (project, limit) = (asked.project(&web.issues)?.map(|project| project.id), asked.limit());
    let before = asked.get("cursor").and_then(|cursor| cursor.parse().ok());
    let found = web.ask(move |issues| {
        let mut events = issues.events_received(project, before, limit + 1)?;
        let has_more = events.len() > limit;
        events.truncate(limit);
        let next = events.last().filter(|_| has_more).map(|(.., last)| last.cursor.row.to_string());
        let row = |(project, issue, event): &(ProjectId, i64, EventSummary)| {
            event.stored.as_ref().map(|stored| summary(&stored.event, project.0, *issue))
        };
        Ok((events.iter().filter_map(row).collect::<Vec<Value>>(), next))
    });
    let (rows, next) = found.await?;
    Ok(web.page(&asked, rows, next.as_deref()))
}

/// `GET /organizations/{org}/eventids/{event}/`
pub(super) async fn find(State(web): State<Web>, asked: Asked) -> Answer {
    let found = web.ask(move |issues| {
        let id = event_id(asked.part("event"))?;
        let place = issues.find_event(id)?.into_iter().next().ok_or_else(gone)?;
        let event = issues.event(place.project, id)?.ok_or_else(gone)?;
        let project = issues.project_of(place.project).map(|project| project.name.clone());
        Ok(json!({
            "organizationSlug": super::ORGANIZATION, "projectSlug": project, "groupId": place.issue.to_string(),
            "eventId": id, "event": shown(&event),
        }))
    });
    Ok(Json(found.await?).into_response())
}
