//! How a target does.

use std::time::Duration;

use model::Timestamp;

/// How a target does, as the page and the API show it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Whether the last scrape came through.
    pub health: Health,
    /// When it was.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// Samples in the answer.
    pub scraped: usize,
    /// Samples that were stored.
    pub stored: usize,
    /// Series that were not there the last time.
    pub added: usize,
    /// Lines that could not be read.
    pub bad_lines: usize,
    /// The first bad line, in words.
    pub first_fault: Option<String>,
    /// Samples left out since their series is there already with another number.
    pub twins: usize,
    /// Samples left out since their own timestamp is older than what was stored of the series.
    pub too_old: usize,
    /// Samples left out since there are too many series, or their labels are too many or too long.
    pub cut: usize,
    /// Why, and of which metrics most.
    pub cut_reason: Option<String>,
}

/// Whether a scrape came through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// Not asked yet.
    #[default]
    Unknown,
    /// It came through, even if single lines were bad.
    Up,
    /// It did not, and why.
    Down(String),
}

/// Why a sample is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Refused {
    /// Its series is there already.
    Twin,
    /// Its timestamp is older than what was stored.
    TooOld,
    /// Too many series.
    Series,
    /// Too many labels.
    Labels,
    /// A label with too long a name.
    LabelName,
    /// A label with too long a value.
    LabelValue,
}
