//! What is known of targets, as the page and the API show it.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use model::Labels;
use tokio::sync::watch;

use super::{Report, Target};

/// A target and how it does.
#[derive(Clone, Debug)]
pub struct TargetState {
    /// Tells it from others; what it says of its metrics is kept under this name.
    pub name: Arc<str>,
    /// Its label `job`.
    pub job: String,
    /// Its label `instance`.
    pub instance: String,
    /// Where it is asked.
    pub url: Uri,
    /// What each of its series gets, `job` and `instance` among them.
    pub labels: Labels,
    /// What was known of it before its rules ran: `__address__`, `__meta_docker_…`.
    pub discovered: Labels,
    /// Who named it.
    pub origin: Origin,
    /// How its last scrape went.
    pub report: Report,
    /// How often it is scraped.
    pub interval: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// Who named a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `[[metrics.scrape]]` of the settings.
    File {
        /// The file's line of its job.
        line: Option<u32>,
    },
    /// A container's labels.
    Container {
        /// The container's name.
        name: String,
    },
    /// Porthole itself: the host, its own metrics.
    BuiltIn,
}

/// What could be a target and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedTarget {
    /// What is known of it.
    pub discovered: Labels,
    /// Who named it.
    pub origin: Origin,
    /// Why it is not scraped, and what to write if it should be.
    pub why: String,
}

/// All targets.
#[derive(Debug, Default)]
pub(crate) struct Overview {
    pub(super) active: Vec<(Arc<Target>, watch::Receiver<Report>)>,
    pub(super) dropped: Vec<DroppedTarget>,
}

impl Overview {
    /// What is scraped, sorted by name.
    pub(crate) fn targets(&self) -> Vec<TargetState> {
        self.active.iter().map(|(target, report)| TargetState::new(target, report.borrow().clone())).collect()
    }

    /// What could be scraped and is not.
    pub(crate) fn dropped(&self) -> Vec<DroppedTarget> {
        self.dropped.clone()
    }
}

impl TargetState {
    fn new(target: &Target, report: Report) -> Self {
        let label = |name: &str| target.labels.get(name).unwrap_or_default().to_owned();
        Self {
            name: target.name.clone(),
            job: label("job"),
            instance: label("instance"),
            url: target.url.clone(),
            labels: target.all_labels(),
            discovered: target.discovered.clone(),
            origin: target.origin.clone(),
            report,
            interval: target.interval,
            timeout: target.timeout,
        }
    }
}
