//! What people change about issues.

use ::event::Hash;
use ::issues::{Change, Within};
use api::{
    Activity, ActivityKind, IssueChange, IssueMerge, IssueRequest, IssueUnmerge, IssueUpdate, IssuesChanged,
    NewComment,
};
use axum::Json;
use axum::extract::State;
use http::StatusCode;

use super::lists;
use crate::access::Who;
use crate::app::App;
use crate::app::extract::{JsonBody, Named};
use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;

/// Issues that are named one by one.
const IDS_MAX: usize = 1000;
const MERGED_MAX: usize = 100;

/// `POST issues/update`
pub(super) async fn update(
    State(app): State<App>,
    who: Who,
    JsonBody(update): JsonBody<IssueUpdate>,
) -> Result<Json<IssuesChanged>, QueryRefusal> {
    let IssueUpdate { ids, query, change } = update;
    if let IssueChange::Assign { to } = &change {
        check_person(&app, to).await?;
    }
    let ids = match (ids.len(), query) {
        (0, Some(request)) => found(&app, &who, request).await?,
        (0, None) => return Err(QueryRefusal::new("name the issues: ids, or a query")),
        (1..=IDS_MAX, _) => ids,
        (count, _) => {
            return Err(QueryRefusal::new(format!(
                "{count} issues are too many; name at most {IDS_MAX}, or a query"
            )));
        }
    };
    let changed = app.issues.update(&ids, read(change), who.name()).await.map_err(Fault::from)?;
    Ok(Json(IssuesChanged { changed }))
}

async fn found(app: &App, who: &Who, request: IssueRequest) -> Result<Vec<i64>, QueryRefusal> {
    let request = IssueRequest { cursor: String::new(), limit: 0, ..request };
    let (query, _) = lists::read(&app.issues, &request, who.name(), app.clock.now())?;
    let issues = app.issues.clone();
    Ok(app.queries.run(move |_| issues.ids(&query)).await?.map_err(Fault::from)?)
}

/// An issue can be given to whoever has an account; where nobody signs in, to anybody.
async fn check_person(app: &App, name: &str) -> Result<(), Fault> {
    let people = lists::people(app).await?;
    if name.is_empty() || people.is_empty() || people.iter().any(|known| known == name) {
        return Ok(());
    }
    let name: String = name.chars().take(64).collect();
    Err(Fault::bad_request(format!("nobody here is called `{name}`; choose one of {}", people.join(", "))))
}

fn read(change: IssueChange) -> Change {
    match change {
        IssueChange::Resolve => Change::Resolve,
        IssueChange::ResolveInRelease { release } => {
            Change::ResolveInRelease(Some(release).filter(|release| !release.is_empty()))
        }
        IssueChange::ResolveInNext => Change::ResolveInNext,
        IssueChange::Archive { until, events, users, hours, escalating } => {
            let within = events.zip(hours).map(|(count, hours)| Within { count, hours });
            let more_events = events.filter(|_| within.is_none());
            Change::Archive { at_ms: until, more_events, more_users: users, within, escalating }
        }
        IssueChange::Unresolve => Change::Unresolve,
        IssueChange::Assign { to } => Change::Assign(Some(to).filter(|to| !to.is_empty())),
        IssueChange::Delete => Change::Delete,
    }
}

/// `POST issues/merge`
pub(super) async fn merge(
    State(app): State<App>,
    who: Who,
    JsonBody(merge): JsonBody<IssueMerge>,
) -> Result<Json<IssuesChanged>, Fault> {
    if merge.ids.len() > MERGED_MAX {
        return Err(Fault::bad_request(format!("merge at most {MERGED_MAX} issues at once")));
    }
    let changed = app.issues.merge(merge.into, &merge.ids, who.name()).await?;
    Ok(Json(IssuesChanged { changed }))
}

/// `POST issues/{id}/unmerge`
pub(super) async fn unmerge(
    State(app): State<App>,
    who: Who,
    Named(id): Named<i64>,
    JsonBody(unmerge): JsonBody<IssueUnmerge>,
) -> Result<Json<IssuesChanged>, Fault> {
    let hashes: Result<Vec<Hash>, _> = unmerge.hashes.iter().map(|hash| hash.parse()).collect();
    let hashes = hashes.map_err(|error: ::event::NotAHash| Fault::bad_request(error.to_string()))?;
    let made = app.issues.unmerge(id, &hashes, who.name()).await?;
    Ok(Json(IssuesChanged { changed: made.len() as u64 }))
}

/// `POST issues/{id}/comments`
pub(super) async fn comment(
    State(app): State<App>,
    who: Who,
    Named(id): Named<i64>,
    JsonBody(comment): JsonBody<NewComment>,
) -> Result<(StatusCode, Json<Activity>), Fault> {
    let by = who.name();
    app.issues.comment(id, &comment.text, by.clone()).await?;
    let activity = Activity {
        at: app.clock.now().millis(),
        by: by.unwrap_or_default(),
        kind: ActivityKind::Comment,
        text: comment.text.trim().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(activity)))
}
