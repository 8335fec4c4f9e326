//! The appliance at work: every task by name, and the order in which they end.

use std::time::Duration;

use super::{Appliance, Handles};
use crate::joints;
use crate::signals::{Signals, Wish};
use crate::tasks::Tasks;

/// How long open requests and the collector may take to end.
const GRACE: Duration = Duration::from_secs(9);
/// How long what was accepted of errors may take to be worked in, and then to hand its lines on. What is left is in the
/// spool at the next start.
const GRACE_ISSUES: Duration = Duration::from_secs(3);
/// How long the last lines may take to reach the disk. All together stay below the 30 s that the compose file gives
/// before it kills.
const GRACE_WRITER: Duration = Duration::from_secs(13);

/// Tasks in the order in which they end: what comes later takes what the earlier ones bring.
#[derive(Default)]
struct Stages {
    /// Requests, lines and numbers come in by these.
    ways_in: Tasks,
    /// Errors are worked in. They may hold log lines, and are worked in while the logs still take those.
    issues: Tasks,
    /// Lines go from one engine to another.
    passing: Tasks,
    /// To disk.
    storage: Tasks,
}

impl Appliance {
    /// Runs until a signal or until a task breaks down, then drains.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let mut signals = Signals::listen()?;
        let address = self.address()?;
        let Self { server, listener, engines, mut reload, .. } = self;
        let mut stages = Stages::default();

        let storage = &mut stages.storage;
        storage.spawn_fallible("the writer of logs", |stop| self.lines.run(stop));
        storage.spawn("the writer of metrics", |stop| self.samples.run(stop));
        stages.issues.spawn("the writer of issues", |stop| self.events.run(stop));
        pass(&mut stages.passing, &engines);

        let ways_in = &mut stages.ways_in;
        ways_in.spawn("the collector of Docker's logs", |stop| self.collector.run(stop));
        let issues = engines.issues.clone();
        ways_in.spawn("the way of deploys to the releases", |stop| {
            joints::tell_deploys(self.deploys, issues, stop)
        });
        ways_in.spawn("the collectors of metrics", |stop| self.collecting.run(stop));
        if let Some(files) = self.files {
            ways_in.spawn("the collector of log files", |stop| files.run(stop));
        }
        for (entrypoint, address) in self.routing.addresses() {
            tracing::info!("the proxy's entrypoint {entrypoint} listens on {address}");
        }
        ways_in.spawn("the proxy", |stop| self.routing.run(stop));
        self.alerting.spawn(ways_in, &engines);
        ways_in.spawn_fallible("the control socket", |stop| self.control.run(stop));
        let link = server.setup_link().await?;
        ways_in.spawn_fallible("the web server", |stop| server.run(listener, stop));

        tracing::info!("porthole {} listens on http://{address}", crate::command::VERSION);
        if let Some(link) = link {
            tracing::info!("no user exists yet; make the first one within an hour at {link}");
        }

        let ended = loop {
            tokio::select! {
                wish = signals.next() => match wish {
                    Wish::Stop => break Ok(()),
                    Wish::Reload => reload.now(&engines).await,
                },
                () = reload.changed() => reload.now(&engines).await,
                error = stages.first_to_end() => break Err(error),
            }
        };
        tracing::info!("stopping: closing the ways in, then writing what they brought");
        stages.finish(engines).await;
        tracing::info!("stopped");
        ended
    }
}

/// What engines find for the logs: lines among what SDKs send, and every request of the proxy.
fn pass(passing: &mut Tasks, engines: &Handles) {
    if let Some(found) = engines.issues.take_logs() {
        let logs = engines.logs.clone();
        passing.spawn("the way of SDKs' lines to the logs", |stop| joints::pass_on(found, logs, stop));
    }
    if let Some(requests) = engines.proxy.take_access() {
        let logs = engines.logs.intake();
        passing.spawn("the way of requests to the logs", |stop| joints::pass_requests(requests, logs, stop));
    }
}

impl Stages {
    async fn first_to_end(&mut self) -> anyhow::Error {
        tokio::select! {
            error = self.ways_in.first_to_end() => error,
            error = self.issues.first_to_end() => error,
            error = self.passing.first_to_end() => error,
            error = self.storage.first_to_end() => error,
        }
    }

    /// Ends one stage after the other. The writers end when nobody holds their engines any more.
    async fn finish(mut self, engines: Handles) {
        self.ways_in.finish(GRACE).await;
        self.issues.finish(GRACE_ISSUES).await;
        self.passing.finish(GRACE_ISSUES).await;
        drop(engines);
        self.storage.finish(GRACE_WRITER).await;
    }
}
