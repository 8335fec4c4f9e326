//! Events: those of an issue, one of them, and what was around it.

use ::event::items::Feedback;
use ::event::{Event, EventId, title};
use ::issues::{AttachmentRow, EventCursor, EventSummary, EventWhole, Issues, ReadError};
use api::{Around, DeployBefore, EventList, EventPlace, EventRow, EventsRequest};
use axum::Json;
use axum::extract::{Path, State};

use super::around::{Look, Sought};
use super::asked::{self, not_found};
use super::event::{Place, page};
use super::rows;
use crate::app::App;
use crate::app::extract::{Asked, Named};
use crate::app::logs::bounded;
use crate::app::proxy::of_event;
use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;

const LIMIT_USUAL: u32 = 50;
const LIMIT_MAX: u32 = 100;

/// `GET issues/{id}/events`
pub(super) async fn list(
    State(app): State<App>,
    Named(issue): Named<i64>,
    Asked(request): Asked<EventsRequest>,
) -> Result<Json<EventList>, QueryRefusal> {
    let limit = bounded("limit", request.limit, LIMIT_USUAL, LIMIT_MAX)? as usize;
    let before = match request.cursor.as_str() {
        "" => None,
        text => Some(cursor(text).ok_or_else(|| QueryRefusal::new("the cursor is none of ours"))?),
    };
    let issues = app.issues.clone();
    let found = app.queries.run(move |_| {
        let environment = asked::told(&request.environment);
        let mut found = issues.events(issue, environment, before, limit + 1)?;
        let has_more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| has_more).map(|last| written(last.cursor));
        let rows = found.iter().map(|summary| row(issue, summary)).collect();
        Ok::<_, ReadError>(EventList { rows, next })
    });
    Ok(Json(found.await?.map_err(Fault::from)?))
}

/// `<milliseconds>.<row>`
fn cursor(text: &str) -> Option<EventCursor> {
    let (at, row) = text.split_once('.')?;
    Some(EventCursor { at_ms: at.parse().ok()?, row: row.parse().ok()? })
}

fn written(cursor: EventCursor) -> String {
    format!("{}.{}", cursor.at_ms, cursor.row)
}

fn row(issue: i64, summary: &EventSummary) -> EventRow {
    match &summary.stored {
        Some(stored) => EventRow { issue, ..row_of(&stored.event) },
        None => EventRow {
            issue,
            id: summary.id.to_string(),
            time: summary.cursor.at_ms,
            title: "This event is damaged".into(),
            ..EventRow::default()
        },
    }
}

/// An event in a line, but for its issue.
pub(in crate::app) fn row_of(event: &Event) -> EventRow {
    let name = title(event);
    let (title, message) = named(&name);
    let told = |text: &Option<String>| text.clone().unwrap_or_default();
    EventRow {
        id: event.id.to_string(),
        issue: 0,
        time: event.timestamp.millis(),
        title,
        message,
        level: event.level.name().to_owned(),
        transaction: told(&event.transaction),
        environment: told(&event.environment),
        release: told(&event.release),
        user: user(event),
        server_name: told(&event.server_name),
    }
}

/// The class and what it said, or the text alone.
fn named(name: &::event::Title) -> (String, String) {
    match name.ty.as_str() {
        "" => (name.title.clone(), String::new()),
        ty => (ty.to_owned(), name.value.clone()),
    }
}

fn user(event: &Event) -> String {
    let Some(user) = &event.user else { return String::new() };
    let known = [&user.email, &user.username, &user.id, &user.ip_address];
    known.into_iter().flatten().next().cloned().unwrap_or_default()
}

/// `GET issues/{id}/event/{which}`
pub(super) async fn show(
    State(app): State<App>,
    Path((issue, which)): Path<(i64, String)>,
) -> Result<Json<api::Event>, Fault> {
    let issues = app.issues.clone();
    let found = app.queries.run(move |_| {
        let event = whole(&issues, issue, &which)?;
        Ok::<_, Fault>(shown(&issues, &event)?)
    });
    Ok(Json(found.await??))
}

/// An event of the issue and of no other.
fn whole(issues: &Issues, issue: i64, which: &str) -> Result<EventWhole, Fault> {
    let known = issues.issue(issue)?.ok_or_else(|| not_found(format!("there is no issue {issue}")))?;
    let found = match which {
        "latest" => issues.latest_event(issue)?,
        "oldest" => issues.oldest_event(issue)?,
        id => issues.event(known.project, event_id(id)?)?.filter(|event| event.issue == issue),
    };
    found.ok_or_else(|| not_found("this event is not kept any more, or the link is wrong"))
}

fn event_id(text: &str) -> Result<EventId, Fault> {
    text.parse().map_err(|error: ::event::ParseIdError| not_found(error.to_string()))
}

fn shown(issues: &Issues, whole: &EventWhole) -> Result<api::Event, ReadError> {
    let event = &whole.stored.event;
    let name = title(event);
    let (title, message) = named(&name);
    let place = Place {
        issue: whole.issue,
        project: issues.project_of(whole.project).map(|project| project.name.clone()).unwrap_or_default(),
        previous: whole.previous.map(|id| id.to_string()),
        next: whole.next.map(|id| id.to_string()),
        number: issues.events_before(whole.issue, whole.cursor)? + 1,
        of: issues.events_kept(whole.issue)?,
        title,
        message,
        culprit: name.culprit,
        attachments: whole.attachments.iter().map(attachment).collect(),
        feedback: whole.feedback.iter().map(feedback).collect(),
        why: rows::why(&whole.stored.grouping),
    };
    Ok(page(event, place))
}

fn attachment(row: &AttachmentRow) -> api::Attachment {
    api::Attachment {
        id: row.id.to_string(),
        name: row.name.clone(),
        content_type: row.content_type.clone(),
        bytes: row.bytes,
    }
}

fn feedback(feedback: &Feedback) -> api::Feedback {
    api::Feedback {
        time: feedback.timestamp.millis(),
        name: feedback.name.clone(),
        email: feedback.email.clone(),
        message: feedback.message.clone(),
    }
}

/// `GET events/{id}`
pub(super) async fn find(
    State(app): State<App>,
    Named(id): Named<String>,
) -> Result<Json<EventPlace>, Fault> {
    let (id, issues) = (event_id(&id)?, app.issues.clone());
    let found = app.queries.run(move |_| issues.find_event(id)).await??;
    let place = found.first().ok_or_else(|| not_found(format!("no event {id} is kept here")))?;
    let project = app.issues.project_of(place.project).map(|project| project.name.clone());
    Ok(Json(EventPlace { issue: place.issue, event: id.to_string(), project: project.unwrap_or_default() }))
}

/// `GET events/{project}/{event}/around`
pub(super) async fn around(
    State(app): State<App>,
    Path((project, event)): Path<(String, String)>,
) -> Result<Json<Around>, QueryRefusal> {
    let (project, id) = (asked::one_project(&app.issues, &project)?, event_id(&event)?);
    let workloads = app.docker.workloads().borrow().clone();
    let deploys = app.docker.deploys().borrow().clone();
    let (issues, logs, metrics, now) =
        (app.issues.clone(), app.logs.clone(), app.metrics.clone(), app.clock.now());
    let found = app.queries.run(move |allowance| {
        let whole = issues.event(project.id, id).map_err(Fault::from)?;
        let whole =
            whole.ok_or_else(|| not_found("this event is not kept any more, or the link is wrong"))?;
        let event = &whole.stored.event;
        let look =
            Look { logs: &logs, metrics: &metrics, workloads: &workloads, deploys: &deploys, allowance, now };
        let told = deploy_told(&issues, project.id, event).map_err(Fault::from)?;
        let sought = Sought::of(event, project.service.as_deref());
        let mut around = look.around(&sought, told)?;
        let ids = [sought.request_id.as_deref(), sought.trace_id.as_deref()];
        around.request = of_event(&logs, allowance, ids, sought.at)?;
        Ok::<_, QueryRefusal>(around)
    });
    Ok(Json(found.await??))
}

/// The last deploy of the event's release before it.
fn deploy_told(
    issues: &Issues,
    project: ::event::ProjectId,
    event: &Event,
) -> Result<Option<DeployBefore>, ReadError> {
    let Some(release) = &event.release else { return Ok(None) };
    let at = event.timestamp.millis();
    let is_there = |environment: &str| event.environment.as_deref().is_none_or(|known| known == environment);
    let deploys = issues.deploys(project, release)?;
    let last = deploys.into_iter().find(|deploy| deploy.at_ms <= at && is_there(&deploy.environment));
    Ok(last.map(|deploy| DeployBefore {
        at: deploy.at_ms,
        what: format!("{release} to {}", deploy.environment),
        before: String::new(),
        told: true,
    }))
}
