//! `porthole serve` from start to end: open, bind, spawn, wait for a signal, drain.
//!
//! Everything that can fail at start (a port in use, a directory that is not writable, a newer format) fails
//! before the first task runs, with one sentence. At the end the ways in close first, then what they brought
//! is drained to disk: nothing acknowledged is lost.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context;
use model::label;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::configuration::Configuration;
use crate::control;
use crate::data_dir::DataDir;
use crate::joints::{self, Engine, Samples};
use crate::signals::{Signals, Wish};
use crate::tasks::Tasks;

mod reload;

/// How long open requests and the collector may take to end.
const GRACE: Duration = Duration::from_secs(9);
/// How long what was accepted of errors may take to be worked in, and then to hand its lines on. What is left is in the
/// spool at the next start.
const GRACE_ISSUES: Duration = Duration::from_secs(3);
/// How long the last lines may take to reach the disk. All together stay below the 30 s that the compose file gives
/// before it kills.
const GRACE_WRITER: Duration = Duration::from_secs(13);

/// An appliance whose stores are open and whose ports are bound; nothing runs yet.
pub(crate) struct Appliance {
    server: server::Server,
    listener: TcpListener,
    control: control::Control,
    collector: docker::Collector,
    files: Option<logs::Files>,
    logs: logs::Logs,
    writer: logs::Writer,
    samples: metrics::Writer,
    collecting: collectors::Collecting<Samples, Engine>,
    metrics: metrics::Metrics,
    issues: issues::Issues,
    events: issues::Writer,
    reload: reload::Reload,
    _data: DataDir,
}

impl Appliance {
    /// Opens the stores and binds the ports.
    pub(crate) async fn build(configuration: Configuration, data: DataDir) -> anyhow::Result<Self> {
        let reload = reload::Reload::new(configuration.file.clone());
        let accounts = server::Accounts::open(&data.state())?;
        let (logs, writer) = logs::open(configuration.logs, &data.logs())?;
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
            identity,
            workloads: docker.workloads(),
            own: Some(Arc::new(move || told.get().map(|tell| tell()).unwrap_or_default())),
        };
        let (collectors, collecting) =
            collectors::open(configuration.collectors, surroundings, Samples(metrics.clone()));
        let collecting = collecting.asking(Engine(docker.clone()));

        let listen = configuration.server.listen;
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!("cannot listen on {listen}; free the port or set [server] listen to another")
        })?;
        let engines = server::Engines {
            logs: logs.clone(),
            docker,
            metrics: metrics.clone(),
            collectors,
            issues: issues.clone(),
        };
        // Once per process, and every answer carries it.
        let build: &'static str = server::build(crate::command::VERSION).leak();
        let server = server::Server::new(configuration.server, engines, accounts.clone(), build)?;
        let _ = own.set(server.own_metrics());
        let control = control::Control::bind(
            &data,
            control::Stores {
                accounts,
                logs: logs.clone(),
                metrics: metrics.clone(),
                issues: issues.clone(),
            },
        )?;
        Ok(Self {
            server,
            listener,
            control,
            collector,
            files,
            logs,
            writer,
            samples,
            collecting,
            metrics,
            issues,
            events,
            reload,
            _data: data,
        })
    }

    /// Where it answers.
    pub(crate) fn address(&self) -> anyhow::Result<SocketAddr> {
        self.listener.local_addr().context("reading the address")
    }

    /// Runs until a signal or until a task breaks down, then drains.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let mut signals = Signals::listen()?;
        let address = self.address()?;
        let [ways_in, working, lines, storage] = [(); 4].map(|()| CancellationToken::new());
        let mut tasks = Tasks::default();
        let [mut issuing, mut passing, mut writing] = [(); 3].map(|()| Tasks::default());

        let stop = storage.clone();
        let writer = self.writer;
        writing.spawn("the writer of logs", async move { Ok(writer.run(stop).await?) });
        let (samples, stop) = (self.samples, storage.clone());
        writing.spawn("the writer of metrics", async move {
            samples.run(stop).await;
            Ok(())
        });
        let (events, stop) = (self.events, working.clone());
        issuing.spawn("the writer of issues", async move {
            events.run(stop).await;
            Ok(())
        });
        if let Some(found) = self.issues.take_logs() {
            let (logs, stop) = (self.logs.intake(), lines.clone());
            passing.spawn("the way of SDKs' lines to the logs", async move {
                joints::pass_on(found, logs, stop).await;
                Ok(())
            });
        }
        let (collector, stop) = (self.collector, ways_in.clone());
        tasks.spawn("the collector of Docker's logs", async move {
            collector.run(stop).await;
            Ok(())
        });
        let (collecting, stop) = (self.collecting, ways_in.clone());
        tasks.spawn("the collectors of metrics", async move {
            collecting.run(stop).await;
            Ok(())
        });
        if let Some(files) = self.files {
            let stop = ways_in.clone();
            tasks.spawn("the collector of log files", async move {
                files.run(stop).await;
                Ok(())
            });
        }
        let (control, stop) = (self.control, ways_in.clone());
        tasks.spawn("the control socket", async move { control.run(stop).await });
        let link = self.server.setup_link().await?;
        let (server, listener, stop) = (self.server, self.listener, ways_in.clone());
        tasks.spawn("the web server", async move { Ok(server.run(listener, stop).await?) });

        tracing::info!("porthole {} listens on http://{address}", crate::command::VERSION);
        if let Some(link) = link {
            tracing::info!("no user exists yet; make the first one within an hour at {link}");
        }

        let mut reload = self.reload;
        let ended = loop {
            tokio::select! {
                wish = signals.next() => match wish {
                    Wish::Stop => break Ok(()),
                    Wish::Reload => reload.now(&self.logs, &self.metrics, &self.issues).await,
                },
                () = reload.changed() => reload.now(&self.logs, &self.metrics, &self.issues).await,
                error = tasks.first_to_end() => break Err(error),
                error = issuing.first_to_end() => break Err(error),
                error = passing.first_to_end() => break Err(error),
                error = writing.first_to_end() => break Err(error),
            }
        };

        tracing::info!("stopping: closing the ways in, then writing what they brought");
        ways_in.cancel();
        tasks.finish(GRACE).await;
        // Errors may hold log lines: they are worked in while the logs still take them.
        working.cancel();
        issuing.finish(GRACE_ISSUES).await;
        lines.cancel();
        passing.finish(GRACE_ISSUES).await;
        storage.cancel();
        drop((self.logs, self.metrics, self.issues));
        writing.finish(GRACE_WRITER).await;
        tracing::info!("stopped");
        ended
    }
}

/// What tells the lines of this machine from those of others. Docker's containers have the same labels.
fn identity(docker: &docker::Config) -> model::Labels {
    let host = docker.host.clone().or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    let host = host.unwrap_or_default().trim_end().to_owned();
    model::Labels::from_pairs([(label::HOST, host), (label::ENVIRONMENT, docker.environment.clone())])
}
