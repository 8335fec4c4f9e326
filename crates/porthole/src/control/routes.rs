//! What the control socket answers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use api::{NewToken, NewUser, Token, TokenSecret, User};
use axum::extract::{Path as PathParam, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::BACKUP_MARK;

/// Where the backup goes: a whole path.
#[derive(Serialize, Deserialize)]
pub(super) struct BackupRequest {
    pub(super) to: PathBuf,
}

/// A password alone.
#[derive(Serialize, Deserialize)]
pub(super) struct NewPassword {
    pub(super) password: String,
}

/// What the commands work on.
#[derive(Clone)]
pub(crate) struct Stores {
    pub(crate) accounts: server::Accounts,
    pub(crate) logs: logs::Logs,
    pub(crate) metrics: metrics::Metrics,
    pub(crate) issues: issues::Issues,
    pub(crate) alerts: alerts::Alerts,
}

pub(super) fn router(stores: Stores) -> Router {
    Router::new()
        .route("/ready", get(|| async { "ready" }))
        .route("/users", get(users).post(add_user))
        .route("/users/{name}", delete(remove_user))
        .route("/users/{name}/password", put(set_password))
        .route("/tokens", get(tokens).post(create_token))
        .route("/tokens/{id}", delete(revoke_token))
        .route("/backup", post(backup))
        .with_state(stores)
}

/// A refusal: the sentence that the command line prints.
struct Refusal(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, format!("{:#}", self.0)).into_response()
    }
}

async fn users(State(stores): State<Stores>) -> Result<Json<Vec<User>>, Refusal> {
    Ok(Json(stores.accounts.users()?))
}

async fn add_user(State(stores): State<Stores>, Json(user): Json<NewUser>) -> Result<(), Refusal> {
    Ok(stores.accounts.add_user(user).await.map(|_| ())?)
}

async fn remove_user(
    State(stores): State<Stores>,
    PathParam(name): PathParam<String>,
) -> Result<(), Refusal> {
    Ok(stores.accounts.remove_user(&name)?)
}

async fn set_password(
    State(stores): State<Stores>,
    PathParam(name): PathParam<String>,
    Json(new): Json<NewPassword>,
) -> Result<(), Refusal> {
    Ok(stores.accounts.set_password(&name, new.password).await?)
}

async fn tokens(State(stores): State<Stores>) -> Result<Json<Vec<Token>>, Refusal> {
    Ok(Json(stores.accounts.tokens()?))
}

async fn create_token(
    State(stores): State<Stores>,
    Json(token): Json<NewToken>,
) -> Result<Json<TokenSecret>, Refusal> {
    Ok(Json(stores.accounts.create_token(token)?))
}

async fn revoke_token(State(stores): State<Stores>, PathParam(id): PathParam<i64>) -> Result<(), Refusal> {
    Ok(stores.accounts.revoke_token(id)?)
}

async fn backup(State(stores): State<Stores>, Json(request): Json<BackupRequest>) -> Result<(), Refusal> {
    let to = prepare(&request.to)?;
    stores.logs.backup(&to.join("logs")).await?;
    stores.metrics.backup(&to.join("metrics")).await?;
    stores.issues.backup(&to.join("issues")).await?;
    stores.accounts.backup(&to.join("state.db"))?;
    let (alerts, file) = (stores.alerts.clone(), to.join("alerts.db"));
    tokio::task::spawn_blocking(move || alerts.backup(&file)).await??;
    // Last: a copy that was cut short has no mark and is not taken for a backup.
    fs::write(to.join(BACKUP_MARK), concat!("porthole ", env!("CARGO_PKG_VERSION"), "\n"))
        .context("writing the backup's mark")?;
    Ok(())
}

fn prepare(to: &Path) -> anyhow::Result<&Path> {
    fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    if fs::read_dir(to).with_context(|| format!("reading {}", to.display()))?.next().is_some() {
        bail!("{} is not empty; name a directory that does not exist yet", to.display());
    }
    Ok(to)
}
