//! What is critical and fires: told to every page that is open, all of it whenever it changes.

use ::alerts::Alerts;
use api::CriticalAlert;
use tokio::sync::watch;

use crate::app::alerts::critical;

/// Follows it for one page.
pub(super) struct Critical {
    alerts: Alerts,
    changed: watch::Receiver<u64>,
    /// Something changed that was not looked at yet. It stays so when waiting is given up in between.
    is_due: bool,
    shown: Option<Vec<CriticalAlert>>,
}

impl Critical {
    pub(super) fn new(alerts: Alerts) -> Self {
        let changed = alerts.changed();
        Self { alerts, changed, is_due: true, shown: None }
    }

    /// The next that is another than the one before; the first one comes at once.
    pub(super) async fn next(&mut self) -> Vec<CriticalAlert> {
        loop {
            if !self.is_due && self.changed.changed().await.is_err() {
                // Alerting has ended, and so does the server.
                return std::future::pending().await;
            }
            self.is_due = true;
            self.changed.mark_unchanged();
            let alerts = self.alerts.clone();
            let found = tokio::task::spawn_blocking(move || critical(&alerts)).await.unwrap_or_default();
            self.is_due = false;
            if self.shown.as_ref() != Some(&found) {
                self.shown = Some(found.clone());
                return found;
            }
        }
    }
}
