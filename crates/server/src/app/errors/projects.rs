//! Projects: where the SDKs send, and how they are told.

use std::sync::Arc;

use ::event::{Key, ProjectId};
use ::issues::{Issues, Made, Of, Outcome, Project, ProjectKey, RateLimited, Reason};
use api::{NewProject, ProjectRow, Refused, RefusedCount, RefusedRow, SdkRow, TestSent};
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use model::Timestamp;

use super::asked::{self, DAY};
use super::dsn::Base;
use super::{setups, test_event};
use crate::app::App;
use crate::app::extract::{JsonBody, Named};
use crate::fault::Fault;

const HOURS: usize = 24;
const REFUSED_MAX: usize = 100;
/// How outcomes name what an SDK did not send at all.
const UNSENT: &str = "sdk:";
/// The category under which envelopes are counted by who sent them.
const CLIENTS: &str = "client";

/// `GET projects`
pub(super) async fn list(State(app): State<App>, base: Base) -> Result<Json<Vec<ProjectRow>>, Fault> {
    let (issues, now) = (app.issues.clone(), app.clock.now());
    let rows = app.queries.run(move |_| {
        let rows = issues.projects().into_iter().map(|project| row(&issues, &project, &base, now));
        rows.collect::<Result<Vec<_>, Fault>>()
    });
    Ok(Json(rows.await??))
}

fn row(issues: &Issues, project: &Project, base: &Base, now: Timestamp) -> Result<ProjectRow, Fault> {
    let since = now.minus(DAY).millis();
    let series = issues.series(Of::Project(project.id), since, now.millis(), HOURS)?;
    let counts = issues.project_counts(project.id)?;
    let outcomes = issues.outcomes(project.id, since)?;
    let sum =
        |is: &dyn Fn(&&Outcome) -> bool| outcomes.iter().filter(is).map(|outcome| outcome.quantity).sum();
    Ok(ProjectRow {
        id: project.id.0,
        slug: project.name.clone(),
        service: project.service.clone().unwrap_or_default(),
        origin: origin(project.made),
        dsn: base.of(project),
        events: series.total(),
        spark: series.events,
        transactions: sum(&|outcome| outcome.category == "transaction" && outcome.outcome == "accepted"),
        refused: sum(&is_refusal),
        issues: counts.unresolved,
        last_event: counts.last_event_ms,
    })
}

fn is_refusal(outcome: &&Outcome) -> bool {
    outcome.outcome != "accepted" && outcome.category != CLIENTS && !outcome.outcome.starts_with(UNSENT)
}

/// Where a project is set; empty: it was made here, or is there by itself.
fn origin(made: Made) -> String {
    match made {
        Made::File => "settings".into(),
        Made::Default | Made::Page => String::new(),
    }
}

/// `GET projects/{id}`
pub(super) async fn show(
    State(app): State<App>,
    base: Base,
    Named(name): Named<String>,
) -> Result<Json<api::Project>, Fault> {
    let project = asked::one_project(&app.issues, &name)?;
    whole(&app, project, base).await.map(Json)
}

async fn whole(app: &App, project: Arc<Project>, base: Base) -> Result<api::Project, Fault> {
    let (issues, now) = (app.issues.clone(), app.clock.now());
    let found = app.queries.run(move |_| {
        let outcomes = issues.outcomes(project.id, now.minus(DAY).millis())?;
        let sdks = outcomes.into_iter().filter(|outcome| outcome.category == CLIENTS);
        Ok::<_, Fault>(api::Project {
            row: row(&issues, &project, &base, now)?,
            keys: project.keys.iter().map(|known| key(&issues, &base, project.id, known)).collect(),
            setups: setups::of(&base.of(&project)),
            sdks: sdks.map(|outcome| SdkRow { name: outcome.outcome, envelopes: outcome.quantity }).collect(),
            toml: toml(&project),
            limits: limits(&issues, project.id),
        })
    });
    found.await?
}

fn key(issues: &Issues, base: &Base, project: ProjectId, known: &ProjectKey) -> api::ProjectKey {
    api::ProjectKey {
        key: known.key.to_string(),
        dsn: base.dsn(project, known.key),
        made: (known.made != Made::File).then_some(known.created_ms),
        last_used: issues.key_used(&known.key),
        fixed: known.made == Made::File,
    }
}

/// As it would stand in the settings. Names of projects and keys need no escaping; services may.
/// How much is taken, and what is not just now.
fn limits(issues: &Issues, project: ProjectId) -> Vec<String> {
    let quotas = &issues.config().quotas;
    let now = issues.limits_in_force(project).into_iter().map(|limited| {
        let RateLimited { category, retry_after_s, reason } = limited;
        format!("No {}s for another {retry_after_s} s: {}.", category.name(), reason.text())
    });
    let spikes = match quotas.spike_factor {
        0 => String::new(),
        factor => format!("; in an hour, {factor} times what is usual"),
    };
    let always = format!(
        "Taken in a minute: {} errors, {} transactions, {} new issues{spikes}.",
        quotas.errors_per_minute, quotas.transactions_per_minute, quotas.new_issues_per_minute
    );
    now.chain([always]).collect()
}

fn toml(project: &Project) -> String {
    let mut text = format!("[[issues.project]]\nid = {}\nname = \"{}\"\n", project.id, project.name);
    if let Some(service) = &project.service {
        text.push_str(&format!("service = {}\n", serde_json::Value::from(service.as_str())));
    }
    if let Some(newest) = project.keys.first() {
        text.push_str(&format!("key = \"{}\"\n", newest.key));
    }
    text
}

/// `POST projects`
pub(super) async fn add(
    State(app): State<App>,
    base: Base,
    JsonBody(new): JsonBody<NewProject>,
) -> Result<(StatusCode, Json<api::Project>), Fault> {
    let project = app.issues.create_project(&new.slug, service(&new)).await?;
    Ok((StatusCode::CREATED, Json(whole(&app, project, base).await?)))
}

fn service(new: &NewProject) -> Option<&str> {
    asked::told(new.service.trim())
}

/// `PUT projects/{id}`
pub(super) async fn change(
    State(app): State<App>,
    base: Base,
    Named(name): Named<String>,
    JsonBody(new): JsonBody<NewProject>,
) -> Result<Json<api::Project>, Fault> {
    let known = asked::one_project(&app.issues, &name)?;
    let project = app.issues.change_project(known.id, &new.slug, service(&new)).await?;
    whole(&app, project, base).await.map(Json)
}

/// `DELETE projects/{id}`
pub(super) async fn remove(State(app): State<App>, Named(name): Named<String>) -> Result<StatusCode, Fault> {
    let known = asked::one_project(&app.issues, &name)?;
    app.issues.remove_project(known.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST projects/{id}/keys`
pub(super) async fn add_key(
    State(app): State<App>,
    base: Base,
    Named(name): Named<String>,
) -> Result<(StatusCode, Json<api::ProjectKey>), Fault> {
    let known = asked::one_project(&app.issues, &name)?;
    let made = app.issues.add_key(known.id).await?;
    let project = asked::one_project(&app.issues, &name)?;
    let found = project.keys.iter().find(|known| known.key == made);
    let found = found.ok_or_else(|| asked::not_found("the key was revoked just now"))?;
    Ok((StatusCode::CREATED, Json(key(&app.issues, &base, project.id, found))))
}

/// `DELETE projects/{id}/keys/{key}`
pub(super) async fn revoke_key(
    State(app): State<App>,
    Path((name, key)): Path<(String, String)>,
) -> Result<StatusCode, Fault> {
    let known = asked::one_project(&app.issues, &name)?;
    let key: Key = key.parse().map_err(|error: ::event::ParseIdError| asked::not_found(error.to_string()))?;
    app.issues.revoke_key(known.id, key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST projects/{id}/test`
pub(super) async fn test(
    State(app): State<App>,
    Named(name): Named<String>,
) -> Result<Json<TestSent>, Fault> {
    let project = asked::one_project(&app.issues, &name)?;
    test_event::send(&app.issues, project, app.clock.now()).await.map(Json)
}

/// `GET projects/{id}/refused`
pub(super) async fn refused(
    State(app): State<App>,
    Named(name): Named<String>,
) -> Result<Json<Refused>, Fault> {
    let project = asked::one_project(&app.issues, &name)?;
    let (issues, since) = (app.issues.clone(), app.clock.now().minus(DAY).millis());
    let found = app.queries.run(move |_| {
        let outcomes = issues.outcomes(project.id, since)?;
        let last = issues.last_refused(project.id, REFUSED_MAX)?;
        let unsent = outcomes
            .iter()
            .filter_map(|outcome| outcome.outcome.strip_prefix(UNSENT).map(|reason| count(reason, outcome)));
        Ok::<_, Fault>(Refused {
            counts: outcomes
                .iter()
                .filter(is_refusal)
                .map(|outcome| count(&outcome.outcome, outcome))
                .collect(),
            last: last.into_iter().map(refused_row).collect(),
            unsent: unsent.collect(),
        })
    });
    Ok(Json(found.await??))
}

fn count(reason: &str, outcome: &Outcome) -> RefusedCount {
    RefusedCount { reason: reason.to_owned(), kind: outcome.category.clone(), count: outcome.quantity }
}

fn refused_row(refused: ::issues::Refused) -> RefusedRow {
    let known = Reason::ALL.into_iter().find(|reason| reason.name() == refused.reason);
    RefusedRow {
        time: refused.at_ms,
        reason: known.map_or(refused.reason, |reason| reason.text().to_owned()),
        bytes: refused.bytes,
        client: refused.client,
    }
}
