//! What is found while reading, kept beside what was read.

use crate::finding::{Finding, Severity};
use crate::name::Name;
use crate::node::Place;

/// What was found while reading, and whom it is about.
#[derive(Default)]
pub(crate) struct Notes {
    /// In the order of reading.
    pub(crate) findings: Vec<Finding>,
    /// The router, service or middleware that is being read.
    pub(crate) object: Option<Name>,
    /// The first finding for which Traefik would refuse the whole container or file.
    pub(crate) refusal: Option<usize>,
}

impl Notes {
    /// Something for which Traefik would refuse the whole container or file.
    pub(crate) fn fault(&mut self, place: &Place, what: impl Into<String>, instead: &str) {
        self.refusal.get_or_insert(self.findings.len());
        self.add(Severity::Error, place, what.into(), instead);
    }

    pub(crate) fn add(&mut self, severity: Severity, place: &Place, what: String, instead: &str) {
        self.findings.push(Finding {
            severity,
            place: place.clone(),
            object: self.object.clone(),
            what,
            instead: instead.to_owned(),
        });
    }

    /// How many faults there are: to see whether reading an object has added one.
    pub(crate) fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }
}
