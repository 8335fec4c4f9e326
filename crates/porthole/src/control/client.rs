//! The other end of the control socket.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use api::{NewToken, NewUser, Token, TokenSecret, User};
use axum::Router;
use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use model::Labels;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Clock;
use tokio::net::UnixStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::routes::{self, BackupRequest, NewPassword, Stores};
use crate::arguments::Place;
use crate::command::accept;
use crate::configuration::Configuration;
use crate::data_dir::{DataDir, control_socket};
use crate::joints::Senses;

/// Larger answers than this are none of ours.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// Speaks to the appliance that runs on a data directory, or stands in for one when none runs.
pub(crate) enum Client {
    /// A connection to the appliance.
    Running(UnixStream),
    /// This process has the directory's lock and its stores open; both end with it.
    Alone { router: Router, _data: DataDir },
}

impl Client {
    /// The appliance that runs, else the directory itself.
    pub(crate) async fn connect(place: &Place) -> anyhow::Result<Self> {
        if let Some(data) = DataDir::try_open(&place.data)? {
            return Self::alone(place, data);
        }
        Self::of_running(&place.data).await
    }

    /// The appliance that runs; an error when none does.
    pub(crate) async fn of_running(data: &Path) -> anyhow::Result<Self> {
        let socket = control_socket(data);
        let stream = UnixStream::connect(&socket)
            .await
            .with_context(|| format!("no appliance answers on {}", socket.display()))?;
        Ok(Self::Running(stream))
    }

    fn alone(place: &Place, data: DataDir) -> anyhow::Result<Self> {
        let configuration = accept(Configuration::load(place.config.as_deref())?)?;
        let accounts = server::Accounts::open(&data.state())?;
        let (logs, writer) = logs::open(configuration.logs, &data.logs())?;
        // It serves the backup alone: nothing is appended, so nothing is left to drain when the process ends.
        tokio::spawn(writer.run(CancellationToken::new()));
        let (metrics, writer) = metrics::open(configuration.metrics, &data.metrics())?;
        tokio::spawn(writer.run(CancellationToken::new()));
        let (issues, writer) = issues::open(configuration.issues, &data.issues())?;
        tokio::spawn(writer.run(CancellationToken::new()));
        let senses =
            Senses::new(metrics.clone(), logs.clone(), issues.clone(), &Labels::default(), Arc::default());
        let (alerts, _) =
            alerts::open(configuration.alerts, &data.alerts(), Arc::new(senses), Clock::system())?;
        let stores = Stores { accounts, logs, metrics, issues, alerts };
        Ok(Self::Alone { router: routes::router(stores), _data: data })
    }

    pub(crate) async fn ready(self) -> anyhow::Result<()> {
        self.send(Method::GET, "/ready", &()).await.map(|_| ())
    }

    pub(crate) async fn users(self) -> anyhow::Result<Vec<User>> {
        self.ask(Method::GET, "/users", &()).await
    }

    pub(crate) async fn add_user(self, user: &NewUser) -> anyhow::Result<()> {
        self.send(Method::POST, "/users", user).await.map(|_| ())
    }

    pub(crate) async fn remove_user(self, name: &str) -> anyhow::Result<()> {
        self.send(Method::DELETE, &format!("/users/{}", segment(name)?), &()).await.map(|_| ())
    }

    pub(crate) async fn set_password(self, name: &str, password: &str) -> anyhow::Result<()> {
        let body = NewPassword { password: password.to_owned() };
        self.send(Method::PUT, &format!("/users/{}/password", segment(name)?), &body).await.map(|_| ())
    }

    pub(crate) async fn tokens(self) -> anyhow::Result<Vec<Token>> {
        self.ask(Method::GET, "/tokens", &()).await
    }

    pub(crate) async fn create_token(self, token: &NewToken) -> anyhow::Result<TokenSecret> {
        self.ask(Method::POST, "/tokens", token).await
    }

    pub(crate) async fn revoke_token(self, id: i64) -> anyhow::Result<()> {
        self.send(Method::DELETE, &format!("/tokens/{id}"), &()).await.map(|_| ())
    }

    pub(crate) async fn backup(self, to: &Path) -> anyhow::Result<()> {
        self.send(Method::POST, "/backup", &BackupRequest { to: to.to_owned() }).await.map(|_| ())
    }

    async fn ask<T: DeserializeOwned>(
        self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        let answer = self.send(method, path, body).await?;
        serde_json::from_slice(&answer)
            .context("the appliance's answer is not understood; is it of another version?")
    }

    /// One request, one answer; an answer that is no success is an error with the appliance's sentence.
    async fn send(self, method: Method, path: &str, body: &impl Serialize) -> anyhow::Result<Bytes> {
        let body = Bytes::from(serde_json::to_vec(body).context("writing the request")?);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "porthole")
            .header("content-type", "application/json");
        let (status, answer) = match self {
            Self::Running(stream) => exchange(stream, request.body(Full::new(body))?).await?,
            Self::Alone { router, _data } => {
                let response = router.oneshot(request.body(Body::from(body))?).await?;
                (response.status(), response.into_body().collect().await?.to_bytes())
            }
        };
        if !status.is_success() {
            bail!("{}", String::from_utf8_lossy(&answer));
        }
        Ok(answer)
    }
}

async fn exchange(stream: UnixStream, request: Request<Full<Bytes>>) -> anyhow::Result<(StatusCode, Bytes)> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .context("speaking to the appliance")?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await.context("speaking to the appliance")?;
    let status = response.status();
    let answer = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
    let answer = answer.map_err(|error| anyhow::anyhow!("reading the appliance's answer: {error}"))?;
    Ok((status, answer.to_bytes()))
}

/// A name as one segment of a path. User names hold nothing that needs escaping, so others are refused here.
fn segment(name: &str) -> anyhow::Result<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte);
    if name.is_empty() || !name.bytes().all(plain) {
        bail!("`{name}` is no user's name; names are made of letters, digits, `.`, `_`, `-` and `@`");
    }
    Ok(name)
}
