//! Reading the settings again, on SIGHUP or when the file has changed, and saying what took effect.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::Handles;
use crate::configuration::Configuration;

/// How often the file is looked at. Editors replace files and mounts hide events, so its time and size are
/// compared instead of watching it.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Remembers which state of the file was read last.
pub(crate) struct Reload {
    file: Option<PathBuf>,
    seen: Option<(SystemTime, u64)>,
}

impl Reload {
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        let mut reload = Self { file, seen: None };
        reload.seen = reload.look();
        reload
    }

    /// Waits until the file differs from what was read last.
    pub(crate) async fn changed(&mut self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let found = self.look();
            if found.is_some() && found != self.seen {
                return;
            }
        }
    }

    /// Reads the file; on any fault all of them are told and everything stays as it was.
    pub(super) async fn now(&mut self, engines: &Handles) {
        self.seen = self.look();
        let Some(file) = &self.file else {
            return tracing::info!("there is no settings file to read again");
        };
        let configuration = match Configuration::load(Some(file)) {
            Ok(Ok(configuration)) => configuration,
            Ok(Err(faults)) => {
                for fault in &faults {
                    tracing::error!("{fault}");
                }
                return tracing::error!("the settings stay as they were: {} faults", faults.len());
            }
            Err(error) => return tracing::error!("the settings stay as they were: {error:#}"),
        };
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
        tracing::info!(
            "settings read again: retention and classes of logs, the retention of metrics, what is scraped, probed and watched, [issues], and routes are in effect; [server], [auth], [docker] and [identity] take effect at the next start"
        );
    }

    fn look(&self) -> Option<(SystemTime, u64)> {
        let metadata = std::fs::metadata(self.file.as_ref()?).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }
}
