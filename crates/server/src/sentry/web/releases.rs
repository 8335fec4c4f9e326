//! Releases, as sentry-cli tells of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::event::ProjectId;
use ::issues::Project;
use ::issues::releases::{Release, ReleaseRow, Selection, Told};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

use super::Web;
use super::answer::{Answer, iso};
use super::asked::{Asked, JsonBody, not_found, text, time};
use super::deploys::deploy_json;
use crate::fault::Fault;
use crate::sentry::SentryFault;

/// `GET …/releases/`
pub(super) async fn list(State(web): State<Web>, asked: Asked) -> Answer {
    let project = asked.project(&web.issues)?.map(|project| project.id);
    let asked = Arc::new(asked);
    let named = asked.clone();
    let found = web.ask(move |issues| {
        let (contains, cursor) =
            (named.get("query").unwrap_or_default(), named.get("cursor").unwrap_or_default());
        Ok(issues.releases(&Selection {
            project,
            environment: named.get("environment"),
            contains,
            cursor,
        })?)
    });
    let (found, next) = found.await?;
    let rows = found.iter().map(|row| web.release_json(row, &BTreeMap::new())).collect();
    Ok(web.page(&asked, rows, next.as_deref()))
}

/// `POST …/releases/`: 201; 208 for one that was told of before.
pub(super) async fn create(State(web): State<Web>, asked: Asked, JsonBody(body): JsonBody) -> Answer {
    let version = text(&body, "version").ok_or_else(|| SentryFault::bad_request("version: it is missing"))?;
    let told = told(&body)?;
    let mut is_new = false;
    for project in web.projects_of(&asked, &body)? {
        is_new |= web.issues.tell_release(project.id, version, told.clone()).await.map_err(Fault::from)?;
    }
    let status = if is_new { StatusCode::CREATED } else { StatusCode::ALREADY_REPORTED };
    let project = asked.project(&web.issues)?.map(|project| project.id);
    let shown = web.shown(project, version).await?;
    Ok((status, shown).into_response())
}

/// `GET …/releases/{version}/`
pub(super) async fn show(State(web): State<Web>, asked: Asked) -> Answer {
    let project = asked.project(&web.issues)?.map(|project| project.id);
    web.shown(project, asked.part("version")).await
}

/// `PUT …/releases/{version}/`: what is told is added; one that was not known is made.
pub(super) async fn change(State(web): State<Web>, asked: Asked, JsonBody(body): JsonBody) -> Answer {
    let (told, version) = (told(&body)?, asked.part("version"));
    let named = asked.project(&web.issues)?.map(|project| project.id);
    let of_body = body.get("projects").is_some();
    let projects = match (named, of_body) {
        (None, false) => web.projects_with(version).await?,
        _ => web.projects_of(&asked, &body)?,
    };
    for project in projects {
        web.issues.tell_release(project.id, version, told.clone()).await.map_err(Fault::from)?;
    }
    web.shown(named, version).await
}

/// `DELETE …/releases/{version}/`
pub(super) async fn remove(State(web): State<Web>, asked: Asked) -> Result<StatusCode, SentryFault> {
    let version = asked.part("version");
    let projects = match asked.project(&web.issues)? {
        Some(project) => vec![project],
        None => web.issues.projects(),
    };
    let mut was_there = false;
    for project in projects {
        was_there |= web.issues.forget_release(project.id, version).await.map_err(Fault::from)?;
    }
    if was_there { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

fn unknown() -> SentryFault {
    not_found("there is no such release here")
}

/// What a body tells of a release.
fn told(body: &Value) -> Result<Told, SentryFault> {
    let mut about = BTreeMap::new();
    for name in ["ref", "url", "dateStarted"] {
        about.extend(text(body, name).map(|value| (name.to_owned(), value.to_owned())));
    }
    let list = |name: &str| body.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(last) = list("refs").first() {
        about.extend(text(last, "commit").map(|commit| ("commit".to_owned(), commit.to_owned())));
        about.extend(text(last, "repository").map(|name| ("repository".to_owned(), name.to_owned())));
    }
    let commits = list("commits");
    if let Some(first) = commits.first() {
        about.insert("commits".into(), commits.len().to_string());
        about.extend(text(first, "id").map(|commit| ("commit".to_owned(), commit.to_owned())));
        about.extend(text(first, "message").map(|message| ("message".to_owned(), message.to_owned())));
    }
    Ok(Told { released_ms: time(body, "dateReleased")?, about })
}

impl Web {
    /// The projects that the path or the body names; of several, all must be there. None named: the only one, or all.
    pub(super) fn projects_of(&self, asked: &Asked, body: &Value) -> Result<Vec<Arc<Project>>, SentryFault> {
        if let Some(project) = asked.project(&self.issues)? {
            return Ok(vec![project]);
        }
        let names = body.get("projects").and_then(Value::as_array).cloned().unwrap_or_default();
        if names.is_empty() {
            return Ok(self.issues.projects());
        }
        let known = |name: &Value| {
            let text = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
            let by_number = || self.issues.project_of(text.parse().ok()?);
            let found = self.issues.project_named(&text).or_else(by_number);
            found.ok_or_else(|| {
                let text: String = text.chars().take(60).collect();
                SentryFault::bad_request(format!("projects: there is no project `{text}` here"))
            })
        };
        names.iter().map(known).collect()
    }

    /// The projects that have a release; where nobody does, all of them: it is new.
    pub(super) async fn projects_with(&self, version: &str) -> Result<Vec<Arc<Project>>, SentryFault> {
        let version = version.to_owned();
        let found = self.ask(move |issues| {
            let mut with = Vec::new();
            for project in issues.projects() {
                if issues.release(Some(project.id), &version)?.is_some() {
                    with.push(project);
                }
            }
            Ok(with)
        });
        let found = found.await?;
        Ok(if found.is_empty() { self.issues.projects() } else { found })
    }

    async fn shown(&self, project: Option<ProjectId>, version: &str) -> Result<Response, SentryFault> {
        let version = version.to_owned();
        let found = self.ask(move |issues| Ok(issues.release(project, &version)?)).await?;
        let Release { row, about, .. } = found.ok_or_else(unknown)?;
        Ok(Json(self.release_json(&row, &about)).into_response())
    }

    fn release_json(&self, row: &ReleaseRow, about: &BTreeMap<String, String>) -> Value {
        let project = self.issues.project_of(ProjectId(row.project));
        let projects: Vec<Value> = project
            .iter()
            .map(|project| json!({ "id": project.id.0, "slug": project.name, "name": project.name, "newGroups": row.new_issues, "platform": null }))
            .collect();
        let commit = about.get("commit").map(|id| json!({ "id": id, "message": about.get("message") }));
        json!({
            "id": 0, "version": row.version, "shortVersion": row.version, "status": "open", "ref": about.get("ref"),
            "url": about.get("url"), "dateCreated": iso(row.first_ms), "dateReleased": row.released_ms.map(iso),
            "firstEvent": iso(row.first_ms), "lastEvent": iso(row.last_ms), "newGroups": row.new_issues,
            "commitCount": about.get("commits").and_then(|count| count.parse::<u64>().ok()).unwrap_or(0),
            "lastCommit": commit, "deployCount": u64::from(row.deploy.is_some()),
            "lastDeploy": row.deploy.as_ref().map(deploy_json), "authors": [], "owner": null, "data": {},
            "projects": projects, "versionInfo": { "description": row.version, "version": { "raw": row.version } },
        })
    }
}
