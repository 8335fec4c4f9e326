//! What is scraped.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use model::Labels;

use super::{Job, Origin};

/// What is scraped.
#[derive(Clone, Debug)]
pub struct Target {
    /// Tells it from others, also after a restart: job and instance.
    pub name: Arc<str>,
    /// Where it answers.
    pub url: Uri,
    /// Who answers: whoever is there, or a part of Porthole.
    pub source: Source,
    /// Given to each of its series: `job` and `instance` at least.
    pub labels: Labels,
    /// Given to those of its series in which the names are free.
    pub identity: Labels,
    /// What was known of it before its rules ran.
    pub discovered: Labels,
    /// Who named it.
    pub origin: Origin,
    /// How often.
    pub interval: Duration,
    /// How long an answer may take; not longer than the interval.
    pub timeout: Duration,
    /// What to do where it cannot be reached.
    pub hint: Option<Arc<str>>,
    /// What it has in common with others.
    pub job: Arc<Job>,
}

impl Target {
    /// A part of Porthole, which makes a text when it is asked.
    pub(crate) fn within(
        job: &str,
        instance: &str,
        identity: Labels,
        interval: Duration,
        make: Arc<dyn Fn() -> String + Send + Sync>,
    ) -> Self {
        let mut common = Job::new(job, interval);
        common.honor_labels = true;
        let labels = Labels::from_pairs([("job", job), ("instance", instance)]);
        Self {
            name: format!("{job}/{instance}").into(),
            url: Uri::from_static("porthole://within/metrics"),
            source: Source::Within(make),
            discovered: labels.clone(),
            labels,
            identity,
            origin: Origin::BuiltIn,
            interval,
            timeout: common.timeout,
            hint: None,
            job: Arc::new(common),
        }
    }

    /// The labels of what is told of the scrapes themselves.
    pub fn all_labels(&self) -> Labels {
        Labels::from_pairs(self.identity.iter().chain(self.labels.iter()))
    }

    /// Whether its series are those of the other, so that they go on without an end in between.
    pub(super) fn has_series_of(&self, other: &Self) -> bool {
        (&self.labels, &self.identity) == (&other.labels, &other.identity)
            && (Arc::ptr_eq(&self.job, &other.job) || self.job.scrapes_as(&other.job))
    }

    /// Whether nothing differs.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.has_series_of(other)
            && (&self.url, &self.discovered, &self.origin) == (&other.url, &other.discovered, &other.origin)
            && (self.interval, self.timeout, &self.hint) == (other.interval, other.timeout, &other.hint)
    }
}

/// Who answers.
#[derive(Clone)]
pub enum Source {
    /// Whoever is at the address.
    Address,
    /// A part of Porthole, which makes a text when it is asked.
    Within(Arc<dyn Fn() -> String + Send + Sync>),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "Address",
            Self::Within(_) => "Within(…)",
        })
    }
}
