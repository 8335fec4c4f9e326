//! What is wrong, one thing at a time, as one instant shows it. [`symptoms`] is pure; that a symptom must last before it
//! counts, and be gone before it does not, is the watch's business.
//!
//! Every kind has two thresholds: what *opens* an incident, and the lower one down to which it *holds* one that is open.
//! What only *supports* is no incident of its own: it tells of others' cause.

mod alerts;
mod containers;
mod errors;
mod limits;
mod outside;
mod queues;
mod traffic;

use api::{Harm, Millis, PartKind, Severity};

use crate::seen::{Seen, Who};

/// How much a symptom says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grip {
    /// It explains, and is no incident by itself.
    Supports,
    /// It keeps an open incident open.
    Holds,
    /// It opens one.
    Opens,
}

/// What a symptom is exactly, where sentences and causes ask for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Detail {
    /// Nothing besides.
    None,
    /// Its container ran out of memory; its limit, where it has one.
    OutOfMemory(Option<f64>),
    /// It is started again and again; its last line.
    CrashLoop(String),
    /// It ended; its exit code, and its last line.
    Died(Option<i64>, String),
    /// Somebody stopped it.
    Stopped,
    /// Its own health check fails.
    Unhealthy,
    /// Requests fail.
    Failing(Failing),
    /// Requests are slow: now and usually.
    Slow { path: String, now_ms: f64, usual_ms: f64, requests: f64, usual_requests: f64 },
    /// An issue.
    Issue { id: i64, short_id: String, title: String, culprit: String, first: Millis },
    /// Nobody takes tasks.
    NoWorker,
    /// More tasks come than are done; tasks that end in a second, where that is known.
    Piling(Option<f64>),
    /// The broker does not answer.
    NoBroker,
    /// Tasks fail.
    TasksFail,
    /// What renewing a certificate says, and who should.
    Certificate { failure: String, resolver: String, place: String, name: String },
    /// Where, and who writes.
    Disk { mount: String, writers: Vec<(String, f64)> },
    /// What to do, as the alert's rule says.
    Alert(String),
}

/// How requests fail.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Failing {
    pub(crate) path: String,
    pub(crate) share: f64,
    pub(crate) requests: f64,
    pub(crate) usual_requests: f64,
    /// The proxy's word for why it answered itself; empty: the application answered.
    pub(crate) why: String,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Symptom {
    /// Tells it from others of its service: `errors web@docker`.
    pub(crate) key: String,
    pub(crate) who: Who,
    pub(crate) kind: PartKind,
    pub(crate) grip: Grip,
    pub(crate) severity: Severity,
    /// Since when, as far as the fact itself tells; `None`: since it was seen.
    pub(crate) since: Option<Millis>,
    /// It must last so long before it opens an incident.
    pub(crate) patience: Millis,
    /// In words, for the list of parts.
    pub(crate) text: String,
    pub(crate) href: String,
    pub(crate) harm: Harm,
    /// The disk or certificate whose incident it belongs to, by its mount point or name; empty: its service's.
    pub(crate) about: String,
    /// In which the names of other services may stand: what programs said.
    pub(crate) said: String,
    pub(crate) detail: Detail,
}

impl Symptom {
    /// One that opens an incident at once; the rest is set by whoever makes it.
    pub(crate) fn new(who: &Who, kind: PartKind, key: String, text: String) -> Self {
        Self {
            key,
            who: who.clone(),
            kind,
            grip: Grip::Opens,
            severity: Severity::Medium,
            since: None,
            patience: 0,
            text,
            href: String::new(),
            harm: Harm::default(),
            about: String::new(),
            said: String::new(),
            detail: Detail::None,
        }
    }
}

/// Everything that one instant shows to be wrong.
pub(crate) fn symptoms(seen: &Seen) -> Vec<Symptom> {
    let mut found = Vec::new();
    for service in &seen.services {
        containers::look(service, seen.at, &mut found);
        traffic::look(service, seen.at, &mut found);
        errors::look(service, seen.at, &mut found);
        queues::look(service, &mut found);
        outside::look(service, seen.at, &mut found);
    }
    limits::look(seen, &mut found);
    alerts::look(seen, &mut found);
    found
}
