//! Alerts with what they ask: opened before the server, which shows them and puts together what was seen around a moment.

use std::sync::{Arc, OnceLock};

use alerts::Alerts;
use issues::News;
use model::Labels;
use store::Clock;
use tokio::sync::broadcast;

use super::Handles;
use crate::data_dir::DataDir;
use crate::joints;
use crate::tasks::Tasks;

/// Alerts that do not run yet.
pub(super) struct Alerting {
    pub(super) alerts: Alerts,
    running: alerts::Running,
    /// What happens to issues from now on.
    news: broadcast::Receiver<News>,
    answers: Arc<OnceLock<server::Answers>>,
}

/// The engines that rules look at.
pub(super) struct Looked<'e> {
    pub(super) logs: &'e logs::Logs,
    pub(super) metrics: &'e metrics::Metrics,
    pub(super) issues: &'e issues::Issues,
    pub(super) identity: &'e Labels,
}

impl Alerting {
    /// Opens `alerts.db`.
    pub(super) fn open(config: alerts::Config, data: &DataDir, looked: &Looked<'_>) -> anyhow::Result<Self> {
        let answers = Arc::new(OnceLock::new());
        let senses = joints::Senses::new(
            looked.metrics.clone(),
            looked.logs.clone(),
            looked.issues.clone(),
            looked.identity,
            answers.clone(),
        );
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        let (alerts, running) = alerts::open(config, &data.alerts(), Arc::new(senses), Clock::system())?;
        Ok(Self { alerts, running, news: looked.issues.news(), answers })
    }

    /// Where what was seen around a moment is asked from now on.
    pub(super) fn ask(&self, answers: server::Answers) {
        let _ = self.answers.set(answers);
    }

    /// Starts its tasks.
    pub(super) fn spawn(self, ways_in: &mut Tasks, engines: &Handles) {
        let (issues, alerts) = (engines.issues.clone(), self.alerts);
        ways_in.spawn("the way of issues to the alerts", |stop| {
            joints::tell_alerts(self.news, issues, alerts, stop)
        });
        ways_in.spawn("alerts", |stop| self.running.run(stop));
    }
}
