//! Streams: one in memory per set of labels, shared by everything that belongs to it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use model::{Labels, Level, label};

use crate::level;

/// A stream.
#[derive(Debug)]
pub(crate) struct Stream {
    /// The labels as they are stored.
    pub(crate) stored: Labels,
    /// The labels as everybody sees them: those of a collected stream have `service_name` besides, so that
    /// what Loki's clients ask by it matches, groups and is listed alike.
    pub(crate) labels: Labels,
    /// Of the stored labels.
    pub(crate) fingerprint: u64,
    /// Names the stream within this process.
    pub(crate) number: u32,
    /// The level of every entry, where a label tells it.
    pub(crate) level: Option<Level>,
    /// Whose lines these are.
    pub(crate) service: Arc<ServiceKey>,
}

/// The part of an identity by which activity is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ServiceKey {
    pub(crate) service: Box<str>,
    pub(crate) project: Box<str>,
    pub(crate) environment: Box<str>,
}

impl Stream {
    fn new(stored: Labels, number: u32) -> Self {
        let labels = match (stored.get(label::SERVICE), stored.get(label::SERVICE_NAME)) {
            (Some(service), None) => stored.with(label::SERVICE_NAME, service),
            _ => stored.clone(),
        };
        let value = |name: &str| stored.get(name).unwrap_or_default().into();
        let service = match stored.get(label::SERVICE).or(stored.get(label::SERVICE_NAME)) {
            Some(service) => service.into(),
            None => "".into(),
        };
        let service =
            ServiceKey { service, project: value(label::PROJECT), environment: value(label::ENVIRONMENT) };
        Self {
            fingerprint: stored.fingerprint(),
            level: level::label(&stored),
            labels,
            stored,
            number,
            service: Arc::new(service),
        }
    }
}

/// All streams that something refers to.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    known: RwLock<HashMap<Labels, Arc<Stream>>>,
    next: AtomicU32,
}

impl Streams {
    /// The stream of these labels.
    pub(crate) fn get(&self, labels: &Labels) -> Arc<Stream> {
        self.find(labels).unwrap_or_else(|| self.add(labels))
    }

    /// Forgets the streams that nothing refers to any more.
    pub(crate) fn prune(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, stream| Arc::strong_count(stream) > 1);
    }

    /// The stream of these labels, if something refers to it.
    pub(crate) fn find(&self, labels: &Labels) -> Option<Arc<Stream>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(labels).cloned()
    }

    fn add(&self, labels: &Labels) -> Arc<Stream> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let number = || self.next.fetch_add(1, Ordering::Relaxed);
        known.entry(labels.clone()).or_insert_with(|| Arc::new(Stream::new(labels.clone(), number()))).clone()
    }
}

/// The labels under which a stream is stored. `service_name` is left out where it only repeats `service`: a
/// sender that adds it and one that does not write the same stream.
pub(crate) fn stored_labels(labels: Labels) -> Labels {
    match (labels.get(label::SERVICE), labels.get(label::SERVICE_NAME)) {
        (Some(service), Some(name)) if service == name => labels.with(label::SERVICE_NAME, ""),
        _ => labels,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collected_and_pushed_streams_of_one_service_are_one() {
        let streams = Streams::default();
        let collected = Labels::from_pairs([("service", "web"), ("stream", "stdout")]);
        let pushed = collected.with("service_name", "web");
        let stream = streams.get(&stored_labels(pushed.clone()));
        assert_eq!(stream.number, streams.get(&stored_labels(collected.clone())).number);
        assert_eq!((&stream.stored, &stream.labels), (&collected, &pushed));
    }

    #[test]
    fn a_service_name_of_its_own_is_kept() {
        let streams = Streams::default();
        let check = |labels: &[(&str, &str)], shown: Option<&str>, service: &str| {
            let stream = streams.get(&stored_labels(Labels::from_pairs(labels.iter().copied())));
            assert_eq!(stream.labels.get("service_name"), shown, "{labels:?}");
            assert_eq!(stream.service.service.as_ref(), service, "{labels:?}");
        };
        check(&[("service", "web"), ("service_name", "other")], Some("other"), "web");
        check(&[("service_name", "other")], Some("other"), "other");
        check(&[("job", "x")], None, "");
    }

    #[test]
    fn streams_that_nothing_refers_to_are_forgotten() {
        let streams = Streams::default();
        let labels = |name: &str| Labels::from_pairs([("service", name)]);
        let kept = streams.get(&labels("a"));
        streams.get(&labels("b"));
        streams.prune();
        assert!(streams.find(&labels("b")).is_none());
        assert_eq!(streams.get(&labels("a")).number, kept.number);
        assert_ne!(streams.get(&labels("b")).number, kept.number);
    }
}
