//! Monitors: jobs that report when they run.

use std::sync::Arc;

use ::issues::monitors::{self, State as Run, Strip};
use ::issues::{Issues, Project};
use api::{CheckIn, CheckInState, Monitor, MonitorRequest, MonitorRow, Monitors, MonitorsRequest};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::Ordered as _;
use model::TimeRange;

use super::asked::{self, DAY, not_found, told};
use super::dsn::Base;
use super::lists;
use crate::app::App;
use crate::app::extract::{Asked, Named};
use crate::fault::Fault;

const BUCKETS: usize = 60;

/// `GET monitors`
pub(super) async fn list(
    State(app): State<App>,
    base: Base,
    Asked(request): Asked<MonitorsRequest>,
) -> Result<Json<Monitors>, Fault> {
    let strip = strip(asked::range(request.start, request.end, DAY, app.clock.now())?);
    let project = asked::project(&app.issues, &request.project)?.map(|project| project.id);
    let issues = app.issues.clone();
    let found = app.queries.run(move |_| {
        let found = issues.monitors(project, told(&request.environment), &strip)?;
        let all = issues.monitors(None, None, &strip)?;
        let mut environments: Vec<String> = all.into_iter().map(|row| row.environment).collect();
        environments.order();
        environments.dedup();
        Ok::<_, Fault>(Monitors {
            rows: found.iter().map(|found| row(&issues, found)).collect(),
            start: strip.start_ms,
            step: strip.step_ms,
            projects: issues.projects().iter().map(|project| lists::project_name(project, &base)).collect(),
            environments,
        })
    });
    Ok(Json(found.await??))
}

fn strip(range: TimeRange) -> Strip {
    let (start_ms, end_ms) = (range.start.millis(), range.end.millis());
    let step_ms = ((end_ms - start_ms) / BUCKETS as i64).max(1);
    Strip { start_ms, step_ms, buckets: BUCKETS }
}

fn row(issues: &Issues, row: &monitors::MonitorRow) -> MonitorRow {
    MonitorRow {
        slug: row.slug.clone(),
        project: issues.project_of(row.project).map(|project| project.name.clone()).unwrap_or_default(),
        environment: row.environment.clone(),
        state: state(row.state),
        since: row.since_ms,
        schedule: row.schedule.clone(),
        last: row.last_ms,
        next: row.next_ms,
        duration_ms: row.duration_ms.map(i64::unsigned_abs),
        issue: row.issue,
        strip: row.strip.iter().map(|run| run.map(state)).collect(),
    }
}

fn state(run: Run) -> CheckInState {
    match run {
        Run::Unknown => CheckInState::Unknown,
        Run::Ok => CheckInState::Ok,
        Run::InProgress => CheckInState::InProgress,
        Run::Missed => CheckInState::Missed,
        Run::Timeout => CheckInState::Timeout,
        Run::Error => CheckInState::Error,
    }
}

/// `GET monitors/{slug}`
pub(super) async fn show(
    State(app): State<App>,
    Named(slug): Named<String>,
    Asked(request): Asked<MonitorRequest>,
) -> Result<Json<Monitor>, Fault> {
    let strip = strip(asked::range(request.start, request.end, DAY, app.clock.now())?);
    let projects = projects(&app.issues, &request.project)?;
    let issues = app.issues.clone();
    let found = app.queries.run(move |_| {
        for project in projects {
            let found = issues.monitor(project.id, &slug, told(&request.environment), &strip)?;
            if let Some(found) = found {
                return Ok(whole(&issues, &found, &strip));
            }
        }
        Err(unknown(&slug))
    });
    Ok(Json(found.await??))
}

/// The project of this name; all of them where none is named.
fn projects(issues: &Issues, name: &str) -> Result<Vec<Arc<Project>>, Fault> {
    Ok(match asked::project(issues, name)? {
        Some(project) => vec![project],
        None => issues.projects(),
    })
}

fn unknown(slug: &str) -> Fault {
    let slug: String = slug.chars().take(100).collect();
    not_found(format!("there is no monitor `{slug}` here; its first check-in makes it"))
}

fn whole(issues: &Issues, monitor: &monitors::Monitor, strip: &Strip) -> Monitor {
    Monitor {
        rows: monitor.rows.iter().map(|found| row(issues, found)).collect(),
        start: strip.start_ms,
        step: strip.step_ms,
        margin_minutes: Some(monitor.margin_min.unsigned_abs()),
        runtime_minutes: Some(monitor.runtime_min.unsigned_abs()),
        failures: Some(u64::from(monitor.failures)),
        recoveries: Some(u64::from(monitor.recoveries)),
        check_ins: monitor.check_ins.iter().map(check_in).collect(),
    }
}

fn check_in(row: &monitors::CheckInRow) -> CheckIn {
    CheckIn {
        time: row.at_ms,
        state: state(row.state),
        duration_ms: row.duration_ms.map(i64::unsigned_abs),
        environment: row.environment.clone(),
        id: row.id.map(|id| id.to_string()).unwrap_or_default(),
        release: row.release.clone(),
    }
}

/// `DELETE monitors/{slug}`
pub(super) async fn remove(
    State(app): State<App>,
    Named(slug): Named<String>,
    Asked(request): Asked<MonitorRequest>,
) -> Result<StatusCode, Fault> {
    for project in projects(&app.issues, &request.project)? {
        if app.issues.delete_monitor(project.id, &slug).await? {
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(unknown(&slug))
}
