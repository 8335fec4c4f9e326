//! Saved views: everybody sees them, editors make and remove them.

use api::{NewView, View};
use axum::Json;
use axum::extract::State;
use http::StatusCode;

use super::App;
use super::extract::{JsonBody, Named};
use crate::access::Who;
use crate::fault::Fault;

/// `GET views`
pub(super) async fn list(State(app): State<App>) -> Result<Json<Vec<View>>, Fault> {
    Ok(Json(app.accounts.off_thread(|accounts| accounts.views()).await?))
}

/// `POST views`
pub(super) async fn save(
    State(app): State<App>,
    who: Who,
    JsonBody(new): JsonBody<NewView>,
) -> Result<(StatusCode, Json<View>), Fault> {
    let by = match who {
        Who::User { user, .. } => user.name,
        _ => String::new(),
    };
    let view = app.accounts.off_thread(move |accounts| accounts.save_view(new, by)).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// `DELETE views/{id}`
pub(super) async fn remove(State(app): State<App>, Named(id): Named<i64>) -> Result<StatusCode, Fault> {
    app.accounts.off_thread(move |accounts| accounts.remove_view(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests;
