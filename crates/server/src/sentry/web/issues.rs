//! Issues: lists, one, and what is done with them.

use ::issues::search::{self, Sort};
use ::issues::{Change, Issue, IssueQuery, Issues, Of, Within};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::{Timestamp, parse_duration};
use serde_json::{Value, json};

use super::Web;
use super::answer::Answer;
use super::asked::{Asked, JsonBody, text};
use super::issue_json::issue_json;
use crate::access::Who;
use crate::fault::Fault;
use crate::sentry::SentryFault;

const HOURS: usize = 24;
const DAY_MS: i64 = 86_400_000;
const IDS_MAX: usize = 1000;

/// `GET …/issues/`
pub(super) async fn list(State(web): State<Web>, who: Who, asked: Asked) -> Answer {
    let query = read(&web, &asked, who.name())?;
    let (base, now) = (web.base.clone(), web.clock.now());
    let found = web.ask(move |issues| {
        let page = issues.issues(&query)?;
        let rows = page.issues.iter().map(|issue| whole(issues, issue, &base, now));
        Ok((rows.collect::<Result<Vec<_>, Fault>>()?, page.next))
    });
    let (rows, next) = found.await?;
    Ok(web.page(&asked, rows, next.as_deref()))
}

fn whole(issues: &Issues, issue: &Issue, base: &str, now: Timestamp) -> Result<Value, Fault> {
    let now_ms = now.millis();
    let series = issues.series(Of::Issue(issue.id), now_ms - DAY_MS, now_ms, HOURS)?;
    let second = |index: usize| (series.start_ms + series.step_ms * index as i64) / 1000;
    let counts: Vec<(i64, u64)> =
        series.events.iter().enumerate().map(|(at, count)| (second(at), *count)).collect();
    Ok(issue_json(issue, base, &counts))
}

fn read(web: &Web, asked: &Asked, me: Option<String>) -> Result<IssueQuery, SentryFault> {
    let query = asked.get("query").unwrap_or_default();
    let query = search::parse(query)
        .map_err(|fault| SentryFault::bad_request(format!("query: {}; {}", fault.message, fault.instead)))?;
    let now = web.clock.now();
    let instant = |name: &str| -> Result<Option<Timestamp>, SentryFault> {
        let Some(text) = asked.get(name) else { return Ok(None) };
        let read = Timestamp::parse_rfc3339(text);
        read.map(Some).map_err(|error| SentryFault::bad_request(format!("{name}: {error}")))
    };
    let period = asked.get("statsPeriod").and_then(|text| parse_duration(text).ok());
    Ok(IssueQuery {
        query,
        project: asked.project(&web.issues)?.map(|project| project.id),
        environment: asked.get("environment").unwrap_or_default().to_owned(),
        from: instant("start")?.or(period.map(|period| now.minus(period))),
        until: instant("end")?,
        sort: match asked.get("sort") {
            Some("new") => Sort::FirstSeen,
            Some("freq") => Sort::Events,
            Some("user") => Sort::Users,
            Some("trends") => Sort::Trend,
            _ => Sort::LastSeen,
        },
        cursor: asked.get("cursor").unwrap_or_default().to_owned(),
        limit: asked.limit(),
        me,
    })
}

/// `GET …/issues/{issue}/`
pub(super) async fn show(State(web): State<Web>, asked: Asked) -> Answer {
    shown(&web, asked).await
}

async fn shown(web: &Web, asked: Asked) -> Answer {
    let (base, now) = (web.base.clone(), web.clock.now());
    let found = web.ask(move |issues| {
        let issue = asked.issue(issues)?;
        whole(issues, &issue, &base, now)
    });
    Ok(Json(found.await?).into_response())
}

/// `PUT …/issues/{issue}/`
pub(super) async fn change(
    State(web): State<Web>,
    who: Who,
    asked: Asked,
    JsonBody(body): JsonBody,
) -> Answer {
    let changes = changes(&body, web.clock.now())?;
    let asked = std::sync::Arc::new(asked);
    let named = asked.clone();
    let issue = web.ask(move |issues| named.issue(issues)).await?;
    for change in changes {
        web.issues.update(&[issue.id], change, who.name()).await.map_err(Fault::from)?;
    }
    let asked = std::sync::Arc::into_inner(asked).expect("the work that borrowed it has ended");
    shown(&web, asked).await
}

/// `DELETE …/issues/{issue}/`
pub(super) async fn remove(
    State(web): State<Web>,
    who: Who,
    asked: Asked,
) -> Result<StatusCode, SentryFault> {
    let issue = web.ask(move |issues| asked.issue(issues)).await?;
    web.issues.update(&[issue.id], Change::Delete, who.name()).await.map_err(Fault::from)?;
    Ok(StatusCode::ACCEPTED)
}

/// `PUT …/issues/?id=…&status=…`: those that are named, else those that the query finds, of the project.
pub(super) async fn change_many(
    State(web): State<Web>,
    who: Who,
    asked: Asked,
    JsonBody(body): JsonBody,
) -> Result<Response, SentryFault> {
    let changes = changes(&body, web.clock.now())?;
    let mut query = read(&web, &asked, who.name())?;
    if let Some(status) = asked.get("status") {
        let status = if status == "ignored" { "archived" } else { status };
        let of_status = search::parse(&format!("is:{status}"));
        query.query =
            of_status.map_err(|fault| SentryFault::bad_request(format!("status: {}", fault.message)))?;
    }
    let named: Vec<i64> = asked.all("id").filter_map(|id| id.parse().ok()).take(IDS_MAX).collect();
    let by_query = asked.get("id").is_none();
    let ids = web.ask(move |issues| {
        if by_query {
            return Ok(issues.ids(&query)?);
        }
        // Of this project only, where the path names one.
        let mut ids = Vec::new();
        for id in named {
            let found =
                issues.issue(id)?.filter(|issue| query.project.is_none_or(|known| known == issue.project));
            ids.extend(found.map(|issue| issue.id));
        }
        Ok(ids)
    });
    let ids = ids.await?;
    for change in changes {
        web.issues.update(&ids, change, who.name()).await.map_err(Fault::from)?;
    }
    let told = json!({ "status": body.get("status"), "statusDetails": body.get("statusDetails").cloned().unwrap_or(json!({})) });
    Ok(Json(told).into_response())
}

/// What a body asks to be done.
fn changes(body: &Value, now: Timestamp) -> Result<Vec<Change>, SentryFault> {
    let details = body.get("statusDetails").cloned().unwrap_or_default();
    let mut changes = Vec::new();
    match text(body, "status") {
        None => {}
        Some("resolved") => changes.push(resolution(&details)),
        Some("resolvedInNextRelease") => changes.push(Change::ResolveInNext),
        Some("unresolved") => changes.push(Change::Unresolve),
        Some("ignored" | "muted" | "archived") => changes.push(archive(body, &details, now)),
        Some(other) => {
            let other: String = other.chars().take(40).collect();
            let known = "write resolved, resolvedInNextRelease, unresolved or ignored";
            return Err(SentryFault::bad_request(format!("status: `{other}` is none; {known}")));
        }
    }
    if let Some(assignee) = body.get("assignedTo") {
        let name = assignee.as_str().map(|name| name.trim_start_matches("user:"));
        changes.push(Change::Assign(name.filter(|name| !name.is_empty()).map(str::to_owned)));
    }
    Ok(changes)
}

fn resolution(details: &Value) -> Change {
    match text(details, "inRelease") {
        Some("latest") => Change::ResolveInRelease(None),
        Some(release) => Change::ResolveInRelease(Some(release.to_owned())),
        None if details.get("inNextRelease") == Some(&Value::Bool(true)) => Change::ResolveInNext,
        None => Change::Resolve,
    }
}

fn archive(body: &Value, details: &Value, now: Timestamp) -> Change {
    // It may stand in the details or beside them.
    let number = |name: &str| details.get(name).or_else(|| body.get(name)).and_then(Value::as_u64);
    let minutes = number("ignoreDuration");
    let (count, window) = (number("ignoreCount"), number("ignoreWindow"));
    // A window is told in minutes; counts are kept by the hour.
    let within = count.zip(window).map(|(count, window)| Within { count, hours: window.div_ceil(60) });
    Change::Archive {
        at_ms: minutes.map(|minutes| now.millis().saturating_add_unsigned(minutes.saturating_mul(60_000))),
        more_events: count.filter(|_| within.is_none()),
        within,
        more_users: number("ignoreUserCount"),
        escalating: text(body, "substatus") == Some("archived_until_escalating"),
    }
}
