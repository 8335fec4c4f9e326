//! The page's own API: `/app/v1/…`, in the types of the crate `api`.

mod alerts;
mod configuration;
mod dashboards;
mod errors;
mod evaluator;
mod extract;
mod incidents;
mod live;
mod logs;
mod metrics;
mod now;
mod proxy;
mod queues;
mod refusal;
mod services;
mod session;
mod targets;
mod tokens;
mod uptime;
mod users;
mod views;
mod who;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post, put};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::access::{Attempts, SessionCookie};
use crate::accounts::Accounts;
use crate::queries::Queries;
use crate::server::Engines;
use crate::{AuthMode, Clock, Config, InForce};

pub(crate) use incidents::{SituationFeed, Sources, evidence};
pub(crate) use now::NowFeed;
#[cfg(test)]
pub(crate) use proxy::tests::shop;
pub(crate) use proxy::{address as server_address, scheme as server_scheme};

/// Open pages at once.
const TABS_MAX: usize = 200;

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct App {
    pub(super) accounts: Accounts,
    attempts: Arc<Attempts>,
    cookie: SessionCookie,
    open: bool,
    build: &'static str,
    /// `[server] public_url`: whether it is https, and its authority.
    public: Option<(bool, String)>,
    logs: ::logs::Logs,
    docker: docker::Docker,
    issues: ::issues::Issues,
    metrics: ::metrics::Metrics,
    collectors: collectors::Collectors,
    alerts: ::alerts::Alerts,
    proxy: Arc<dyn ::route::shown::Shown>,
    queries: Queries,
    now: NowFeed,
    situation: SituationFeed,
    in_force: InForce,
    tabs: Arc<Semaphore>,
    closing: CancellationToken,
    clock: Clock,
}

impl App {
    pub(crate) fn new(
        config: &Config,
        engines: &Engines,
        accounts: Accounts,
        queries: Queries,
        build: &'static str,
        closing: CancellationToken,
        clock: Clock,
    ) -> Self {
        let (sources, alerts) = (Sources::of(engines), incidents::firing(engines.alerts.clone()));
        let situation = SituationFeed::new(sources, alerts, accounts.clone(), queries.clone(), clock.clone());
        Self {
            accounts,
            attempts: Arc::default(),
            cookie: SessionCookie { secure: config.is_https() },
            open: config.auth == AuthMode::Open,
            build,
            public: config.public_url.as_ref().map(|url| (url.https, url.authority.clone())),
            logs: engines.logs.clone(),
            docker: engines.docker.clone(),
            issues: engines.issues.clone(),
            metrics: engines.metrics.clone(),
            collectors: engines.collectors.clone(),
            alerts: engines.alerts.clone(),
            proxy: engines.proxy.clone(),
            queries,
            now: NowFeed::new(engines, clock.clone()),
            situation,
            in_force: config.in_force.clone(),
            tabs: Arc::new(Semaphore::new(TABS_MAX)),
            closing,
            clock,
        }
    }

    /// What looks at what is broken; to be run once.
    pub(crate) fn situation(&self) -> SituationFeed {
        self.situation.clone()
    }

    /// The routes; each stands in the table of `access` too.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/app/v1/session", get(session::show).post(session::sign_in).delete(session::sign_out))
            .route("/app/v1/setup", post(session::set_up))
            .route("/app/v1/password", put(session::change_password))
            .route("/app/v1/users", get(users::list).post(users::add))
            .route("/app/v1/users/{name}", delete(users::remove))
            .route("/app/v1/tokens", get(tokens::list).post(tokens::create))
            .route("/app/v1/tokens/{id}", delete(tokens::revoke))
            .route("/app/v1/configuration", get(configuration::show))
            .route("/app/v1/now", get(now::show))
            .route("/app/v1/live", get(live::open))
            .route("/app/v1/logs/query", get(logs::query))
            .route("/app/v1/logs/histogram", get(logs::histogram))
            .route("/app/v1/logs/facets", get(logs::facets))
            .route("/app/v1/logs/context", get(logs::context))
            .route("/app/v1/logs/fields", get(logs::fields))
            .route("/app/v1/logs/patterns", get(logs::patterns))
            .route("/app/v1/logs/marks", get(logs::marks))
            .route("/app/v1/logs/download", get(logs::download))
            .route("/app/v1/logs/check", get(logs::check))
            .route("/app/v1/logs/names", get(logs::names))
            .route("/app/v1/logs/values", get(logs::values))
            .route("/app/v1/logs/numbers", get(logs::numbers))
            .route("/app/v1/views", get(views::list).post(views::save))
            .route("/app/v1/views/{id}", delete(views::remove))
            .merge(metrics_routes())
            .merge(alerts::routes())
            .merge(errors::routes())
            .merge(incidents::routes())
            .merge(proxy::routes())
            .with_state(self)
    }
}

/// What is measured.
fn metrics_routes() -> Router<App> {
    let one = get(dashboards::show).put(dashboards::change).delete(dashboards::remove);
    Router::new()
        .route("/app/v1/metrics/numbers", get(metrics::numbers))
        .route("/app/v1/metrics/table", get(metrics::table))
        .route("/app/v1/metrics/check", get(metrics::check))
        .route("/app/v1/metrics/names", get(metrics::names))
        .route("/app/v1/metrics/labels", get(metrics::labels))
        .route("/app/v1/services", get(services::list))
        .route("/app/v1/services/{name}", get(services::page))
        .route("/app/v1/targets", get(targets::show))
        .route("/app/v1/uptime", get(uptime::show))
        .route("/app/v1/queues", get(queues::show))
        .route("/app/v1/dashboards", get(dashboards::list).post(dashboards::add))
        .route("/app/v1/dashboards/{id}", one)
}
