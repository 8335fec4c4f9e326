//! From OpenTelemetry's records to entries of streams.

use std::collections::BTreeMap;

use model::label::DETECTED_LEVEL;
use model::{Batch, Entry, Labels, Level, Metadata, Multiline, Timestamp};

use super::any::{Any, Attributes, flatten, label_name};
use crate::loki::push::sorted;

/// Attributes of a resource that become labels, as Loki has them by default.
const LABELS: [&str; 18] = [
    "service.name",
    "service.namespace",
    "service.instance.id",
    "deployment.environment",
    "deployment.environment.name",
    "cloud.region",
    "cloud.availability_zone",
    "k8s.cluster.name",
    "k8s.namespace.name",
    "k8s.pod.name",
    "k8s.container.name",
    "container.name",
    "k8s.replicaset.name",
    "k8s.deployment.name",
    "k8s.statefulset.name",
    "k8s.daemonset.name",
    "k8s.cronjob.name",
    "k8s.job.name",
];

/// What one resource sent: its entries hold all but the resource's own attributes.
#[derive(Default)]
pub(super) struct ResourceLogs {
    pub(super) attributes: Attributes,
    pub(super) entries: Vec<Entry>,
}

/// What wrote records.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) attributes: Attributes,
    pub(super) dropped: u64,
}

/// One record.
#[derive(Default)]
pub(super) struct Record {
    /// Nanoseconds since the epoch; 0: not told.
    pub(super) time: u64,
    pub(super) observed: u64,
    pub(super) severity: i64,
    pub(super) severity_text: String,
    pub(super) body: Any,
    pub(super) attributes: Attributes,
    pub(super) dropped: u64,
    pub(super) flags: u64,
    /// In hex.
    pub(super) trace_id: String,
    pub(super) span_id: String,
}

impl Record {
    pub(super) fn entry(self, now: Timestamp) -> Entry {
        let at = [self.time, self.observed].into_iter().find(|nanos| *nanos != 0);
        let timestamp =
            at.map_or(now, |nanos| Timestamp::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX)));
        let mut metadata = flatten(self.attributes);
        let mut add = |name: &str, value: String| metadata.push((name.into(), value.into()));
        let number = |value: u64| (value != 0).then(|| value.to_string());
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        let observed = number(self.observed).filter(|_| self.time != 0);
        for (name, value) in [
            ("observed_timestamp", observed),
            ("severity_number", number(self.severity.max(0) as u64)),
            ("severity_text", text(self.severity_text)),
            ("dropped_attributes_count", number(self.dropped)),
            ("flags", number(self.flags)),
            ("trace_id", text(self.trace_id)),
            ("span_id", text(self.span_id)),
            (DETECTED_LEVEL, level(self.severity).map(|level| level.name().to_owned())),
        ] {
            value.into_iter().for_each(|value| add(name, value));
        }
        Entry { timestamp, line: self.body.into_text(), metadata }
    }
}

/// The level of a severity number; `None`: it says nothing.
fn level(severity: i64) -> Option<Level> {
    match severity {
        1..=4 => Some(Level::Trace),
        5..=8 => Some(Level::Debug),
        9..=12 => Some(Level::Info),
        13..=16 => Some(Level::Warn),
        17..=20 => Some(Level::Error),
        21..=24 => Some(Level::Fatal),
        _ => None,
    }
}

impl Scope {
    /// What each entry of the scope carries.
    pub(super) fn metadata(self) -> Metadata {
        let mut metadata = flatten(self.attributes);
        let dropped = if self.dropped == 0 { String::new() } else { self.dropped.to_string() };
        for (name, value) in [
            ("scope_name", self.name),
            ("scope_version", self.version),
            ("scope_dropped_attributes_count", dropped),
        ] {
            if !value.is_empty() {
                metadata.push((name.into(), value.into()));
            }
        }
        metadata
    }
}

/// Gives each entry what its scope or its resource carries. Where an entry has the name already, its own stays.
pub(super) fn carry(entries: &mut [Entry], metadata: &Metadata) {
    for entry in entries {
        let own = entry.metadata.len();
        for pair in metadata {
            if !entry.metadata[..own].iter().any(|(name, _)| *name == pair.0) {
                entry.metadata.push(pair.clone());
            }
        }
    }
}

/// One batch for each set of labels.
pub(super) fn batches(resources: Vec<ResourceLogs>) -> Vec<Batch> {
    let mut streams: BTreeMap<Labels, Vec<Entry>> = BTreeMap::new();
    for mut resource in resources {
        let (labels, rest): (Attributes, Attributes) =
            resource.attributes.into_iter().partition(|(name, _)| LABELS.contains(&name.as_str()));
        carry(&mut resource.entries, &flatten(rest));
        let pairs = labels.into_iter().map(|(name, value)| (label_name(&name), value.into_text()));
        let labels = match Labels::from_pairs(pairs) {
            // A stream needs a label, and this is the one that it gets in any case.
            none if none.is_empty() => Labels::from_pairs([("service_name", "unknown_service")]),
            labels => labels,
        };
        streams.entry(labels).or_default().append(&mut resource.entries);
    }
    let streams = streams.into_iter().filter(|(_, entries)| !entries.is_empty());
    streams
        .map(|(labels, mut entries)| {
            for entry in &mut entries {
                entry.metadata = sorted(std::mem::take(&mut entry.metadata));
            }
            Batch { labels, entries, positions: Vec::new(), multiline: Multiline::Off }
        })
        .collect()
}
