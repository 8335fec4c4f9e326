//! What instrumented programs answer to a scrape: Prometheus's text format 0.0.4 and OpenMetrics 1.0.
//!
//! [`Reader`] goes through a body line by line. A bad line is told, with its number, and costs no other line. Of a sample
//! the series is given as it is written; a target writes it in the same way, and in the same order, at each scrape, so
//! whoever remembers it need not take it apart again. [`series_labels`] takes it apart.
//!
//! ```text
//! # TYPE http_requests_total counter
//! http_requests_total{path="/items/{id}"} 1027 1395066363000
//! └────────────── series ───────────────┘ value timestamp
//! ```
//!
//! Both formats are read alike where they do not contradict each other: programs mix them up.

mod fault;
mod line;
mod number;
mod reader;
mod series;
#[cfg(test)]
mod tests;

pub use fault::{Fault, Problem};
pub use reader::Reader;
pub(crate) use series::unescaped;
pub use series::{series_labels, series_pairs};

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `text/plain; version=0.0.4`: timestamps in whole milliseconds.
    Text,
    /// `application/openmetrics-text`: timestamps in seconds, exemplars, and a last line `# EOF`.
    OpenMetrics,
}

impl Format {
    /// What a `Content-Type` says; the text format where it says nothing known.
    pub fn from_content_type(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        match essence.eq_ignore_ascii_case("application/openmetrics-text") {
            true => Self::OpenMetrics,
            false => Self::Text,
        }
    }
}

/// What a body holds, in the order in which it stands there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item<'a> {
    /// A number of a series.
    Sample(Sample<'a>),
    /// `# TYPE name counter`
    Type {
        /// Of which metric.
        name: &'a str,
        /// `counter`, `gauge`, `histogram`, `summary`, `untyped`, `unknown`, `info`, `stateset`, `gaugehistogram`.
        kind: &'a str,
    },
    /// `# HELP name text`, escapes as they are written.
    Help {
        /// Of which metric.
        name: &'a str,
        /// What it measures.
        text: &'a str,
    },
    /// `# UNIT name unit`
    Unit {
        /// Of which metric.
        name: &'a str,
        /// In which unit.
        unit: &'a str,
    },
}

/// A number of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample<'a> {
    /// Name and labels as they are written; [`series_labels`] reads them.
    pub series: &'a str,
    /// The number.
    pub value: f64,
    /// When it was measured, in milliseconds since the epoch, if the program says so.
    pub timestamp_ms: Option<i64>,
    /// An event that is an example of what was counted.
    pub exemplar: Option<Exemplar<'a>>,
}

/// `# {trace_id="abc"} 0.67 1520879607.789`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exemplar<'a> {
    /// Its labels as they are written; [`series_labels`] reads them.
    pub labels: &'a str,
    /// What was measured of it.
    pub value: f64,
    /// When, in milliseconds since the epoch.
    pub timestamp_ms: Option<i64>,
}
