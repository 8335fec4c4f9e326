//! How a probe does, for the page and the API.

use std::time::Duration;

use model::{Labels, Timestamp};

use super::spec::Spec;
use crate::scrape::{Health, Origin};

/// A probe and how it does.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeState {
    /// What people call it.
    pub name: String,
    /// What is probed; its label `instance`.
    pub url: String,
    /// What each of its series gets: `job`, `instance`, `probe`, and whose it is where that is known.
    pub labels: Labels,
    /// Who named it.
    pub origin: Origin,
    /// How often it is checked.
    pub interval: Duration,
    /// How long a check may take.
    pub timeout: Duration,
    /// Whether the last check passed; if not, why.
    pub health: Health,
    /// Since when it is so, as far as this run of Porthole knows.
    pub since: Option<Timestamp>,
    /// The last check.
    pub last: Option<LastCheck>,
    /// When the certificate ends that the other side showed last, or the earliest of its chain.
    pub certificate_expires: Option<Timestamp>,
}

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastCheck {
    /// When it was.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// The status of the answer, of HTTP and if there was one.
    pub status: Option<u16>,
}

impl ProbeState {
    /// One that was not checked yet.
    pub(super) fn new(spec: &Spec) -> Self {
        Self {
            name: spec.name.clone(),
            url: spec.url.clone(),
            labels: spec.labels.clone(),
            origin: spec.origin.clone(),
            interval: spec.interval,
            timeout: spec.timeout,
            health: Health::Unknown,
            since: None,
            last: None,
            certificate_expires: None,
        }
    }

    /// Takes in how a check went.
    pub(super) fn turn(&mut self, health: Health, last: LastCheck, certificate_expires: Option<Timestamp>) {
        if std::mem::discriminant(&health) != std::mem::discriminant(&self.health) {
            self.since = Some(last.at);
        }
        self.health = health;
        self.last = Some(last);
        self.certificate_expires = certificate_expires.or(self.certificate_expires);
    }
}
