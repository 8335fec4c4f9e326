//! Dashboards: everybody sees them, editors make and remove them. Some come with Porthole.

mod ready;

use api::{Dashboard, DashboardRow, NewDashboard};
use axum::Json;
use axum::extract::State;
use http::StatusCode;

use super::App;
use super::extract::{LargeJsonBody, Named};
use crate::access::Who;
use crate::accounts::DashboardError;
use crate::fault::Fault;

/// `GET dashboards`
pub(super) async fn list(State(app): State<App>) -> Result<Json<Vec<DashboardRow>>, Fault> {
    let made = app.accounts.off_thread(|accounts| accounts.dashboards()).await?;
    Ok(Json(ready::rows().into_iter().chain(made).collect()))
}

/// `GET dashboards/{id}`
pub(super) async fn show(State(app): State<App>, Named(id): Named<String>) -> Result<Json<Dashboard>, Fault> {
    if let Some(ready) = ready::named(&id) {
        return Ok(Json(ready));
    }
    Ok(Json(app.accounts.off_thread(move |accounts| accounts.dashboard(&id)).await?))
}

/// `POST dashboards`
pub(super) async fn add(
    State(app): State<App>,
    who: Who,
    LargeJsonBody(new): LargeJsonBody<NewDashboard>,
) -> Result<(StatusCode, Json<Dashboard>), Fault> {
    let by = name(who);
    let dashboard = app.accounts.off_thread(move |accounts| accounts.add_dashboard(new, by)).await?;
    Ok((StatusCode::CREATED, Json(dashboard)))
}

/// `PUT dashboards/{id}`
pub(super) async fn change(
    State(app): State<App>,
    Named(id): Named<String>,
    who: Who,
    LargeJsonBody(new): LargeJsonBody<NewDashboard>,
) -> Result<Json<Dashboard>, Fault> {
    must_be_made(&id)?;
    let by = name(who);
    Ok(Json(app.accounts.off_thread(move |accounts| accounts.change_dashboard(&id, new, by)).await?))
}

/// `DELETE dashboards/{id}`
pub(super) async fn remove(State(app): State<App>, Named(id): Named<String>) -> Result<StatusCode, Fault> {
    must_be_made(&id)?;
    app.accounts.off_thread(move |accounts| accounts.remove_dashboard(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn must_be_made(id: &str) -> Result<(), DashboardError> {
    match ready::named(id) {
        Some(ready) => Err(DashboardError::ReadyMade(ready.title)),
        None => Ok(()),
    }
}

/// Empty where nobody signs in.
fn name(who: Who) -> String {
    match who {
        Who::User { user, .. } => user.name,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
