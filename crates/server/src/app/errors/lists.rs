//! `GET issues`: which issues there are.

use ::issues::search::{self, Query, Sort};
use ::issues::{IssueQuery, Issues, Project};
use api::{IssuePage, IssueRequest, IssueSort, ProjectName, TagValue, TagValuesRequest};
use axum::Json;
use axum::extract::State;
use model::Ordered as _;
use model::{TimeRange, Timestamp};

use super::asked::{self, DAY};
use super::dsn::Base;
use super::rows::{self, SPARK};
use crate::access::Who;
use crate::app::App;
use crate::app::extract::Asked;
use crate::app::logs::bounded;
use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;

const LIMIT_USUAL: u32 = 50;
const LIMIT_MAX: u32 = 100;
/// Names for choosing one.
const NAMES_MAX: usize = 50;
const TAGS_MAX: usize = 100;
const VALUES_MAX: usize = 30;
/// More issues are not counted.
const COUNTED_MAX: usize = 10_000;

/// The handler.
pub(super) async fn issues(
    State(app): State<App>,
    who: Who,
    base: Base,
    Asked(request): Asked<IssueRequest>,
) -> Result<Json<IssuePage>, QueryRefusal> {
    let (query, range) = read(&app.issues, &request, who.name(), app.clock.now())?;
    let people = people(&app).await?;
    let issues = app.issues.clone();
    let page = app.queries.run(move |_| page(&issues, &query, range, &base)).await??;
    Ok(Json(IssuePage { people, ..page }))
}

/// What is asked, checked.
pub(super) fn read(
    issues: &Issues,
    request: &IssueRequest,
    me: Option<String>,
    now: Timestamp,
) -> Result<(IssueQuery, TimeRange), QueryRefusal> {
    let range = asked::range(request.start, request.end, 14 * DAY, now)?;
    let query = IssueQuery {
        query: parse(&request.query)?,
        project: asked::project(issues, &request.project)?.map(|project| project.id),
        environment: request.environment.clone(),
        from: Some(range.start),
        until: Some(range.end),
        sort: match request.sort {
            IssueSort::LastSeen => Sort::LastSeen,
            IssueSort::FirstSeen => Sort::FirstSeen,
            IssueSort::Events => Sort::Events,
            IssueSort::Users => Sort::Users,
            IssueSort::Trend => Sort::Trend,
        },
        cursor: request.cursor.clone(),
        limit: bounded("limit", request.limit, LIMIT_USUAL, LIMIT_MAX)? as usize,
        me,
    };
    Ok((query, range))
}

fn parse(query: &str) -> Result<Query, QueryRefusal> {
    Ok(search::parse(query)?)
}

fn page(issues: &Issues, query: &IssueQuery, range: TimeRange, base: &Base) -> Result<IssuePage, Fault> {
    let found = issues.issues(query)?;
    let mut page = IssuePage {
        next: found.next,
        total: (found.total < COUNTED_MAX).then_some(found.total as u64),
        ..names(issues, base)?
    };
    for issue in found.issues {
        let row = rows::row(issues, issue, range, SPARK)?;
        (page.start, page.step) = (row.start, row.step);
        page.rows.push(row.row);
    }
    Ok(page)
}

/// What can be chosen from.
fn names(issues: &Issues, base: &Base) -> Result<IssuePage, Fault> {
    let projects = issues.projects();
    let mut latest = None;
    for project in &projects {
        latest = latest.max(issues.project_counts(project.id)?.last_event_ms);
    }
    Ok(IssuePage {
        any: latest.is_some(),
        latest,
        projects: projects.iter().map(|project| project_name(project, base)).collect(),
        environments: environments(issues)?,
        releases: newest(issues, "release")?,
        tags: issues.tag_keys(TAGS_MAX)?,
        ..IssuePage::default()
    })
}

pub(super) fn project_name(project: &Project, base: &Base) -> ProjectName {
    ProjectName { id: project.id.0, slug: project.name.clone(), dsn: base.of(project) }
}

/// All environments that events came from, by name.
pub(super) fn environments(issues: &Issues) -> Result<Vec<String>, Fault> {
    let mut environments = newest(issues, "environment")?;
    environments.order();
    Ok(environments)
}

/// The values of a tag that came last.
fn newest(issues: &Issues, tag: &str) -> Result<Vec<String>, Fault> {
    let mut values = issues.tag_values(None, tag, "", NAMES_MAX)?;
    values.order_by_key(|value| std::cmp::Reverse(value.last_ms));
    Ok(values.into_iter().map(|value| value.value).collect())
}

/// Who can be given an issue.
pub(super) async fn people(app: &App) -> Result<Vec<String>, Fault> {
    let users = app.accounts.off_thread(|accounts| accounts.users()).await?;
    Ok(users.into_iter().map(|user| user.name).collect())
}

/// `GET issues/values`
pub(super) async fn values(
    State(app): State<App>,
    Asked(request): Asked<TagValuesRequest>,
) -> Result<Json<Vec<TagValue>>, Fault> {
    let project = asked::project(&app.issues, &request.project)?.map(|project| project.id);
    let issues = app.issues.clone();
    let values = app
        .queries
        .run(move |_| issues.tag_values(project, &request.name, &request.prefix, VALUES_MAX))
        .await??;
    Ok(Json(values.into_iter().map(value).collect()))
}

pub(super) fn value(value: ::issues::FacetValue) -> TagValue {
    TagValue { value: value.value, events: value.count, last_seen: value.last_ms }
}
