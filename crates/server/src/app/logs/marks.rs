//! `GET logs/marks`: what happened to the containers whose lines are shown, from the entries that the collector
//! writes beside them.

use api::{LogRequest, Mark, MarkKind};
use axum::Json;
use axum::extract::State;
use logql::ast::LogExpr;
use logql::{Direction, Expr, LogQuery, Page, Row, Span, Spanned};
use model::label::{CONTAINER, ENVIRONMENT, HOST, PROJECT, SERVICE, SERVICE_NAME, STREAM};
use model::{Matcher, Selector};
use serde::Deserialize;

use super::request::range;
use crate::app::refusal::QueryRefusal;
use crate::app::{App, extract};

const MARKS_MAX: usize = 500;
/// What a selector says about a container; the rest tells its lines apart.
const OF_CONTAINERS: [&str; 6] = [SERVICE, SERVICE_NAME, PROJECT, ENVIRONMENT, HOST, CONTAINER];

/// The handler.
pub(in crate::app) async fn marks(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<LogRequest>,
) -> Result<Json<Vec<Mark>>, QueryRefusal> {
    let range = range(&request)?;
    // Numbers can be about anything; their chart has no marks.
    let Expr::Log(log) = logql::parse(&request.query)? else { return Ok(Json(Vec::new())) };
    let (query, logs) = (events_of(log.selector.node)?, app.logs.clone());
    let page = Page { range, direction: Direction::Backward, limit: MARKS_MAX, after: None };
    let found = app.queries.run(move |a| a.spend(|budget| query.rows(&logs, &page, budget))).await??;
    Ok(Json(found.rows.iter().rev().filter_map(mark).collect()))
}

/// The events of the containers that the selector names.
fn events_of(Selector(mut matchers): Selector) -> Result<LogQuery, QueryRefusal> {
    matchers.retain(|matcher| OF_CONTAINERS.contains(&matcher.name()));
    matchers.push(Matcher::equal(STREAM, "event"));
    let selector = Spanned { node: Selector(matchers), span: Span::default() };
    Ok(LogQuery::new(&LogExpr { selector, stages: Vec::new() })?)
}

/// What an event's line says.
#[derive(Deserialize)]
struct Event {
    event: String,
    message: String,
    #[serde(default)]
    oom_killed: bool,
}

/// `None`: the line is no event that has a mark.
pub(in crate::app) fn mark(row: &Row) -> Option<Mark> {
    let event: Event = serde_json::from_str(&row.line).ok()?;
    let kind = match event.event.as_str() {
        "gap" => MarkKind::Gap,
        "start" => MarkKind::Start,
        "restart" => MarkKind::Restart,
        "die" if event.oom_killed => MarkKind::Oom,
        "die" => MarkKind::Exit,
        "oom" => MarkKind::Oom,
        "deploy" => MarkKind::Deploy,
        "health" => MarkKind::Health,
        _ => return None,
    };
    let label = |name: &str| row.labels.get(name).unwrap_or_default().to_owned();
    Some(Mark {
        at: row.timestamp.nanos(),
        kind,
        service: label(SERVICE),
        container: label(CONTAINER),
        text: event.message,
    })
}
