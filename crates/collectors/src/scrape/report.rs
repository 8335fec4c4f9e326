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
    /// Lines that could not be read, and the first of them.
    pub bad_lines: usize,
    /// The first bad line, in words.
    pub first_fault: Option<String>,
    /// Series left out since there are too many, or their labels are too many or too long.
    pub cut: usize,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It cannot be read.
    Line,
    /// Too many labels, or too long ones.
    Labels,
    /// Too many series.
    Series,
}
