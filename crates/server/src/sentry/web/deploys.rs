//! Deploys of releases.

use ::issues::releases::Deploy;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde_json::{Value, json};

use super::Web;
use super::answer::{Answer, iso};
use super::asked::{Asked, JsonBody, text, time};
use crate::fault::Fault;
use crate::sentry::SentryFault;

/// `GET …/releases/{version}/deploys/`
pub(super) async fn list(State(web): State<Web>, asked: Asked) -> Answer {
    let project = asked.project(&web.issues)?.map(|project| project.id);
    let found = web.ask(move |issues| {
        let release = issues.release(project, asked.part("version"))?;
        Ok(release.map(|release| release.deploys).unwrap_or_default())
    });
    let rows: Vec<Value> = found.await?.iter().map(deploy_json).collect();
    Ok(Json(rows).into_response())
}

/// `POST …/releases/{version}/deploys/`
pub(super) async fn create(State(web): State<Web>, asked: Asked, JsonBody(body): JsonBody) -> Answer {
    let environment =
        text(&body, "environment").ok_or_else(|| SentryFault::bad_request("environment: it is missing"))?;
    let finished = time(&body, "dateFinished")?.unwrap_or_else(|| web.clock.now().millis());
    let mut deploy = Deploy {
        id: 0,
        environment: environment.to_owned(),
        at_ms: finished,
        started_ms: time(&body, "dateStarted")?,
        name: text(&body, "name").unwrap_or_default().to_owned(),
        url: text(&body, "url").unwrap_or_default().to_owned(),
    };
    let version = asked.part("version");
    let is_named = asked.project(&web.issues)?.is_some() || body.get("projects").is_some();
    let projects =
        if is_named { web.projects_of(&asked, &body)? } else { web.projects_with(version).await? };
    for project in projects {
        let kept = web.issues.tell_deploy(project.id, version, deploy.clone()).await.map_err(Fault::from)?;
        let id = kept.ok_or_else(|| SentryFault::bad_request("version: it is none that can be kept"))?;
        deploy.id = id;
    }
    Ok((StatusCode::CREATED, Json(deploy_json(&deploy))).into_response())
}

pub(super) fn deploy_json(deploy: &Deploy) -> Value {
    let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({
        "id": deploy.id.to_string(), "environment": deploy.environment, "name": told(&deploy.name),
        "url": told(&deploy.url), "dateStarted": deploy.started_ms.map(iso), "dateFinished": iso(deploy.at_ms),
    })
}
