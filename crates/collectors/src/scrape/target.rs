//! What is scraped, and how.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use model::Labels;
use model::relabel::Rule;
use outbound::Tls;
use settings::Secret;

/// What is scraped, and how.
#[derive(Clone, Debug)]
pub struct Target {
    /// Tells it from others, also after a restart: job and address.
    pub name: Arc<str>,
    /// Where it answers.
    pub url: Uri,
    /// Given to each of its series: `job` and `instance` at least.
    pub labels: Labels,
    /// How often.
    pub interval: Duration,
    /// How long an answer may take; not longer than the interval.
    pub timeout: Duration,
    /// Labels of the program win over those of the target; otherwise they get `exported_` before their names.
    pub honor_labels: bool,
    /// Timestamps of the program count; otherwise all samples are of the scrape's instant.
    pub honor_timestamps: bool,
    /// Who asks.
    pub authorization: Option<Authorization>,
    /// Whom to trust, and who we are.
    pub tls: Tls,
    /// What becomes of the labels of each sample.
    pub relabel: Vec<Rule>,
    /// What is too much.
    pub limits: Limits,
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Authorization {
    /// A name and a password.
    Basic {
        /// The name.
        name: String,
        /// The password.
        password: Secret,
    },
    /// A token.
    Bearer(Secret),
}

/// What is too much. A target that goes beyond is cut, with a reason that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an answer; a longer one counts as none.
    pub body: usize,
    /// Series of the target. Those that were there before stay, new ones beyond are left out.
    pub series: usize,
    /// Labels of a series.
    pub labels: usize,
    /// Bytes of a label's value.
    pub label_value: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 64 << 20, series: 50_000, labels: 64, label_value: 4096 }
    }
}
