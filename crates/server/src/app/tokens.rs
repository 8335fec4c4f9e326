//! Managing tokens: admins only.

use api::{NewToken, Token, TokenSecret};
use axum::Json;
use axum::extract::State;
use http::StatusCode;

use super::App;
use super::extract::{JsonBody, Named};
use crate::fault::Fault;

/// `GET tokens`
pub(super) async fn list(State(app): State<App>) -> Result<Json<Vec<Token>>, Fault> {
    Ok(Json(app.accounts.off_thread(|accounts| accounts.tokens()).await?))
}

/// `POST tokens`
pub(super) async fn create(
    State(app): State<App>,
    JsonBody(new): JsonBody<NewToken>,
) -> Result<(StatusCode, Json<TokenSecret>), Fault> {
    let made = app.accounts.off_thread(move |accounts| accounts.create_token(new)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// `DELETE tokens/{id}`
pub(super) async fn revoke(State(app): State<App>, Named(id): Named<i64>) -> Result<StatusCode, Fault> {
    app.accounts.off_thread(move |accounts| accounts.revoke_token(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
