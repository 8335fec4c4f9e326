//! `porthole serve` from start to end: open, bind, spawn, wait for a signal, drain.
//!
//! Everything that can fail at start (a port in use, a directory that is not writable, a newer format) fails
//! before the first task runs, with one sentence. At the end the ways in close first, then what they brought
//! is drained to disk: nothing acknowledged is lost.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use model::label;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::configuration::Configuration;
use crate::control;
use crate::data_dir::DataDir;
use crate::joints::{self, Engine, Samples};
use alerting::{Alerting, Looked};

mod alerting;
mod reload;
mod run;

/// An appliance whose stores are open and whose ports are bound; nothing runs yet.
pub(crate) struct Appliance {
    server: server::Server,
    listener: TcpListener,
    control: control::Control,
    collector: docker::Collector,
    files: Option<logs::Files>,
    lines: logs::Writer,
    samples: metrics::Writer,
    events: issues::Writer,
    collecting: collectors::Collecting<Samples, Engine>,
    routing: proxy::Running,
    alerting: Alerting,
    deploys: watch::Receiver<Arc<[docker::Deploy]>>,
    engines: Handles,
    reload: reload::Reload,
    _data: DataDir,
}

/// The engines, for whoever asks them or tells them something while they run.
struct Handles {
    logs: logs::Logs,
    metrics: metrics::Metrics,
    collectors: collectors::Collectors,
    issues: issues::Issues,
    proxy: proxy::Proxy,
    alerts: alerts::Alerts,
    shown: server::InForce,
}

impl Appliance {
    /// Opens the stores and binds the ports.
    pub(crate) async fn build(configuration: Configuration, data: DataDir) -> anyhow::Result<Self> {
        let reload = reload::Reload::new(configuration.file.clone(), configuration.alerts.rule_files.clone());
        let accounts = server::Accounts::open(&data.state())?;
        let masker = Arc::new(mask::Masker::new(configuration.logs.mask().clone()));
        let (logs, lines) = logs::open(configuration.logs, &data.logs())?;
        let (metrics, samples) = metrics::open(configuration.metrics, &data.metrics())?;
        let (issues, events) = issues::open(configuration.issues, &data.issues())?;
        let identity = identity(&configuration.docker);
        let files = logs::Files::new(&logs, &identity);
        let (docker, collector) =
            docker::connect(configuration.docker, logs.positions("docker/"), logs.intake());

        // The server tells its own numbers, and shows what the collectors do.
        let own = Arc::new(OnceLock::<collectors::OwnMetrics>::new());
        let told = own.clone();
        let surroundings = collectors::Surroundings {
            identity: identity.clone(),
            workloads: docker.workloads(),
            own: Some(Arc::new(move || told.get().map(|tell| tell()).unwrap_or_default())),
        };
        let (collectors, collecting) =
            collectors::open(configuration.collectors, surroundings, Samples(metrics.clone()));
        let collecting = collecting.asking(Engine(docker.clone()));

        // The proxy leads to the page too, as soon as there is one.
        let inside = Arc::new(OnceLock::<server::Indoors>::new());
        let surroundings = proxy::Surroundings {
            identity: joints::owner(&identity),
            workloads: docker.workloads(),
            own_container: docker::container_id(),
            masker,
            internal: joints::internal(inside.clone()),
        };
        let (proxy, mut routing) = proxy::open(configuration.proxy, &data.acme(), surroundings)?;

        let looked = Looked { logs: &logs, metrics: &metrics, issues: &issues, identity: &identity };
        let alerting = Alerting::open(configuration.alerts, &data, &looked)?;
        let alerts = alerting.alerts.clone();

        let (listen, shown) = (configuration.server.listen, configuration.server.in_force.clone());
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!("cannot listen on {listen}; free the port or set [server] listen to another")
        })?;
        routing.bind().await?;
        let deploys = docker.deploys();
        let engines = server::Engines {
            logs: logs.clone(),
            docker,
            metrics: metrics.clone(),
            collectors: collectors.clone(),
            issues: issues.clone(),
            proxy: Arc::new(proxy.clone()),
            alerts: alerts.clone(),
        };
        // Once per process, and every answer carries it.
        let build: &'static str = server::build(crate::command::VERSION).leak();
        let server = server::Server::new(configuration.server, engines, accounts.clone(), build)?;
        let _ = own.set(server.own_metrics());
        let _ = inside.set(server.indoors());
        alerting.ask(server.answers());
        let control = control::Control::bind(
            &data,
            control::Stores {
                accounts,
                logs: logs.clone(),
                metrics: metrics.clone(),
                issues: issues.clone(),
                alerts: alerts.clone(),
            },
        )?;
        Ok(Self {
            server,
            listener,
            control,
            collector,
            files,
            lines,
            samples,
            events,
            collecting,
            routing,
            alerting,
            deploys,
            engines: Handles { logs, metrics, collectors, issues, proxy, alerts, shown },
            reload,
            _data: data,
        })
    }

    /// Where the first of the proxy's entrypoints listens.
    pub(crate) fn entrypoint(&self) -> Option<SocketAddr> {
        self.routing.addresses().first().map(|(_, address)| *address)
    }

    /// Where it answers.
    pub(crate) fn address(&self) -> anyhow::Result<SocketAddr> {
        self.listener.local_addr().context("reading the address")
    }
}

/// What tells the lines of this machine from those of others. Docker's containers have the same labels.
fn identity(docker: &docker::Config) -> model::Labels {
    let host = docker.host.clone().or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    let host = host.unwrap_or_default().trim_end().to_owned();
    model::Labels::from_pairs([(label::HOST, host), (label::ENVIRONMENT, docker.environment.clone())])
}
