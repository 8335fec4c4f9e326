//! What an answer has to be read with: doubts about the query or the samples.

use std::collections::BTreeSet;
use std::fmt;

use syntax::{Place, Span};

/// Warnings and remarks, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notes {
    /// The answer is probably not what was meant.
    pub warnings: BTreeSet<Note>,
    /// The answer may not be what was meant.
    pub infos: BTreeSet<Note>,
}

/// A remark and the part of the query that it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    text: String,
    place: (usize, usize),
}

impl Note {
    fn new(text: String, Place { line, column }: Place) -> Self {
        Self { text, place: (line, column) }
    }
}

/// As Prometheus writes it: `… (1:6)`.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}:{})", self.text, self.place.0, self.place.1)
    }
}

/// Collects notes; knows the query, and with it the places.
#[derive(Debug)]
pub(super) struct Notebook<'a> {
    pub(super) query: &'a str,
    pub(super) notes: Notes,
}

impl<'a> Notebook<'a> {
    pub(super) fn new(query: &'a str) -> Self {
        Self { query, notes: Notes::default() }
    }

    /// A φ outside of 0 to 1, or none at all.
    pub(super) fn quantile(&mut self, phi: f64, span: Span) {
        if !(0.0..=1.0).contains(&phi) {
            let phi = crate::literal::write_number(phi);
            self.warn(format!("PromQL warning: quantile value should be between 0 and 1, got {phi}"), span);
        }
    }

    /// A bucket whose `le` is no number.
    pub(super) fn bucket(&mut self, name: &str, le: &str, span: Span) {
        self.warn(
            format!(
                "PromQL warning: bucket label \"le\" is missing or has a malformed value of {le:?}{}",
                of(name)
            ),
            span,
        );
    }

    /// Buckets that count less than smaller ones.
    pub(super) fn forced_monotonic(&mut self, name: &str, span: Span) {
        let text = format!(
            "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see \
             https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile){}",
            of(name)
        );
        self.info(text, span);
    }

    /// A rate of what is not named like a counter.
    pub(super) fn counter(&mut self, name: &str, span: Span) {
        let is_counter = ["_total", "_sum", "_count", "_bucket"].iter().any(|ending| name.ends_with(ending));
        if !is_counter && !name.is_empty() {
            let text = format!(
                "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {name:?}"
            );
            self.info(text, span);
        }
    }

    fn warn(&mut self, text: String, span: Span) {
        self.notes.warnings.insert(Note::new(text, span.place(self.query)));
    }

    fn info(&mut self, text: String, span: Span) {
        self.notes.infos.insert(Note::new(text, span.place(self.query)));
    }
}

fn of(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!(" for metric name {name:?}") }
}
