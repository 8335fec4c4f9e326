//! The server: its parts put together.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::access::{self, Access};
use crate::accounts::{AccountError, Accounts};
use crate::acknowledge::Acknowledge;
use crate::alertmanager::Alertmanager;
use crate::answers::Answers;
use crate::app::{App, SituationFeed, Sources};
use crate::exposition::{self, Exposition, Tallies};
use crate::indoors::Indoors;
use crate::intake::Intake;
use crate::loki::Loki;
use crate::prometheus::Prometheus;
use crate::queries::Queries;
use crate::sentry::{self, Sentry, Web};
use crate::traefik::Traefik;
use crate::{AuthMode, Clock, Config, body, headers, listen, page};

/// The engines that requests are answered from.
#[derive(Clone)]
pub struct Engines {
    /// Lines.
    pub logs: logs::Logs,
    /// Containers.
    pub docker: docker::Docker,
    /// Series.
    pub metrics: metrics::Metrics,
    /// What fills the series, and how it does.
    pub collectors: collectors::Collectors,
    /// Errors, and what else SDKs send.
    pub issues: issues::Issues,
    /// What fires, and who is told.
    pub alerts: alerts::Alerts,
    /// Routes, certificates, and how requests go.
    pub proxy: Arc<dyn route::shown::Shown>,
}

/// Why the server cannot start or had to end.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The accounts say no: `admin_password` cannot be set, `state.db` cannot be read.
    #[error(transparent)]
    Accounts(#[from] AccountError),
}

/// HTTP on one port. Nothing happens before [`Server::run`].
pub struct Server {
    config: Config,
    accounts: Accounts,
    router: Router,
    indoors: Indoors,
    closing: CancellationToken,
    exposition: Exposition,
    answers: Answers,
    situation: SituationFeed,
}

impl Server {
    /// Puts the parts together. `build` is the version that answers and pages carry.
    pub fn new(
        config: Config,
        engines: Engines,
        accounts: Accounts,
        build: &'static str,
    ) -> Result<Self, StartError> {
        Self::with_clock(config, engines, accounts, build, Clock::system())
    }

    /// Like [`Server::new`], by another clock than the system's.
    pub fn with_clock(
        config: Config,
        engines: Engines,
        accounts: Accounts,
        build: &'static str,
        clock: Clock,
    ) -> Result<Self, StartError> {
        let (closing, tallies) = (CancellationToken::new(), Tallies::default());
        let queries = Queries::new(clock.clone());
        let exposition = Exposition {
            logs: engines.logs.clone(),
            metrics: engines.metrics.clone(),
            collectors: engines.collectors.clone(),
            issues: engines.issues.clone(),
            docker: engines.docker.clone(),
            alerts: engines.alerts.clone(),
            proxy: engines.proxy.clone(),
            queries: queries.clone(),
            tallies: tallies.clone(),
            build,
            clock: clock.clone(),
            since: clock.now(),
        };
        let answers = Answers { sources: Sources::of(&engines), queries: queries.clone() };
        let intake = Intake::default();
        let prometheus =
            Prometheus::new(&engines, queries.clone(), intake.clone(), tallies.clone(), clock.clone(), build);
        let sentry = Sentry::new(engines.issues.clone(), intake.clone(), clock.clone());
        let web = Web::new(&config, engines.issues.clone(), queries.clone(), clock.clone());
        let loki = Loki::new(
            engines.logs.clone(),
            queries.clone(),
            intake,
            tallies,
            closing.clone(),
            clock.clone(),
            build,
        );
        let (alerts, base_url) = (engines.alerts.clone(), config.base_url());
        let acknowledge = Acknowledge::new(alerts.clone(), queries.clone(), base_url.clone(), clock.clone());
        let alertmanager = Alertmanager::new(alerts, queries.clone(), base_url, clock.clone(), build);
        let traefik = Traefik::new(engines.proxy.clone(), build, clock.now());
        let app = App::new(&config, &engines, accounts.clone(), queries, build, closing.clone(), clock);
        let situation = app.situation();
        let access = Access::new(&config, accounts.clone());
        let router = Router::new()
            .route("/ready", get(|| async { "ready\n" }))
            .route("/-/ready", get(|| async { "ready\n" }))
            .route("/-/healthy", get(|| async { "healthy\n" }))
            .route("/metrics", get(exposition::show).with_state(exposition.clone()))
            .merge(loki.router())
            .merge(prometheus.router())
            .merge(sentry.router())
            .merge(web.router())
            .merge(traefik.clone().router())
            .merge(alertmanager.router())
            .merge(acknowledge.router())
            .merge(app.router())
            .route_layer(from_fn_with_state(access.clone(), access::guard_routes))
            .fallback(page::serve)
            .layer(from_fn_with_state(access, access::guard_open_mode))
            .layer(from_fn(headers::catch_panics))
            .layer(from_fn(sentry::cors))
            .layer(from_fn(body::read_on))
            .layer(from_fn_with_state(build, headers::add));
        let open = config.auth == AuthMode::Open;
        let indoors = Indoors::new(router.clone(), traefik.router(), build, open);
        Ok(Self { config, accounts, router, indoors, closing, exposition, answers, situation })
    }

    /// Prepares the first sign-in; to be called once before [`Server::run`]. Sets the password of `admin`
    /// where the settings have one. Else, while no user exists, gives the link by which the first one is made.
    pub async fn setup_link(&self) -> Result<Option<String>, StartError> {
        if let Some(password) = &self.config.admin_password {
            self.accounts.ensure_admin(password.expose().to_owned()).await?;
            return Ok(None);
        }
        if self.config.auth == AuthMode::Open {
            return Ok(None);
        }
        let secret = self.accounts.off_thread(|accounts| accounts.issue_setup_secret()).await?;
        Ok(secret.map(|secret| format!("{}/setup#{secret}", self.config.base_url())))
    }

    /// Gives the text of `/metrics`, for whoever stores it.
    pub fn own_metrics(&self) -> Arc<dyn Fn() -> String + Send + Sync> {
        let exposition = self.exposition.clone();
        Arc::new(move || exposition.text())
    }

    /// Answers what alerts ask of several engines.
    pub fn answers(&self) -> Answers {
        self.answers.clone()
    }

    /// Answers what comes by the proxy.
    pub fn indoors(&self) -> Indoors {
        self.indoors.clone()
    }

    /// All routes, for tests and for whoever serves them by other means.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Serves until `shutdown`, then ends live streams and lets open requests finish.
    pub async fn run(self, listener: TcpListener, shutdown: CancellationToken) -> Result<(), StartError> {
        let closing = self.closing;
        let on_shutdown = shutdown.clone();
        let ending = async move {
            on_shutdown.cancelled().await;
            closing.cancel();
        };
        let looking = self.situation.run(shutdown.clone());
        tokio::join!(ending, looking, listen::serve(listener, self.router, shutdown));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
