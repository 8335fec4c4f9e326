//! Releases: what each brought.

use ::event::ProjectId;
use ::issues::Issues;
use ::issues::releases::{self, Selection};
use api::{Deploy, IssueRow, Release, ReleaseRequest, ReleaseRow, Releases, ReleasesRequest};
use axum::Json;
use axum::extract::State;
use model::TimeRange;

use super::asked::{self, DAY, not_found, told};
use super::dsn::Base;
use super::lists;
use super::rows::{self, SPARK};
use crate::app::App;
use crate::app::extract::{Asked, Named};
use crate::fault::Fault;

/// `GET releases`
pub(super) async fn list(
    State(app): State<App>,
    base: Base,
    Asked(request): Asked<ReleasesRequest>,
) -> Result<Json<Releases>, Fault> {
    let project = asked::project(&app.issues, &request.project)?.map(|project| project.id);
    let issues = app.issues.clone();
    let found = app.queries.run(move |_| {
        let environment = told(&request.environment);
        let selection = Selection { project, environment, contains: &request.query, cursor: &request.cursor };
        let (found, next) = issues.releases(&selection)?;
        Ok::<_, Fault>(Releases {
            rows: found.iter().map(|found| row(&issues, found)).collect(),
            next,
            projects: issues.projects().iter().map(|project| lists::project_name(project, &base)).collect(),
            environments: lists::environments(&issues)?,
        })
    });
    Ok(Json(found.await??))
}

fn row(issues: &Issues, row: &releases::ReleaseRow) -> ReleaseRow {
    let project = issues.project_of(ProjectId(row.project));
    let deploy = row.deploy.as_ref();
    ReleaseRow {
        version: row.version.clone(),
        project: project.map(|project| project.name.clone()).unwrap_or_default(),
        first_seen: row.first_ms,
        last_seen: row.last_ms,
        released: row.released_ms,
        deployed: deploy.map(|deploy| deploy.at_ms),
        deployed_to: deploy.map(|deploy| deploy.environment.clone()).unwrap_or_default(),
        new_issues: row.new_issues,
        regressed_issues: row.regressed_issues,
        events: row.events,
        sessions: row.sessions,
        crash_free_sessions: row.crash_free_sessions,
        crash_free_users: row.crash_free_users,
    }
}

/// `GET releases/{version}`
pub(super) async fn show(
    State(app): State<App>,
    Named(version): Named<String>,
    Asked(request): Asked<ReleaseRequest>,
) -> Result<Json<Release>, Fault> {
    let project = asked::project(&app.issues, &request.project)?.map(|project| project.id);
    let range = asked::range(0, 0, 14 * DAY, app.clock.now())?;
    let issues = app.issues.clone();
    let found = app.queries.run(move |_| whole(&issues, project, &version, range));
    Ok(Json(found.await??))
}

fn whole(
    issues: &Issues,
    project: Option<ProjectId>,
    version: &str,
    range: TimeRange,
) -> Result<Release, Fault> {
    let found = issues.release(project, version)?;
    let found = found.ok_or_else(|| {
        let version: String = version.chars().take(100).collect();
        not_found(format!("no release `{version}` is known here"))
    })?;
    let project = ProjectId(found.row.project);
    let (new, regressed) = issues.issues_of_release(project, version)?;
    let rows = |ids: Vec<i64>| -> Result<Vec<IssueRow>, Fault> {
        let mut list = Vec::new();
        for id in ids {
            let Some(issue) = issues.issue(id)? else { continue };
            list.push(rows::row(issues, issue, range, SPARK)?.row);
        }
        Ok(list)
    };
    Ok(Release {
        row: row(issues, &found.row),
        new_issues: rows(new)?,
        regressed_issues: rows(regressed)?,
        deploys: found.deploys.iter().map(deploy).collect(),
        start: found.start_ms,
        step: found.step_ms,
        events: found.events,
        about: found.about.into_iter().collect(),
        previous: found.previous.unwrap_or_default(),
    })
}

fn deploy(deploy: &releases::Deploy) -> Deploy {
    Deploy {
        environment: deploy.environment.clone(),
        at: deploy.at_ms,
        name: deploy.name.clone(),
        url: deploy.url.clone(),
    }
}
