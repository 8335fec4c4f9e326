//! What is known of metrics besides their numbers: what kind they are, and examples of what was measured.

use crate::{Labels, Timestamp};

/// The kind of a metric family, in the words of OpenMetrics 1.0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Only grows, until it begins again.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by buckets.
    Histogram,
    /// Histogram of what goes up and down.
    GaugeHistogram,
    /// Quantiles made by the program.
    Summary,
    /// Text in labels; always 1.
    Info,
    /// One of several states is 1.
    StateSet,
    /// Not told.
    #[default]
    Unknown,
}

impl Kind {
    /// The word that stands in expositions and in answers of the Prometheus API.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::GaugeHistogram => "gaugehistogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the word; `untyped` is Prometheus' older word for what is not told. Unknown words are `None`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "counter" => Self::Counter,
            "gauge" => Self::Gauge,
            "histogram" => Self::Histogram,
            "gaugehistogram" => Self::GaugeHistogram,
            "summary" => Self::Summary,
            "info" => Self::Info,
            "stateset" => Self::StateSet,
            "unknown" | "untyped" => Self::Unknown,
            _ => return None,
        })
    }
}

/// What a target says of a metric family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its kind.
    pub kind: Kind,
    /// What is measured, in words.
    pub help: String,
    /// `seconds`, `bytes`, …; empty where not told.
    pub unit: String,
}

/// One example of what a counter or a bucket counted: a trace id, most often.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    /// What leads to the example.
    pub labels: Labels,
    /// What was measured.
    pub value: f64,
    /// When, if it was told.
    pub at: Option<Timestamp>,
}
