//! The labels that a sample is stored with.

use std::collections::BTreeMap;

use model::metric::Exemplar;
use model::relabel::{Rule, relabel};
use model::{Labels, Timestamp};

use super::report::Refused;
use super::{Limits, Target};
use crate::exposition::{self, Problem, series_labels, series_pairs};

/// Exemplars with longer labels are passed over; OpenMetrics allows 128 characters.
const EXEMPLAR_BYTES_MAX: usize = 512;

/// Why a series has no labels.
#[derive(Debug)]
pub(super) enum NoLabels {
    /// It cannot be read.
    Bad(Problem),
    /// The rules drop it.
    Dropped,
    /// It is too much.
    Refused(Refused),
}

/// The labels of a series as a program writes it.
pub(super) fn stored(written: &str, target: &Target) -> Result<Labels, NoLabels> {
    let pairs = series_pairs(written).map_err(NoLabels::Bad)?;
    let emptied: Vec<String> =
        pairs.iter().filter(|(_, value)| value.is_empty()).map(|(name, _)| name.clone()).collect();
    let own = Labels::from_pairs(pairs);
    let job = &target.job;
    check(&own, &job.limits).map_err(NoLabels::Refused)?;
    let merged = merged(&own, &emptied, target);
    let labels =
        if job.metric_relabel.is_empty() { Some(merged) } else { relabelled(&merged, &job.metric_relabel) };
    let labels = labels.ok_or(NoLabels::Dropped)?;
    if labels.get("__name__").is_none() {
        return Err(NoLabels::Bad(Problem::Name));
    }
    check(&labels, &job.limits).map_err(NoLabels::Refused)?;
    Ok(labels)
}

/// Labels that rules keep something in for the time being are not stored.
fn relabelled(labels: &Labels, rules: &[Rule]) -> Option<Labels> {
    let labels = relabel(labels, rules)?;
    Some(labels.filter(|name| name == "__name__" || !name.starts_with("__")))
}

fn check(labels: &Labels, limits: &Limits) -> Result<(), Refused> {
    if labels.len() > limits.labels {
        return Err(Refused::Labels);
    }
    for (name, value) in labels.iter() {
        if name.len() > limits.label_name {
            return Err(Refused::LabelName);
        }
        if value.len() > limits.label_value {
            return Err(Refused::LabelValue);
        }
    }
    Ok(())
}

/// Where both have a label, the program's gets `exported_` before its name, or wins. Those of the identity stand where
/// the name is free. A label that the program `emptied` is none where its labels win.
fn merged(own: &Labels, emptied: &[String], target: &Target) -> Labels {
    let (given, identity) = (&target.labels, &target.identity);
    let mut all: BTreeMap<&str, &str> = identity.iter().chain(given.iter()).collect();
    if target.job.honor_labels {
        all.retain(|name, _| !emptied.iter().any(|emptied| emptied == name));
    }
    let mut moved = BTreeMap::new();
    for (name, value) in own.iter() {
        if target.job.honor_labels || given.get(name).is_none() {
            all.insert(name, value);
            continue;
        }
        let mut other = format!("exported_{name}");
        while own.get(&other).is_some() || given.get(&other).is_some() {
            other.insert_str(0, "exported_");
        }
        moved.insert(other, value);
    }
    match moved.is_empty() {
        true => Labels::from_pairs(all),
        false => Labels::from_pairs(moved.iter().map(|(name, value)| (name.as_str(), *value)).chain(all)),
    }
}

/// An exemplar, and a number that tells it from others; `None` where it cannot be read or is too long.
pub(super) fn exemplar(written: &exposition::Exemplar<'_>) -> Option<(u64, Exemplar)> {
    if written.labels.len() > EXEMPLAR_BYTES_MAX {
        return None;
    }
    let labels = series_labels(written.labels).ok()?;
    let at = written.timestamp_ms;
    let hash = labels.fingerprint()
        ^ written.value.to_bits()
        ^ at.unwrap_or_default().cast_unsigned().rotate_left(32);
    Some((hash, Exemplar { labels, value: written.value, at: at.map(Timestamp::from_millis) }))
}
