//! The handle: what the page, the API and whoever wires Porthole ask of alerts. Cheap to clone.
//!
//! Calls that are not `async` wait for the disk: they are for threads that may.

mod drill;
mod receivers;
mod rules;
mod status;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use store::Clock;
use tokio::sync::{Notify, watch};

use crate::acknowledge::{AcknowledgeError, LinkError};
use crate::deliver::Completion;
use crate::evaluate::{Book, lines};
use crate::group::Group;
use crate::heartbeat::{self, Heartbeat};
use crate::keep::Keep;
use crate::machine::Transition;
use crate::rules::Rules;
use crate::shown::{Alert, Change, Linked, NewSilence, Report, SentAlert, Silence};
use crate::silence::SilenceError;
use crate::{Config, Delivery, IssueNews, Senses};

pub use status::Status;

/// Rows of the history that are looked through for those of one rule or alert.
const HISTORY_ROWS: usize = 10_000;

/// The handle.
#[derive(Clone)]
pub struct Alerts(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) keep: Keep,
    pub(crate) book: Book,
    pub(crate) senses: Arc<dyn Senses>,
    pub(crate) clock: Clock,
    pub(crate) delivery: Delivery,
    pub(crate) completion: Arc<Completion>,
    pub(crate) rules: RwLock<Rules>,
    /// What is evaluated; changes with the rules.
    pub(crate) groups: watch::Sender<Vec<Arc<Group>>>,
    /// Issues have news.
    pub(crate) news: Arc<Notify>,
    /// Where the heartbeat goes; changes with the settings.
    pub(crate) heartbeat: watch::Sender<Option<heartbeat::Config>>,
    /// What beats now.
    pub(crate) beating: Mutex<Option<Heartbeat>>,
}

impl Alerts {
    /// All alerts that are pending, on, or over for a few minutes; the most urgent first.
    pub fn alerts(&self) -> Vec<Alert> {
        self.0.keep.alerts(self.0.now_ms())
    }

    /// One of them, by its fingerprint.
    pub fn alert(&self, fingerprint: &str) -> Option<Alert> {
        self.alerts().into_iter().find(|alert| alert.fingerprint == fingerprint)
    }

    /// Whether something critical is on that nobody silenced.
    pub fn is_critical(&self) -> bool {
        self.0.keep.is_critical(self.0.now_ms())
    }

    /// Changes whenever an alert, a silence or the outbox does.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.0.keep.changed()
    }

    /// What happened from `from_ms` until before `to_ms`, the latest first: of all, of one rule, of one alert.
    pub fn history(
        &self,
        from_ms: i64,
        to_ms: i64,
        rule: Option<&str>,
        fingerprint: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Change>, String> {
        let rows = if rule.is_none() && fingerprint.is_none() { limit } else { HISTORY_ROWS };
        let mut changes = self.0.keep.history(from_ms, to_ms, rows).map_err(|error| error.to_string())?;
        changes.retain(|change| {
            rule.is_none_or(|rule| change.rule == rule)
                && fingerprint.is_none_or(|fingerprint| change.fingerprint == fingerprint)
        });
        changes.truncate(limit);
        Ok(changes)
    }

    /// The report of the week that begins at `from_ms`.
    pub fn report(&self, from_ms: i64) -> Result<Report, String> {
        self.0.keep.report(from_ms).map_err(|error| error.to_string())
    }

    /// The silences, those of the last days too.
    pub fn silences(&self) -> Vec<Silence> {
        self.0.keep.silences()
    }

    /// Makes or changes a silence; gives its id.
    pub fn silence(&self, new: NewSilence) -> Result<String, SilenceError> {
        self.0.keep.silence(new, self.0.now_ms())
    }

    /// Ends a silence.
    pub fn expire(&self, id: &str) -> Result<(), SilenceError> {
        self.0.keep.expire(id, self.0.now_ms())
    }

    /// Somebody has an incident, or that of an alert, until then; without an end as long as the policy says. Gives the
    /// incident.
    pub fn acknowledge(
        &self,
        target: &str,
        owner: &str,
        until_ms: Option<i64>,
    ) -> Result<String, AcknowledgeError> {
        self.0.keep.acknowledge(target, owner, until_ms, self.0.now_ms())
    }

    /// Nobody has it any more.
    pub fn unacknowledge(&self, target: &str, by: &str) -> Result<(), AcknowledgeError> {
        self.0.keep.unacknowledge(target, by, self.0.now_ms())
    }

    /// Takes in alerts that another program sends.
    pub fn receive(&self, alerts: Vec<SentAlert>) {
        let turns = self.0.keep.receive(alerts, self.0.now_ms());
        self.0.write_lines(&turns);
    }

    /// What a signed link is for.
    pub fn verify_link(&self, token: &str) -> Result<Linked, LinkError> {
        self.0.keep.verify_link(token, self.0.now_ms())
    }

    /// The token of a link by which this receiver may acknowledge this incident.
    pub fn link(&self, incident: &str, receiver: &str) -> String {
        self.0.keep.link(incident, receiver, self.0.now_ms())
    }

    /// Issues have news: rules about them look at once. Never waits; what is said meanwhile is found by the same look.
    pub fn heard(&self, news: IssueNews) {
        tracing::debug!(issue = news.short_id, "an issue has news");
        self.0.news.notify_waiters();
    }

    /// Goes by other settings from now on.
    pub fn apply(&self, config: Config) {
        self.0.keep.set_policy(config.policy.clone());
        self.0.delivery.replace(config.receivers.clone(), config.tiers.clone());
        self.0.completion.set_public_url(&config.public_url);
        self.0.heartbeat.send_replace(config.heartbeat.clone());
        self.0.rules_mut().replace(config);
        self.0.evaluate_anew();
    }

    /// Copies what is kept, as of the last change, to a new file.
    pub fn backup(&self, to: &Path) -> Result<(), store::BackupError> {
        self.0.keep.backup(to)
    }
}

impl Shared {
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().millis()
    }

    pub(crate) fn rules(&self) -> RwLockReadGuard<'_, Rules> {
        self.rules.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn rules_mut(&self) -> RwLockWriteGuard<'_, Rules> {
        self.rules.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rules are others: those that are gone end their alerts, those that are new are evaluated.
    pub(crate) fn evaluate_anew(&self) {
        let groups = self.rules().groups();
        let names: Vec<&str> =
            groups.iter().flat_map(|group| group.rules()).map(|rule| &*rule.name).collect();
        self.book.rules_are(&names);
        let turns = self.keep.rules_are(&names, self.now_ms());
        self.write_lines(&turns);
        self.groups.send_replace(groups);
    }

    pub(crate) fn write_lines(&self, turns: &[Transition]) {
        self.book.lines_dropped(lines::write(&*self.senses, turns));
    }
}

impl std::fmt::Debug for Alerts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Alerts").finish_non_exhaustive()
    }
}
