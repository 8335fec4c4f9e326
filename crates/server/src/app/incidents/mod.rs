//! What is broken, and all that is asked about it: incidents, one service over time, one deploy, a moment, the checklist.
//!
//! One task looks every few seconds ([`feed`]); all pages share what it saw.

mod alerts;
mod around;
mod changes;
mod checklist;
mod deploy;
mod feed;
mod gather;
mod lanes;
mod page;
mod tiles;
mod week;

use api::{Evidence, Incident, MomentRequest, Situation};
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use model::label::{ENVIRONMENT, PROJECT, SERVICE};
use model::{Labels, Timestamp};

use super::App;
use super::evaluator::quoted;
use super::extract::Asked;
use crate::fault::Fault;
use answers::seen::Who;
use feed::AlertSource;
pub(crate) use feed::{SituationFeed, evidence};
pub(crate) use gather::Sources;

/// The routes; each stands in the table of `access` too.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/app/v1/situation", get(situation))
        .route("/app/v1/incidents", get(list))
        .route("/app/v1/incidents/{id}", get(page::show))
        .route("/app/v1/moment", get(moment))
        .route("/app/v1/services/{name}/lanes", get(lanes::show))
        .route("/app/v1/services/{name}/deploy", get(deploy::show))
        .route("/app/v1/checklist", get(checklist::show))
}

/// `GET situation`
async fn situation(State(app): State<App>) -> Result<Json<Situation>, Fault> {
    Ok(Json((*app.situation.current().await?).clone()))
}

/// `GET incidents`
async fn list(State(app): State<App>) -> Result<Json<Vec<Incident>>, Fault> {
    let now = app.situation.current().await?;
    let ended = app.accounts.off_thread(|accounts| accounts.ended_incidents()).await.unwrap_or_default();
    Ok(Json(now.incidents.iter().cloned().chain(ended).collect()))
}

/// `GET moment`
async fn moment(
    State(app): State<App>,
    Asked(request): Asked<MomentRequest>,
) -> Result<Json<Evidence>, Fault> {
    let at = if request.at == 0 { app.clock.now() } else { Timestamp::from_millis(request.at) };
    let told =
        [(SERVICE, &request.service), (PROJECT, &request.project), (ENVIRONMENT, &request.environment)];
    let told = told.into_iter().filter(|(_, value)| !value.is_empty());
    let labels = Labels::from_pairs(told.map(|(name, value)| (name, value.as_str())));
    Ok(Json(app.evidence(labels, at).await))
}

impl App {
    /// What stands around a moment of whatever has these labels.
    async fn evidence(&self, labels: Labels, at: Timestamp) -> Evidence {
        evidence(&self.queries, self.situation.sources().clone(), labels, at).await
    }
}

/// Tells which alerts fire.
pub(super) fn firing(alerts: ::alerts::Alerts) -> AlertSource {
    std::sync::Arc::new(move || alerts::firing(&alerts))
}

/// What selects a service's series and streams: `service="web",project="shop"`. The proxy's series know no environment.
fn matchers(who: &Who) -> String {
    let told =
        [(SERVICE, &who.service), (PROJECT, &who.project)].into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| format!("{name}={}", quoted(value))).collect::<Vec<_>>().join(",")
}

/// The same with the environment, where it is known.
fn matchers_within(who: &Who) -> String {
    match who.environment.as_str() {
        "" => matchers(who),
        environment => format!("{},{ENVIRONMENT}={}", matchers(who), quoted(environment)),
    }
}

/// The service of this name that is looked at.
fn wanted(app: &App, name: &str, project: &str, environment: &str) -> Who {
    let now = app.now.current();
    let is_or_any = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
    let tile = now.services.iter().find(|tile| {
        tile.service == name && is_or_any(project, &tile.project) && is_or_any(environment, &tile.environment)
    });
    match tile {
        Some(tile) => Who {
            environment: tile.environment.clone(),
            project: tile.project.clone(),
            service: tile.service.clone(),
        },
        None => {
            Who { environment: environment.to_owned(), project: project.to_owned(), service: name.to_owned() }
        }
    }
}

#[cfg(test)]
mod tests;
