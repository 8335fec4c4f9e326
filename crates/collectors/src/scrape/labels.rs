//! The labels that a sample is stored with.

use std::collections::BTreeMap;

use model::Labels;
use model::relabel::{Rule, relabel};

use super::Target;
use super::report::Refused;
use crate::exposition::series_labels;

/// The labels of a series as a program writes it, or why it has none. `Ok(None)`: the rules drop it.
pub(super) fn stored(written: &str, target: &Target) -> Result<Option<Labels>, Refused> {
    let own = series_labels(written).map_err(|_| Refused::Line)?;
    let merged = merged(&own, &target.labels, target.honor_labels);
    let Some(labels) = relabelled(&merged, &target.relabel) else { return Ok(None) };
    if labels.get("__name__").is_none() {
        return Err(Refused::Line);
    }
    let is_long = labels.iter().any(|(_, value)| value.len() > target.limits.label_value);
    if labels.len() > target.limits.labels || is_long {
        return Err(Refused::Labels);
    }
    Ok(Some(labels))
}

fn relabelled(labels: &Labels, rules: &[Rule]) -> Option<Labels> {
    if rules.is_empty() { Some(labels.clone()) } else { relabel(labels, rules) }
}

/// Where both have a label, the program's gets `exported_` before its name, or wins.
fn merged(own: &Labels, given: &Labels, honor_labels: bool) -> Labels {
    let mut all: BTreeMap<String, &str> =
        given.iter().map(|(name, value)| (name.to_owned(), value)).collect();
    for (name, value) in own.iter() {
        if honor_labels || given.get(name).is_none() {
            all.insert(name.to_owned(), value);
            continue;
        }
        let mut moved = format!("exported_{name}");
        while own.get(&moved).is_some() || given.get(&moved).is_some() {
            moved.insert_str(0, "exported_");
        }
        all.insert(moved, value);
    }
    Labels::from_pairs(all)
}
