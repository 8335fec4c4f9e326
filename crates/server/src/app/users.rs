//! Managing users: admins only.

use api::{NewUser, User};
use axum::Json;
use axum::extract::State;
use http::StatusCode;

use super::App;
use super::extract::{JsonBody, Named};
use crate::fault::Fault;

/// `GET users`
pub(super) async fn list(State(app): State<App>) -> Result<Json<Vec<User>>, Fault> {
    Ok(Json(app.accounts.off_thread(|accounts| accounts.users()).await?))
}

/// `POST users`
pub(super) async fn add(
    State(app): State<App>,
    JsonBody(new): JsonBody<NewUser>,
) -> Result<(StatusCode, Json<User>), Fault> {
    Ok((StatusCode::CREATED, Json(app.accounts.add_user(new).await?)))
}

/// `DELETE users/{name}`
pub(super) async fn remove(State(app): State<App>, Named(name): Named<String>) -> Result<StatusCode, Fault> {
    app.accounts.off_thread(move |accounts| accounts.remove_user(&name)).await?;
    Ok(StatusCode::NO_CONTENT)
}
