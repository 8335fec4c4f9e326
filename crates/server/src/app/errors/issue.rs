//! `GET issues/{id}`: one issue whole.

use ::issues::{FingerprintRow, Issues, Project};
use api::{Issue, Mark, MergedHash, SpanRequest, TagFacet};
use axum::Json;
use axum::extract::{Path, State};
use model::{TimeRange, label};

use super::around::marks_of;
use super::asked::{self, DAY, not_found};
use super::{lists, rows};
use crate::app::App;
use crate::app::evaluator::quoted;
use crate::app::extract::{Asked, Named};
use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;
use crate::queries::Allowance;

/// Buckets of the issue's own chart.
const BUCKETS: usize = 84;
const FACET_VALUES: usize = 10;
const TAG_VALUES: usize = 100;
const ACTIVITIES: usize = 200;

/// The handler.
pub(super) async fn show(
    State(app): State<App>,
    Named(id): Named<i64>,
    Asked(request): Asked<SpanRequest>,
) -> Result<Json<Issue>, QueryRefusal> {
    let range = asked::range(request.start, request.end, 14 * DAY, app.clock.now())?;
    let people = lists::people(&app).await?;
    let (issues, logs) = (app.issues.clone(), app.logs.clone());
    let whole = app.queries.run(move |allowance| {
        let mut issue = whole(&issues, id, range)?;
        if let Some(project) = issues.project_named(&issue.row.project) {
            issue.marks = marks(&logs, allowance, &project, range)?;
        }
        Ok::<_, QueryRefusal>(issue)
    });
    Ok(Json(Issue { people, ..whole.await?? }))
}

fn whole(issues: &Issues, id: i64, range: TimeRange) -> Result<Issue, Fault> {
    let issue = issues.issue(id)?.ok_or_else(|| gone(id))?;
    let (condition, events_ever) = (rows::condition(&issue.status), issue.count);
    let first_release = issue.first_release.clone().unwrap_or_default();
    let row = rows::row(issues, issue, range, BUCKETS)?;
    let latest = issues.latest_event(id)?;
    Ok(Issue {
        start: row.start,
        step: row.step,
        row: row.row,
        events_ever,
        events_kept: issues.events_kept(id)?,
        first_release,
        condition,
        facets: issues.tags(id, FACET_VALUES)?.into_iter().map(facet).collect(),
        activity: issues.activity(id, ACTIVITIES)?.into_iter().map(rows::activity).collect(),
        why: latest.as_ref().map(|event| rows::why(&event.stored.grouping)).unwrap_or_default(),
        merged: issues.fingerprints(id)?.iter().filter_map(merged).collect(),
        latest: latest.map(|event| event.stored.event.id.to_string()),
        ..Issue::default()
    })
}

fn gone(id: i64) -> Fault {
    not_found(format!("there is no issue {id}, or it is not kept any more"))
}

/// What happened to the containers of the project's service.
pub(super) fn marks(
    logs: &::logs::Logs,
    allowance: &Allowance,
    project: &Project,
    range: TimeRange,
) -> Result<Vec<Mark>, QueryRefusal> {
    marks_of(logs, allowance, &format!("{}={}", label::SERVICE, quoted(project.service())), range)
}

fn facet(facet: ::issues::Facet) -> TagFacet {
    TagFacet {
        name: facet.key,
        events: facet.count,
        values: facet.values.into_iter().map(lists::value).collect(),
    }
}

/// A group of events is named by its first hash.
fn merged(row: &FingerprintRow) -> Option<MergedHash> {
    let hash = row.hashes.first()?.to_string();
    Some(MergedHash { hash, title: row.title.clone(), events: row.count, last_seen: row.last_ms })
}

/// `GET issues/{id}/tags/{name}`
pub(super) async fn tag(
    State(app): State<App>,
    Path((id, name)): Path<(i64, String)>,
) -> Result<Json<TagFacet>, Fault> {
    let issues = app.issues.clone();
    let found = app.queries.run(move |_| issues.tag(id, &name, TAG_VALUES)).await??;
    Ok(Json(facet(found)))
}
