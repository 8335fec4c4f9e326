//! Reading the settings again, on SIGHUP or when the file has changed, and saying what took effect.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::Handles;
use crate::configuration::Configuration;

/// How often the file is looked at. Editors replace files and mounts hide events, so its time and size are
/// compared instead of watching it.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Remembers which state of the file, and of the rule files that it names, was read last.
pub(crate) struct Reload {
    file: Option<PathBuf>,
    rule_files: Vec<PathBuf>,
    seen: Seen,
}

/// When each file was changed, and its size; nothing of one that is not there.
type Seen = Vec<Option<(SystemTime, u64)>>;

impl Reload {
    pub(crate) fn new(file: Option<PathBuf>, rule_files: Vec<PathBuf>) -> Self {
        let mut reload = Self { file, rule_files, seen: Seen::new() };
        reload.seen = reload.look();
        reload
    }

    /// Waits until a file differs from what was read last.
    pub(crate) async fn changed(&mut self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let found = self.look();
            // The settings file itself may be away while it is replaced.
            if found.first().is_some_and(Option::is_some) && found != self.seen {
                return;
            }
        }
    }

    /// Reads the file; on any fault all of them are told and everything stays as it was.
    pub(super) async fn now(&mut self, engines: &Handles) {
        self.seen = self.look();
        let Some(configuration) = self.load() else { return };
        if self.rule_files != configuration.alerts.rule_files {
            self.rule_files.clone_from(&configuration.alerts.rule_files);
            self.seen = self.look();
        }
        engines.shown.replace(&configuration.server.in_force);
        engines.logs.apply(configuration.logs);
        engines.metrics.apply(configuration.metrics);
        let mut later = engines.collectors.apply(configuration.collectors);
        later.extend(engines.proxy.reload(configuration.proxy));
        if !later.is_empty() {
            tracing::warn!("these take effect at the next start: {}", later.join(", "));
        }
        if let Err(error) = engines.issues.apply(configuration.issues).await {
            tracing::error!("the projects of [issues] stay as they were: {error}");
        }
        apply_alerts(engines.alerts.clone(), configuration.alerts).await;
        tracing::info!(
            "settings read again: retention and classes of logs, the retention of metrics, what is scraped, probed and watched, [issues], [alerts], and routes are in effect; [server], [auth], [docker] and [identity] take effect at the next start"
        );
    }

    /// What the file says now; what is wrong with it is told.
    fn load(&self) -> Option<Configuration> {
        let Some(file) = &self.file else {
            tracing::info!("there is no settings file to read again");
            return None;
        };
        match Configuration::load(Some(file)) {
            Ok(Ok(configuration)) => return Some(configuration),
            Ok(Err(faults)) => {
                for fault in &faults {
                    tracing::error!("{fault}");
                }
                tracing::error!("the settings stay as they were: {} faults", faults.len());
            }
            Err(error) => tracing::error!("the settings stay as they were: {error:#}"),
        }
        None
    }

    fn look(&self) -> Seen {
        let state = |path: &PathBuf| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        };
        self.file.iter().chain(&self.rule_files).map(state).collect()
    }
}

/// Alerts of rules that are gone end, and that is written before anything else is.
async fn apply_alerts(alerts: alerts::Alerts, config: alerts::Config) {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    if let Err(error) = tokio::task::spawn_blocking(move || alerts.apply(config)).await {
        tracing::error!("[alerts] stays as it was: {error}");
    }
}
